"""An OpenID provider of our own on loopback: discovery, a sign-in page, codes with PKCE, signed tokens, userinfo.

    with Identity() as identity:
        identity.people["ann"] = {"sub": "a-1", "email": "ann@example.com"}

It checks what a provider checks (client, secret, redirect address, PKCE, a code's single use), and `spoil` makes it
lie in one way. `/graph/me/getMemberObjects` stands in for Microsoft Graph.
"""

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "chatapp", "canary-client-secret"
PAGE = """<!doctype html><html lang="en"><title>Identity</title><main><h1>Identity</h1>
<form method="post" action="/authorize"><input type="hidden" name="query" value="{query}">
<label>Name <input name="name"></label><button>Go</button></form></main>"""
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Identity:
    """`people`: claims by name. `spoil`: what is wrong with the next tokens. `asked`: the requests that came."""

    def __init__(self):
        self.people = {}
        self.member_of = {}  # ids of groups by subject, as Graph tells them; None is a refusal
        self.spoil = ""
        self.asked = []
        self.codes = {}
        self.tokens = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.server.identity = self
        self.server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def discovery(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self):
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def begin(self, query, name):
        """The address that the browser is sent back to."""
        asked = {key: values[0] for key, values in parse_qs(query).items()}
        if asked.get("client_id") != CLIENT or asked.get("code_challenge_method") != "S256":
            return None
        if not urlsplit(asked["redirect_uri"]).path.startswith("/accounts/oidc/callback/"):
            return None
        if name not in self.people:
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "name": name}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, form):
        """The tokens for a code, which is good once; None refuses."""
        known = self.codes.pop(form.get("code"), None)
        verifier = form.get("code_verifier", "")
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if known is None or form.get("client_secret") != SECRET or digest != known["code_challenge"]:
            return None
        if form.get("redirect_uri") != known["redirect_uri"]:
            return None
        access = secrets.token_urlsafe(16)
        self.tokens[access] = known["name"]
        return {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": self.id_token(known)}

    def id_token(self, known):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": known.get("nonce")}
        claims |= self.people[known["name"]]
        wrong = {
            "issuer": {"iss": "https://elsewhere.example"},
            "audience": {"aud": "another"},
            "several": {"aud": [CLIENT, "another"], "azp": "another"},
            "expired": {"iat": now - 7200, "exp": now - 3600},
            "nonce": {"nonce": "of another attempt"},
            "subject": {"sub": ""},
        }
        claims |= wrong.get(self.spoil, {})
        if self.spoil == "unsigned":
            return jwt.encode(claims, None, algorithm="none", headers={"kid": "one"})
        key = FOREIGN_KEY if self.spoil == "key" else KEY
        token = jwt.encode(claims, key, algorithm="RS256", headers={"kid": "one"})
        if self.spoil == "tampered":
            head, body, signature = token.split(".")
            more = json.loads(base64.urlsafe_b64decode(body + "==")) | {"sub": "root"}
            body = base64.urlsafe_b64encode(json.dumps(more).encode()).rstrip(b"=").decode()
            return f"{head}.{body}.{signature}"
        return token

    def userinfo(self, access):
        name = self.tokens.get(access)
        told = {key: value for key, value in self.people.get(name, {}).items() if not key.startswith("_")}
        return name and (told | {"sub": "somebody else"} if self.spoil == "userinfo" else told)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        identity, address = self.server.identity, urlsplit(self.path)
        identity.asked.append(f"GET {address.path}")
        if address.path == "/.well-known/openid-configuration":
            found = identity.discovery()
            self._json(200, found | {"issuer": "https://other.example"} if identity.spoil == "discovery" else found)
        elif address.path == "/keys" and identity.spoil == "redirect":
            self._send(302, "text/plain", b"", Location=f"{identity.issuer}/moved")
        elif address.path in {"/keys", "/moved"}:
            self._json(200, identity.keys())
        elif address.path == "/userinfo":
            found = identity.userinfo(self._bearer())
            self._json(200 if found else 401, found or {})
        elif address.path == "/authorize":
            self._send(200, "text/html; charset=utf-8", PAGE.format(query=html.escape(address.query)).encode())
        else:
            self._json(404, {})

    def do_POST(self):
        identity, address = self.server.identity, urlsplit(self.path)
        identity.asked.append(f"POST {address.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {key: values[0] for key, values in parse_qs(body).items()}
        if address.path == "/authorize":
            back = identity.begin(form.get("query", ""), form.get("name", ""))
            if back:
                self._send(302, "text/plain", b"", Location=back)
            else:
                self._json(400, {})
        elif address.path == "/token":
            found = identity.exchange(form)
            self._json(200 if found else 400, found or {"error": "invalid_grant"})
        elif address.path == "/graph/me/getMemberObjects":
            name = identity.tokens.get(self._bearer())
            groups = identity.member_of.get(identity.people.get(name, {}).get("sub"))
            self._json(403 if groups is None else 200, {"error": {}} if groups is None else {"value": groups})
        else:
            self._json(404, {})

    def _bearer(self):
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def _json(self, status, value):
        self._send(status, "application/json", json.dumps(value).encode())

    def _send(self, status, kind, body, **headers):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

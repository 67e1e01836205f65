"""All settings, read from the environment (see chatapp/env.py and docs/configuration.md).

Without any variable set the product runs on its embedded defaults: SQLite, one process, an in-memory layer and
keys that it makes for itself on first run.
"""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from chatapp import env, oidc, policy, postgres

# On a busy machine a product of matrices on several threads takes ten times as long. numpy reads this when it loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BASE_DIR = Path(__file__).resolve().parent.parent
env.load(BASE_DIR / ".env")

# --- The host -----------------------------------------------------------------------------------
PUBLIC_URL = env.text(
    "PUBLIC_URL",
    "",
    "Address people type, such as https://chat.example.com; gives hosts, trusted origins, secure cookies and HSTS. "
    "Unset: plain http on loopback.",
).rstrip("/")
HOST = env.text("HOST", "127.0.0.1", "Address that `manage.py serve` listens on.")
PORT = env.whole("PORT", 8000, "Port that `manage.py serve` listens on.")
DATA_DIR = Path(
    env.text(
        "DATA_DIR",
        str(BASE_DIR / "data"),
        "Folder for the embedded database, the keys made on first run and collected static files.",
        shown="data/ beside manage.py",
    )
)
DATABASE_URL = env.text("DATABASE_URL", "", "`postgres://user:password@host/name`. Unset: SQLite in DATA_DIR.")
REDIS_URL = env.text(
    "REDIS_URL",
    "",
    "`redis://host:6379/0`: layer and cache shared by several processes. Unset: in memory, one process.",
)
TRUSTED_PROXY = env.flag(
    "TRUSTED_PROXY",
    False,
    "Believe X-Forwarded-For and X-Forwarded-Proto, because only your proxy can reach this server.",
)
DEBUG = env.flag("DEBUG", False, "Django's debug pages. Never on a server that others can reach.")

EMBEDDED = not DATABASE_URL and not REDIS_URL
OIDC = oidc.read()
PASSWORDS = policy.passwords(OIDC)


KEYS = DATA_DIR if EMBEDDED else None  # where those that are made on first run are kept
SECRET_KEY = env.key("SECRET_KEY", env.new_secret, "Signs sessions and addresses of new chats.", KEYS)
_meaning = "Fernet keys for stored credentials, by commas: the first encrypts, all decrypt."
_encryption = env.key("FIELD_ENCRYPTION_KEYS", lambda: Fernet.generate_key().decode(), _meaning, KEYS)
FIELD_ENCRYPTION_KEYS = [each.strip() for each in _encryption.split(",")]

# --- Limits and patience ------------------------------------------------------------------------
FIRST_TOKEN_TIMEOUT = env.seconds("FIRST_TOKEN_TIMEOUT", 60, "How long a deployment may think before its first token.")
CHUNK_TIMEOUT = env.seconds("CHUNK_TIMEOUT", 30, "How long a deployment may pause between two chunks.")
GRACE_PERIOD = env.seconds(
    "GRACE_PERIOD", 5, "After SIGTERM, how long running answers may go on before they are interrupted."
)
ALLOWED_UPSTREAMS = env.listed(
    "ALLOWED_UPSTREAMS",
    "Hosts beside Azure's own that tokens of Microsoft Entra may be sent to, such as a gateway of yours. Requests of "
    "programs may name them in data_sources, whether or not their addresses are public.",
)
INLINE_DATA_SOURCES = env.text(
    "INLINE_DATA_SOURCES",
    "on",
    "Whether programs may send data_sources of their own: `on`, at public addresses and in ALLOWED_UPSTREAMS; "
    "`listed`, in ALLOWED_UPSTREAMS only; `off`. MongoDB and Cosmos DB must always be listed.",
)
if INLINE_DATA_SOURCES not in {"on", "listed", "off"}:
    raise ImproperlyConfigured("INLINE_DATA_SOURCES must be on, listed or off.")
MAX_QUESTION = env.whole("MAX_QUESTION", 400_000, "Longest question, in characters.")
MAX_UPLOAD = env.whole("MAX_UPLOAD", 50_000_000, "Largest document, and largest upload of several at once, in bytes.")
MAX_AUDIO = env.whole("MAX_AUDIO", 26_214_400, "Largest audio file that programs may send, in bytes.")
MAX_ATTACHED = env.whole(
    "MAX_ATTACHED", 1000, "Most files that a person may keep in conversations. 0: nothing can be attached."
)
MAX_ATTACHED_BYTES = env.whole(
    "MAX_ATTACHED_BYTES", 1_000_000_000, "Most that these files may take, in bytes, for each person."
)
READING_PATIENCE = env.seconds(
    "READING_PATIENCE", 60, "How long an answer waits for attached files that are still being read."
)
ANSWERS_AT_ONCE = env.whole("ANSWERS_AT_ONCE", 0, "Most answers that are written for one person at once. 0: no limit.")
QUESTIONS_A_MINUTE = env.whole(
    "QUESTIONS_A_MINUTE",
    0,
    "Most questions, with regenerated and continued answers, a person may ask a minute. 0: no limit.",
)
MAX_BODY = env.whole("MAX_BODY", 8_000_000, "Largest request body, in bytes.")
DEMO_PASSWORD = env.text("DEMO_PASSWORD", "", "Password of the demo's people.", shown="random, kept in DATA_DIR")
DEMO_PASSWORD_CHOSEN = bool(DEMO_PASSWORD)
if not DEMO_PASSWORD and EMBEDDED:
    DEMO_PASSWORD = env.kept(DATA_DIR / "demo_password", env.new_password)

# --- Hosts, origins, cookies --------------------------------------------------------------------
_public = urlsplit(PUBLIC_URL)
if PUBLIC_URL and (_public.scheme not in {"http", "https"} or not _public.hostname or _public.path):
    raise ImproperlyConfigured(
        "PUBLIC_URL must be a scheme and a host, such as https://chat.example.com, without a path."
    )
SECURE = _public.scheme == "https"
_LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [_public.hostname, *_LOOPBACK] if _public.hostname else list(_LOOPBACK)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
if TRUSTED_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *(OIDC.origins if OIDC else [])],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Django ---------------------------------------------------------------------------------------
INSTALLED_APPS = [
    # The development server; it makes `runserver` speak websockets, and costs every other command half a second.
    *(["daphne"] if "runserver" in sys.argv else []),
    "conversations",
    "chatapp.apps.Admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "chatapp.apps.Static",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "conversations.oidc",
    "channels",
    "csp",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "conversations.sessions.seen",
    "conversations.second_factor.required",
    "conversations.middleware.person",  # synchronous and innermost: the others run in one thread, in one go
]
ROOT_URLCONF = "chatapp.urls"
ASGI_APPLICATION = "chatapp.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "conversations.branding.company",
            ]
        },
    }
]

# --- Data -----------------------------------------------------------------------------------------
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASE_URL:
    DATABASES = {"default": env.database(DATABASE_URL)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "chatapp.sqlite3",
            # A test database in memory cannot be shared between threads without table locks.
            "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
        }
    }
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # With Django's defaults most concurrent read-then-write transactions end in "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
    }
    if not str(DATABASES["default"]["NAME"]).startswith((":", "file:")):
        env.private(Path(DATABASES["default"]["NAME"]))
else:
    DATABASES["default"] |= postgres.settings(DATABASES["default"].get("OPTIONS", {}))

if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "chatapp.layer.Layer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": "chatapp"},
        }
    }
    CACHES = {"default": {"BACKEND": "chatapp.cache.Cache", "LOCATION": REDIS_URL}}
else:
    # Few, small messages: but one that waits longer than `expiry` would throw its socket out of all groups.
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels.layers.InMemoryChannelLayer",
            "CONFIG": {"capacity": 1000, "expiry": 3600},
        }
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- People ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "conversations.User"
AUTHENTICATION_BACKENDS = policy.backends(PASSWORDS)
AUTH_PASSWORD_VALIDATORS = policy.PASSWORD_VALIDATORS
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "new_chat"
ACCOUNT_ADAPTER = "conversations.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
SOCIALACCOUNT_ADAPTER = "conversations.oidc.adapter.Adapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True  # from then on it is issuer and subject
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
USERSESSIONS_ADAPTER = "conversations.sessions.Adapter"
MFA_ADAPTER = "conversations.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are administrators' to enter, and are not verified
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PUBLIC_URL  # http on loopback, where no other host is answered
MFA_REQUIRED = policy.second_factor()
MFA_WITH_OIDC = env.flag(
    "MFA_WITH_OIDC", False, "Ask MFA_REQUIRED also of people who come through the identity provider."
)
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}

# --- Languages, time, static files ------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("ko", "한국어")]  # each in its own words
LOCALE_PATHS = [BASE_DIR / "chatapp" / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "chatapp.static.ModuleStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"outages": {"()": "chatapp.logs.Outages"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["outages"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # The pool warns of each of its tries, in five lines; what fails without it says so.
    "loggers": {"conversations": {"level": "INFO"}, "chatapp": {"level": "INFO"}, "psycopg.pool": {"level": "ERROR"}},
}

VARIABLES = env.VARIABLES  # what was read, for docs/configuration.md

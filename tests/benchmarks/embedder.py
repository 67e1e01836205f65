"""A real embedding model on loopback, for the retrieval benchmark: `python tests/benchmarks/embedder.py MODEL`.

It serves a folder or name that sentence-transformers can load as OpenAI's `/v1/embeddings`. It needs that package and
nothing of ours, so that it runs in an environment of its own. What was asked before is remembered.
"""

import argparse
import base64
import json
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any

_known: dict[str, Any] = {}
_lock = Lock()


@cache
def model(name: str):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(name, device="cpu")


def vectors(name: str, texts: list[str]) -> list[Any]:
    """float32 of length 1, one for each text."""
    with _lock:
        if new := [each for each in dict.fromkeys(texts) if each not in _known]:
            _known.update(zip(new, model(name).encode(new, normalize_embeddings=True), strict=True))
        return [_known[each] for each in texts]


class Embeddings(BaseHTTPRequestHandler):
    name = ""
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        texts = [asked["input"]] if isinstance(asked["input"], str) else asked["input"]
        packed = asked.get("encoding_format") == "base64"
        data = [
            {
                "object": "embedding",
                "index": at,
                "embedding": base64.b64encode(each).decode() if packed else each.tolist(),
            }
            for at, each in enumerate(vectors(self.name, texts))
        ]
        body = json.dumps({"object": "list", "model": self.name, "data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="a folder, or a name that sentence-transformers knows")
    parser.add_argument("--port", type=int, default=8105)
    options = parser.parse_args()
    Embeddings.name = options.model
    model(options.model)
    print(f"http://127.0.0.1:{options.port}/v1", flush=True)
    ThreadingHTTPServer(("127.0.0.1", options.port), Embeddings).serve_forever()

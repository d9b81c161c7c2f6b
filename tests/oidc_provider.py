"""A small provider of OpenID Connect in a process of its own: it signs in whoever it is told to, well or badly.

It checks what a provider has to: client and secret, the address to come back to, PKCE, and that a code comes once.
``POST /control`` says who is at its keyboard, and what is wrong with the next word that it signs.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

import httpx
from joserfc import jwk, jwt

CLIENT, SECRET = "yizhan-desk", "a secret: with / signs"
BACK = "/sign-in/provider/back"


class _State:
    """What the process remembers."""

    def __init__(self) -> None:
        self.issuer = ""
        self.keys = {
            "RS256": jwk.RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"}),
            "ES256": jwk.ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"}),
        }
        self.stranger = jwk.ECKey.generate_key("P-256", {"kid": "ec"})
        self.unpublished: set[str] = set()
        self.codes: dict[str, dict[str, str]] = {}
        self.control: dict[str, Any] = {"subject": "u-1", "alg": "ES256", "wrong": ""}

    def word(self, asked: dict[str, str]) -> str:
        """The signed word of who is at the keyboard, with what is wrong with it this time."""
        now, wrong = int(time.time()), self.control["wrong"]
        claims: dict[str, Any] = {
            "iss": self.issuer, "sub": self.control["subject"], "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"],
        }  # fmt: skip
        claims |= {
            "nonce": {"nonce": "another"}, "no-nonce": {"nonce": None}, "audience": {"aud": "another"},
            "audiences": {"aud": [CLIENT, "another"]}, "party": {"azp": "another"}, "issuer": {"iss": "https://else.test"},
            "expired": {"iat": now - 900, "exp": now - 600}, "future": {"iat": now + 600, "exp": now + 900},
            "endless": {"exp": None}, "subject": {"sub": ["u-1"]},
        }.get(wrong, {})  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        alg = self.control["alg"]
        if wrong == "none":
            parts = ({"alg": "none", "typ": "JWT"}, claims)
            return ".".join(_encoded(json.dumps(part).encode()) for part in parts) + "."
        if wrong == "symmetric":  # signed with what everybody may read
            shared = jwk.OctKey.import_key(json.dumps(self.keys["ES256"].as_dict(private=False)))
            return jwt.encode({"alg": "HS256", "kid": "ec"}, claims, shared, algorithms=["HS256"])
        key = self.stranger if wrong == "key" else self.keys[alg]
        token = jwt.encode({"alg": alg, "kid": key.kid}, claims, key, algorithms=["RS256", "ES256"])
        if wrong == "altered":
            head, body, signature = token.split(".")
            changed = json.loads(base64.urlsafe_b64decode(body + "=="))
            token = ".".join((head, _encoded(json.dumps({**changed, "sub": "u-2"}).encode()), signature))
        return token


def _encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


class _Handler(BaseHTTPRequestHandler):
    state: _State

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        """Configuration, keys, and the page on which somebody signs in, who always does so at once."""
        path, query = urlsplit(self.path).path, _single(urlsplit(self.path).query)
        issuer = self.state.issuer
        if path == "/.well-known/openid-configuration":
            named = "https://else.test" if self.state.control["wrong"] == "configuration" else issuer
            self._json(200, {
                "issuer": named, "authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/keys", "end_session_endpoint": f"{issuer}/left",
                "code_challenge_methods_supported": ["S256"],
            })  # fmt: skip
        elif path == "/keys":
            shown = [key for name, key in self.state.keys.items() if name not in self.state.unpublished]
            self._json(200, {"keys": [key.as_dict(private=False) for key in shown]})
        elif path == "/authorize":
            self._authorize(query)
        else:
            self._json(404, {})

    def _authorize(self, query: dict[str, str]) -> None:
        good = query["client_id"] == CLIENT and query["redirect_uri"].endswith(BACK)
        good = good and query["response_type"] == "code" and query["code_challenge_method"] == "S256"
        if not good:
            self._json(400, {})
            return
        if self.state.control["wrong"] == "denied":
            self._redirect(query["redirect_uri"], {"error": "access_denied", "state": query["state"]})
            return
        code = secrets.token_urlsafe(16)
        self.state.codes[code] = query
        self._redirect(query["redirect_uri"], {"code": code, "state": query["state"], "iss": self.state.issuer})

    def do_POST(self) -> None:
        """Codes for words; and what the test wants."""
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/control":
            self.state.control |= json.loads(body)
            self.state.unpublished = set(self.state.control.get("unpublished", ()))
            self._json(200, {})
            return
        form = _single(body.decode())
        known = base64.b64decode(self.headers.get("authorization", "").removeprefix("Basic ")).decode().split(":")
        if [unquote_plus(one) for one in known] != [CLIENT, SECRET]:
            self._json(401, {"error": "invalid_client"})
            return
        asked = self.state.codes.pop(form.get("code", ""), None)
        proof = _encoded(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri") or asked["code_challenge"] != proof:
            self._json(400, {"error": "invalid_grant"})
            return
        self._json(200, {"access_token": "-", "token_type": "Bearer", "id_token": self.state.word(asked)})

    def _redirect(self, where: str, query: dict[str, str]) -> None:
        self.send_response(303)
        self.send_header("location", f"{where}?{urlencode(query)}")
        self.send_header("content-length", "0")
        self.end_headers()

    def _json(self, status: int, found: object) -> None:
        body = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _single(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


@dataclass
class ProviderProcess:
    """The provider, from outside."""

    issuer: str
    http: httpx.Client
    """Made once: reading certificates that nothing here needs takes longer than all else."""

    def control(self, **wanted: object) -> None:
        """Say who signs in from now on, and what is wrong with it."""
        self.http.post(f"{self.issuer}/control", json={"wrong": "", "unpublished": [], **wanted}).raise_for_status()

    def sign_in(self, address: str) -> str:
        """Go where a browser was sent, as somebody who signs in there; return where that leads back to."""
        answer = self.http.get(address, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]


@contextmanager
def provider_process() -> Iterator[ProviderProcess]:
    """Run one on a free port."""
    words = [sys.executable, "-m", "tests.oidc_provider"]
    running = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    try:
        assert running.stdout is not None
        with httpx.Client(verify=False) as http:
            yield ProviderProcess(running.stdout.readline().strip(), http)
    finally:
        running.kill()
        running.wait()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    _Handler.state = _State()
    _Handler.state.issuer = f"http://127.0.0.1:{server.server_port}"
    print(_Handler.state.issuer, flush=True)
    server.serve_forever()

"""A real time-stamping authority for tests: `openssl ts` behind a small HTTP server."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_CONFIG = """
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[tsa]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[ts]
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
"""
_EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
_RSA = ("-newkey", "rsa:2048", "-nodes")


class OpenSslAuthority:
    """One of these, with its keys and certificates in a folder."""

    def __init__(self, folder: Path, *, rsa: bool = False, chain: bool = True) -> None:
        self._folder, self._chain = folder, chain
        self._turn = threading.Lock()
        (folder / "ts.cnf").write_text(_CONFIG.format(folder=folder))
        (folder / "serial").write_text("01")
        key = _RSA if rsa else _EC
        self._run("req", "-x509", *_EC, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Root of time",
                  "-config", "ts.cnf", "-extensions", "ca", "-days", "9000")  # fmt: skip
        self._run("req", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Time", "-config", "ts.cnf")
        self._run("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                  "-out", "tsa.pem", "-extfile", "ts.cnf", "-extensions", "tsa", "-days", "8000")  # fmt: skip
        self.root = (folder / "ca.pem").read_bytes()
        self.certificate = (folder / "tsa.pem").read_bytes()

    def answer(self, request: bytes) -> bytes:
        """What it answers to a request."""
        with self._turn:
            (self._folder / "q.tsq").write_bytes(request)
            chain = ("-chain", "ca.pem") if self._chain else ()
            self._run("ts", "-reply", "-queryfile", "q.tsq", "-signer", "tsa.pem", "-inkey", "tsa.key", *chain,
                      "-config", "ts.cnf", "-section", "ts", "-out", "a.tsr")  # fmt: skip
            return (self._folder / "a.tsr").read_bytes()

    def _run(self, *words: str) -> None:
        done = subprocess.run(("openssl", *words), cwd=self._folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


class TimeServer:
    """Where an authority answers; what tests change of it is how it answers."""

    def __init__(self, authority: OpenSslAuthority) -> None:
        self.authority = authority
        self.asked: list[bytes] = []
        self.answered = threading.Event()
        self.instead: bytes | None = None
        """An answer of another kind than what was asked for."""
        self.status, self.kind = 200, "application/timestamp-reply"
        self.url = ""

    def answer(self, request: bytes) -> bytes:
        self.asked.append(request)
        return self.instead if self.instead is not None else self.authority.answer(request)


@contextmanager
def served(authority: OpenSslAuthority) -> Iterator[TimeServer]:
    """Serves an authority until the block ends."""
    server = TimeServer(authority)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            assert self.headers["content-type"] == "application/timestamp-query"
            answer = server.answer(body)
            self.send_response(server.status)
            self.send_header("content-type", server.kind)
            self.send_header("content-length", str(len(answer)))
            self.send_header("location", server.url)
            self.end_headers()
            self.wfile.write(answer)
            server.answered.set()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: tests ask what came."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{http.server_port}/tsr"
    threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()

"""People before a served window: browsers without scripts, each from an address of its own of this machine."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psutil

_HIDDEN = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">')
_KEYS = re.compile(r'<dd id="key-\w+">([^<]+)</dd>')
_BOUNDARY = "yizhan-benchmark"
_PIECE = 65_536
BUSY = (429, 503)
"""Answers that say when to come again."""


def place(number: int, net: int = 1) -> str:
    """One of this machine's addresses that stand for other places."""
    return f"127.{net}.{number // 250}.{number % 250 + 1}"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str
    seconds: float


@dataclass
class Browser:
    """Sends forms as they stand on the page; keeps the one cookie."""

    url: str
    place: str
    cookie: str = ""
    number: str = ""
    times: list[tuple[str, float]] = field(default_factory=list)
    """How long each answer took, by what it was."""

    async def ask(
        self, what: str, method: str, path: str, body: bytes = b"", kind: str = "", file: bytes = b"", tail: bytes = b""
    ) -> Answer:
        """One request on a connection of its own; ``file`` and ``tail`` follow the body."""
        parts = urlsplit(self.url)
        began = time.perf_counter()
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, local_addr=(self.place, 0))
        length = len(body) + len(file) + len(tail)
        head = f"{method} {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\nAccept-Language: en\r\n"
        head += (
            f"Origin: {self.url}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n" if method == "POST" else ""
        )
        head += f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        writer.write(head.encode() + b"\r\n" + body)
        for begin in range(0, len(file), _PIECE):
            writer.write(file[begin : begin + _PIECE])
            await writer.drain()
        writer.write(tail)
        found = await reader.read()
        writer.close()
        seconds = time.perf_counter() - began
        top, _, text = found.partition(b"\r\n\r\n")
        lines = top.decode("latin-1").split("\r\n")
        headers = {}
        for name, _, value in (line.partition(":") for line in lines[1:]):
            headers[name.lower()] = value.strip()
            if name.lower() == "set-cookie" and value.strip().startswith("__Host-"):
                self.cookie = value.strip().split(";")[0]
        status = int(lines[0].split()[1]) if found else 0
        self.times.append((what if status not in BUSY else "told to come again", seconds))
        return Answer(status, headers, text.decode(errors="replace"), seconds)

    async def post(self, what: str, path: str, **values: str) -> Answer:
        """Send a form, and again when it is told to come again."""
        while True:
            kind = "application/x-www-form-urlencoded"
            answer = await self.ask(what, "POST", path, urlencode(values).encode(), kind)
            if answer.status not in BUSY:
                return answer
            await asyncio.sleep(float(answer.headers.get("retry-after", "2")))

    async def page(self, path: str) -> Answer:
        """Open a page."""
        return await self.ask("page", "GET", path)

    async def hidden(self, path: str) -> dict[str, str]:
        """What the page holds for its form."""
        return dict(_HIDDEN.findall((await self.page(path)).text))

    async def step(self, key: str, **values: str) -> None:
        """Fill in a step and save it."""
        path = f"/drafts/{self.number}/steps/{key}"
        answer = await self.post(
            "save", path, **{**await self.hidden(path), **{f"f-{k}": v for k, v in values.items()}}
        )
        assert answer.status == 303, (key, answer.status)

    async def upload(self, material: str, name: str, data: bytes) -> Answer:
        """Add a file."""
        token = (await self.hidden(f"/drafts/{self.number}/steps/materials"))["token"]
        part = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; name="
        head = f'{part}"token"\r\n\r\n{token}\r\n{part}"files"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\n'
        kind = f"multipart/form-data; boundary={_BOUNDARY}"
        path, tail = f"/drafts/{self.number}/files/{material}", f"\r\n--{_BOUNDARY}--\r\n".encode()
        while True:
            answer = await self.ask("upload", "POST", path, head.encode(), kind, data, tail)
            if answer.status not in BUSY:
                return answer
            await asyncio.sleep(float(answer.headers.get("retry-after", "2")))

    async def begin(self) -> None:
        """Begin an application, and note number and code."""
        answer = await self.post("begin", "/matters/works/apply")
        assert answer.status == 303, answer.status
        self.number, _ = _KEYS.findall((await self.page(answer.headers["location"])).text)
        path = f"/drafts/{self.number}/code"
        assert (await self.post("save", path, **await self.hidden(path))).status == 303

    async def file(self, data: bytes) -> bool:
        """Everything, from the first page to handing in; whether it was taken."""
        await self.page("/matters/works")
        await self.begin()
        await self.step("applicant", name="热电公司", identifier="91340100X", contact="0551-0")
        await self.step("agent", **{"for": "self"})
        await self.step("project", project="黄山路供热管道", summary="")
        await self.step("topic-1", length="120.5", closing="no", detour="")
        await self.step("topic-2", begins="2026-04-01")
        uploaded = await self.upload("plan", "plan.txt", data)
        hidden = await self.hidden(f"/drafts/{self.number}/steps/check")
        done = await self.post("hand in", f"/drafts/{self.number}/hand-in", **{**hidden, "declared": "yes"})
        followed = await self.page(f"/cases/{self.number}")
        return (uploaded.status, done.status, followed.status) == (303, 303, 200)


@dataclass
class ServedWindow:
    """`exchange window` in a process of its own."""

    url: str
    process: psutil.Process

    async def memory(self, found: list[int]) -> None:
        """Note the private memory of its process ten times a second, for as long as this is not cancelled."""
        while True:
            found.append(self.process.memory_full_info().uss)
            await asyncio.sleep(0.1)


@contextmanager
def served_window(home: Path) -> Iterator[ServedWindow]:
    """Serve the window of a domain on a free port."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    command = [sys.executable, "-m", "exchange", "window", "--listen", "127.0.0.1:0"]
    said = home.parent / "said.txt"
    with (
        said.open("w") as out,
        subprocess.Popen(command, env={**kept, "EXCHANGE_HOME": str(home)}, stdout=out, stderr=out) as process,
    ):
        try:
            while not (found := re.findall(r"http://[\w.:]+\d", said.read_text())):
                if process.poll() is not None:
                    raise RuntimeError(said.read_text())
                time.sleep(0.1)
            yield ServedWindow(found[0], psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(30)

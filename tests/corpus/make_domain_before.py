"""Writes the folder of a small domain as the release before leaves it, with something of every kind on record.

    python -m tests.corpus.make_domain_before RELEASE

RELEASE is a checkout of that release with its `.venv/bin/exchange`: the domain is made by its commands and its API
alone. `facts.json` beside the archive says what is on record. All keys and passwords in it are trial keys.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pika

HERE = Path(__file__).parent / "domain-before"
ARCHIVE, FACTS = HERE / "domain.tar.xz", HERE / "facts.json"
DOMAIN = "before"
START = "2026-03-02T09:00:00+08:00"
"""A Monday; the domain goes by a clock of its own, so that no term and no key runs out before a test looks."""
ACCOUNT, PASSWORD = "sven", "guarding both the doors"
GARBAGE = b"no envelope at all"

PROFILE = 'address = "{address}"\nname = "{name}"\nname_en = "{english}"\nroles = ["{role}"]\nofficer = "officer"\n'
MORE = (
    ("transport", "交通运输局", "Transport Bureau", "department"),
    ("archive", "档案局", "Archives Bureau", "department"),
    ("relay", "机要局", "Relay Office", "relay"),
)
APPROVER = """
[[approvers]]
department = "before.transport"
term_days = 10
default = "consent"
default_basis = ["缺席默认制"]
"""
PAPER = """
number = "合规〔2026〕{serial}号"
kind = "{kind}"
issuer = "规划局"
signatory = "王某"
title = "{title}"
addressees = ["某机关"]
body = "正文"
"""
NOTICE = (
    '\nnumber = "庐政办〔2026〕1号"\nissuer = "政务服务中心"\ntitle = "关于防汛值守的通知"\nbody = "请各单位值守。"\n'
)


class Maker:
    """The domain while it is made."""

    def __init__(self, release: Path, folder: Path) -> None:
        self.home, self._folder = folder / "home", folder
        self._program = release / ".venv" / "bin" / "exchange"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
        self._began = datetime.now(UTC)
        clock = f"{self._began.isoformat()}/{START}/1"
        self._environment = {
            **kept, "EXCHANGE_HOME": str(self.home), "EXCHANGE_CLOCK": clock, "EXCHANGE_LANGUAGE": "en",
            "EXCHANGE_WEBHOOK_NETWORKS": "127.0.0.0/8",
        }  # fmt: skip
        self._serial = 0
        self.link = ""

    def now(self) -> str:
        """The present moment by the domain's own clock."""
        return (datetime.fromisoformat(START) + (datetime.now(UTC) - self._began)).isoformat()

    def typed(self, *words: str) -> str:
        """What a command prints. Raises RuntimeError where it fails."""
        done = subprocess.run([self._program, *words], env=self._environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def up(self) -> None:
        """Serves it, and keeps the one-time link for the console's first account."""
        done = subprocess.run(
            [self._program, "up", "--detach"], env=self._environment, check=True, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.link = "".join(re.findall(r"/set-up/([\w-]+)", done.stdout)[:1])

    def json(self, *words: str) -> Any:
        """What a command prints as JSON."""
        return json.loads(self.typed(*words, "--json"))

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Waits until something has come about. Raises RuntimeError after a minute."""
        for _ in range(60):
            if condition():
                return
            time.sleep(1)
        raise RuntimeError(f"{what} did not come about")

    def paper(self, kind: str, title: str) -> str:
        """A document's file, under the next number."""
        self._serial += 1
        return self.file(f"{self._serial}.toml", PAPER.format(serial=self._serial, kind=kind, title=title))

    def file(self, name: str, text: str) -> str:
        """A file beside the domain."""
        (self._folder / name).write_text(text, encoding="utf-8")
        return str(self._folder / name)

    def found(self, what: dict[str, Any], name: str, key: str) -> dict[str, str]:
        """By id, in which state a list of the inbox has something."""
        return {one[key]: one["state"] for one in what[name]}


def make(release: Path, say: Callable[[str], None] = print) -> None:
    """Makes the domain, the archive and its facts anew."""
    with tempfile.TemporaryDirectory(prefix="yz-before-") as folder:
        maker = Maker(release, Path(folder))
        _begin(maker)
        facts: dict[str, Any] = {"start": START}
        try:
            maker.up()
            for step in (_cases, _documents, _requests, _notice, _joint, _console, _dead_letter, _at_rest):
                facts |= step(maker)
                say(f"{step.__name__}: {facts}")
            facts |= _seen(maker)
        finally:
            maker.typed("down")
        facts["stopped"] = maker.now()
        facts["signed"] = _signed(maker.home)
        facts["revision"] = _revision(maker.home)
        _pack(maker.home, say)
        FACTS.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _begin(maker: Maker) -> None:
    maker.typed("init", "--new", DOMAIN)
    departments = maker.home / "departments"
    for name, chinese, english, role in MORE:
        (departments / name).mkdir()
        text = PROFILE.format(address=f"{DOMAIN}.{name}", name=chinese, english=english, role=role)
        (departments / name / "profile.toml").write_text(text, encoding="utf-8")
    with (departments / "catalogue" / "works.toml").open("a", encoding="utf-8") as matter:
        matter.write(APPROVER)
    maker.typed("init")


def _cases(maker: Maker) -> dict[str, Any]:
    """One decided; one that transport has yet to answer, its term running and watched."""
    application = str(maker.home / "departments" / "applications" / "works.toml")
    decided, open_case = (maker.json("submit", application)["case"] for _ in range(2))

    def parts(number: str) -> dict[str, str]:
        return {one["department"]: one["verdict"] for one in maker.json("status", number)["departments"]}

    for number in (decided, open_case):
        maker.until(lambda number=number: parts(number).get("before.planning") == "agree", "planning's opinion")
    maker.typed("reply", decided, "agree", "--as", "before.transport", "--officer", "李某")
    maker.until(lambda: parts(decided).get("before.transport") == "agree", "transport's opinion")
    maker.until(lambda: "confirm" in maker.typed("status", decided), "the prepared decision")
    maker.typed("decide", decided, "--confirm", "--officer", "张主任")
    return {"decided": decided, "open": open_case}


def _documents(maker: Maker) -> dict[str, Any]:
    paper = maker.paper("函", "关于商请提供路网资料的函")
    sent = maker.json("send", paper, "--to", "before.transport", "--as", "before.planning")["message_id"]
    maker.until(lambda: sent in maker.typed("inbox", "--as", "before.transport", "--all", "--json"), "the letter")
    return {"letter": sent}


def _requests(maker: Maker) -> dict[str, Any]:
    to_window = ("--to", "before.window", "--as", "before.planning")
    answered, asked = (maker.json("send", maker.paper("请示", title), *to_window)["message_id"]
                       for title in ("关于经费的请示", "关于编制的请示"))  # fmt: skip

    def stands(member: str, request: str) -> str:
        inbox = maker.json("inbox", "--all", "--as", member)
        return maker.found(inbox, "requests", "request").get(request, "")

    for one in (answered, asked):
        maker.until(lambda one=one: stands("before.window", one) == "received", "the request")
    answer = maker.paper("批复", "关于经费的批复")
    told = maker.json("send", answer, "--to", "before.planning", "--answers", answered, "--as", "before.window")
    maker.until(lambda: stands("before.planning", answered) == "answered", "the answer")
    return {"request_answered": answered, "answer": told["message_id"], "request_open": asked}


def _notice(maker: Maker) -> dict[str, Any]:
    notice = maker.json("notice", "send", maker.file("notice.toml", NOTICE), "--to", "departments")["notice"]
    for name in ("planning", "transport"):
        maker.until(lambda name=name: notice in maker.typed("notice", "list", "--as", f"before.{name}", "--json"), name)
        maker.typed("notice", "sign", notice, "--as", f"before.{name}")
    maker.until(lambda: maker.json("notice", "status", notice)["counts"][0]["signed"] >= 2, "the count")
    return {"notice": notice}


def _joint(maker: Maker) -> dict[str, Any]:
    asked = ("--with", "before.transport", "--to", "before.window", "--as", "before.planning")
    joint = maker.json("joint", "propose", maker.paper("报告", "关于联合检查的报告"), *asked)["joint"]
    maker.until(lambda: joint in maker.typed("joint", "list", "--as", "before.transport", "--json"), "the text")
    return {"joint": joint}


def _console(maker: Maker) -> dict[str, Any]:
    """An account by its one-time link, a token, and a webhook at a port where nobody listens."""
    url = maker.typed("console", "--url").strip()
    fields = {"link": maker.link, "name": ACCOUNT, "password": PASSWORD, "again": PASSWORD}
    made = httpx.post(f"{url}/set-up", data=fields, headers={"origin": url})
    if made.status_code != 303:
        raise RuntimeError(made.text)
    scopes = [word for scope in ("send", "receive", "read") for word in ("--scope", scope)]
    token = maker.typed("token", "new", "before.transport", *scopes, "--name", "OA", "--days", "730").strip()
    asked = {"url": "http://127.0.0.1:9/events", "events": ["message.arrived"]}
    told = httpx.post(f"{url}/api/v1/webhooks", json=asked, headers={"authorization": f"Bearer {token}"})
    return {"token": token, "webhook": told.json()["id"], "account": ACCOUNT, "password": PASSWORD}


def _dead_letter(maker: Maker) -> dict[str, Any]:
    """What is no envelope, in planning's queue."""
    ports = json.loads((maker.home / "node" / "ports.json").read_text(encoding="utf-8"))
    password = (maker.home / "node" / "admin.password").read_text(encoding="utf-8").strip()
    place = pika.ConnectionParameters("127.0.0.1", ports["amqp"], "/", pika.PlainCredentials("yizhan", password))
    with pika.BlockingConnection(place) as connection:
        connection.channel().basic_publish("", "before.planning.inbox", GARBAGE)
    maker.until(lambda: maker.json("dead"), "the dead letter")
    return {}


def _at_rest(maker: Maker) -> dict[str, Any]:
    """A kind that is held, with one message at rest; a member that is drained, with its process ended."""
    hold = maker.json("hold", "document", "--reason", "the printer is away")
    paper = maker.paper("函", "关于会议室的函")
    held = maker.json("send", paper, "--to", "before.archive", "--as", "before.window")["message_id"]
    maker.typed("drain", "before.archive", "--reason", "a new machine")
    return {"hold": hold["id"], "held": held}


def _seen(maker: Maker) -> dict[str, Any]:
    """What the commands of the release before say of it."""
    members = ("window", "planning", "transport")
    return {
        "seen": {
            "inbox": {name: maker.json("inbox", "--all", "--as", f"{DOMAIN}.{name}") for name in members},
            "status": maker.json("status"),
            "holds": maker.json("holds"),
            "dead": maker.json("dead"),
            "joint": maker.json("joint", "list", "--as", "before.transport"),
            "notices": maker.json("notice", "list"),
        }
    }


def _stores(home: Path) -> list[Path]:
    return sorted((home / "members").glob("*/store.db"))


def _signed(home: Path) -> dict[str, str]:
    """By member, direction and message, a digest of the signed bytes on record."""
    found: dict[str, str] = {}
    for path in _stores(home):
        with closing(sqlite3.connect(path)) as db:
            for direction, message, signed in db.execute("SELECT direction, message_id, signed FROM document"):
                found[f"{path.parent.name} {direction} {message}"] = hashlib.sha256(signed).hexdigest()
    return found


def _revision(home: Path) -> str:
    with closing(sqlite3.connect(_stores(home)[0])) as db:
        return str(db.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def _pack(home: Path, say: Callable[[str], None]) -> None:
    """All but the private node, logs, locks and notes of processes."""
    for path in _stores(home):
        with closing(sqlite3.connect(path)) as db:
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    HERE.mkdir(exist_ok=True)

    def kept(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
        parts = Path(entry.name).parts
        unwanted = parts[1:2] in (("node",), ("log",), ("up.json",), ("console.json",)) or "__pycache__" in parts
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        return None if unwanted or entry.name.endswith((".lock", "-wal", "-shm")) else entry

    with tarfile.open(ARCHIVE, "w:xz", preset=9) as archive:
        archive.add(home, "home", filter=kept)
    say(f"{ARCHIVE.name}: {ARCHIVE.stat().st_size} bytes")


if __name__ == "__main__":
    make(Path(sys.argv[1]))

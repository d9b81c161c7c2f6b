"""The diagnostics bundle: what a developer asks for first, in one file, with no key, password or content in it."""

from __future__ import annotations

import io
import json
import os
import platform
import re
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.monitor.store import Watches
from exchange.approval.window.store import Cases
from exchange.broker.admin.management import ManagementClient
from exchange.errors import BrokerUnavailable, ExchangeError
from exchange.machine.files import write_secret
from exchange.machine.urls import GONE, secrets_in, shown
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.holds import Holds
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.operations.health.checkups.doctor import examine
from exchange.operations.health.scrub import environment_secrets, harmless, log_line, without_secrets
from exchange.portal.told.store import WordsToTell
from exchange.runtime import draining
from exchange.runtime.home import open_directory, read_link
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.runtime.whereabouts import find_broker, known_broker
from exchange.store import Store, open_store
from exchange.store.migrate import HEAD

_LINES = 300
"""Lines of each journal and log."""
_TAIL = 400_000
"""Octets read from the end of a log."""
_DISTRIBUTION = "yizhan"
_NAME = re.compile(r"[\w.-]*")


def write_bundle(settings: Settings, file: Path) -> list[str]:
    """Write the bundle for its owner's eyes; return the names of what is in it. It says what could not be found out."""
    contents = bundle(settings)
    data = archive(contents)
    write_secret(file, data)
    return list(contents)


def archive(contents: Mapping[str, str]) -> bytes:
    """Pack named texts as a tar.gz."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, text in contents.items():
            data = text.encode()
            entry = tarfile.TarInfo(f"yizhan-diagnostics/{name}")
            entry.size, entry.mode = len(data), 0o600
            tar.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def bundle(settings: Settings) -> dict[str, str]:
    """Collect the texts that belong in the bundle, by name, scrubbed."""
    home, secrets = Home(settings.home), known_secrets(settings)
    found = {
        "versions.json": _written(_versions),
        "settings.json": _written(lambda: _settings(settings)),
        "doctor.json": _written(lambda: [_finding(one.__dict__) for one in examine(settings)]),
        "broker.json": _written(lambda: _queues(settings)),
        "directory.json": _written(lambda: _directory(home, settings)),
        "members.json": _written(lambda: {address: _member(settings, address) for address in _addresses(home)}),
    }
    for address in _addresses(home):
        found[f"journal/{address}.jsonl"] = "\n".join(_journal(settings, address))
        found[f"log/{address}.jsonl"] = "\n".join(_log(home.logs / f"{address}.log"))
    return {name: without_secrets(text, secrets) for name, text in found.items()}


def known_secrets(settings: Settings) -> set[str]:
    """Return the passwords of this domain, as texts to look for; keys never get near a text."""
    home = Home(settings.home)
    urls = [settings.broker_url, settings.management_url, settings.database_url, settings.claims_url]
    if (broker := known_broker(settings)) is not None:
        urls += [broker.url, broker.management_url]
    for account in home.root.glob("members/*/broker.json"):
        try:
            urls.append(read_link(account).url)
        except ExchangeError:
            continue
    passwords = {secret for url in urls for secret in secrets_in(url)} | environment_secrets(os.environ)
    if home.links.exists():
        passwords |= _passwords_in(home.links.read_text())
    return {one for one in passwords if len(one) >= 6}


def _passwords_in(text: str) -> set[str]:
    """All texts of a file of links: none of them need be in a bundle but names, which are told elsewhere."""
    try:
        stored = json.loads(text)
    except ValueError:
        return set()
    return {secret for value in _texts(stored) if "://" in value for secret in secrets_in(value)} | {
        value for value in _texts(stored) if len(value) >= 20 and "." not in value
    }


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(one)


def _written(look: Callable[[], object]) -> str:
    """What a look finds as JSON, or why it could not be found out."""
    try:
        found = look()
    except ExchangeError as error:
        found = {"error": error.code}
    return json.dumps(found, ensure_ascii=False, indent=1, default=str)


def _versions() -> dict[str, object]:
    names = sorted({_NAME.match(one).group() for one in metadata.requires(_DISTRIBUTION) or ()})  # type: ignore[union-attr]
    return {
        _DISTRIBUTION: metadata.version(_DISTRIBUTION),
        "python": sys.version,
        "platform": platform.platform(),
        "migrations": HEAD,
        "packages": {name: _version(name) for name in names},
    }


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _settings(settings: Settings) -> dict[str, object]:
    return {
        "broker_url": shown(settings.broker_url),
        "management_url": shown(settings.management_url),
        "database_url": shown(settings.database_url),
        "claims_url": shown(settings.claims_url),
        "clock": type(settings.clock).__name__,
        "now": settings.clock.now().isoformat(),
    }


def _finding(finding: Mapping[str, object]) -> dict[str, object]:
    """A finding as it is, but for those of rules: their texts are what a department's own program raised."""
    if str(finding["check"]).startswith("rule of") and finding["level"] == "bad":
        return {**finding, "finding": GONE}
    return dict(finding)


def _queues(settings: Settings) -> object:
    broker = find_broker(settings)
    if broker.management_url is None:
        raise BrokerUnavailable("the management API is not known", remedy="set EXCHANGE_MANAGEMENT_URL")
    with ManagementClient(broker.management_url, broker.url) as management:
        own = tuple(f"{address}." for address in _addresses(Home(settings.home)))
        return [
            {"queue": queue.name, "messages": queue.messages, "consumers": queue.consumers}
            for queue in management.queues()
            if queue.name.startswith(own)
        ]


def _directory(home: Home, settings: Settings) -> object:
    view = open_directory(home, settings)
    return {"version": view.version, "expires_at": view.expires_at, "members": [one.address for one in view.members]}


def _member(settings: Settings, address: str) -> object:
    try:
        store = _open(settings, address)
    except ExchangeError as error:
        return {"error": error.code}
    try:
        if not store.is_current():
            return {"error": "its tables are of another release"}
        with store.reading() as tx:
            return {
                "outbox": tx[Outbox].counts(),
                "inbox": tx[Inbox].counts(),
                "dead": [[one.reason_code, one.stage, one.letters, one.last_at] for one in tx[DeadLetters].causes()],
                "cases": tx[Cases].counts(),
                "watches": tx[Watches].counts(),
                "desk": tx[DepartmentDesk].counts(),
                "told": tx[WordsToTell].counts(),
                "holds": [[one.addressee, one.kind, one.held_at] for one in tx[Holds].standing()],
                "drained": draining.drained(store) is not None,
            }
    except ExchangeError as error:
        return {"error": error.code}
    finally:
        store.close()


def _journal(settings: Settings, address: str) -> Iterator[str]:
    try:
        store = _open(settings, address)
        try:
            with store.reading() as tx:
                entries = tx.recent_journal(_LINES)
        finally:
            store.close()
    except ExchangeError as error:
        yield json.dumps({"error": error.code})
        return
    for one in entries:
        facts = {"at": one.at.isoformat(), "event": one.event, "case_number": one.case_number}
        yield json.dumps(harmless({**one.detail, **facts, "message_id": one.message_id}), ensure_ascii=False)


def _log(path: Path) -> list[str]:
    try:
        with path.open("rb") as log:
            log.seek(0, os.SEEK_END)
            log.seek(max(0, log.tell() - _TAIL))
            lines = log.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    return [kept for line in lines[-_LINES:] if (kept := log_line(line)) is not None]


def _open(settings: Settings, address: str) -> Store:
    return open_store(Home(settings.home).kept_database_url(address, settings.database_url), member=address)


def _addresses(home: Home) -> list[str]:
    try:
        return list(load_profiles(home.departments))
    except ExchangeError:
        return []

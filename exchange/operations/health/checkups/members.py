"""What the doctor looks at in members: their keys, their way to the broker, and their queues there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path

from exchange.broker.admin.probe import server_version
from exchange.broker.admin.provision import Extras, missing_queues, queue_names
from exchange.broker.faults import DENIED
from exchange.broker.traffic.link import Link
from exchange.directory import DirectoryView
from exchange.envelope import Identity
from exchange.errors import BadConfiguration, BrokerUnavailable, ExchangeError, OperatorError
from exchange.language import Text
from exchange.operations.health.checkups import rights, room, silence
from exchange.operations.health.checkups.findings import Finding, Level
from exchange.runtime.home import open_directory, open_link
from exchange.runtime.keys.identity import open_identity
from exchange.runtime.keys.steadily import Marks, files_of, marks, steadily
from exchange.runtime.settings import Home, Settings

_EXPIRES_SOON = timedelta(days=30)

_OLDEST = (3, 10)
"""The first RabbitMQ with at-least-once dead-lettering."""


def keys(settings: Settings, addresses: Collection[str]) -> Iterator[Finding]:
    """Check that each member has the keys that the directory lists for it, and that nobody else can read them."""
    home = Home(settings.home)
    bad = 0
    for address in addresses:
        try:
            view, identity = _known_by(home, settings, address)
        except ExchangeError as error:
            bad += 1
            yield Finding("bad", Text("keys of {address}", {"address": address}), error.text, error.remedy_text)
            continue
        left = view.signer(identity.x5t).not_after - settings.clock.now()
        exposed = _readable_by_others(home.keys(address))
        if exposed:
            bad += 1
            yield Finding(
                "bad",
                Text("keys of {address}", {"address": address}),
                Text("{exposed} can be read by others", {"exposed": exposed}),
                Text("chmod 600 {exposed}", {"exposed": exposed}),
            )
        elif left < _EXPIRES_SOON:
            level: Level = "note" if left > timedelta() else "bad"
            bad += level == "bad"
            ends = Text("the certificate has {days} days left", {"days": left.days})
            yield Finding(
                level,
                Text("keys of {address}", {"address": address}),
                ends,
                Text("exchange certify {address}", {"address": address}),
            )
    if bad < len(addresses):
        yield Finding(
            "good",
            "keys",
            Text(
                "{good} of {total} members have what the directory lists",
                {"good": len(addresses) - bad, "total": len(addresses)},
            ),
        )


def _known_by(home: Home, settings: Settings, address: str) -> tuple[DirectoryView, Identity]:
    def read(_: Marks) -> tuple[DirectoryView, Identity]:
        view = open_directory(home, settings)
        return view, open_identity(home.keys(address), address, view)

    return steadily(read, lambda: marks(*files_of(home, address)), home.keys(address))


def broker(
    settings: Settings,
    windows: Collection[str],
    addresses: Collection[str],
    relays: Collection[str] = (),
    portals: Collection[str] = (),
) -> Iterator[Finding]:
    """Check that each member reaches the broker, and that its queues are there and answer; tell which broker it is."""
    reached: dict[str, Link] = {}
    queues: dict[str, list[str]] = {}
    for address in addresses:
        try:
            link = open_link(settings, address)
            missing = _missing(link, address, address in windows, _extras(address, relays))
        except (BadConfiguration, BrokerUnavailable) as error:
            yield Finding(
                "bad", Text("broker account of {address}", {"address": address}), error.text, error.remedy_text
            )
            continue
        reached[address] = link
        own = queue_names([address], [address] if address in windows else [], _extras(address, relays))
        queues.setdefault(link.url, []).extend(name for name in own if name not in missing)
        if missing:
            yield Finding(
                "bad", "topology", Text("missing: {missing}", {"missing": ", ".join(missing)}), "exchange init"
            )
    if reached:
        yield from _kind_of_broker(next(iter(reached.values())), len(reached))
        yield from silence.queues(settings, queues)
        address, link = next(iter(reached.items()))
        yield from room.messages(link.url, link.user_id or address)
        yield from room.lengths(settings, {name for names in queues.values() for name in names})
        others = [link for address, link in reached.items() if address not in portals]
        if others:
            yield from rights.enforced(others[0], set(windows) | set(addresses))
        for address in reached.keys() & set(portals):
            yield from rights.bound(reached[address], address)


def _extras(address: str, relays: Collection[str]) -> Extras:
    return Extras([address] if address in relays else [])


def _missing(link: Link, address: str, is_window: bool, extras: Extras) -> list[str]:
    """A member's missing queues. Raises BrokerUnavailable for its account, OperatorError for the whole broker."""
    try:
        return missing_queues(link.url, [address], [address] if is_window else [], extras)
    except BrokerUnavailable as error:
        if error.code == DENIED:
            raise
        raise OperatorError(error.text, remedy=error.remedy_text) from error


def _kind_of_broker(link: Link, members: int) -> Iterator[Finding]:
    version = server_version(link.url)
    yield Finding(
        "good",
        "broker",
        Text("RabbitMQ {version}, queues of {members} members looked at", {"version": version, "members": members}),
    )
    if _release(version) < _OLDEST:
        yield Finding(
            "note",
            "broker",
            Text("RabbitMQ {version} may lose dead letters on their way", {"version": version}),
            "take 3.10 or newer",
        )
    if link.stamps:
        yield Finding("good", "arrival time", "the broker stamps every message on arrival")
    else:
        yield Finding(
            "note", "arrival time", "this broker does not stamp arrivals: the window takes its own time",
            "RabbitMQ 3.12 or later with the incoming timestamp interceptor; until then doubt favours the department",
        )  # fmt: skip


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _readable_by_others(folder: Path) -> Path | None:
    return next((file for file in folder.iterdir() if file.is_file() and file.stat().st_mode & 0o077), None)

"""The versions of each matter that the public was told of: what a page said stays to be read, with its time."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from exchange.messaging.node import Node
from exchange.portal.records import ShownMatterRow
from exchange.portal.store import ShownMatters
from exchange.schemas import Matter
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class MatterVersion:
    """One version of a matter, and from when to when it was in force here; None: it still is."""

    matter: Matter
    since: datetime
    until: datetime | None


def note_versions(node: Node, matters: Mapping[str, Matter]) -> int:
    """Keep what the public is told of matters by now; returns how many versions are new."""
    with node.store.reading() as tx:
        told = [matter for matter in matters.values() if _differs(tx, matter)]
    if not told:
        return 0
    with node.step() as step:
        new = 0
        for matter in told:
            latest = step.tx[ShownMatters].latest(matter.code)
            same = latest if latest is not None and latest.version == matter.version else None
            since = same.since if same is not None else step.now
            step.tx[ShownMatters].keep(ShownMatterRow(matter.code, matter.version, since, _written(matter)))
            if same is None:
                step.note("matter-shown", None, None, matter=matter.code, version=matter.version)
                new += 1
    return new


def versions_of(node: Node, code: str) -> tuple[MatterVersion, ...]:
    """Return the versions of a matter that were shown here, the latest first; what cannot be read is left out."""
    with node.store.reading() as tx:
        rows = tx[ShownMatters].of(code)
    found: list[MatterVersion] = []
    until: datetime | None = None
    for row in rows:
        with suppress(ValidationError):  # of a release that wrote matters otherwise
            found.append(MatterVersion(Matter.model_validate_json(row.content), row.since, until))
        until = row.since
    return tuple(found)


def _differs(tx: Transaction, matter: Matter) -> bool:
    latest = tx[ShownMatters].latest(matter.code)
    return latest is None or (latest.version, latest.content) != (matter.version, _written(matter))


def _written(matter: Matter) -> str:
    return matter.model_dump_json()

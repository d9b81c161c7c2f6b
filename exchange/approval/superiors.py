"""Who is told of a department beside itself: the authority above it, as the directory names it."""

from __future__ import annotations

from exchange.directory import Lookup
from exchange.messaging.node import Node


def superiors_of(department: str, directory: Lookup, but: str | None = None) -> tuple[str, ...]:
    """Return the authority above a department, unless that is ``but``; of one that has left, nobody knows it."""
    superiors = [member.superior for member in directory.members if member.address == department]
    return tuple(address for address in superiors if address and address != but)


def told_of(department: str, window: Node) -> tuple[str, ...]:
    """Return whom a window tells of a department's default: itself, the monitors, and the authority above it."""
    superiors = superiors_of(department, window.directory, window.address)
    return tuple(dict.fromkeys((department, *window.monitors, *superiors)))


def is_above(address: str, department: str, directory: Lookup) -> bool:
    """Return whether the directory names a member as the authority above a department."""
    return any(member.address == department and member.superior == address for member in directory.members)

"""Which commands change something, and how the audit log names what they were called with.

A test holds that every command is in the table, records by itself, or changes nothing. What is recorded are names, ids
and files as they were typed, and who is said to have decided: never content, reasons or secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class CommandAction:
    """A command that changes something, recorded when it is over."""

    told: tuple[str, ...] = ()
    """The parameters that its entry has."""
    unless: tuple[str, ...] = ()
    """Given one of these, it only looks, or records by itself."""
    only: tuple[str, ...] = ()
    """Without any of these it only looks."""
    begun: bool = False
    """Recorded when it begins: it goes on until it is told to stop."""


COMMAND_ACTIONS: Mapping[str, CommandAction] = {
    "init": CommandAction(("new", "anew")),
    "up": CommandAction(unless=("detach",), begun=True),
    "down": CommandAction(),
    "log": CommandAction(("member", "settle"), only=("settle",)),
    "breakers": CommandAction(("member", "close"), only=("close",)),
    "submit": CommandAction(("file",)),
    "filing accept": CommandAction(("number", "officer", "promise")),
    "filing missing": CommandAction(("number", "officer")),
    "filing refuse": CommandAction(("number", "outcome", "officer")),
    "filing hand-in": CommandAction(("file", "as_", "channel")),
    "hearing call": CommandAction(("case", "at", "chair", "officer")),
    "hearing put-off": CommandAction(("case", "at", "chair", "officer")),
    "hearing call-off": CommandAction(("case",)),
    "hearing record": CommandAction(("case", "held_on")),
    "filing state": CommandAction(("number", "as_")),
    "filing withdraw": CommandAction(("number", "as_")),
    "licence query": CommandAction(("number", "case", "window")),
    "licence issue": CommandAction(("case", "officer", "number")),
    **{f"licence {one}": CommandAction(("number", "officer")) for one in ("renew", "change", "revoke", "cancel")},
    "decide": CommandAction(("case", "outcome", "officer", "confirm", "reviewed")),
    "add-body": CommandAction(("case", "department", "officer", "instead_of")),
    "reopen": CommandAction(("case", "officer", "ordered_by", "ask")),
    "withdraw": CommandAction(("case",)),
    "deadline": CommandAction(("case", "department", "entry", "officer")),
    "case-term": CommandAction(("case", "entry", "officer")),
    "chase": CommandAction(("case", "department", "officer")),
    "pass-supplement-on": CommandAction(("case", "department", "officer")),
    "decline-supplement": CommandAction(("case", "department", "officer")),
    "explain": CommandAction(("case", "officer")),
    "deliver": CommandAction(("case", "officer")),
    "reply": CommandAction(("case", "verdict", "as_", "officer")),
    "end-procedure": CommandAction(("case", "as_", "officer")),
    "supplementary-review": CommandAction(("case", "as_", "until", "officer")),
    "ask-supplement": CommandAction(("case", "as_", "officer", "material")),
    "take": CommandAction(("case", "as_", "officer", "give_back")),
    "hand-over": CommandAction(("case", "as_", "officer", "to")),
    "stand-in record": CommandAction(("absent", "stand_in", "until", "matter", "by", "as_")),
    "stand-in end": CommandAction(("number", "by", "as_")),
    "recall": CommandAction(("case", "as_", "officer")),
    "send": CommandAction(("file", "to", "as_")),
    "evidence": CommandAction(("what", "as_", "reader")),
    "forward": CommandAction(("message", "as_")),
    "return": CommandAction(("message", "officer", "as_")),
    "file": CommandAction(("message", "officer", "as_")),
    "circulate": CommandAction(("message", "to", "read", "officer", "as_"), only=("to", "read")),
    "resend": CommandAction(("message", "as_")),
    "diagnostics": CommandAction(("file",)),
    "backup": CommandAction(("output", "as_"), only=("output",)),
    "restore": CommandAction(("folder", "member", "replacing")),
    "certify": CommandAction(("address",)),
    "keys": CommandAction(("as_",), only=("retire_",)),
    "key request": CommandAction(("address",)),
    "key certify": CommandAction(("file", "proof")),
    "key prove": CommandAction(("file",)),
    "key take": CommandAction(("address",)),
    "key seal": CommandAction(),
    "key use": CommandAction(("whose",)),
    "tls": CommandAction(("wanted", "renew")),
    "freshness": CommandAction(("every", "off"), begun=True),
    "calendar load": CommandAction(("file",)),
    "substitute add": CommandAction(("department", "by", "until", "ordered_by", "order")),
    "substitute revoke": CommandAction(("serial",)),
    "link": CommandAction(("neighbour", "cut", "remove"), unless=("status",)),
    "joint propose": CommandAction(("file", "with_", "as_")),
    "joint sign": CommandAction(("joint", "as_")),
    "joint refuse": CommandAction(("joint", "as_")),
    "joint withdraw": CommandAction(("joint", "as_")),
    "notice send": CommandAction(("file", "as_")),
    "notice sign": CommandAction(("notice", "as_")),
    "notice return": CommandAction(("notice", "as_")),
    "notice remind": CommandAction(("notice", "as_")),
    "notice recall": CommandAction(("notice", "as_")),
    "notice cover": CommandAction(("notice", "without", "as_")),
    "notice answer": CommandAction(("notice", "file", "as_")),
    "notice receipts": CommandAction(("notice", "of", "as_"), unless=("kept",)),
    "domain add": CommandAction(("name",)),
    "domain request": CommandAction(),
    "domain join": CommandAction(("grant",)),
    "domain revoke": CommandAction(("name",)),
    "alerts test": CommandAction(("channel",)),
}


def action_of(command: str, given: Mapping[str, object]) -> CommandAction | None:
    """Return what a command so called is recorded as; None if not here."""
    action = COMMAND_ACTIONS.get(command)
    if action is None or any(given.get(name) for name in action.unless):
        return None
    return action if not action.only or any(given.get(name) for name in action.only) else None


def told_of(action: CommandAction, given: Mapping[str, object]) -> str:
    """Return what the entry says: values by their order, options with their names."""
    return " ".join(one for name in action.told if (one := _written(name, given.get(name))))


_PLAIN = frozenset(
    {"file", "case", "message", "address", "joint", "notice", "name", "whose", "neighbour", "channel", "grant"}
)
"""What needs no name to be understood."""


def _written(name: str, value: object) -> str:
    if value is None or value is False or value == "":
        return ""
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    word = name.strip("_")
    if value is True:
        return word
    return text if name in _PLAIN else f"{word}={text}"

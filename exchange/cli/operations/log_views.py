"""How `exchange log` shows logs: members, heads, witnesses, and what is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rich.table import Table

from exchange.audit.log.comparing import LogBreak
from exchange.audit.log.heads import LogHead
from exchange.cli.operations.log_stamps import show_stamp, stamp_json
from exchange.cli.view import console, plain, print_json
from exchange.language import tr
from exchange.messaging.log.witnesses import LogDispute
from exchange.operations.log_witnesses import WitnessView
from exchange.operations.member_log import EntryProof, LogView
from exchange.operations.said.terms import moment

_LATE = timedelta(minutes=5)
"""Longer than a served member ever leaves its rows unsealed."""


def tell_logs(found: list[LogView], *, one: bool, as_json: bool) -> None:
    """Show logs, with all heads of ``one``, and what is wrong with any of them."""
    if as_json:
        print_json([_view_json(view) for view in found])
        return
    if one:
        _show_heads(found[0])
    else:
        _show_members(found)
    for view in found:
        if view.broken is not None:
            said = tr("{address}: {broken}", address=view.address, broken=view.broken.text)
            console.print(plain(said, "bold red"))
        for dispute in view.disputes:
            console.print(plain(str(dispute.text), "bold red"))


def _show_members(found: list[LogView]) -> None:
    table = Table(header_style="bold", border_style="dim")
    titles = (tr("member"), tr("sealed"), tr("claimed"), tr("newest head"), tr("not sealed"), tr("countersigned"))
    for title in (*titles, tr("checked")):
        table.add_column(title)
    for view in found:
        head = view.heads[0] if view.heads else None
        table.add_row(
            view.address,
            str(head.size if head else 0),
            str(head.claimed if head else 0),
            moment(head.issued_at) if head else "",
            plain(str(view.unsealed), "yellow" if view.lag > _LATE else ""),
            str(max((one.size for one in view.witnesses), default="")),
            _checked(view),
        )
    console.print(table)


def _checked(view: LogView) -> str:
    if view.checked_at is None:
        return tr("not yet")
    return tr("{count} entries, {moment}", count=view.checked, moment=moment(view.checked_at))


def _show_heads(view: LogView) -> None:
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("size"), tr("signed at"), tr("root"), tr("head before")):
        table.add_column(title, overflow="fold")
    for head in view.heads:
        table.add_row(str(head.size), moment(head.issued_at), head.root, (head.previous or "")[:16])
    console.print(table)
    claimed = view.heads[0].claimed if view.heads else 0
    console.print(tr("{number} heads, the first {claimed} entries claimed", number=view.counted, claimed=claimed))
    console.print(tr("rows that are not sealed yet: {number}", number=view.unsealed))
    if view.lag > _LATE:
        lag = int(view.lag.total_seconds() // 60)
        console.print(plain(tr("the newest row is {lag} minutes younger than the newest head: is it served?", lag=lag)))
    console.print(tr("checked: {checked}", checked=_checked(view)))
    _show_witnesses(view)
    show_stamp(view)


def _show_witnesses(view: LogView) -> None:
    if not view.witnesses:
        console.print(tr("no witnesses yet: the first two members to whom something goes are shown its heads"))
        return
    table = Table(header_style="bold", border_style="dim")
    titles = (tr("witness"), tr("countersigned"), tr("seen at"), tr("entries behind"), tr("minutes without an answer"))
    for title in titles:
        table.add_column(title)
    for one in view.witnesses:
        waits = int(one.unanswered.total_seconds() // 60)
        seen = moment(one.seen_at) if one.seen_at is not None else ""
        table.add_row(one.address, str(one.size), seen, str(one.behind), str(waits or ""))
    console.print(table)


def _view_json(view: LogView) -> dict[str, Any]:
    return {
        "member": view.address,
        "heads": [_head_json(head) for head in view.heads],
        "head_count": view.counted,
        "unsealed": view.unsealed,
        "lag_seconds": int(view.lag.total_seconds()),
        "checked": view.checked,
        "checked_at": view.checked_at.isoformat() if view.checked_at else None,
        "broken": _break_json(view.broken) if view.broken else None,
        "witnesses": [_witness_json(one) for one in view.witnesses],
        "disputes": [_dispute_json(one) for one in view.disputes],
        **stamp_json(view),
    }


def _witness_json(one: WitnessView) -> dict[str, Any]:
    return {
        "witness": one.address, "size": one.size, "seen_at": one.seen_at.isoformat() if one.seen_at else None,
        "behind": one.behind, "unanswered_seconds": int(one.unanswered.total_seconds()),
    }  # fmt: skip


def _dispute_json(one: LogDispute) -> dict[str, Any]:
    return {
        "origin": one.origin, "standing": one.standing.value, "witness": one.witness,
        "found_at": one.found_at.isoformat(), "held": one.held.hex(), "shown": one.shown.hex(),
        "growth": one.growth.hex(), "text": str(one.text),
    }  # fmt: skip


def _head_json(head: LogHead) -> dict[str, Any]:
    return head.model_dump(mode="json")


def _break_json(broken: LogBreak) -> dict[str, Any]:
    return {"fault": broken.fault.value, "index": broken.index, "row": broken.number, "text": str(broken.text)}


def proof_json(address: str, proof: EntryProof) -> dict[str, Any]:
    """Return the proof of an entry, in hexadecimal."""
    return {
        "member": address, "index": proof.index, "size": proof.size, "leaf": proof.leaf.hex(),
        "receipt": proof.receipt.hex(), "head": proof.head.hex(),
    }  # fmt: skip

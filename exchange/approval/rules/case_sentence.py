"""Where a case stands, in one sentence: who is late, since when, why, and what comes next. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from exchange.approval.rules.states import CaseState, PartState
from exchange.clock import end_text

Words = tuple[str, str]
"""Chinese and English."""

Names = Mapping[str, Words]
"""What departments are called, by address."""

_NO_NAMES: Names = {}
_SHOWN = 3
_PUT_TO = (PartState.ISSUED, PartState.SIGNED)


class SentencePart(Protocol):
    """What the sentence needs of a department's part."""

    @property
    def department(self) -> str: ...
    @property
    def state(self) -> PartState: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def contested(self) -> bool: ...


def sentence(
    state: CaseState,
    parts: Sequence[SentencePart],
    now: datetime,
    names: Names = _NO_NAMES,
    provisional: Collection[str] = (),
) -> Words:
    """Return the sentence that matters most at this moment.

    What is late comes before what waits, and both before what runs well. ``provisional``: departments whose due moment
    the calendar may still move.
    """
    if state is CaseState.READY:
        return "意见已齐；接下来由主办部门决定。", "All is in; next, the lead decides."
    contesting = [part for part in parts if part.contested]
    if state is CaseState.DECIDED and contesting:
        who = _who(contesting, names)
        return (
            f"已决定；{who[0]} 依其自己的记录对决定提出异议，接下来由主办部门复核。",
            f"Decided; {who[1]} contests it by its own record; next, the lead reviews the decision.",
        )
    if state is not CaseState.OPEN:
        return "案件已了结，不再等待任何人。", "The case is closed; nobody is waited for."
    escalated = [part for part in parts if part.state is PartState.ESCALATED]
    late = [part for part in parts if part.state in _PUT_TO and part.due_at is not None and part.due_at < now]
    unsigned = [part for part in parts if part.state is PartState.ISSUED and part.due_at is None]
    undated = [part for part in parts if part.state is PartState.SIGNED and part.due_at is None]
    running = [part for part in parts if part.state in _PUT_TO and part.due_at is not None]
    if late:
        return _late(late, now, names)
    if escalated:
        who = _who(escalated, names)
        return (
            f"{who[0]} 逾期未答且不能视为同意，已上报；接下来由主办部门处理，其答复仍然有效。",
            f"{who[1]} kept silent and no consent could be deemed: escalated; next, the lead acts; "
            "an answer still counts.",
        )
    if unsigned:
        who = _who(unsigned, names)
        return (
            f"{who[0]} 尚未签收，期限未起算，沉默没有后果；接下来等其签收；自发出起算期满仍未签收的，上报主办部门。",
            f"{who[1]} has not signed for the request, so no term runs and silence means nothing; "
            "next, its signature, or, once the term counted from the issue is over, the lead.",
        )
    if running:
        first = min(running, key=lambda part: part.due_at or now)
        who, due = _named(first, names), _day(first.due_at)
        if first.department in provisional:
            return (
                f"无人逾期；最先到期的是 {who[0]}（暂定 {due}），工作日历公布前沉默没有后果。",
                f"Nobody is late; the first term to end is that of {who[1]} ({due}, provisional); silence has no "
                "consequence before the calendar of working days is published.",
            )
        return (
            f"无人逾期；最先到期的是 {who[0]}（{due}），届时沉默即按规则处理。",
            f"Nobody is late; the first term to end is that of {who[1]} ({due}), when silence has its consequence.",
        )
    if undated:
        who = _who(undated, names)
        return (
            f"{who[0]} 已签收，期限停计或在等前序意见；接下来待其恢复。",
            f"{who[1]} has signed; its term is stopped or waits for earlier opinions; next, that it goes on.",
        )
    return "无人逾期，没有等待中的部门。", "Nobody is late, and no department is waited for."


def _late(late: Sequence[SentencePart], now: datetime, names: Names) -> Words:
    first = min(late, key=lambda part: part.due_at or now)
    who, due, unsigned = _who(late, names), _day(first.due_at), any(part.state is PartState.ISSUED for part in late)
    why = "尚未签收" if unsigned else "已签收未答复"
    reason = "it has not signed for the request" if unsigned else "it has signed and not answered"
    return (
        f"{who[0]} 逾期，自 {due}：{why}；接下来督办成员视其为同意，或上报主办部门。",
        f"{who[1]} is late since {due}: {reason}; next, the monitor deems its consent, or escalates to the lead.",
    )


def _who(parts: Sequence[SentencePart], names: Names) -> Words:
    shown, rest = [_named(part, names) for part in parts[:_SHOWN]], len(parts) - _SHOWN
    more = (f" 等 {len(parts)} 个部门", f" and {rest} more") if rest > 0 else ("", "")
    return "、".join(one[0] for one in shown) + more[0], ", ".join(one[1] for one in shown) + more[1]


def _named(part: SentencePart, names: Names) -> Words:
    return names.get(part.department, (part.department, part.department))


def _day(at: datetime | None) -> str:
    return end_text(at) if at else ""

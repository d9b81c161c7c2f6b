"""What the page of a notice says: what is asked and until when, what was done, how each signature stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from exchange.clock import end_text
from exchange.desk.letters.texts import elements, urgency_words
from exchange.desk.notices.for_whom import for_whom
from exchange.desk.notices.held import HeldNotice
from exchange.desk.notices.waiting import cover_urgency
from exchange.desk.urgency import DeskUrgency, urgency_of
from exchange.desk.visit import DeskVisit
from exchange.envelope import verify_signed
from exchange.errors import SenderError
from exchange.language import Words
from exchange.language.names import NOTICE_STATES
from exchange.messaging.documents import Documents
from exchange.messaging.records import StoredDocument
from exchange.notices.rules.covering import verb_of
from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.notices.store import Notices
from exchange.schemas import (
    FieldType,
    Form,
    FormAnswer,
    FormField,
    Forwarding,
    NoticeReminder,
    Recall,
    SignOff,
    Treatment,
    Urgency,
)
from exchange.workdays import end_of_day

Rows = list[tuple[str, str, str]]
Entry = tuple[str, str, datetime | None, str]
_TREATMENTS: dict[str, Words] = {
    Treatment.ACTION.value: ("办理", "to be acted on"),
    Treatment.INFORMATION.value: ("阅知", "for information"),
}
FIELD_TYPES: dict[FieldType, Words] = {
    FieldType.INTEGER: ("整数", "whole number"),
    FieldType.DECIMAL: ("小数", "number with decimals"),
    FieldType.TEXT: ("文字", "text"),
    FieldType.DATE: ("日期", "date"),
    FieldType.CHOICE: ("选择", "choice"),
    FieldType.YES_NO: ("是否", "yes or no"),
}
"""What a field of a form may be, as people call it."""
_SEATS: dict[NoticeSeat, Words] = {
    NoticeSeat.ORIGIN: ("本单位发出", "issued here"),
    NoticeSeat.RELAY: ("本单位转发", "passed on here"),
    NoticeSeat.READER: ("收到", "received"),
}
_REMINDED: dict[NoticeSeat, Words] = {
    NoticeSeat.ORIGIN: ("已催办", "Reminded"),
    NoticeSeat.RELAY: ("催办已转发", "A reminder was passed on"),
    NoticeSeat.READER: ("收到催办", "A reminder came"),
}


def tags_of(visit: DeskVisit, held: HeldNotice) -> list[tuple[str, str]]:
    """Return tone and words of what is to be known at a glance."""
    row, read = held.row, held.read
    state = (read or row).state
    tone = {NoticeState.SIGNED: "good", NoticeState.OPEN: "info", NoticeState.WAITING: "warn"}.get(state, "")
    # An origin or a relay office signs for nothing: with them an open notice is one that stands.
    words = ("有效", "in force") if read is None and state is NoticeState.OPEN else NOTICE_STATES[state.value]
    found = [("", visit.words(_SEATS[row.seat])), (tone, visit.words(words))]
    found.append(("", visit.words(_TREATMENTS[row.treatment])))
    if row.urgency != Urgency.ORDINARY.value:
        found.append(("warn", urgency_words(visit, Urgency(row.urgency))))
    if held.answers:
        found.append(("good", visit.say("已填报", "answered")))
    return found


def turn_of(visit: DeskVisit, held: HeldNotice) -> tuple[DeskUrgency | None, str, list[str]]:
    """Return how urgent it is, what is asked of this member, and more about that."""
    row, read = held.row, held.read
    if row.state is NoticeState.WAITING:
        due, urgency, provisional = cover_urgency(visit, row)
        return urgency, visit.say("等待本级转发", "Waits for this level's cover"), [_until(visit, due, provisional)]
    if read is None or read.state not in (NoticeState.OPEN, NoticeState.SIGNED):
        return None, "", []
    if held.asked is not None and not held.answers:
        asked = held.asked
        what = visit.say("请填报", "A form is to be answered")
        more = [_until(visit, asked.due, asked.provisional)]
        if read.state is NoticeState.OPEN:
            more.append(visit.say("填报即同时签收。", "To answer it is to sign for the notice as well."))
        return urgency_of(asked.due, visit.node.calendar, visit.now), what, more
    due_at = end_of_day(date.fromisoformat(read.act_by)) if read.act_by else None
    if read.state is NoticeState.OPEN:
        more = [] if due_at is None else [_to_act(visit, due_at)]
        return urgency_of(due_at, visit.node.calendar, visit.now), visit.say("请签收", "To be signed for"), more
    return None, "", [_to_act(visit, due_at)] if due_at is not None else []


def particulars(visit: DeskVisit, held: HeldNotice) -> Rows:
    """Return what a notice is, row by row."""
    row, say = held.row, visit.say
    day = end_of_day(date.fromisoformat(row.act_by)) if row.act_by else None
    own = elements(visit, held.text.notice.document) if held.text is not None else []
    replaces = held.text.notice.replaces if held.text is not None else None
    rows = [
        *own,
        (say("发给", "For"), for_whom(visit, row.audience), ""),
        (say("处理要求", "What is wanted"), visit.words(_TREATMENTS[row.treatment]), ""),
        (say("办理期限", "To be dealt with by"), end_text(day) if day is not None else "", ""),
        (say("替换", "Replaces"), notice_called(visit, replaces) if replaces else "", ""),
    ]
    return [one for one in rows if one[1]]


def notice_called(visit: DeskVisit, notice_id: str) -> str:
    """Return what people call a notice: its number and title; of one that is not here, its id."""
    with visit.node.store.reading() as tx:
        row = tx[Notices].get(notice_id)
    return f"{row.number} {row.title}" if row is not None else notice_id


def signatures(visit: DeskVisit, held: HeldNotice) -> list[tuple[str, str, datetime]]:
    """Return who has signed what of it: the origin, then each office that has put a cover in front; all verified."""
    if held.text is None:
        return []
    found = [(held.row.origin, visit.say("发文", "issued it"), held.text.signed_at)]
    for one in held.text.covers:
        verb = verb_of(held.row.origin, one.relay)
        found.append((one.relay, visit.say(verb, "put a cover in front"), one.at))
    return found


def done_here(visit: DeskVisit, held: HeldNotice) -> list[Entry]:
    """Return what has come and what this member has done, as a timeline."""
    row, say = held.row, visit.say
    first = {
        NoticeSeat.ORIGIN: say("发出", "Issued"),
        NoticeSeat.RELAY: say("收到，待逐级转发", "Came, to be passed on"),
        NoticeSeat.READER: say("收到", "Came"),
    }[row.seat]
    entries: list[Entry] = [("done", first, row.received_at, "")]
    with visit.node.store.reading() as tx:
        kinds = (SignOff.KIND, FormAnswer.KIND, NoticeReminder.KIND, Recall.KIND, Forwarding.KIND)
        names = [key for kind in kinds for key in _own(tx[Documents].named(row.notice_id, kind), visit, row.seat, kind)]
        stored = [tx[Documents].get(*key) for key in names]
    found = [entry for one in stored if one is not None for entry in _entries(visit, one, row.seat)]
    return [*entries, *sorted(found, key=lambda entry: entry[2] or row.received_at)]


def _own(keys: list[tuple[str, str]], visit: DeskVisit, seat: NoticeSeat, kind: str) -> Iterator[tuple[str, str]]:
    """A relay office has the answers of a whole level beside its own; of what passed, reminders and recalls matter."""
    for key in keys:
        if key[0] == visit.node.address or (seat is NoticeSeat.READER and kind == Forwarding.KIND):
            yield key


def _entries(visit: DeskVisit, stored: StoredDocument, seat: NoticeSeat) -> Iterator[Entry]:
    say, at = visit.say, stored.recorded_at
    try:
        body = verify_signed(stored.signed, visit.node.directory).body
        if isinstance(body, Forwarding):
            if body.cover is not None and stored.sender == visit.node.address:
                yield "done", say("加转发通知后转发", "Passed on under a cover"), at, ""
            body = verify_signed(stored.enclosures[0], visit.node.directory).body
    except (SenderError, IndexError):
        return
    if isinstance(body, SignOff):
        yield "done", say("已签收", "Signed for") if body.accepted else say("已退回", "Sent back"), at, body.reason
    elif isinstance(body, FormAnswer):
        yield "done", say("已填报", "The form was answered"), at, ""
    elif isinstance(body, NoticeReminder):
        stage = say(f"期限已过 {body.stage}%", f"{body.stage} % of the term had passed") if body.stage else ""
        yield "now", say(*_REMINDED[seat]), at, stage
    elif isinstance(body, Recall):
        yield "now", say("发文机关撤回", "Taken back by its origin"), at, body.reason


def form_asked(visit: DeskVisit, form: Form) -> Rows:
    """Return what a form asks for, and what may be answered."""
    return [(one.label, _allowed(visit, one), "") for one in form.fields]


def _allowed(visit: DeskVisit, field: FormField) -> str:
    say = visit.say
    said = [visit.words(FIELD_TYPES[field.type])]
    if field.choices:
        said.append("、".join(field.choices))
    if field.minimum is not None:
        said.append(f"≥ {field.minimum}")
    if field.maximum is not None:
        said.append(f"≤ {field.maximum}")
    said += [field.unit] if field.unit else []
    return say("，", ", ").join(said if field.required else [*said, say("选填", "optional")])


def form_rows(visit: DeskVisit, form: Form, answer: FormAnswer) -> Rows:
    """Return what a form asks for, with what was answered."""
    given = {value.name: value.value for value in answer.values}
    return [
        (one.label, shown_value(visit, one.type.value, given.get(one.name, ""), one.unit), "") for one in form.fields
    ]


def shown_value(visit: DeskVisit, kind: str, value: str, unit: str = "") -> str:
    """Return a value of a form as it is read."""
    if kind == "yes-no" and value in ("yes", "no"):
        return visit.say("是", "yes") if value == "yes" else visit.say("否", "no")
    return f"{value} {unit}".strip() if value else "–"


def _until(visit: DeskVisit, due: datetime, provisional: bool) -> str:
    more = visit.say("（暂定）", " (provisional)") if provisional else ""
    return visit.say(f"截至 {end_text(due)}{more}", f"Until {end_text(due)}{more}")


def _to_act(visit: DeskVisit, due: datetime) -> str:
    return visit.say(f"应于 {end_text(due)} 前办理。", f"To be dealt with by {end_text(due)}.")

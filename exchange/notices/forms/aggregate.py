"""What lower authorities answered, added up level by level, and as a table. Who is silent is missing, and never
counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal

from exchange.directory.hierarchy import domain_of, is_within, superior_of
from exchange.errors import Malformed, Untrusted
from exchange.machine.spreadsheet import csv_text, guarded
from exchange.notices.forms.rules import answer_faults
from exchange.schemas import Aggregate, DomainTotal, FieldTotal, Form, FormAnswer, Row
from exchange.schemas.form import MAX_ROWS, ROWS_BYTES
from exchange.schemas.tally import MAX_NAMES

_EXACT = Context(prec=60)


@dataclass(frozen=True)
class ReceivedAnswer:
    """An answer as it came: who sent it, when it was signed, the digest of what was signed."""

    body: str
    at: datetime
    proof: str
    answer: FormAnswer


def standing(received: Iterable[ReceivedAnswer], asked: Iterable[str]) -> tuple[Row, ...]:
    """Return the valid answer of each authority that was asked: its latest by signing time, then by digest.

    The order of arrival does not matter.
    """
    bodies, latest = set(asked), dict[str, ReceivedAnswer]()
    for one in received:
        if one.body in bodies:
            latest[one.body] = max(latest.get(one.body, one), one, key=lambda each: (each.at, each.proof))
    return tuple(Row(body=body, values=latest[body].answer.values, proof=latest[body].proof) for body in sorted(latest))


def aggregate(
    form: Form,
    notice_id: str,
    domain: str,
    serial: int,
    asked: Sequence[str],
    rows: Sequence[Row],
    branches: Mapping[str, Aggregate],
    unheard: Sequence[str] = (),
) -> Aggregate:
    """Return what a relay signs for its domain and everything below.

    It holds own answers (``standing``) and those of its branches.

    ``unheard`` are branches that were asked and have not said anything yet. Raises ValueError for own rows that were
    not asked or not checked, Untrusted or Malformed for a branch's aggregate about others or about another notice.
    """
    for branch, below in branches.items():
        check_aggregate(form, notice_id, domain, branch, below)
    carried = _carried([*rows, *(row for b in branches.values() for row in b.rows)])
    totals = (_own_total(form, domain, asked, rows), *(total for b in branches.values() for total in b.totals))
    silent = sorted(
        [*set(asked) - {row.body for row in rows}, *(name for b in branches.values() for name in b.missing)]
    )
    return Aggregate(
        notice_id=notice_id,
        domain=domain,
        serial=serial,
        totals=tuple(sorted(totals, key=lambda total: total.domain)),
        rows=carried,
        rows_more=sum(total.answered for total in totals) - len(carried),
        missing=tuple(silent[:MAX_NAMES]),
        missing_more=sum(total.asked - total.answered for total in totals) - len(silent[:MAX_NAMES]),
        unheard=tuple(sorted([*unheard, *(name for below in branches.values() for name in below.unheard)])),
    )


def check_aggregate(form: Form, notice_id: str, domain: str, branch: str, below: Aggregate) -> None:
    """Raise Untrusted or Malformed for an aggregate that a domain must not take from a branch."""
    if below.domain != branch or superior_of(branch) != domain:
        raise Untrusted(
            "an aggregate for {meant} came as that of {branch} to {came_to}",
            remedy="a relay speaks for its own domain, to the one directly above",
            meant=below.domain,
            branch=branch,
            came_to=domain,
        )
    check_content(form, notice_id, below)


def check_content(form: Form, notice_id: str, below: Aggregate) -> None:
    """Raise Untrusted or Malformed for an aggregate that nobody must take, whomever it came to."""
    branch = below.domain
    domains = {total.domain for total in below.totals}
    named = {domain_of(address) for address in (*below.missing, *(row.body for row in below.rows))}
    if not all(is_within(each, branch) for each in (*domains, *below.unheard)) or not named <= domains:
        raise Untrusted(
            "the aggregate of {branch} names others", remedy="a relay speaks for its subtree", branch=branch
        )
    if below.notice_id != notice_id:
        raise Malformed("the aggregate of {branch} is about another notice", branch=branch)
    numeric = {field.name for field in form.fields if field.type.is_number}
    if not {field.name for total in below.totals for field in total.fields} <= numeric:
        raise Malformed("the aggregate of {branch} sums what the form does not ask for in numbers", branch=branch)
    if any(_faulty(form, row, notice_id) for row in below.rows):
        raise Malformed("the aggregate of {branch} carries an answer that is not what the form asks for", branch=branch)


def sums(form: Form, collected: Aggregate, within: str | None = None) -> dict[str, FieldTotal]:
    """Return counts and sums of the numeric fields over a subtree, by default all of it.

    Fields nobody gave are left out.
    """
    place = within or collected.domain
    totals = [field for total in collected.totals if is_within(total.domain, place) for field in total.fields]
    names = [field.name for field in form.fields]
    added = {name: _add([total for total in totals if total.name == name]) for name in names}
    return {name: total for name, total in added.items() if total is not None}


def table(form: Form, collected: Aggregate) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table, cell by cell.

    They are a head, a line for each answer, who is missing, and the totals of each domain.

    Of a domain marked ``unheard`` nothing has come yet, not even who is asked there.
    """
    columns = [field.name for field in form.fields]
    heads = (f"{field.label}（{field.unit}）" if field.unit else field.label for field in form.fields)
    free = {field.name for field in form.fields if not field.type.is_number}
    yield ("", "单位 authority", *map(guarded, heads))
    for row in collected.rows:
        values = {value.name: value.value for value in row.values}
        cells = (guarded(values.get(name, "")) if name in free else values.get(name, "") for name in columns)
        yield ("answer", row.body, *cells)
    if collected.rows_more:
        yield ("answer", f"… {collected.rows_more} more with the levels below", *("" for _ in columns))
    for body in collected.missing:
        yield ("missing", body, *("" for _ in columns))
    if collected.missing_more:
        yield ("missing", f"… {collected.missing_more} more", *("" for _ in columns))
    for domain in collected.unheard:
        yield ("unheard", domain, *("" for _ in columns))
    for total in collected.totals:
        yield ("sum", total.domain, *_sums_in_order(columns, {field.name: field for field in total.fields}))
    yield ("total", collected.domain, *_sums_in_order(columns, sums(form, collected)))


def as_csv(form: Form, collected: Aggregate) -> str:
    """Return the table as CSV for a spreadsheet."""
    return csv_text(table(form, collected))


def _carried(rows: Iterable[Row]) -> tuple[Row, ...]:
    """As many rows, by authority, as the bounds in number and in bytes leave room for."""
    carried, room = [], ROWS_BYTES
    for row in sorted(rows, key=lambda row: row.body)[:MAX_ROWS]:
        room -= len(row.model_dump_json().encode()) + 1
        if room < 0:
            break
        carried.append(row)
    return tuple(carried)


def _own_total(form: Form, domain: str, asked: Sequence[str], rows: Sequence[Row]) -> DomainTotal:
    bodies = {row.body for row in rows}
    if len(bodies) != len(rows) or not bodies <= set(asked) or any(domain_of(body) != domain for body in asked):
        raise ValueError("own answers are of authorities of the domain that were asked, each once")
    found = []
    for field in form.fields:
        given = [v.value for row in rows for v in row.values if v.name == field.name and v.value.strip()]
        if field.type.is_number and given:
            found.append(FieldTotal(name=field.name, count=len(given), sum=_sum(given)))
    return DomainTotal(domain=domain, asked=len(set(asked)), answered=len(rows), fields=tuple(found))


def _faulty(form: Form, row: Row, notice_id: str) -> bool:
    return any(True for _ in answer_faults(form, FormAnswer(notice_id=notice_id, values=row.values)))


def _add(totals: Sequence[FieldTotal]) -> FieldTotal | None:
    if not totals:
        return None
    return FieldTotal(name=totals[0].name, count=sum(t.count for t in totals), sum=_sum([t.sum for t in totals]))


def _sum(figures: Iterable[str]) -> str:
    total = Decimal(0)
    for figure in figures:
        total = _EXACT.add(total, Decimal(figure))
    return f"{total:f}"


def _sums_in_order(columns: Sequence[str], totals: Mapping[str, FieldTotal]) -> Iterator[str]:
    return (totals[name].sum if name in totals else "" for name in columns)

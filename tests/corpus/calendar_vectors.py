"""Calendars of working days, for docs/vectors: what counts of them in which domain; outcomes are written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exchange.directory import Ties
from exchange.directory.authority import Authority
from exchange.directory.certificates import der
from exchange.envelope.sign1 import X5T
from exchange.schemas import Delegation, Role, Upper
from tests.corpus.forge import flipped
from tests.corpus.kin import YEAR, Kin, paper
from tests.corpus.world import NOW

Year = dict[str, Any]


def _year(year: int, *holidays: str, makeup_days: tuple[str, ...] = ()) -> Year:
    return {
        "year": year, "number": f"国办发明电〔{year - 1}〕7号", "announced_on": f"{year - 1}-11-04",
        "holidays": [f"{year}-{day}" for day in holidays], "makeup_days": [f"{year}-{day}" for day in makeup_days],
    }  # fmt: skip


def made(by: Authority, version: int, *years: Year, schema: int = 1, labels: Any = None, **changes: Any) -> bytes:
    """A calendar, signed, of whatever years."""
    said = {"domain": by.domain, "version": version, "issued_at": NOW.isoformat(), "years": list(years)}
    return paper({**said, **changes}, "calendar", der(by.certificate), by.key, version=schema, labels=labels)


Y2031 = _year(2031, "01-01", "01-02", makeup_days=("01-05",))
"""The first and second are a Wednesday and a Thursday, the fifth is a Sunday."""


def refused(upper: Kin, lower: Kin) -> Iterator[tuple[str, bytes]]:
    """Calendars that do not count in the lower domain."""
    by = upper.authority

    def year(**changes: Any) -> bytes:
        return made(by, 1, {**Y2031, **changes})

    yield "the last bit of the signature flipped", flipped(made(by, 1, Y2031))
    yield "by an authority that nobody vouches for", made(Kin("p", {}, name=" elsewhere").authority, 1, Y2031)
    yield "by the authority of the domain above", made(by, 1, Y2031, domain="p.q")
    yield "by the authority of the domain below", made(lower.authority, 1, Y2031, domain="p")
    yield "of a domain below", made(Kin("p.q.r", {}).authority, 1, Y2031)
    yield "without label 34", made(by, 1, Y2031, labels={X5T: None})
    yield "of schema version 2", made(by, 1, Y2031, schema=2)
    yield "of version 0", made(by, 0, Y2031)
    yield "a member that is not known", made(by, 1, Y2031, more="x")
    yield "of no year", made(by, 1)
    yield "a year twice", made(by, 1, Y2031, Y2031)
    yield "years out of order", made(by, 1, _year(2032, "01-01"), Y2031)
    yield "of thirteen years", made(by, 1, *(_year(number, "01-01") for number in range(2031, 2044)))
    yield "of the year 1999", made(by, 1, _year(1999, "01-01"))
    yield "of the year 2200", made(by, 1, _year(2200, "01-01"))
    yield "without a holiday", year(holidays=[])
    yield "a holiday of another year", year(holidays=["2032-01-01"])
    yield "a holiday twice", year(holidays=["2031-01-01", "2031-01-01"])
    yield "holidays out of order", year(holidays=["2031-01-02", "2031-01-01"])
    yield "a holiday that is no day", year(holidays=["2031-02-29"])
    yield "a make-up day that is a Monday", year(makeup_days=["2031-01-06"])
    yield "a make-up day that is a holiday", year(holidays=["2031-01-05"])
    yield "an announcement without a name", year(number="")
    yield "an announcement with a name of 101 characters", year(number="号" * 101)
    yield "a day of announcement in another form", year(announced_on="2030-11-4")


def calendars_vector() -> dict[str, Any]:
    """The vector: the domain p has had two authorities, p.q lies below it."""
    before, upper, lower = (
        Kin("p", {}, name=" before"),
        Kin("p", {"relay": Role.RELAY}),
        Kin("p.q", {"relay": Role.RELAY}),
    )
    granted = Delegation(domain="p.q", certificates=(lower.certificate,), issued_at=NOW, expires_at=NOW + YEAR)
    upper.ties = Ties(None, (granted,))
    lower.ties = Ties(Upper(domain="p", certificates=(before.certificate, upper.certificate)))
    plain = {"year": 2033, "number": "1", "holidays": ["2033-01-03"]}
    found = {
        "p 1": made(upper.authority, 1, Y2031),
        "p 2": made(upper.authority, 2, Y2031, _year(2032, "01-01")),
        "p 2 again": made(upper.authority, 2, _year(2031, "01-01")),
        "p 9 by the authority before": made(before.authority, 9, _year(2031, "01-01", "01-06")),
        "p.q 1": made(lower.authority, 1, _year(2031, "01-01", "01-06"), plain),
    }
    signed = {name: data.hex() for name, data in found.items()}
    smaller = min(("p 2", "p 2 again"), key=lambda name: found[name])
    return {
        "what": "calendars, and which of them count in p.q, whose directory names both authorities of p, and in p",
        "read_at": NOW.isoformat(),
        "authorities": {
            "p": [before.certificate.hex(), upper.certificate.hex()],
            "p.q": [lower.certificate.hex()],
        },
        "directories": {"p": upper.signed().hex(), "p.q": lower.signed().hex()},
        "calendars": signed,
        "cases": [
            *({"reader": "p.q", "name": name, "outcome": "taken", "calendar": data} for name, data in signed.items()),
            *({"reader": "p.q", "name": name, "outcome": "does not count", "calendar": data.hex()}
              for name, data in refused(upper, lower)),
            {"reader": "p", "name": "of the own domain", "outcome": "taken", "calendar": signed["p 1"]},
            {"reader": "p", "name": "of a domain below, which is known", "outcome": "does not count",
             "calendar": signed["p.q 1"]},
        ],
        "of_several": [
            {"name": "the higher version counts", "calendars": ["p 2", "p 1"], "counts": {"p": "p 2"}},
            {"name": "the newer authority's counts, whatever the versions",
             "calendars": ["p 1", "p 9 by the authority before"], "counts": {"p": "p 1"}},
            {"name": "of one version the smaller counts, whatever the order", "calendars": ["p 2", "p 2 again"],
             "counts": {"p": smaller}},
            {"name": "the same, the other way round", "calendars": ["p 2 again", "p 2"], "counts": {"p": smaller}},
            {"name": "one of each domain counts", "calendars": ["p 1", "p.q 1", "p 9 by the authority before"],
             "counts": {"p": "p 1", "p.q": "p.q 1"}},
        ],
        "days": [
            {"calendars": ["p.q 1", "p 2"], "day": day, "by": by, "working_day": working}
            for day, by, working in (
                ("2031-01-01", "p", "no"),
                ("2031-01-02", "p", "no"),
                ("2031-01-04", "p", "no"),
                ("2031-01-05", "p", "yes"),
                ("2031-01-06", "p", "yes"),
                ("2031-01-11", "p", "no"),
                ("2032-01-01", "p", "no"),
                ("2032-01-02", "p", "yes"),
                ("2033-01-03", "p.q", "no"),
                ("2033-01-04", "p.q", "yes"),
                ("2034-01-02", None, None),
            )
        ],
    }  # fmt: skip

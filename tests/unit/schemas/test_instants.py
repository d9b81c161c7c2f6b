"""Instants and days: one way of writing, within bounds, the same in every model, in the schemas and in seconds."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from exchange.clock import CST
from exchange.directory.grants import Grant, Request
from exchange.envelope.document import parse_header
from exchange.errors import BadConfiguration, Malformed
from exchange.language import Unfit
from exchange.schemas import MESSAGES, Header, Receipt, Wire
from exchange.schemas.instants import END, Day, Instant, instant_of_seconds, parse_day, parse_instant
from exchange.schemas.published.export import MODELS
from exchange.tomlfile import read_toml
from tests.unit.examples import EXAMPLES

INSTANTS: TypeAdapter[datetime] = TypeAdapter(Instant)
DAYS: TypeAdapter[date] = TypeAdapter(Day)

TAKEN = [
    "2026-03-02T09:00:00+08:00",
    "2026-03-02T09:00:00.1Z",
    "2026-03-02T09:00:00.123456-03:30",
    "2000-01-01T00:00:00Z",
    "1999-12-31T23:00:00-01:00",
    "2200-12-31T23:59:59.999999Z",
    "2201-01-01T07:59:59+08:00",
]
REFUSED = [
    "2026-03-02t09:00:00Z",
    "2026-03-02T09:00:00z",
    "2026-03-02 09:00:00Z",
    "2026-03-02_09:00:00Z",
    "2026-03-02T09:00Z",
    "2026-03-02T09:00:00.Z",
    "2026-03-02T09:00:00.1234567Z",
    "2026-03-02T09:00:00,1Z",
    "2026-03-02T24:00:00Z",
    "2026-03-02T23:59:60Z",
    "2026-03-02T09:00:00",
    "2026-03-02T09:00:00+0800",
    "2026-03-02T09:00:00+24:00",
    "2026-03-02",
    "1700000000",
    "2026-03-02T09:00:00Z\n",
    "２026-03-02T09:00:00Z",
    "",
]
IMPOSSIBLE = [
    "2026-02-30T09:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "0000-01-01T00:00:00Z",
    "1999-12-31T23:59:59Z",
    "2201-01-01T00:00:00Z",
]


@pytest.mark.parametrize("text", TAKEN)
def test_an_instant_within_the_profile_is_read_and_kept(text: str) -> None:
    found = INSTANTS.validate_json(f'"{text}"', strict=True)
    assert found == parse_instant(text) == datetime.fromisoformat(text)
    again = INSTANTS.validate_json(INSTANTS.dump_json(found.astimezone(CST)), strict=True)
    assert again == found
    assert re.search(INSTANTS.json_schema()["pattern"], text)


@pytest.mark.parametrize("text", [*REFUSED, *IMPOSSIBLE])
def test_any_other_instant_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValidationError, match=r"must (be an instant|lie within the years 2000 to 2200)"):
        INSTANTS.validate_python(INSTANTS.validate_json(json.dumps(text), strict=True))
    with pytest.raises(Unfit):
        parse_instant(text)


@pytest.mark.parametrize("text", REFUSED)
def test_the_exported_schema_says_how_an_instant_is_written(text: str) -> None:
    assert not re.fullmatch(INSTANTS.json_schema()["pattern"], text)


@pytest.mark.parametrize(
    "text", ["2026-3-2", "20260302", "1700006400", "2026-02-30", "0001-01-01", "9999-12-31", "1948-12-31"]
)
def test_a_day_has_one_way_of_writing_and_bounds(text: str) -> None:
    with pytest.raises(ValidationError):
        DAYS.validate_json(f'"{text}"', strict=True)
    with pytest.raises(Unfit):
        parse_day(text)


def test_a_day_of_former_times_is_taken() -> None:
    assert DAYS.validate_json('"1998-05-04"', strict=True) == parse_day("1998-05-04") == date(1998, 5, 4)


def test_what_is_made_here_keeps_to_the_same_bounds() -> None:
    for at in (datetime(9999, 1, 1, tzinfo=UTC), datetime(1, 1, 2, tzinfo=CST), datetime(2026, 3, 2)):  # noqa: DTZ001
        with pytest.raises(ValidationError):
            INSTANTS.validate_python(at, strict=True)
    with pytest.raises(ValidationError):
        INSTANTS.validate_python("2026-03-02T09:00:00Z", strict=True)  # text is an instant in JSON alone


def test_seconds_keep_to_the_same_bounds() -> None:
    assert instant_of_seconds(1_772_413_200) == datetime(2026, 3, 2, 9, tzinfo=CST)
    assert instant_of_seconds(int(END.timestamp()) - 1) == END - timedelta(seconds=1)
    for wrong in (0, -1, int(END.timestamp()), 2**63, True, 1.5, "1", None):
        assert instant_of_seconds(wrong) is None


def _dates_without_bounds(annotation: Any, bounded: bool = False) -> bool:
    if annotation in (datetime, date):
        return not bounded
    own = any("Validator" in type(rule).__name__ for rule in getattr(annotation, "__metadata__", ()))
    return any(_dates_without_bounds(inner, bounded or own) for inner in get_args(annotation))


TRAVEL = (one for one in Wire.__subclasses__() if one.__module__.startswith("exchange.schemas"))
MADE = {*MESSAGES.values(), *MODELS.values(), Grant, Request, *TRAVEL}


@pytest.mark.parametrize("model", sorted(MADE, key=lambda model: (model.__module__, model.__qualname__)))
def test_no_model_has_an_instant_without_bounds(model: type[Wire]) -> None:
    for name, field in model.model_fields.items():
        kept = any("Validator" in type(rule).__name__ for rule in field.metadata)
        assert not _dates_without_bounds(field.annotation, kept), f"{model.__name__}.{name}"


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_headers_and_receipts_of_impossible_years_are_refused(year: str) -> None:
    header = EXAMPLES["header"].model_dump_json().replace("2026-", f"{year}-")
    with pytest.raises(Malformed, match="created_at"):
        parse_header(header.encode())
    receipt = EXAMPLES["receipt-leaf"].model_dump_json().replace("2026-", f"{year}-")
    with pytest.raises(ValidationError, match="2000 to 2200"):
        Receipt.model_validate_json(receipt)
    assert Header.model_validate_json(EXAMPLES["header"].model_dump_json()) == EXAMPLES["header"]


class _Dated(Wire):
    at: Instant


def test_a_file_that_people_write_may_have_tomls_own_instants(tmp_path: Path) -> None:
    place = tmp_path / "dated.toml"
    place.write_text("at = 2026-03-02 09:00:00+08:00\n")
    assert read_toml(place).validated(_Dated).at == datetime(2026, 3, 2, 9, tzinfo=CST)
    place.write_text("at = 2026-03-02 09:00:00\n")
    with pytest.raises(BadConfiguration, match="must be an instant"):
        read_toml(place).validated(_Dated)

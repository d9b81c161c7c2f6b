"""Forms: what is asked, what is answered, what is wrong with it, and what it adds up to."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from exchange.directory.hierarchy import is_within
from exchange.envelope.document import SIGNED_LIMIT
from exchange.errors import CallerError, Malformed, Untrusted
from exchange.machine.spreadsheet import MARK, csv_lines, guarded
from exchange.notices.forms.aggregate import ReceivedAnswer, aggregate, as_csv, standing, sums
from exchange.notices.forms.rules import answer_due, answer_faults, check_answer, due
from exchange.schemas import Aggregate, FieldType, FieldValue, Form, FormAnswer, FormField, Row
from exchange.schemas.form import MAX_ROWS
from exchange.schemas.tally import MAX_NAMES
from tests.unit.facts import CALENDAR, ID, OTHER_ID, at, end

FORM = Form(
    title="防汛物资",
    fields=(
        FormField(name="pumps", label="水泵", type=FieldType.INTEGER, unit="台", minimum="0", maximum="100"),
        FormField(name="cost", label="经费", type=FieldType.DECIMAL, unit="万元", required=False),
        FormField(name="since", label="日期", type=FieldType.DATE, required=False),
        FormField(name="level", label="等级", type=FieldType.CHOICE, choices=("一级", "二级"), required=False),
        FormField(name="ready", label="就绪", type=FieldType.YES_NO, required=False),
        FormField(name="remarks", label="备注", type=FieldType.TEXT, required=False),
    ),
    due_days=5,
)


def answer(**values: str) -> FormAnswer:
    given_values = tuple(FieldValue(name=name, value=value) for name, value in values.items())
    return FormAnswer(notice_id=ID, values=given_values)


def row(body: str, **values: str) -> Row:
    return Row(body=body, values=answer(**values).values, proof="0" * 64)


# --- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"pumps": "0"},
        {"pumps": "100", "cost": "-3.50", "since": "2026-02-28", "level": "二级", "ready": "no", "remarks": "=1"},
        {"pumps": "007", "cost": ""},
    ],
)
def test_an_answer_that_fills_in_what_is_asked_holds(values: dict[str, str]) -> None:
    check_answer(FORM, answer(**values))


@pytest.mark.parametrize(
    ("field", "value", "found", "expected"),
    [
        ("pumps", "", "nothing", "a whole number in digits from 0 up to 100 in 台"),
        ("pumps", "twelve", "text", "a whole number"),
        ("pumps", "12.5", "a number with decimals", "a whole number"),
        ("pumps", "１２", "text", "a whole number"),
        ("pumps", " 12", "text", "a whole number"),
        ("pumps", "1e3", "text", "a whole number"),
        ("pumps", "-1", "a number below 0", "from 0 up to 100"),
        ("pumps", "101", "a number above 100", "from 0 up to 100"),
        ("cost", "1.2345678", "text", "at most six places"),
        ("cost", "NaN", "text", "a number"),
        ("cost", "1,5", "text", "a number"),
        ("since", "2026-02-30", "text", "a date such as 2026-03-02"),
        ("since", "20260302", "a whole number", "a date"),
        ("level", "三级", "text", "one of 一级, 二级"),
        ("ready", "true", "text", "yes or no"),
        ("colour", "red", "a field the form does not have", "one of pumps"),
    ],
)
def test_a_fault_names_the_field_what_was_found_and_what_is_expected(
    field: str, value: str, found: str, expected: str
) -> None:
    (fault,) = answer_faults(FORM, answer(**({"pumps": "1"} | {field: value} | {"remarks": "x"})))
    assert fault.field == field
    assert found in str(fault.found)
    assert expected in str(fault.expected)


def test_all_faults_are_told_at_once_and_no_value_is_quoted() -> None:
    with pytest.raises(CallerError) as refused:
        check_answer(FORM, answer(pumps="hidden-word", cost="another-word", ready="maybe"))
    told = str(refused.value)
    assert all(f"{field}: found" in told for field in ("pumps", "cost", "ready"))
    assert not any(value in told for value in ("hidden-word", "another-word", "maybe"))
    assert refused.value.remedy


def test_a_field_that_is_given_twice_is_a_fault() -> None:
    twice = FormAnswer(notice_id=ID, values=(*answer(pumps="1").values, *answer(pumps="2").values))
    assert [str(fault.found) for fault in answer_faults(FORM, twice)] == ["2 values"]


def test_an_answer_that_says_nothing_is_none() -> None:
    optional = Form(title="x", fields=FORM.fields[1:], due_days=1)
    assert list(answer_faults(optional, FormAnswer(notice_id=ID, values=())))
    assert list(answer_faults(optional, answer(remarks="  ")))
    assert not list(answer_faults(optional, answer(remarks="无")))


def test_an_answer_is_due_in_working_days_with_make_up_days() -> None:
    assert due(FORM, at("2026-09-14"), CALENDAR) == (end("2026-09-20"), False)
    assert due(FORM, at("2027-06-14"), CALENDAR)[1]


def test_an_answer_to_a_notice_is_due_no_later_than_the_notices_own_day() -> None:
    assert answer_due(FORM, date(2026, 12, 31), at("2026-09-14"), CALENDAR) == due(FORM, at("2026-09-14"), CALENDAR)
    assert answer_due(FORM, date(2026, 9, 15), at("2026-09-14"), CALENDAR) == (at("2026-09-15", "24:00"), False)
    assert answer_due(FORM, date(2026, 9, 15), at("2027-06-14"), CALENDAR) == (at("2026-09-15", "24:00"), False)


@pytest.mark.parametrize(
    "fields",
    [
        {"type": FieldType.TEXT, "unit": "台"},
        {"type": FieldType.DATE, "minimum": "1"},
        {"type": FieldType.INTEGER, "minimum": "3", "maximum": "2"},
        {"type": FieldType.CHOICE},
        {"type": FieldType.CHOICE, "choices": ("a", "a")},
        {"type": FieldType.TEXT, "choices": ("a",)},
        {"type": FieldType.INTEGER, "minimum": "many"},
        {"type": FieldType.TEXT, "name": "Not A Name"},
    ],
)
def test_a_field_whose_bounds_do_not_belong_to_its_type_does_not_hold(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FormField(**({"name": "x", "label": "x"} | fields))  # type: ignore[arg-type]


def test_a_form_has_each_field_once() -> None:
    with pytest.raises(ValidationError, match="twice"):
        Form(title="x", fields=(FORM.fields[0], FORM.fields[0]), due_days=1)


# --- level by level ---------------------------------------------------------------------------------------------------

TREE: dict[str, tuple[str, ...]] = {
    "anhui": ("anhui.hefei", "anhui.wuhu"),
    "anhui.hefei": ("anhui.hefei.luyang",),
    "anhui.wuhu": (),
    "anhui.hefei.luyang": (),
}
ASKED = {domain: tuple(f"{domain}.{name}" for name in ("fire", "planning")) for domain in TREE}
EVERYBODY = tuple(body for bodies in ASKED.values() for body in bodies)
VALUES = st.fixed_dictionaries(
    {"pumps": st.integers(0, 100).map(str)},
    optional={
        "cost": st.integers(-(10**15), 10**15).map(lambda cents: f"{Decimal(cents).scaleb(-6):f}"),
        "remarks": st.sampled_from(("", "无", "=1", "水泵")),
    },
)
ARRIVALS = st.lists(
    st.builds(
        lambda body, minute, digit, values: ReceivedAnswer(
            body, at("03-02", f"09:0{minute}"), digit * 64, answer(**values)
        ),
        st.sampled_from((*EVERYBODY, "anhui.stranger")),
        st.integers(0, 5),
        st.sampled_from("0123"),
        VALUES,
    ),
    max_size=15,
    unique_by=lambda received: (received.body, received.at, received.proof),  # one digest is one answer
)


def collected(domain: str, arrived: list[ReceivedAnswer]) -> Aggregate:
    """What a domain's relay signs when all relays below have heard of these answers."""
    branches = {lower: collected(lower, arrived) for lower in TREE[domain]}
    return aggregate(FORM, ID, domain, 1, ASKED[domain], standing(arrived, ASKED[domain]), branches)


@given(ARRIVALS, st.data())
def test_answers_add_up_level_by_level_to_what_they_are_together(
    arrived: list[ReceivedAnswer], data: st.DataObject
) -> None:
    whole = collected("anhui", arrived)
    assert whole == collected("anhui", data.draw(st.permutations([*arrived, *arrived])))
    rows = standing(arrived, EVERYBODY)
    assert whole.rows == rows
    assert set(whole.missing) == set(EVERYBODY) - {row.body for row in rows}
    for within in TREE:
        for name in ("pumps", "cost"):
            given_values = [
                Decimal(value.value)
                for row in rows
                for value in row.values
                if value.name == name and is_within(row.body.rpartition(".")[0], within)
            ]
            found = sums(FORM, whole, within).get(name)
            assert (found.count if found else 0) == len(given_values)
            assert Decimal(found.sum if found else 0) == sum(given_values)


def test_sums_are_exact() -> None:
    rows = [row("anhui.fire", pumps="1", cost="0.1"), row("anhui.planning", pumps="2", cost="0.2")]
    found = sums(FORM, aggregate(FORM, ID, "anhui", 1, ASKED["anhui"], rows, {}))
    assert {name: (total.count, total.sum) for name, total in found.items()} == {"pumps": (2, "3"), "cost": (2, "0.3")}


def test_silence_is_missing_and_counts_nothing() -> None:
    nobody = collected("anhui", [])
    assert nobody.missing == tuple(sorted(EVERYBODY))
    assert nobody.rows == ()
    assert sums(FORM, nobody) == {}
    assert [total.answered for total in nobody.totals] == [0, 0, 0, 0]


def test_a_later_answer_replaces_an_earlier_one_and_strangers_are_passed_over() -> None:
    early = ReceivedAnswer("anhui.fire", at("03-02"), "f" * 64, answer(pumps="1"))
    late = ReceivedAnswer("anhui.fire", at("03-03"), "0" * 64, answer(pumps="2"))
    stranger = ReceivedAnswer("anhui.stranger", at("03-03"), "0" * 64, answer(pumps="50"))
    assert [one.values[0].value for one in standing([late, stranger, early], ASKED["anhui"])] == ["2"]


def test_a_level_that_has_said_nothing_is_named_at_every_level_above_and_in_the_table() -> None:
    hefei = aggregate(FORM, ID, "anhui.hefei", 1, (), (), {}, ["anhui.hefei.luyang"])
    whole = aggregate(FORM, ID, "anhui", 1, (), (), {"anhui.hefei": hefei}, ["anhui.wuhu"])
    assert whole.unheard == ("anhui.hefei.luyang", "anhui.wuhu")
    lines = list(csv.reader(io.StringIO(as_csv(FORM, whole).removeprefix(MARK))))
    assert [line[1] for line in lines if line[0] == "unheard"] == list(whole.unheard)


def test_a_level_that_has_totals_is_not_unheard() -> None:
    whole = collected("anhui.wuhu", [])
    for unheard in (["anhui.wuhu"], ["anhui.wuhu.b", "anhui.wuhu.a"], ["anhui.wuhu.a", "anhui.wuhu.a"]):
        with pytest.raises(ValidationError, match="unheard"):
            Aggregate.model_validate_json(whole.model_copy(update={"unheard": tuple(unheard)}).model_dump_json())


def test_own_rows_are_of_bodies_that_were_asked() -> None:
    for rows in ([row("anhui.stranger", pumps="1")], [row("anhui.fire", pumps="1")] * 2):
        with pytest.raises(ValueError, match="that were asked"):
            aggregate(FORM, ID, "anhui", 1, ASKED["anhui"], rows, {})


def test_rows_and_names_are_bounded_and_the_rest_is_counted() -> None:
    bodies = [f"anhui.wuhu.b{number}" for number in range(MAX_ROWS + MAX_NAMES + 9)]
    rows = [row(body, pumps="1") for body in bodies[: MAX_ROWS + 2]]
    below = aggregate(FORM, ID, "anhui.wuhu", 1, bodies, rows, {})
    assert (len(below.rows), below.rows_more) == (MAX_ROWS, 2)
    assert (len(below.missing), below.missing_more) == (MAX_NAMES, 7)
    whole = aggregate(FORM, ID, "anhui", 1, (), (), {"anhui.wuhu": below})
    assert (whole.rows_more, whole.missing_more) == (2, 7)
    assert sums(FORM, whole)["pumps"].sum == str(MAX_ROWS + 2)
    assert "2 more with the levels below" in as_csv(FORM, whole)
    assert "… 7 more" in as_csv(FORM, whole)


def test_an_aggregate_of_long_answers_still_fits_into_a_signed_document() -> None:
    rows = [row(f"anhui.wuhu.b{number}", pumps="1", remarks="水" * 2_000) for number in range(400)]
    below = aggregate(FORM, ID, "anhui.wuhu", 1, [each.body for each in rows], rows, {})
    assert 100 < len(below.rows) < 200
    assert len(below.rows) + below.rows_more == 400
    assert len(below.model_dump_json().encode()) < SIGNED_LIMIT
    assert sums(FORM, below)["pumps"].count == 400


def test_an_aggregate_is_taken_from_directly_below_only_about_its_subtree_and_this_form() -> None:
    wuhu = collected("anhui.wuhu", [ReceivedAnswer("anhui.wuhu.fire", at("03-02"), "0" * 64, answer(pumps="1"))])
    assert aggregate(FORM, ID, "anhui", 1, (), (), {"anhui.wuhu": wuhu}).rows == wuhu.rows

    def take(branch: str, **changes: object) -> None:
        aggregate(FORM, ID, "anhui", 1, (), (), {branch: wuhu.model_copy(update=changes)})

    with pytest.raises(Untrusted, match="came as that of"):
        take("anhui.hefei")
    with pytest.raises(Untrusted, match="names others"):
        take("anhui.wuhu", missing=("anhui.hefei.fire",))
    with pytest.raises(Untrusted, match="names others"):
        take("anhui.wuhu", rows=(row("anhui.planning", pumps="1"),))
    with pytest.raises(Malformed, match="another notice"):
        take("anhui.wuhu", notice_id=OTHER_ID)
    with pytest.raises(Malformed, match="not what the form asks"):
        take("anhui.wuhu", rows=(row("anhui.wuhu.fire", pumps="many"),))
    with pytest.raises(Untrusted, match="names others"):
        take("anhui.wuhu", unheard=("anhui.hefei",))
    (total,) = wuhu.totals
    (pumps,) = total.fields
    wrong = total.model_copy(update={"fields": (pumps.model_copy(update={"name": "remarks"}),)})
    with pytest.raises(Malformed, match="in numbers"):
        take("anhui.wuhu", totals=(wrong,))


@pytest.mark.parametrize(
    "change", [{"rows_more": 1}, {"missing_more": 1}, {"missing": ()}, {"totals": ()}, {"rows": ()}]
)
def test_an_aggregate_whose_parts_do_not_fit_does_not_hold(change: dict[str, object]) -> None:
    whole = collected("anhui.wuhu", [ReceivedAnswer("anhui.wuhu.fire", at("03-02"), "0" * 64, answer(pumps="1"))])
    with pytest.raises(ValidationError):
        Aggregate.model_validate_json(whole.model_copy(update=change).model_dump_json())


# --- the table --------------------------------------------------------------------------------------------------------


def test_the_table_lists_answers_the_missing_and_totals() -> None:
    arrived = [
        ReceivedAnswer(
            "anhui.fire", at("03-02"), "0" * 64, answer(pumps="3", cost="-1.50", remarks='有"引号"，和\n换行')
        ),
        ReceivedAnswer("anhui.hefei.fire", at("03-02"), "0" * 64, answer(pumps="4")),
    ]
    lines = list(csv.reader(io.StringIO(as_csv(FORM, collected("anhui", arrived)).removeprefix(MARK))))
    assert lines[0] == ["", "单位 authority", "水泵（台）", "经费（万元）", "日期", "等级", "就绪", "备注"]
    assert lines[1] == ["answer", "anhui.fire", "3", "-1.50", "", "", "", '有"引号"，和\n换行']
    assert [line[1] for line in lines if line[0] == "missing"] == sorted(
        set(EVERYBODY) - {"anhui.fire", "anhui.hefei.fire"}
    )
    assert ["sum", "anhui.hefei", "4", "", "", "", "", ""] in lines
    assert lines[-1] == ["total", "anhui", "7", "-1.50", "", "", "", ""]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "＝1",
        "＠x",
        "\n=1",
        "\u200b=1",
        "\u3000＋1",
        "\ufeff=1",
        "\r\n @x",
        "\x00=1",
        "\xa0-1",
        "|x",
    ],
)
def test_free_text_is_never_taken_for_a_formula(text: str) -> None:
    written = as_csv(
        FORM, aggregate(FORM, ID, "anhui", 1, ASKED["anhui"], [row("anhui.fire", pumps="1", remarks=text)], {})
    )
    cells = [cell for line in csv.reader(io.StringIO(written, newline="")) for cell in line]
    assert guarded(text) in cells
    assert guarded(text) == f"'{text}"
    assert text not in cells


@given(st.text(max_size=20))
def test_guarding_only_ever_adds_an_apostrophe(text: str) -> None:
    assert guarded(text) in (text, f"'{text}")
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_labels_of_a_form_are_guarded_as_well() -> None:
    form = Form(title="x", fields=(FormField(name="x", label="=cmd|x", type=FieldType.TEXT),), due_days=1)
    assert "'=cmd|x" in as_csv(form, aggregate(form, ID, "anhui", 1, ASKED["anhui"], (), {}))


def test_a_table_says_that_it_is_utf8_and_numbers_stay_numbers() -> None:
    rows = [("甲", "-1.50", -3, "+7", "a,b", 'say "x"', None, "=1\n2")]
    written = "".join(csv_lines(rows))
    assert written.startswith(MARK)
    assert written.count(MARK) == 1
    assert list(csv.reader(io.StringIO(written.encode().decode("utf-8-sig"), newline=""))) == [
        ["甲", "-1.50", "-3", "+7", "a,b", 'say "x"', "", "'=1\n2"]
    ]

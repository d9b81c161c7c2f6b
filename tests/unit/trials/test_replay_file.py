"""Logs as they are read: what is taken, and what is refused with its line and field."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from exchange.clock import CST
from exchange.errors import BadConfiguration
from exchange.trials.replay.file import read_replay
from exchange.trials.replay.log import EventKind, labels

HEAD = "at,case,event,department,due,days\n"
AT, DUE = "2026-03-02T09:00:00+08:00", "2026-03-12T00:00:00+08:00"
SUBMIT = f"{AT},c-1,submit,规划局,{DUE},"


def file(tmp_path: Path, *lines: str, head: str = HEAD) -> Path:
    path = tmp_path / "log.csv"
    path.write_bytes((head + "\n".join(lines) + "\n").encode())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(BadConfiguration) as caught:
        read_replay(path)
    assert "exchange replay --help" in caught.value.remedy
    return str(caught.value).replace(str(path), "F")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"{AT},c-1,submit,A,2524-03-12T00:00:00+08:00,", "due: '2524-03-12T00:00:00+08:00' lies outside the years"),
        (f"0001-01-01T00:00:00+08:00,c-1,submit,A,{DUE},", "at: '0001-01-01T00:00:00+08:00' lies outside"),
        (f"0000-01-01T00:00:00+08:00,c-1,submit,A,{DUE},", "at: '0000-01-01T00:00:00+08:00' is on no calendar"),
        (f"{AT},c-1,submit,A,9999-12-31T23:59:59-08:00,", "due: '9999-12-31T23:59:59-08:00' lies outside"),
        (f"{AT},c-1,submit,A,2036-03-01T00:00:00+08:00,", "due: more than 10 years after the first line"),
        (f"{AT},c-1,submit,window,{DUE},", "department: 'window' is what the replay calls a member of its own"),
        (f"{AT},c-1,submit,Monitor,{DUE},", "department: 'Monitor' is what"),
        (f"{AT},c-1,submit,{'A' * 140_000},{DUE},", "department: it has more than 500 characters"),
        (f"{AT},c-1,submit,A,{DUE},,,x,", "cell 8: 'x' is one too many: there are 6 columns"),
        (f"{AT},c-1,submit", "department: the line ends before it"),
        (f"{AT},,submit,A,{DUE},", "case: it is empty"),
        (f"{AT},c 1,submit,A,{DUE},", "case: 'c 1' is no case number"),
        (f",c-1,submit,A,{DUE},", "at: it is empty"),
        (f"{AT},c-1,submit,\u200b,{DUE},", "department: nothing of it can be seen"),
        (f"{AT},c-1,submit,A\0B,{DUE},", "department: a line end or control character (U+0000) at character 2"),
        (f"{AT},c-1,submit,A\tB,{DUE},", "department: a line end or control character (U+0009)"),
        (f'{AT},c-1,submit,"A,{DUE},', "department: a quotation mark is opened and not closed"),
        (f"{AT},c-1,vote,A,,", "event: 'vote' is none of: submit, reply, extend"),
        (f"{AT},c-1,submit,A,2026-02-29T00:00:00+08:00,", "due: '2026-02-29T00:00:00+08:00' is on no calendar"),
        (f"{AT},c-1,submit,A,2026-03-12T24:00:01+08:00,", "due: '2026-03-12T24:00:01+08:00' is on no calendar"),
        (f"{AT},c-1,submit,A,2026-03-12T00:00:00.1234567+08:00,", "is no instant as 2026-03-02T09:00:00+08:00"),
        (f"{AT[:-6]}+08:60,c-1,submit,A,{DUE},", "at: '2026-03-02T09:00:00+08:60' is no instant as"),
        (f"{AT},c-1,submit,A,２０２６-03-12T00:00:00+08:00,", "is no instant as"),
        (f"{AT},c-1,submit,A,{AT},", "due: it must come after the instant of the submit"),
        (f"{AT},c-1,submit,A,,", "due: a submit says until when: give due, or days"),
        (f"{AT},c-1,submit,A,,-3", "days: '-3': days of submit are a whole number of working days, 1 to 90"),
        (f"{AT},c-1,submit,A,,３", "days: '３': days of submit"),
        (f"{AT},c-1,submit,A,,91", "days: '91': days of submit"),
        (f"{AT},c-1,submit,A,{DUE},6", "due: 6 working days end at 2026-03-11T00:00:00+08:00, not at 2026-03-12T00"),
        (f"{AT},c-1,extend,A,,", "days: '': days of extend"),
        (f"{AT},c-1,extend,A,{DUE},3", "due: extend has none: leave the cell empty"),
        (f"{AT},c-1,reply,A,,3", "days: reply has none"),
        (f"{AT},c-1,withdraw,A,,", "department: a case is withdrawn as a whole: leave the department empty"),
        ("2026-03-01T09:00:00+08:00,c-1,reply,规划局,,", "at: it is before that of the line above"),
        (f"{AT},c-1,submit,规划局,{DUE},", "department: it is asked twice at one instant"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_field(tmp_path: Path, line: str, told: str) -> None:
    said = refusal(file(tmp_path, SUBMIT, line, "2026-03-03T09:00:00+08:00,c-1,reply,规划局,,"))
    assert said.startswith("F, line 3, ")
    assert told in said
    assert "\n" not in said, "one fault, told once"


def test_what_is_meant_by_a_name_is_not_told_to_be_missing(tmp_path: Path) -> None:
    said = refusal(file(tmp_path, SUBMIT, head="At,case,event,Department,due,days\n"))
    assert [line.split(": ")[0] for line in said.splitlines()] == ["F, line 1, At", "F, line 1, Department"]
    assert len(refusal(file(tmp_path, SUBMIT, head=HEAD.replace(",", ";"))).splitlines()) == 1


@pytest.mark.parametrize(
    "at",
    ["2026-03-02t01:00:00z", "2026-03-02 09:00:00.000 +0800", "2026-03-02 10:30:00+09:30", "2026-03-02T09:00+08"],
)
def test_an_instant_is_read_in_every_way_that_programs_write_it(tmp_path: Path, at: str) -> None:
    found = read_replay(file(tmp_path, f"{at},c-1,submit,A,{DUE},")).events[0].at
    assert found == datetime(2026, 3, 2, 9, tzinfo=CST)


def test_events_by_another_name_and_reasons_are_read(tmp_path: Path) -> None:
    later = "2026-03-03T09:00:00+08:00,c-1,"
    head = HEAD.replace("days", "days,reasons")
    log = read_replay(file(tmp_path, SUBMIT, f"{later}suspend,规划局,,3, 听证 ", f"{later}supplied,规划局", head=head))
    assert [(one.kind, one.reasons) for one in log.events[1:]] == [(EventKind.STOP, "听证"), (EventKind.SUPPLIED, "")]
    assert log.supplied == {"c-1": ("规划局",)}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"{AT},c-1,submit,A,{DUE},,why", "reasons: submit has none: leave the cell empty"),
        (f"{AT},c-1,reply,规划局,,,{'x' * 401}", "reasons: it has more than 400 characters"),
        (f"{AT},c-1,stop,规划局,,,a\tb", "reasons: a line end or control character (U+0009)"),
        (f"{AT},c-1,withdraw,,,,\u200b", "reasons: nothing of it can be seen"),
        (f"{AT},c-1,supplement,规划局,,3,", "days: supplement has none: leave the cell empty"),
        (f"{AT},c-1,supplied,monitor,,,", "department: 'monitor' is what the replay calls a member of its own"),
        (f"{AT},c-1,reply,window,,,", "department: 'window' is what the replay calls a member of its own"),
    ],
)
def test_what_is_wrong_with_reasons_and_supplements_is_told(tmp_path: Path, line: str, told: str) -> None:
    assert refusal(file(tmp_path, SUBMIT, line, head=HEAD.replace("days", "days,reasons"))).startswith(
        f"F, line 3, {told}"
    )


def test_every_fault_of_a_line_and_of_a_file_is_told_by_itself(tmp_path: Path) -> None:
    path = file(tmp_path, f"2026-03-02T09:00:00,c 1,submit,window,{AT},x", f"{AT},c-1,submit,A,2026-01-01T00:00:00,")
    assert [line.split(": ")[0] for line in refusal(path).splitlines()] == [
        *(f"F, line 2, {field}" for field in ("at", "case", "department", "days")),
        "F, line 3, due",
    ]


def test_no_more_than_ten_faults_are_told(tmp_path: Path) -> None:
    assert len(refusal(file(tmp_path, *["x,y,z,w,,"] * 30)).splitlines()) == 10


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("at,case,event,department,Due\n", "line 1, Due: there is no column 'Due'; is due meant?"),
        ("at,case,event,departement,due\n", "is department meant?"),
        ("at,case,event,department,due,shoe-size\n", "there is no column 'shoe-size'; the columns are at, case"),
        ("at,case,event,department,due,due\n", "line 1, due: the column is there twice"),
        ("at,case,event,department\n", "line 1, due: the column is missing, and days, too"),
        ("at,case,department,due\n", "line 1, event: the column is missing"),
        ("at;case;event;department;due\n", "columns are separated by commas"),
        ("at；case；event；department；due\n", "columns are separated by commas"),
        ("at,case,event,department,due,\n", "F, line 1, cell 6: the column has no name"),
        ("at,case,,department,due\n", "F, line 1, cell 3: the column has no name"),
        ("at,case,event,department,due," + "x" * 9_000 + "\n", f"F, line 1, {'x' * 40}…: there is no column"),
    ],
)
def test_a_head_that_is_wrong_is_told_with_what_is_meant(tmp_path: Path, head: str, told: str) -> None:
    assert told in refusal(file(tmp_path, SUBMIT, head=head))


@pytest.mark.parametrize(
    ("content", "told"),
    [("", "line 1, at: nothing"), (HEAD, "event: no case is submitted")],
)
def test_a_file_with_nothing_in_it_is_refused(tmp_path: Path, content: str, told: str) -> None:
    assert told in refusal(file(tmp_path, head=content))
    (tmp_path / "log.csv").write_text("")
    assert "line 1, at: nothing" in refusal(tmp_path / "log.csv")


def test_a_log_of_twelve_years_is_refused_where_it_becomes_too_long(tmp_path: Path) -> None:
    later = "2038-03-02T09:00:00+08:00,c-2,submit,规划局,2038-03-12T00:00:00+08:00,"
    assert "F, line 3, at: more than 10 years after the first line" in refusal(file(tmp_path, SUBMIT, later))


def test_more_departments_than_a_matter_may_have_are_refused_at_the_first_of_them(tmp_path: Path) -> None:
    lines = [f"{AT},c-1,submit,D{number},{DUE}," for number in range(65)]
    assert refusal(file(tmp_path, *lines)).startswith("F, line 66, department: a case is put to 64 departments at most")
    assert len(read_replay(file(tmp_path, *lines[:-1])).events) == 64


def test_more_departments_than_one_process_serves_are_refused_at_the_first_of_them(tmp_path: Path) -> None:
    lines = [f"{AT},c-{number},submit,D{number},{DUE}," for number in range(129)]
    again = [f"{AT},c-200,submit,D1,{DUE},", "2026-03-03T09:00:00+08:00,c-1,withdraw,,,"]
    said = refusal(file(tmp_path, *lines, *again))
    assert said == "F, line 130, department: a log has 128 departments at most: split it, no case over two files"
    assert len(read_replay(file(tmp_path, *lines[:-1], *again)).names) == 128


def test_a_file_with_a_byte_order_mark_and_any_line_ends_is_read(tmp_path: Path) -> None:
    path = file(tmp_path, SUBMIT, f"{DUE},c-1,reply,规划局,,")
    plain, text = read_replay(path), path.read_text(encoding="utf-8")
    for end in ("\r\n", "\r"):
        path.write_bytes(text.replace("\n", end).encode("utf-8-sig"))
        assert read_replay(path) == plain


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("gb18030", "GB18030"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16LE"), ("utf-16-be", "UTF-16BE")],
)
def test_a_file_in_another_encoding_is_answered_with_how_to_change_it(tmp_path: Path, encoding: str, told: str) -> None:
    path = file(tmp_path, SUBMIT)
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    with pytest.raises(BadConfiguration, match=told) as caught:
        read_replay(path)
    assert f"iconv -f {told} -t UTF-8" in caught.value.remedy


def test_the_line_that_is_not_utf_8_is_told_however_far_down_it_stands(tmp_path: Path) -> None:
    path = file(tmp_path, *[",,,,,"] * 200_000)
    with path.open("ab") as more:
        more.write(f"{AT},c-x,submit,规划局,{DUE},\n".encode("gb18030"))
    with pytest.raises(BadConfiguration, match=r":200002: not UTF-8 text; it seems to be GB18030"):
        read_replay(path, 1)


def test_instants_and_cells_are_taken_as_people_write_them(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        "2026-03-02 09:00+0800, c-1 ,submit,\u3000规划局 ,2026-03-11T24:00:00+08:00,",
        f"{AT},c-1,submit,,{DUE},7",
        ",,,,,",
        "\x1a",
        f"2026-03-02T01:00:00Z,c-1,submit,消防,{DUE},",
        head="at , case,event,department,due,days\n",
    )
    first, second, third = read_replay(path).events
    assert first.at == second.at == third.at
    assert first.due == second.due == third.due
    assert (first.case, first.department, second.department, third.line) == ("c-1", "规划局", "", 6)


def test_later_submits_of_a_case_are_applications_of_their_own(tmp_path: Path) -> None:
    log = read_replay(
        file(
            tmp_path,
            f"{AT},c-1,submit,A,{DUE},",
            f"{AT},c-1.2,submit,A,{DUE},",
            f"{AT},c-1,submit,B,{DUE},",
            "2026-03-03T09:00:00+08:00,c-1,submit,A,,5",
            "2026-03-03T09:00:00+08:00,c-1,reply,A,,",
            "2026-03-03T09:00:00+08:00,c-1,reply,B,,",
            "2026-03-03T09:00:00+08:00,c-1,reply,C,,",
            "2026-03-03T09:00:00+08:00,c-1,withdraw,,,",
            "2026-03-03T09:00:00+08:00,c-9,withdraw,,,",
        )
    )
    assert [(one.number, [event.line for event in one.asked]) for one in log.applications] == [
        ("c-1", [2, 4]),
        ("c-1.2", [3]),
        ("c-1.3", [5]),
    ]
    about = {line: log.about[line] for line in range(6, 11)}
    assert about == {6: ("c-1.3",), 7: ("c-1",), 8: ("c-1.3",), 9: ("c-1", "c-1.3"), 10: ("c-9",)}


def test_submits_of_one_instant_are_one_application_until_something_else_of_the_case_happens(tmp_path: Path) -> None:
    log = read_replay(
        file(
            tmp_path,
            f"{AT},c-1,submit,A,{DUE},",
            f"{AT},c-2,submit,A,{DUE},",
            f"{AT},c-1,submit,B,{DUE},",
            f"{AT},c-1,withdraw,,,",
            f"{AT},c-1,submit,B,{DUE},",
            f"{AT},c-1,reply,A,,",
            f"{AT},c-1.2,reply,B,,",
        )
    )
    assert [(one.number, [event.line for event in one.asked]) for one in log.applications] == [
        ("c-1", [2, 4]),
        ("c-2", [3]),
        ("c-1.3", [6]),
    ], "what is said of c-1.2 is about no application of c-1"
    assert [log.about[line] for line in (5, 7, 8)] == [("c-1",), ("c-1",), ("c-1.2",)]


def test_no_two_departments_get_one_label_and_every_label_can_stand_in_an_address() -> None:
    names = ["A", "a", "A-2", "", "规划局", "气象局", "a" * 39 + " b", "Fire & Rescue", "FROM here"]
    found = labels(names)
    assert len(set(found.values())) == len(names)
    assert all(label.strip("-") == label and len(label) <= 43 for label in found.values())
    assert found["Fire & Rescue"] == "fire-rescue"


def test_the_first_cases_are_kept_and_no_others(tmp_path: Path) -> None:
    lines = [f"{AT},c-{number},submit,A,{DUE}," for number in range(5)]
    assert read_replay(file(tmp_path, *lines), 2).cases == 2


def test_nobody_accepts_what_waits_for_its_applicant_and_days_run_from_what_law_accepted(tmp_path: Path) -> None:
    told = "2026-03-02T09:00:00+08:00,c-1,supplement,window,,"
    came = "2026-03-03T09:00:00+08:00,c-1,supplied,window,,"
    last = "2026-03-10T23:59:59+08:00,c-1,submit,A,,5"
    assert "line 3, event: the window waits for a supplement" in refusal(file(tmp_path, told, last))
    late = "2026-03-13T09:00:00+08:00,c-1,submit"
    by_law, as_asked = (f"{late},{name},2026-03-{day}T24:00:00+08:00,2" for name, day in (("A", 13), ("B", 17)))
    assert read_replay(file(tmp_path, told, came, by_law)).applications
    both = refusal(file(tmp_path, told, came, by_law, as_asked))
    assert (
        both == "F, line 5, due: 2 working days end at 2026-03-14T00:00:00+08:00, not at 2026-03-18T00:00:00+08:00: "
        "leave one of the two empty"
    )
    log = read_replay(file(tmp_path, told, came, last))
    assert (log.comes_to[2].number, log.comes_to[3].number, list(log.names)) == ("c-1", "c-1", ["A"])
    nobody = "2027-12-20T09:00:00+08:00,c-1,supplied,window,,", "2028-01-20T09:00:00+08:00,c-1,submit,A,,5"
    assert read_replay(file(tmp_path, told, *nobody)).applications, "days that are not announced accept nothing by law"

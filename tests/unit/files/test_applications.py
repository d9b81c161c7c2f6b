"""Application files: what may stand in them, and what somebody is told who wrote something else."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from exchange.clock import CST, SteppedClock
from exchange.errors import BadApplication
from exchange.files.applications import read_application
from exchange.schemas.base import ATTACHMENT_LIMIT

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=CST)
GOOD = """\
matter = "works"
project = "管道"

[applicant]
name = "热电公司"
identifier = "9134"
contact = "0551"

[[materials]]
code = "plan"
note = "on file"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "application.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> list[str]:
    """What the reader complains of: line, field and reason, without the file's name."""
    path = write(folder, text)
    with pytest.raises(BadApplication) as refused:
        read_application(path, SteppedClock(NOON))
    assert refused.value.remedy
    return [line.removeprefix(f"{path}:") for line in str(refused.value).split("\n")]


def test_an_application_is_read_with_the_attachments_it_names(tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"%PDF")
    text = GOOD + '\n[[materials]]\ncode = "drawing"\nfile = "plan.pdf"\n'
    application, enclosures = read_application(write(tmp_path, text), SteppedClock(NOON))
    assert application.applicant.name == "热电公司"
    assert application.submitted_at == NOON
    assert enclosures == [b"%PDF"]
    assert application.materials[0].note == "on file"
    attachment = application.materials[1].attachment
    assert attachment is not None
    assert (attachment.name, attachment.media_type, attachment.size) == ("plan.pdf", "application/pdf", 4)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (GOOD.replace('matter = "works"\n', ""), ["1: matter: missing"]),
        (GOOD.replace('"works"', '"Works"'), ["1: matter: only lower-case letters, digits and hyphens are allowed,"]),
        (GOOD.replace('"管道"', "5"), ["2: project: must be text, in quotes"]),
        (GOOD.replace('"管道"', '""'), ["2: project: must not be empty"]),
        (GOOD.replace('contact = "0551"\n', ""), ["4: applicant.contact: missing"]),
        (GOOD.replace('code = "plan"\n', ""), ["9: materials.0.code: missing"]),
        (GOOD + 'colour = "red"\n', ["12: materials.0.colour: unknown field; remove it"]),
        ('materials = "plan"\n' + GOOD.partition("[[")[0], ["1: materials: must be a list"]),
        ('materials = ["plan"]\n' + GOOD.partition("[[")[0], ["1: materials.0: must be a table"]),
        ('applicant = "x"\nmatter = "works"\nproject = "x"\n', ["1: applicant: must be a table"]),
        (GOOD.replace('note = "on file"', "file = 5"), ["11: materials.0.file: must be text, in quotes"]),
        (GOOD.replace('note = "on file"', 'file = "no.pdf"'), ["11: materials.0.file: no.pdf: No such file"]),
        (GOOD.replace('note = "on file"', 'file = "."'), ["11: materials.0.file: .: Is a directory"]),
        (GOOD.replace('note = "on file"', 'file = "a\\u0000b"'), ["11: materials.0.file: "]),
        (GOOD.replace("[[materials]]", "[[materials]"), ["9: "]),
        (
            GOOD.replace('"管道"', f'"{"x" * 600}"').replace('"0551"', "551"),
            ["7: applicant.contact: must be text", "2: project: must have at most 500 characters"],
        ),
    ],
)
def test_whatever_is_wrong_is_told_with_line_and_field_and_all_at_once(
    tmp_path: Path, wrong: str, told: list[str]
) -> None:
    found = faults(tmp_path, wrong)
    assert len(found) == len(told)
    for line, beginning in zip(found, told, strict=True):
        assert line.startswith(beginning)


def test_an_attachment_too_large_to_travel_inside_is_refused_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "large.bin").write_bytes(bytes(ATTACHMENT_LIMIT + 1))
    [line] = faults(tmp_path, GOOD.replace('note = "on file"', 'file = "large.bin"'))
    assert line == "11: materials.0.file: large.bin has 262,145 bytes"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadApplication, match=r"absent\.toml:1: No such file"):
        read_application(tmp_path / "absent.toml", SteppedClock(NOON))

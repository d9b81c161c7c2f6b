"""`exchange verify` as a person types it: what it prints, the page it writes, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange.cli import app

VECTORS = Path(__file__).parents[3] / "docs" / "vectors" / "evidence"
CASES: dict[str, dict[str, Any]] = {
    one["name"]: one for one in json.loads((VECTORS / "expected.json").read_text(encoding="utf-8"))["cases"]
}


def _verify(folder: Path, name: str, *more: str) -> Any:
    authority = folder / "authority.der"
    authority.write_bytes(bytes.fromhex(CASES[name]["authority_certificate_der"]))
    return CliRunner().invoke(app, ["verify", str(VECTORS / f"{name}.zip"), "--trust", str(authority), *more])


@pytest.mark.parametrize(("name", "code"), [("for-the-court", 0), ("for-the-applicant", 3), ("opinion-dropped", 4)])
def test_it_ends_as_it_concludes_and_writes_the_page(tmp_path: Path, name: str, code: int) -> None:
    page = tmp_path / "report.html"
    assert _verify(tmp_path, name, "--html", str(page)).exit_code == code
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_it_says_for_whom_and_how_much_was_withheld_and_lists_it_when_asked(tmp_path: Path) -> None:
    told = _verify(tmp_path, "for-the-applicant").output
    assert "made for the applicant; 6 files withheld: 2 said among authorities, 4 members' journals" in " ".join(
        told.split()
    )
    assert "withheld from this reader:" not in told
    assert "withheld from this reader:" in _verify(tmp_path, "for-the-applicant", "--all").output
    assert "nothing was withheld" in _verify(tmp_path, "for-the-court").output


def test_machines_get_the_course_and_what_was_withheld(tmp_path: Path) -> None:
    told = json.loads(_verify(tmp_path, "for-the-applicant", "--json").output)
    assert (told["conclusion"], told["reader"], len(told["withheld"])) == ("withheld", "applicant", 6)
    opinion = next(one for one in told["timeline"] if one["message_id"].startswith("2000"))
    assert (opinion["kind"], opinion["dated"]) == (None, None)
    assert opinion["at_latest"] == opinion["receipts"][0]["at"]
    reminder = next(one for one in told["timeline"] if one["kind"] == "reminder")
    assert reminder["at_earliest"] < reminder["dated"] <= reminder["at_latest"]

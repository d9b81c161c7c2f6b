"""An application as a file, for journeys by commands alone."""

from __future__ import annotations

from pathlib import Path

APPLICATION = """
matter = "{matter}"
project = "管道"
[applicant]
name = "热电公司"
identifier = "9134"
contact = "0551"
{materials}
"""
PLAN = '[[materials]]\ncode = "plan"\nnote = "on file"\n'


def application(tmp_path: Path, matter: str = "works", materials: str = PLAN) -> str:
    path = tmp_path / "application.toml"
    path.write_text(APPLICATION.format(matter=matter, materials=materials), encoding="utf-8")
    return str(path)

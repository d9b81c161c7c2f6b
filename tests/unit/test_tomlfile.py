"""Finding the line of a value in a TOML file."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import BadConfiguration
from exchange.tomlfile import TomlFile, read_toml

TEXT = '''\
# a comment = 1
title = "x"
words = [
    "a",  # [[not.a.table]]
    "b = c",
]
long = """
key = "inside a string"
[neither]
"""
dotted.inner = 1
box = { one = 1, two = [1, 2] }

[applicant]
name = "n"

[[parts]]
name = "first"
  [parts.place]
  street = "s"
  [[parts.items]]
  code = "i"

[[parts]]
name = "second"
  [[parts.items]]
  code = "j"
  [[parts.items]]
  "quoted key" = "k"
'''


@pytest.fixture
def file(tmp_path: Path) -> TomlFile:
    path = tmp_path / "x.toml"
    path.write_text(TEXT, encoding="utf-8")
    return read_toml(path)


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("title",), 2),
        (("words",), 3),
        (("words", 1), 3),
        (("long",), 7),
        (("dotted", "inner"), 11),
        (("box", "two", 1), 12),
        (("applicant",), 14),
        (("applicant", "name"), 15),
        (("parts", 0), 17),
        (("parts", 0, "name"), 18),
        (("parts", 0, "place"), 19),
        (("parts", 0, "place", "street"), 20),
        (("parts", 0, "items", 0, "code"), 22),
        (("parts", 1, "name"), 25),
        (("parts", 1, "items", 0, "code"), 27),
        (("parts", 1, "items", 1, "quoted key"), 29),
    ],
)
def test_every_value_has_the_line_on_which_it_begins(file: TomlFile, place: tuple[str | int, ...], line: int) -> None:
    assert file.line_of(place) == line


def test_what_is_missing_has_the_line_of_the_table_around_it(file: TomlFile) -> None:
    assert file.line_of(("parts", 1, "colour")) == 24
    assert file.line_of(("nowhere",)) == 1
    assert file.line_of(()) == 1


def test_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(TEXT.replace("\n", "\r\n").encode())
    assert read_toml(path).line_of(("parts", 1, "items", 1, "quoted key")) == 29


def test_what_cannot_be_read_is_told_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"missing.toml:1: No such file"):
        read_toml(tmp_path / "missing.toml")
    (tmp_path / "latin.toml").write_bytes("name = 'é'".encode("latin-1"))
    with pytest.raises(BadConfiguration, match=r"latin.toml:1: not UTF-8"):
        read_toml(tmp_path / "latin.toml")

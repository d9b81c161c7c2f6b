"""Finding the line of a value in a TOML file."""

from __future__ import annotations

import time
from collections.abc import Callable
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


@pytest.mark.parametrize(
    "written",
    [
        TEXT.encode("utf-8-sig"),
        TEXT.replace("\n", "\r\n").encode("utf-8-sig"),
    ],
)
def test_a_byte_order_mark_and_other_line_ends_are_no_fault(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(written)
    file = read_toml(path)
    assert file.data["title"] == "x"
    assert file.line_of(("parts", 1, "items", 1, "quoted key")) == TEXT[: TEXT.index("quoted key")].count("\n") + 1


@pytest.mark.parametrize(
    ("written", "seems"),
    [
        ('title = "公文"\n'.encode("utf-16"), "UTF-16"),
        ('title = "公文"\n'.encode("utf-16-be"), "UTF-16BE"),
        ('title = "abc"\n'.encode("utf-16-le"), "UTF-16LE"),
        ('title = "公文"\n'.encode("utf-32"), "UTF-32"),
        ('# x\n# y\ntitle = "公文"\n'.encode("gb18030"), ":3: not UTF-8 text; it seems to be GB18030"),
        (b'title = "\xff"\n', "not UTF-8 text"),
    ],
)
def test_another_encoding_is_named_with_the_remedy(tmp_path: Path, written: bytes, seems: str) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(written)
    with pytest.raises(BadConfiguration, match=seems) as caught:
        read_toml(path)
    assert "UTF-8" in caught.value.remedy


QUOTES = chr(34) * 3
LONG = {
    "text of many lines": lambda n: "a = " + QUOTES + "\n" + "x\n" * n + QUOTES,
    "literal of many lines": lambda n: "a = '''\n" + "x\n" * n + "'''",
    "list of many lines": lambda n: "a = [\n" + '"[",\n' * n + "]",
    "many keys": lambda n: "".join(f"k{i} = 1\n" for i in range(n)) + "a = 1",
    "many tables": lambda n: "".join(f"[[t]]\nk = {i}\n" for i in range(n)) + "[a]",
}


@pytest.mark.parametrize("make", LONG.values(), ids=LONG.keys())
def test_a_long_file_takes_time_in_proportion_to_its_length(tmp_path: Path, make: Callable[[int], str]) -> None:
    path = tmp_path / "x.toml"
    path.write_text(make(8_000))
    began = time.process_time()
    assert read_toml(path).line_of(("a",)) >= 1
    assert time.process_time() - began < 3, "4,000 lines once took 23 s"


@pytest.mark.parametrize(
    "text",
    [
        "\na = " + "[" * 5000 + "]" * 5000,
        "\na = " + "[" * 5000,
        "\na = " + "{a=" * 3000 + "1" + "}" * 3000,
        "\na" + ".a" * 20_000 + " = 1",
        "\n[a" + " . a" * 20_000 + "]",
        "\n[[a" + '."a"' * 3_000 + "]]",
        "\na = " + "9" * 5000,
        "\na = 0x" + "f" * 500_000,
    ],
)
def test_what_lies_too_deep_or_is_too_long_is_told_at_once_with_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text)
    began = time.process_time()
    with pytest.raises(BadConfiguration, match=r"x\.toml:2: "):
        read_toml(path)
    assert time.process_time() - began < 2


def test_brackets_and_dots_within_strings_and_comments_are_no_depth(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    many = "[{." * 100
    path.write_text(f"# {many}\na = '{many}'\nb = \"{many}\\\"\"\nc = {QUOTES}{many}\n\\{QUOTES}{QUOTES}\n"
                    f"d = '''{many}'''\ne = [1.5, 2.5]\n")  # fmt: skip
    file = read_toml(path)
    assert file.data["a"] == many
    assert file.line_of(("e",)) == 7


def test_a_file_larger_than_any_document_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("#" * 2_000_001)
    with pytest.raises(BadConfiguration, match="more than 2,000,000 bytes"):
        read_toml(path)


@pytest.mark.parametrize(
    "row", ["[" + "1," * 240 + "],\n", "{a = 1, b = 2, c = [1, 2]},\n" * 3, "\n" * 60, "a.b = 1\n"]
)
def test_more_values_than_anybody_writes_are_refused_at_once(tmp_path: Path, row: str) -> None:
    path = tmp_path / "rows.toml"
    path.write_text(f"rows = [\n{row * 4000}]\n" if "=" not in row or "{" in row else row * 40_000)
    began = time.process_time()
    with pytest.raises(BadConfiguration, match="more values than anybody writes"):
        read_toml(path)
    assert time.process_time() - began < 3.0


def test_a_text_of_any_length_is_one_value(tmp_path: Path) -> None:
    path = tmp_path / "text.toml"
    path.write_text('body = """\n' + "a = [1, 2],\n" * 100_000 + '"""\n')
    assert len(read_toml(path).data["body"]) == 1_200_000

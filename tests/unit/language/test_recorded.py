"""Reasons that are on record in English are read back through the catalogue; what it has not made stays as it is."""

from __future__ import annotations

import pytest

from exchange.documents.rules.broken import BrokenRule, DocumentElement
from exchange.errors import DatabaseLost
from exchange.language import Language, Recorded, Text, joined, read_back, speaking
from exchange.language.members import calling

CHINESE = Language.CHINESE


@pytest.mark.parametrize(
    "said",
    [
        Text("its label names none of its addressees"),
        Text("{own} has no member of the address {to}", {"own": "a.b", "to": "a.b.c"}),
        Text("{address} is counted {times} times", {"address": "a.b.c", "times": 2}),
        Text("it has {octets:,} octets, a message holds {most:,}", {"octets": 17_000_000, "most": 16_000_000}),
        Text("{text!r} is not NUMBER:HASH", {"text": "7:x"}),
        Text("what is shown for {address} does not verify: {error}",
             {"address": "a.b.c", "error": Text("its parts say different things")}),
        joined([Text("refused"), Text("no queue {queue}", {"queue": "a.b.inbox"})], ": "),
        joined([Text("no queue {queue}", {"queue": "a.b.inbox"}), Text("its label does not count hops")]),
    ],
    ids=str,
)  # fmt: skip
def test_a_sentence_of_the_catalogue_is_read_back_as_it_was_meant(said: Text) -> None:
    assert str(said) != said.written(CHINESE)
    assert Recorded(str(said)).written(CHINESE) == said.written(CHINESE)
    assert Recorded(str(said)).written(Language.ENGLISH) == str(Recorded(str(said))) == str(said)


@pytest.mark.parametrize(
    ("article", "chinese"),
    [("article 8(10)", "第八条第十项"), ("article 14", "第十四条"), ("article 42(21)", "第四十二条第二十一项")],
)
def test_a_broken_rule_is_read_back_with_its_article_and_remedy(article: str, chinese: str) -> None:
    places = {"name": "报告", "ways": Text("upward"), "addressee": "a.b"}
    what = Text("a {name} does not go {ways} to {addressee}", places)
    remedy = Text("name another addressee")
    broken = BrokenRule(article, what, remedy, DocumentElement.TO)
    assert broken.written(CHINESE) == f"{what.written(CHINESE)}（{chinese}）"
    assert Recorded(f"{broken}; {remedy}").written(CHINESE) == f"{broken.written(CHINESE)}; {remedy.written(CHINESE)}"


@pytest.mark.parametrize(
    "others",
    ["同意", "the plan that you sent on Monday is missing", "HTTP 500", "ZeroDivisionError: division by zero", ""],
)
def test_what_somebody_else_has_written_stays_as_it_is(others: str) -> None:
    assert Recorded(others).written(CHINESE) == others


def test_what_a_library_says_of_a_file_or_a_host_is_read_back_too() -> None:
    with speaking(CHINESE):
        assert read_back("refused: Name or service not known").endswith("主机名不明")
    assert read_back("refused") == "refused"


def test_members_are_named_and_what_is_typed_is_not() -> None:
    with calling({"a.b.c": ("规划局", "Planning")}):
        assert "规划局 (a.b.c)" in Recorded("a.b.c has no queue").written(CHINESE)


def test_reading_back_what_is_no_sentence_of_ours_ends_soon() -> None:
    for hostile in ("a: " * 900, "; " * 900, "{" * 2_000, " is counted " * 150, "no queue " * 200):
        assert Recorded(hostile).written(CHINESE)


def test_an_error_on_record_is_read_back_with_its_parameters() -> None:
    error = DatabaseLost("hefei.fire", Text("there is none at {file}", {"file": "/srv/hefei.fire/store.db"}))
    assert Recorded(str(error)).written(CHINESE) == error.written(CHINESE) != str(error)

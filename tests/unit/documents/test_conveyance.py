"""Which document may go from whom to whom, and sixty real ones that do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.documents.rules.conveyance import (
    Conveyance,
    conveyance_of,
    direction,
    faults,
    fits,
    refuse,
    skipped,
)
from exchange.documents.rules.conveyance_table import RULES, Direction
from exchange.documents.rules.conveyance_text import asks_for_a_decision, matters_in
from exchange.errors import CallerError
from exchange.schemas import Document, DocumentKind, DocumentNumber
from tests.published import directions_named, document_of, is_office
from tests.real_input import state_council_documents

UP, DOWN, SIDE, PUBLIC = Direction
K = DocumentKind
OFFICES = frozenset(
    f"{domain}.office" for domain in ("anhui", "anhui.hefei", "anhui.hefei.luyang", "anhui.wuhu", "jiangsu")
)


def way(kind: DocumentKind, sender: str, *addressees: str, **more: object) -> Conveyance:
    upward = {"signatory": "王某"} if kind in (K.REQUEST, K.REPORT) else {}
    facts = {"kind": kind, "sender": sender, "addressees": addressees, "offices": OFFICES}
    return Conveyance(**(facts | upward | more))  # type: ignore[arg-type]


def check_conveyance(conveyance: Conveyance) -> None:
    """Refuse what breaks a rule, as every stop does."""
    refuse(conveyance.kind, tuple(faults(conveyance)))


def articles(conveyance: Conveyance) -> list[str]:
    found = list(faults(conveyance))
    assert all(str(fault.what) and str(fault.remedy) for fault in found)
    return [fault.article for fault in found]


# --- directions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "addressee", "where"),
    [
        ("anhui.hefei.office", "anhui.office", UP),
        ("anhui.hefei.planning", "anhui.planning", UP),
        ("anhui.hefei.planning", "anhui.hefei.office", UP),
        ("anhui.hefei.planning", "anhui.office", UP),
        ("anhui.office", "anhui.hefei.office", DOWN),
        ("anhui.office", "anhui.hefei.planning", DOWN),
        ("anhui.planning", "anhui.hefei.luyang.planning", DOWN),
        ("anhui.hefei.office", "anhui.hefei.planning", DOWN),
        ("anhui.hefei.planning", "anhui.hefei.police", SIDE),
        ("anhui.hefei.office", "anhui.wuhu.office", SIDE),
        ("anhui.hefei.luyang.planning", "anhui.wuhu.planning", SIDE),
        ("anhui.office", "jiangsu.office", SIDE),
        ("anhui.planning", "anhui.hefei.office", SIDE),
        ("anhui.hefei.office", "anhui.planning", SIDE),
    ],
)
def test_directions_follow_the_line_of_subordination(sender: str, addressee: str, where: Direction) -> None:
    assert direction(sender, addressee, OFFICES) is where


BODIES = st.sampled_from(
    sorted(
        f"{domain}.{name}"
        for domain in ("anhui", "anhui.hefei", "anhui.hefei.luyang", "anhui.wuhu", "jiangsu")
        for name in ("office", "planning", "police")
    )
)
TURNED = {UP: DOWN, DOWN: UP, SIDE: SIDE}


@given(BODIES, BODIES)
def test_what_is_up_for_one_is_down_for_the_other(a: str, b: str) -> None:
    assert direction(b, a, OFFICES) is TURNED[direction(a, b, OFFICES)]


# --- the table --------------------------------------------------------------------------------------------------------


def test_every_one_of_the_fifteen_kinds_has_its_row_with_an_article_of_its_own() -> None:
    assert set(RULES) == set(DocumentKind)
    assert len(RULES) == 15
    assert [rule.article for rule in RULES.values()] == [f"article 8({place})" for place in range(1, 16)]
    assert all(rule.directions and rule.instead for rule in RULES.values())


@pytest.mark.parametrize(
    ("kind", "allowed"),
    [
        (K.RESOLUTION, {DOWN, PUBLIC}),
        (K.DECISION, {DOWN, PUBLIC}),
        (K.ORDER, {DOWN, PUBLIC}),
        (K.COMMUNIQUE, {DOWN, SIDE, PUBLIC}),
        (K.PROCLAMATION, {DOWN, SIDE, PUBLIC}),
        (K.ANNOUNCEMENT, {DOWN, SIDE, PUBLIC}),
        (K.OPINION, {UP, DOWN, SIDE}),
        (K.NOTICE, {DOWN, SIDE, PUBLIC}),
        (K.CIRCULAR, {DOWN, SIDE, PUBLIC}),
        (K.REPORT, {UP}),
        (K.REQUEST, {UP}),
        (K.REPLY, {DOWN}),
        (K.MOTION, {SIDE}),
        (K.LETTER, {SIDE}),
        (K.MINUTES, {DOWN, SIDE}),
    ],
)
def test_a_department_sends_a_kind_where_the_regulation_lets_it_and_nowhere_else(
    kind: DocumentKind, allowed: set[Direction]
) -> None:
    assert {where for where in Direction if fits(kind, {where}, office=False)} == allowed


def test_an_empty_set_of_directions_fits_nothing() -> None:
    assert not any(fits(kind, (), office=True) for kind in DocumentKind)


@pytest.mark.parametrize("kind", list(K))
@pytest.mark.parametrize(
    ("sender", "addressee", "where"),
    [
        ("anhui.hefei.planning", "anhui.planning", UP),
        ("anhui.hefei.planning", "anhui.hefei.luyang.planning", DOWN),
        ("anhui.hefei.planning", "anhui.hefei.police", SIDE),
    ],
)
def test_what_the_table_does_not_allow_is_refused_with_the_kinds_article(
    kind: DocumentKind, sender: str, addressee: str, where: Direction
) -> None:
    told = articles(way(kind, sender, addressee, signatory="王某", for_information=True, answers=(addressee,)))
    assert told == ([] if where in RULES[kind].directions and fits(kind, {where}, office=False) else [
        RULES[kind].article])  # fmt: skip


# --- upward -----------------------------------------------------------------------------------------------------------

REQUEST = way(K.REQUEST, "anhui.hefei.luyang.office", "anhui.hefei.office", title="关于追加防汛经费的请示")
REPORT = way(K.REPORT, "anhui.hefei.luyang.office", "anhui.hefei.office", body="全年工作已经完成。特此报告。")


@pytest.mark.parametrize("good", [REQUEST, REPORT])
def test_a_request_and_a_report_go_to_the_direct_superior(good: Conveyance) -> None:
    check_conveyance(good)
    check_conveyance(replace(good, copies=("anhui.wuhu.office", "anhui.office")))


@pytest.mark.parametrize("good", [REQUEST, REPORT])
@pytest.mark.parametrize(
    ("change", "article"),
    [
        ({"addressees": ()}, "article 9(8)"),
        ({"addressees": ("anhui.hefei.office", "anhui.office")}, "article 15(1)"),
        ({"copies": ("anhui.hefei.luyang.planning",)}, "article 15(1)"),
        ({"signatory": None}, "article 9(6)"),
        ({"signatory": "  "}, "article 9(6)"),
        ({"addressees": ("anhui.office",)}, "article 14"),
        ({"addressees": ("anhui.wuhu.office",)}, "article 8"),
        ({"addressees": ("jiangsu.office",)}, "article 8"),
    ],
)
def test_upward_every_broken_rule_is_told_with_its_article(
    good: Conveyance, change: dict[str, object], article: str
) -> None:
    assert any(told.startswith(article) for told in articles(replace(good, **change)))  # type: ignore[arg-type]


def test_a_level_is_skipped_only_if_it_is_copied() -> None:
    skipping = replace(REQUEST, addressees=("anhui.office",))
    assert articles(skipping) == ["article 14"]
    assert articles(replace(skipping, copies=("anhui.wuhu.office",))) == ["article 14"]
    assert articles(replace(skipping, copies=("anhui.hefei.office",))) == []


def test_a_department_that_writes_to_an_upper_government_skips_its_own() -> None:
    past = way(K.REPORT, "anhui.hefei.planning", "anhui.office")
    assert skipped("anhui.hefei.planning", "anhui.office", OFFICES) == ("anhui.hefei",)
    assert articles(past) == ["article 14"]
    assert articles(replace(past, copies=("anhui.hefei.office",))) == []
    assert articles(replace(past, copies=("anhui.hefei.planning",))) == ["article 14"]
    assert articles(way(K.REPORT, "anhui.hefei.planning", "anhui.planning")) == []


def test_a_request_has_one_matter() -> None:
    assert articles(replace(REQUEST, title="关于追加经费和关于增加编制的请示")) == ["article 15(4)"]
    assert articles(replace(REQUEST, title="关于批准《关于防汛的意见》的请示")) == []


def test_a_report_carries_no_request() -> None:
    assert articles(replace(REPORT, body="拟新建泵站。妥否，请批示。")) == ["article 15(4)"]
    assert articles(replace(REPORT, body="去年报来的《关于请批准泵站的请示》已办。")) == []
    assert articles(replace(REQUEST, body="妥否，请批示。")) == []


@pytest.mark.parametrize("text", ["妥否，请批示。", "恳请予以批准。", "请\n予以审批", "特此请示。", "请市政府批准。"])
def test_plain_words_that_ask_are_seen(text: str) -> None:
    assert asks_for_a_decision(text)


@pytest.mark.parametrize("text", ["已报请批准的项目", "批准文件三份", "特此报告。", "经省政府批准", "请审阅。"])
def test_words_that_only_tell_of_an_approval_do_not_ask(text: str) -> None:
    assert not asks_for_a_decision(text)


def test_a_request_that_is_passed_on_bears_the_own_opinion() -> None:
    forwarded = replace(REQUEST, forwards="anhui.hefei.luyang.planning")
    assert articles(forwarded) == ["article 15(3)"]
    assert articles(replace(forwarded, own_opinion="  ")) == ["article 15(3)"]
    assert articles(replace(forwarded, own_opinion="拟同意。")) == []


# --- downward and sideways --------------------------------------------------------------------------------------------


def test_a_reply_goes_to_those_who_asked_and_to_nobody_else() -> None:
    reply = way(K.REPLY, "anhui.office", "anhui.hefei.office", answers=("anhui.hefei.office",))
    assert articles(reply) == []
    assert articles(replace(reply, copies=("anhui.wuhu.office",))) == []
    assert articles(replace(reply, answers=())) == ["article 8(12)"]
    assert articles(replace(reply, answers=("anhui.wuhu.office",))) == ["article 8(12)"]
    assert articles(replace(reply, addressees=("anhui.hefei.office", "anhui.wuhu.office"))) == ["article 8(12)"]
    asked_by_both = ("anhui.hefei.office", "anhui.wuhu.office")
    assert articles(replace(reply, addressees=asked_by_both, answers=tuple(reversed(asked_by_both)))) == []


def test_a_department_does_not_have_a_lower_government_act() -> None:
    notice = way(K.NOTICE, "anhui.planning", "anhui.hefei.planning", "anhui.hefei.office")
    assert articles(notice) == ["article 16(2)"]
    assert articles(replace(notice, for_information=True)) == []
    assert articles(replace(notice, kind=K.LETTER, addressees=("anhui.hefei.office",))) == []
    assert articles(replace(notice, sender="anhui.office")) == []


def test_a_letter_goes_between_bodies_that_are_in_no_line_of_subordination() -> None:
    assert articles(way(K.LETTER, "anhui.hefei.planning", "anhui.hefei.police", "anhui.wuhu.planning")) == []
    assert articles(way(K.LETTER, "anhui.office", "jiangsu.office")) == []
    assert articles(way(K.LETTER, "anhui.hefei.planning", "anhui.planning")) == ["article 8(14)"]
    assert articles(way(K.LETTER, "anhui.planning", "anhui.hefei.planning")) == ["article 8(14)"]
    assert articles(way(K.LETTER, "anhui.office", "anhui.hefei.office")) == []


def test_nobody_writes_to_itself() -> None:
    assert "article 13" in articles(way(K.LETTER, "anhui.office", "anhui.office"))


def test_a_document_is_judged_by_what_it_says_itself() -> None:
    report = Document(
        number=DocumentNumber(agency="庐政", year=2026, serial=1),
        kind=K.REPORT,
        issuer="庐阳区人民政府",
        title="关于防汛工作的报告",
        body="拟新建泵站。妥否，请批示。",
        date=None,
    )
    told = conveyance_of(report, "anhui.hefei.luyang.office", ["anhui.hefei.office"], (), OFFICES)
    assert articles(told) == ["article 9(6)", "article 15(4)"]


def test_all_that_is_broken_is_told_at_once_and_how_to_repair_it() -> None:
    bad = replace(REQUEST, addressees=("anhui.office",), signatory=None, copies=("anhui.hefei.luyang.planning",))
    with pytest.raises(CallerError) as refused:
        check_conveyance(bad)
    for article in ("article 15(1)", "article 9(6)", "article 14"):
        assert article in str(refused.value)
    assert "anhui.hefei" in refused.value.remedy
    assert refused.value.code == "conveyance"


@given(st.sampled_from(list(K)), BODIES, st.lists(BODIES, max_size=3), st.lists(BODIES, max_size=2))
def test_whatever_may_go_goes_only_where_its_row_allows(
    kind: DocumentKind, sender: str, addressees: list[str], copies: list[str]
) -> None:
    conveyance = way(kind, sender, *addressees, copies=tuple(copies))
    if not articles(conveyance):
        ways = {direction(sender, addressee, OFFICES) for addressee in addressees}
        assert ways <= RULES[kind].directions
        assert sender not in addressees
        if UP in ways:
            assert len(addressees) == 1
            assert conveyance.signatory
            assert not [copy for copy in copies if direction(sender, copy, OFFICES) is DOWN]


# --- real documents ---------------------------------------------------------------------------------------------------


def test_all_sixty_real_documents_go_where_the_row_of_their_kind_lets_them() -> None:
    routed: Counter[tuple[str, str]] = Counter()
    for record in state_council_documents():
        document = document_of(record)
        ways = directions_named(document)
        assert fits(document.kind, ways, office=is_office(document.issuer)), record["title"]
        routed.update((document.kind.value, where.value) for where in ways)
    assert sum(routed.values()) == 60
    assert routed["命令", "public"] == 2
    assert routed["函", "side"] == 6
    assert not any(where == "up" for _, where in routed)


def test_real_titles_name_their_one_matter() -> None:
    for document in map(document_of, state_council_documents()):
        assert len(matters_in(document.title)) <= 1 or "转发" in document.title, document.title


@pytest.mark.parametrize(
    ("title", "count"),
    [
        ("关于增加编制、购置车辆及修缮房屋的请示", 3),
        ("关于申请追加经费并增加人员编制的请示", 2),
        ("关于恳请拨付救灾资金、尽快调拨救灾物资的请示", 2),
        ("关于购置消防车辆与建设消防站的请示", 2),
        ("关于购置、安装设备的请示", 1),
        ("关于新建、改建、扩建国道210线的请示", 1),
        ("关于追加防汛经费和抗旱经费的请示", 1),
        ("关于参与建设铁路的请示", 1),
        ("关于批准《关于增加编制和购置车辆的意见》的请示", 1),
    ],
)
def test_each_thing_asked_for_by_a_verb_of_its_own_is_a_matter(title: str, count: int) -> None:
    assert len(matters_in(title)) == count
    assert articles(replace(REQUEST, title=title)) == (["article 15(4)"] if count > 1 else [])


@pytest.mark.parametrize(
    "title",
    [
        "关于2005年退耕还林计划和妥善解决今年退耕还林超计划问题的请示",
        "关于支持乌鲁木齐、昌吉、石河子高新技术产业开发区建设国家自主创新示范区的请示",
        "关于广东与香港澳门合建自动气象站网的请示",
        "关于武警总部后勤部机关及部分直属单位迁址新建的请示",
        "关于恳请解决巴东县官渡口镇马鬃山村地质险情有关问题的请示",
        "关于提请调整完善职业教育工作部际联席会议制度的请示",
    ],
)
def test_requests_that_were_answered_have_one_matter(title: str) -> None:
    assert len(matters_in(title)) == 1


def test_what_concerns_others_goes_down_once_they_have_agreed() -> None:
    office = "anhui.hefei.office"
    notice = replace(way(K.OPINION, office, "anhui.hefei.luyang.office"), concerned=("anhui.wuhu.water",))
    assert articles(notice) == []
    assert articles(replace(notice, not_agreed=("anhui.wuhu.water",))) == ["article 16(4)"]
    sideways = replace(
        way(K.LETTER, "anhui.hefei.planning", "anhui.hefei.water"), not_agreed=("anhui.hefei.transport",)
    )
    assert articles(sideways) == []
    assert articles(replace(notice, concerned=(office,))) == ["article 16(4)"]

"""Audiences: what an expression says, whom it means, and where exactly it is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.directory.hierarchy import domain_of, is_within
from exchange.errors import CallerError, NotFound
from exchange.notices.rules.audience import Audience, Listed, nobody, parse_audience, unknown
from exchange.schemas import Role

DOMAINS = (
    "anhui",
    "anhui.hefei",
    "anhui.hefei.luyang",
    "anhui.hefei.shushan",
    "anhui.wuhu",
    "anhui.wuhu.jinghu",
    "anhui.huangshan",
)
SORTS: dict[str, tuple[Role, ...]] = {
    "window": (Role.WINDOW,),
    "emergency": (Role.DEPARTMENT,),
    "planning": (Role.DEPARTMENT,),
    "office": (Role.DEPARTMENT, Role.WINDOW),
    "monitor": (Role.MONITOR,),
    "relay": (Role.RELAY,),
}
TREE: tuple[Listed, ...] = tuple((f"{domain}.{label}", roles) for domain in DOMAINS for label, roles in SORTS.items())


def meant(text: str, origin: str = "anhui") -> set[str]:
    audience = parse_audience(text, origin)
    return {address for address, roles in TREE if audience.matches(address, roles)}


def among(*labels: str, within: tuple[str, ...] = DOMAINS) -> set[str]:
    return {f"{domain}.{label}" for domain in within for label in labels}


COUNTIES = ("anhui.hefei.luyang", "anhui.hefei.shushan", "anhui.wuhu.jinghu")
CITIES = ("anhui.hefei", "anhui.wuhu", "anhui.huangshan")
HEFEI = ("anhui.hefei", "anhui.hefei.luyang", "anhui.hefei.shushan")


@pytest.mark.parametrize(
    ("text", "authorities"),
    [
        ("anhui.hefei.planning", {"anhui.hefei.planning"}),
        ("direct", among("window", "office", within=CITIES)),
        ("departments at county", among("emergency", "planning", "office", within=COUNTIES)),
        ("部门@县", among("emergency", "planning", "office", within=COUNTIES)),
        ("部门 在 区", among("emergency", "planning", "office", within=COUNTIES)),
        ("departments@2", among("emergency", "planning", "office", within=COUNTIES)),
        ("offices at city", among("window", "office", within=CITIES)),
        ("政府@市", among("window", "office", within=CITIES)),
        ("emergency at any", among("emergency")),
        ("emergency@各级", among("emergency")),
        ("emergency at any below anhui.hefei", among("emergency", within=HEFEI)),
        ("all below anhui.hefei", among("window", "emergency", "planning", "office", within=HEFEI)),
        ("全部 属于 anhui.hefei", among("window", "emergency", "planning", "office", within=HEFEI)),
        ("below anhui.hefei", among("window", "emergency", "planning", "office", within=HEFEI)),
        ("departments", among("emergency", "planning", "office")),
        ("All", among("window", "emergency", "planning", "office")),
        (
            "planning at city, anhui.planning and anhui.hefei.monitor",
            {"anhui.planning", "anhui.hefei.monitor"} | among("planning", within=CITIES),
        ),
        ("直属，anhui.planning、emergency@省", among("window", "office", within=CITIES) | among(
            "planning", "emergency", within=("anhui",))),
        ("planning at any except below anhui.hefei", among("planning") - among("planning", within=HEFEI)),
        (
            "planning@各级 除 planning@县，anhui.planning",
            among("planning", within=CITIES),
        ),
    ],
)  # fmt: skip
def test_an_expression_means_whom_it_says(text: str, authorities: set[str]) -> None:
    assert meant(text) == authorities


def test_direct_subordinates_are_those_of_the_sender() -> None:
    assert meant("direct", "anhui.hefei") == among("window", "office", within=HEFEI[1:])


def test_nobody_beside_or_above_the_sender_is_meant_unless_named() -> None:
    assert meant("planning at any", "anhui.hefei") == among("planning", within=HEFEI)
    assert meant("anhui.wuhu.planning", "anhui.hefei") == {"anhui.wuhu.planning"}


def test_monitors_and_relays_read_only_what_names_them() -> None:
    for text in ("all", "all at city", "monitor at any", "relay@各级", "below anhui.hefei"):
        assert not {address for address in meant(text) if address.endswith((".monitor", ".relay"))}
    assert meant("anhui.hefei.relay") == {"anhui.hefei.relay"}


def test_authorities_are_those_of_one_domain_only_in_order() -> None:
    audience = parse_audience("departments at any", "anhui")
    assert audience.authorities(reversed(TREE), "anhui.hefei") == tuple(
        f"anhui.hefei.{label}" for label in ("emergency", "office", "planning")
    )


@pytest.mark.parametrize(
    ("text", "at", "what"),
    [
        ("", 1, "somebody is missing before the end"),
        ("planning", 1, "'planning' alone names no authority"),
        ("direct, planning", 9, "alone names no authority"),
        ("departments at", 15, "a level is missing"),
        ("departments at village", 16, "a level is missing"),
        ("departments @ 12", 15, "a level is missing"),
        ("all below", 10, "a domain is missing"),
        ("all below county", 11, "a domain is missing"),
        ("all below anhui..hefei", 11, "is no address"),
        ("all below jiangsu", 11, "neither anhui nor below it"),
        ("direct except", 14, "somebody is missing before the end"),
        ("direct, , direct", 9, "somebody is missing before ','"),
        ("direct direct", 8, "does not belong here"),
        ("direct at city", 8, "does not belong here"),
        ("direct except a.b except a.c", 19, "`except` is said twice"),
        ("anhui.Hefei.planning", 1, "is no address"),
        ("anhui.from.planning", 1, "is no address"),
        ("anhui.planning at city", 16, "no level and no place"),
        ("部门；市", 3, "has no meaning"),
        ("county", 1, "somebody is missing before 'county'"),
        ("direct, (all)", 9, "has no meaning"),
        ("all," * 600, 2_001, "more than 2000 characters"),
    ],
)
def test_a_fault_says_at_which_character_it_stands(text: str, at: int, what: str) -> None:
    with pytest.raises(CallerError) as refused:
        parse_audience(text, "anhui")
    assert str(refused.value).startswith(f"audience, at character {at}: ")
    assert what in str(refused.value)
    assert refused.value.remedy
    assert refused.value.code == "audience"


def test_an_audience_of_nobody_and_an_unknown_body_have_errors_that_tell_the_way_on() -> None:
    audience = parse_audience("fire at county", "anhui")
    assert meant("fire at county") == set()
    assert isinstance(nobody(audience), CallerError)
    assert "fire at county" in str(nobody(audience))
    assert isinstance(unknown("anhui.hefei.fire"), NotFound)
    assert "fire at any" in unknown("anhui.hefei.fire").remedy


def test_terms_without_anybody_are_told_though_others_match() -> None:
    audience = parse_audience("planning at city, fire at county, anhui.hefei.nobody", "anhui")
    assert audience.idle(TREE) == ("fire at county", "anhui.hefei.nobody")
    assert audience.named == ("anhui.hefei.nobody",)


def test_a_relay_does_not_forward_where_nobody_can_be() -> None:
    assert not parse_audience("departments at city", "anhui").reaches("anhui.hefei.luyang")
    assert parse_audience("departments at county", "anhui").reaches("anhui.hefei")
    assert not parse_audience("direct", "anhui").reaches("anhui.hefei.luyang")
    assert not parse_audience("all below anhui.wuhu", "anhui").reaches("anhui.hefei")
    assert not parse_audience("all except below anhui.hefei", "anhui").reaches("anhui.hefei.luyang")
    assert parse_audience("anhui.hefei.luyang.fire", "anhui").reaches("anhui.hefei")
    assert not parse_audience("anhui.hefei.fire", "anhui").reaches("anhui.hefei.luyang")
    assert not parse_audience("all at 3 below anhui.hefei.luyang", "anhui").reaches("anhui.hefei.shushan")


# --- properties -------------------------------------------------------------------------------------------------------

LEVELS = st.sampled_from(("", " at province", " at city", "@县", "@各级", " at 1"))
PLACES = st.sampled_from(("", *(f" below {domain}" for domain in DOMAINS)))
SORTED = st.builds("{}{}{}".format, st.sampled_from(("departments", "offices", "all")), LEVELS, PLACES)
BY_NAME = st.builds(
    "{}{}{}".format, st.sampled_from(tuple(SORTS)), st.sampled_from((" at any", "@市", " at county")), PLACES
)
TERMS = st.one_of(SORTED, BY_NAME, st.just("direct"), st.sampled_from([address for address, _ in TREE]))
LISTS = st.lists(TERMS, min_size=1, max_size=4).map(", ".join)
EXPRESSIONS = st.one_of(LISTS, st.builds("{} except {}".format, LISTS, LISTS))


@given(EXPRESSIONS)
def test_domain_by_domain_is_the_same_as_over_the_whole_tree(text: str) -> None:
    audience = parse_audience(text, "anhui")
    apart = [body for domain in DOMAINS for body in audience.authorities(TREE, domain)]
    assert sorted(apart) == sorted(meant(text))


def forwarded(audience: Audience, domain: str) -> list[str]:
    """What relays find that ask for each direct lower domain only whether the audience reaches it."""
    below = [lower for lower in DOMAINS if lower.rpartition(".")[0] == domain and audience.reaches(lower)]
    return [*audience.authorities(TREE, domain), *(body for lower in below for body in forwarded(audience, lower))]


@given(EXPRESSIONS)
def test_relays_that_forward_only_where_it_reaches_miss_nobody(text: str) -> None:
    assert sorted(forwarded(parse_audience(text, "anhui"), "anhui")) == sorted(meant(text))


@given(TERMS, st.sampled_from(DOMAINS))
def test_a_single_term_reaches_a_domain_exactly_if_a_body_there_might_match(text: str, domain: str) -> None:
    audience = parse_audience(text, "anhui")
    matched = any(is_within(domain_of(body), domain) for body in meant(text))
    if matched:
        assert audience.reaches(domain)
    elif not text.startswith(("relay", "monitor")) and "county" not in text and "县" not in text:
        assert not audience.reaches(domain)  # every domain of the tree has every sort; huangshan has no counties


@given(EXPRESSIONS, EXPRESSIONS)
def test_a_union_means_those_of_both(one: str, other: str) -> None:
    if "except" not in one:
        assert meant(f"{one}, {other.split(' except ')[0]}") == meant(one) | meant(other.split(" except ")[0])


@given(st.text(alphabet="abc.@,，除部门县 at除direct except", max_size=40))
def test_whatever_is_typed_is_parsed_or_refused_with_a_place(text: str) -> None:
    try:
        told = parse_audience(text, "anhui").included[0].text
    except CallerError as refused:
        told = str(refused) if refused.remedy else ""
    assert told in text or told.startswith("audience, at character ")
    assert told

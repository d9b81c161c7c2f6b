"""The tree of levels, as addresses tell it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.directory.hierarchy import (
    domain_of,
    is_below,
    is_within,
    level_of,
    next_hop,
    path_between,
    relay_of,
    superior_of,
)
from exchange.errors import CallerError, NotFound

DOMAINS = st.lists(st.sampled_from("abc"), max_size=4).map(lambda labels: ".".join(["anhui", *labels]))


def test_a_body_belongs_to_the_domain_before_its_last_label() -> None:
    assert domain_of("anhui.hefei.planning") == "anhui.hefei"
    assert domain_of("anhui.planning") == "anhui"
    assert relay_of("anhui.hefei") == "anhui.hefei.relay"
    assert domain_of(relay_of("anhui.hefei")) == "anhui.hefei"


@pytest.mark.parametrize("address", ["planning", "", ".planning", "anhui."])
def test_an_address_without_a_domain_is_refused(address: str) -> None:
    with pytest.raises(CallerError) as refused:
        domain_of(address)
    assert "whole address" in refused.value.remedy


def test_a_root_has_no_superior() -> None:
    assert superior_of("anhui") is None
    assert superior_of("anhui.hefei") == "anhui"
    assert (level_of("anhui"), level_of("anhui.hefei.luyang")) == (0, 2)


def test_a_name_that_merely_begins_alike_is_not_below() -> None:
    assert is_below("anhui.hefei", "anhui")
    assert not is_below("anhui", "anhui")
    assert is_within("anhui", "anhui")
    assert not is_below("anhui.hefeidong", "anhui.hefei")
    assert not is_below("anhui2.hefei", "anhui")


@pytest.mark.parametrize(
    ("own", "target", "hop"),
    [
        ("anhui", "anhui", "anhui"),
        ("anhui", "anhui.hefei", "anhui.hefei"),
        ("anhui", "anhui.hefei.luyang", "anhui.hefei"),
        ("anhui.hefei.luyang", "anhui.wuhu", "anhui.hefei"),
        ("anhui.hefei", "anhui", "anhui"),
        ("anhui.hefei", "anhui.hefeidong", "anhui"),
    ],
)
def test_the_next_hop_is_itself_a_child_or_the_superior(own: str, target: str, hop: str) -> None:
    assert next_hop(own, target) == hop


@pytest.mark.parametrize("target", ["jiangsu", "jiangsu.nanjing", "anhui2"])
def test_another_tree_is_not_found_and_the_remedy_says_how_addresses_begin_here(target: str) -> None:
    for act in (next_hop, path_between):
        with pytest.raises(NotFound, match="another tree") as refused:
            act("anhui.hefei", target)
        assert "anhui." in refused.value.remedy


def test_a_path_goes_up_to_the_common_superior_and_down_again() -> None:
    assert path_between("anhui.hefei.luyang", "anhui.wuhu") == (
        "anhui.hefei.luyang",
        "anhui.hefei",
        "anhui",
        "anhui.wuhu",
    )
    assert path_between("anhui", "anhui") == ("anhui",)


@given(DOMAINS, DOMAINS)
def test_hops_follow_the_path_and_arrive(a: str, b: str) -> None:
    path = path_between(a, b)
    assert (path[0], path[-1]) == (a, b)
    assert len(set(path)) == len(path)
    assert [next_hop(here, b) for here in path] == [*path[1:], b]
    for here, there in itertools.pairwise(path):
        assert superior_of(here) == there or superior_of(there) == here


@given(DOMAINS, DOMAINS)
def test_the_way_back_is_the_way_there_reversed(a: str, b: str) -> None:
    assert path_between(b, a) == tuple(reversed(path_between(a, b)))

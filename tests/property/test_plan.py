"""A plan under any load: more of it never needs less, sums hold, and waiting grows without end towards full."""

from __future__ import annotations

from dataclasses import replace
from math import isinf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.plan.assumptions import DecidingLevel, PlanAssumptions
from exchange.plan.limits import PlannedPlace
from exchange.plan.measured import measured
from exchange.plan.national import plan
from exchange.plan.queueing import erlang_c, wait_of_one, wait_of_several
from exchange.plan.work import case_work, idle_share

COUNTRIES = st.builds(
    PlanAssumptions,
    provinces=st.integers(1, 60),
    cities=st.integers(1, 800),
    counties=st.integers(1, 5_000),
    deciding=st.sampled_from(DecidingLevel),
    cases_a_day=st.floats(0, 1e9),
    departments=st.floats(1, 64),
    cost_factor=st.floats(0.1, 20),
    letters_a_day=st.floats(0, 1e9),
    notices_a_day=st.floats(0, 1_000),
    hours=st.floats(1, 24),
    peak_factor=st.floats(1, 20),
    busiest=st.floats(1, 50),
    cores=st.integers(1, 128),
    link_ms=st.floats(0, 500),
)


@settings(deadline=None)
@given(COUNTRIES, st.sampled_from(["cases_a_day", "departments", "peak_factor", "busiest", "cost_factor"]),
       st.floats(1, 10))  # fmt: skip
def test_more_load_never_needs_less(asked: PlanAssumptions, name: str, times: float) -> None:
    before, after = plan(asked), plan(replace(asked, **{name: getattr(asked, name) * times}))
    for figure in ("cores_at_peak", "busiest_cores", "machines", "disk_tb_a_year", "busiest_mbit", "open_cases",
                   "messages_a_second", "busiest_machines", "busiest_gb_a_year"):  # fmt: skip
        assert getattr(after.sized, figure) >= getattr(before.sized, figure) * (1 - 1e-9), figure
    shares = {one.place: one for one in after.uses}
    for one in before.uses:
        if one.place is not PlannedPlace.MACHINES:  # more of them are planned
            assert shares[one.place].share >= one.share * (1 - 1e-9)
            if one.wait is not None:
                assert (shares[one.place].wait or 0) >= one.wait * (1 - 1e-6)


@settings(deadline=None)
@given(COUNTRIES)
def test_sums_hold(asked: PlanAssumptions) -> None:
    found = plan(asked)
    work = case_work(asked.departments, asked.cost_factor)
    parts = work.window + work.department * asked.departments + work.monitor + work.broker
    assert work.total == pytest.approx(parts)
    assert found.sized.links + 1 == asked.domains == found.sized.brokers / 3 == found.sized.databases / 2
    assert found.sized.idle_cores == pytest.approx(found.sized.members * idle_share())
    assert found.sized.memory_gb == pytest.approx(2 * found.sized.members * measured("member") / 1000)
    assert found.notice.likely <= found.notice.at_most
    assert found.notice.domains == asked.domains - 1
    usable = (found.sized.busiest_machines - 1) * asked.cores
    assert found.sized.busiest_cores <= asked.utilisation * usable * (1 + 1e-9), "one machine may be away"
    for one in found.uses:
        assert isinf(one.growth) or one.growth * one.share == pytest.approx(1)


@settings(deadline=None)
@given(st.floats(0.001, 0.98), st.floats(0.0001, 10), st.integers(1, 200))
def test_waiting_grows_with_load_and_falls_with_servers(share: float, service: float, servers: int) -> None:
    arrivals = share * servers / service
    here = wait_of_several(arrivals, service, servers)
    assert 0 <= erlang_c(arrivals * service, servers) <= 1
    assert wait_of_several(arrivals * 1.01, service, servers) >= here
    assert wait_of_several(arrivals, service, servers + 1) <= here
    assert wait_of_one(share / service, service) >= wait_of_one(share / service * 0.9, service)
    assert isinf(wait_of_several(1.01 * servers / service, service, servers))

"""Lights, projections and charts: what holds whatever the facts are."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.cli.operations.top_view import room
from exchange.operations.health.chart import HEIGHT, WIDTH, bars, chart
from exchange.operations.health.growth import LEAST_SPAN, Point, Trend, project
from exchange.operations.troubles import broker_lights, lights
from exchange.operations.troubles.broker_lights import NodeFacts
from exchange.operations.troubles.kinds import Alert, AlertKind, Severity, StandingAlerts, is_technical
from exchange.operations.troubles.lights import Light, Sign, SystemPart
from exchange.operations.troubles.rules import listed

DEPTHS = st.floats(min_value=0, max_value=1e6, allow_nan=False)
SIGNS = st.lists(
    st.builds(
        Sign,
        st.sampled_from(SystemPart),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(Light),
        st.sampled_from([("一", "one"), ("二", "two")]),
        st.sampled_from([("", ""), ("做", "do")]),
    ),
    max_size=12,
)
FLAGS = st.booleans()


@st.composite
def histories(draw: st.DrawFn) -> list[Point]:
    """Depths of a queue in order of time."""
    steps = draw(st.lists(st.tuples(st.floats(min_value=0.5, max_value=60), DEPTHS), max_size=40))
    at, points = draw(st.floats(min_value=0, max_value=1e5)), []
    for step, depth in steps:
        at += step
        points.append((at, depth))
    return points


@given(SIGNS)
def test_the_whole_is_green_only_if_there_is_a_light_and_all_are_green(signs: list[Sign]) -> None:
    all_good = bool(signs) and all(sign.light is Light.GOOD for sign in signs)
    assert (lights.whole(signs) is Light.GOOD) == all_good
    assert (lights.whole(signs) is Light.BAD) == any(sign.light is Light.BAD for sign in signs)


ALERTS = st.lists(
    st.builds(Alert, st.sampled_from(AlertKind), st.text(max_size=3), st.sampled_from(Severity), st.just("中"),
              st.just("en"), st.just("/"), st.tuples(st.text(max_size=2), st.text(max_size=2)), st.booleans()),
    max_size=30,
)  # fmt: skip


@given(ALERTS)
def test_the_list_has_every_trouble_once_cases_and_people_first_and_of_either_the_gravest(alerts: list[Alert]) -> None:
    found = listed(StandingAlerts(tuple(alerts)))
    assert Counter(alert for cause in found for alert in cause.alerts) == Counter(alerts)
    order = [(is_technical(cause.kind), cause.severity is Severity.WARNING) for cause in found]
    assert order == sorted(order)
    assert all({(one.kind, one.severity) for one in cause.alerts} == {(cause.kind, cause.severity)} for cause in found)
    assert len({(cause.kind, cause.severity) for cause in found}) == len(found), "one entry a cause"


@given(st.lists(st.builds(NodeFacts, st.just("n"), FLAGS, FLAGS, FLAGS, FLAGS, FLAGS, FLAGS), max_size=4))
def test_a_broker_is_well_only_if_each_node_runs_without_alarm(nodes: list[NodeFacts]) -> None:
    well = bool(nodes) and all(
        n.running and n.answers and not (n.memory_alarm or n.disk_alarm or n.partitioned or n.drained) for n in nodes
    )
    assert (lights.whole(broker_lights.broker("4.3", nodes)) is Light.GOOD) == well


@given(st.one_of(st.none(), st.floats(min_value=0, max_value=1e7)))
def test_a_member_is_well_only_within_its_last_sign_of_life(silent_for: float | None) -> None:
    light = lights.role("a.b", silent_for).light
    assert (light is Light.GOOD) == (silent_for is not None and silent_for <= lights.SIGN_DUE)
    assert (light is Light.BAD) == (silent_for is None or silent_for > lights.SIGN_MISSED)


@given(st.integers(-400, 1000), st.integers(0, 86_399))
def test_a_certificate_gets_no_better_as_its_days_run_out(days: int, seconds: int) -> None:
    order = (Light.BAD, Light.WARN, Light.GOOD)
    left = timedelta(days=days, seconds=seconds)
    now, later = (lights.certificate("a", each, ("", "")).light for each in (left, left - timedelta(days=1)))
    assert order.index(later) <= order.index(now)
    assert (now is Light.GOOD) == (days >= lights.CERTIFICATE_SOON)
    assert lights.certificate("a", None, ("", "")).light is Light.BAD


@given(st.one_of(st.none(), st.integers(-40, 800)))
def test_a_calendar_is_well_only_if_it_reaches_far_enough(ahead: int | None) -> None:
    today = date(2026, 7, 1)
    light = lights.calendar(today, None if ahead is None else today + timedelta(days=ahead)).light
    assert (light is Light.GOOD) == (ahead is not None and timedelta(days=ahead) >= lights.CALENDAR_AHEAD)
    assert (light is Light.BAD) == (ahead is None or ahead < 0)


@given(st.one_of(st.none(), st.integers(0, 9)), st.one_of(st.none(), st.integers(0, 3)), st.floats(0, 1e5))
def test_a_queue_is_stuck_only_if_something_waits_in_it(depth: int | None, consumers: int | None, age: float) -> None:
    sign = lights.queue("q", depth, consumers, age)
    assert (sign is not None) == (bool(depth) and (consumers == 0 or age > lights.OLD))
    assert sign is None or (sign.light is Light.BAD) == (consumers == 0)


@given(st.integers(1, 9), st.integers(0, 3))
def test_a_drained_member_and_its_queue_ask_for_its_release_and_for_nothing_else(depth: int, consumers: int) -> None:
    queue = lights.queue("a.b.normal", depth, consumers, None, drained="a.b")
    for sign in (lights.drained("a.b", "wang", "a new disk"), *([queue] if queue else [])):
        assert sign.light is Light.WARN
        assert all("exchange release a.b" in words for words in sign.remedy)
    assert (queue is not None) == (consumers == 0)


@given(st.integers(0, 9), st.integers(0, 9))
def test_what_lies_at_a_member_is_told_and_nothing_else(abandoned: int, dead: int) -> None:
    found = [sign.light for sign in lights.work("m", abandoned, dead)]
    assert found == [Light.BAD] * (abandoned > 0) + [Light.WARN] * (dead > 0)


@given(histories(), st.floats(min_value=1, max_value=1e6))
def test_a_projection_never_lies_in_the_past_and_says_where_it_leads(points: list[Point], bound: float) -> None:
    found = project(points, bound)
    leads = found.trend in (Trend.GROWING, Trend.SHRINKING)
    assert (found.seconds is not None) == leads
    assert found.seconds is None or found.seconds >= 0
    if len(points) < 3 or points[-1][0] - points[0][0] < LEAST_SPAN:
        assert found.trend is Trend.UNKNOWN


@given(
    st.integers(3, 60), st.floats(min_value=5, max_value=60), st.floats(min_value=-50, max_value=50),
    st.floats(min_value=0, max_value=1e5),
)  # fmt: skip
def test_a_queue_that_changes_evenly_arrives_when_its_rate_says(
    number: int, step: float, rate: float, start: float
) -> None:
    points = [(i * step, start + rate * i * step) for i in range(number)]
    found, depth = project(points, 1e6), points[-1][1]
    span = points[-1][0]
    highest = max(each for _, each in points)
    if span < LEAST_SPAN or depth < 0 or abs(rate) * span < 2 * max(1.0, 0.05 * highest):
        return
    if rate > 0 and depth < 1e6:
        assert found.trend is Trend.GROWING
        assert found.seconds == pytest.approx((1e6 - depth) / rate, rel=1e-3, abs=1e-3)
    elif rate < 0 < depth:
        assert found.trend is Trend.SHRINKING
        assert found.seconds == pytest.approx(depth / -rate, rel=1e-3, abs=1e-3)
        assert found.per_minute == pytest.approx(rate * 60, rel=1e-3)


@given(histories(), st.floats(min_value=-1e4, max_value=1e4))
def test_a_projection_does_not_depend_on_where_the_clock_began(points: list[Point], shift: float) -> None:
    moved = [(at + shift, depth) for at, depth in points]
    one, other = project(points, 1e4), project(moved, 1e4)
    if one.trend is other.trend and one.seconds is not None:
        assert other.seconds == pytest.approx(one.seconds, rel=1e-2, abs=1)


@given(histories())
def test_a_chart_stays_within_its_frame_and_a_bar_is_as_long_as_asked(points: list[Point]) -> None:
    now = points[-1][0] if points else 0.0
    drawn = chart(points, now)
    assert len(bars(points, now, 24)) == 24
    if drawn is None:
        assert len([at for at, _ in points if at >= now - 3600]) < 2
        return
    corners = [tuple(map(float, each.split(","))) for each in drawn.line[1:].split("L")]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in corners)
    assert [x for x, _ in corners] == sorted({x for x, _ in corners})
    assert drawn.highest == max(depth for at, depth in points if at >= now - 3600)


@given(st.integers(24, 120), st.integers(0, 30), st.integers(0, 300), st.integers(0, 60))
def test_the_terminals_view_fits_its_lines_and_hides_nothing_without_saying_so(
    height: int, reasons: int, queues: int, members: int
) -> None:
    shown = room(height, reasons, queues, members)
    needed = sum(number + (number < all_) for number, all_ in zip(shown, (reasons, queues, members), strict=True))
    assert needed + shown[0] + 9 <= height, "two lines a reason; head, titles and foot"
    assert all(0 <= number <= all_ for number, all_ in zip(shown, (reasons, queues, members), strict=True))
    assert room(None, reasons, queues, members) == (reasons, queues, members)

"""Overview, queues and members over a real small domain, its broker stopped and started again included."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from exchange.broker.admin.node_info import NodeInfo
from exchange.console.app import _events, create_app
from exchange.console.sections import SECTIONS
from exchange.operations.domain_view import DomainView
from exchange.operations.health.queues import arranged, rows
from exchange.operations.health.sampler import History, Sampler, sampler_of
from exchange.operations.health.snapshot import Snapshot
from exchange.operations.troubles.lights import Light, SystemPart
from exchange.runtime.home import OpenedMember
from tests.processes import ProcessDomain, run
from tests.web.open_door import OpenDoor


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ProcessDomain]:
    with ProcessDomain(tmp_path, domain, broker) as found:
        yield found


def _view(city: ProcessDomain) -> DomainView:
    """A view whose snapshots are taken by the test, besides the first."""
    view = DomainView(city.settings, city.info)
    view.kept["sampler"] = Sampler(view, every=3600.0)
    return view


def _client(view: DomainView) -> TestClient:
    return TestClient(create_app(view, OpenDoor(), SECTIONS))


def _lights(snapshot: Snapshot, part: SystemPart) -> dict[str, Light]:
    return {sign.subject: sign.light for sign in snapshot.signs if sign.part is part}


def _alive(opened: OpenedMember) -> None:
    """As if the member had been served just now."""
    with opened.store.transaction() as tx:
        tx.set_meta("consuming-at", opened.node.clock.now().isoformat())
    opened.store.close()


def test_a_domain_that_nobody_serves_is_red_with_its_members_named_and_what_to_do(city: ProcessDomain) -> None:
    view = _view(city)
    page = _client(view).get("/?language=en").text
    snapshot = sampler_of(view).latest()
    assert snapshot.light is Light.BAD
    assert set(_lights(snapshot, SystemPart.ROLE).values()) == {Light.BAD}
    assert set(_lights(snapshot, SystemPart.DATABASE).values()) == {Light.GOOD}
    assert set(_lights(snapshot, SystemPart.BROKER).values()) == {Light.GOOD}
    assert "has never been served" in page
    assert "exchange serve ADDRESS" in page
    assert city.address("planning") in page
    assert "从未运行" in _client(view).get("/?language=zh").text
    view.close()


def test_members_with_a_fresh_sign_of_life_are_green(city: ProcessDomain) -> None:
    for name in city.names:
        _alive(city.open(name))
    view = _view(city)
    client = _client(view)
    assert "has never been served" not in client.get("/?language=en").text
    assert set(_lights(sampler_of(view).latest(), SystemPart.ROLE).values()) == {Light.GOOD}
    view.close()


def test_a_served_member_tells_its_release_and_what_waits_for_another_shows_depth_and_age(
    city: ProcessDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_BROKER_URL", city.info.url)
    monkeypatch.setenv("EXCHANGE_MANAGEMENT_URL", city.info.management_url or "")
    city.serve("window")
    city.submit(2)
    view, queue = _view(city), f"{city.address('planning')}.inbox"
    snapshot = sampler_of(view).latest()
    for _ in range(60):
        found = next(each for each in snapshot.broker.queues if each.name == queue) if snapshot.broker else None
        window = next(each for each in snapshot.members if each.address == city.address("window"))
        if found is not None and found.depth and snapshot.age(found) is not None and window.release:
            break
        sampler_of(view)._stop.wait(0.5)
        sampler_of(view).look_now()
        snapshot = sampler_of(view).latest()
    assert found is not None
    assert found.depth is not None
    assert found.depth >= 2
    age = snapshot.age(found)
    assert age is not None
    assert 0 <= age < 120
    assert _lights(snapshot, SystemPart.QUEUE)[queue] is Light.BAD
    client = _client(view)
    page = client.get(f"/queues?language=en&member={city.address('planning')}").text
    assert "messages wait, and nobody takes them" in page
    assert f"{city.address('planning')}.inbox" in page
    assert f"{city.address('transport')}.inbox" not in page, "the filter"
    members = client.get("/members").text
    assert window.release is not None
    assert window.release in members
    told = json.loads(run(city, "top", "--json").stdout)
    depths = {one["name"]: one["ready"] for one in told["queues"] if one["member"] == city.address("planning")}
    assert depths[queue] is None or depths[queue] >= 2
    assert told["light"] == "bad"
    shown = run(city, "top", "--once").stdout
    assert city.address("planning")[:-3] in shown, "the queue, as far as there is room for its name"
    view.close()


def test_a_database_that_is_gone_is_named_and_the_other_members_are_shown(city: ProcessDomain) -> None:
    city_home = city.settings.home / "members" / city.address("planning")
    (city_home / "store.db").rename(city_home / "elsewhere.db")
    view = _view(city)
    page = _client(view).get("/members?language=en").text
    snapshot = sampler_of(view).latest()
    assert _lights(snapshot, SystemPart.DATABASE)[city.address("planning")] is Light.BAD
    assert _lights(snapshot, SystemPart.ROLE)[city.address("planning")] is Light.UNKNOWN
    assert _lights(snapshot, SystemPart.DATABASE)[city.address("transport")] is Light.GOOD
    assert "there is none at" in page
    assert not (city_home / "store.db").exists(), "a snapshot makes no empty database"
    (city_home / "elsewhere.db").rename(city_home / "store.db")
    sampler_of(view).look_now()
    assert _lights(sampler_of(view).latest(), SystemPart.DATABASE)[city.address("planning")] is Light.GOOD
    view.close()


def test_queues_are_sorted_by_what_is_asked_and_what_is_not_known_comes_last(city: ProcessDomain) -> None:
    view = _view(city)
    found = rows(sampler_of(view).latest(), History())
    names = [row.figures.name for row in arranged(found, "name", "") if row.member]
    assert names == sorted(names)
    queues = [replace(row, figures=replace(row.figures, ready=ready, unacked=0)) for row, ready in
              zip(found, [3, None, 7, 0], strict=False)]  # fmt: skip
    assert [row.figures.ready for row in arranged(queues, "depth", "")] == [7, 3, 0, None]
    assert [row.figures.ready for row in arranged(queues, "no such column", "")] == [3, None, 7, 0]
    view.close()


def test_every_input_of_the_pages_has_a_label_every_table_a_caption_and_nothing_is_inline(city: ProcessDomain) -> None:
    view = _view(city)
    client = _client(view)
    for path in ("/", "/queues", "/members"):
        page = client.get(f"{path}?language=en").text
        assert page.count("<table") == page.count("<caption>")
        assert not re.search(r"<th(?![^>]*scope=)[ >]", page)
        assert "style=" not in page
        assert not re.search(r"<script(?![^>]*src=)", page)
        assert not re.search(r"\son[a-z]+=", page)
    view.close()


def test_the_history_of_queues_is_bounded_and_forgets_those_that_are_gone(city: ProcessDomain) -> None:
    view = _view(city)
    snapshot = sampler_of(view).latest()
    assert snapshot.broker is not None
    known = replace(snapshot.broker, queues=tuple(replace(q, ready=1, unacked=0) for q in snapshot.broker.queues))
    history = History(kept=5, most=2)
    for second in range(20):
        history.add(replace(snapshot, mono=float(second), broker=known))
    first, second, third = (queue.name for queue in known.queues[:3])
    assert [at for at, _ in history.points(first)] == [15, 16, 17, 18, 19]
    assert history.points(second, since=18) == [(18, 1), (19, 1)]
    assert history.points(third) == []
    history.add(replace(snapshot, broker=replace(known, queues=known.queues[1:])))
    assert history.points(first) == []
    view.close()


def test_what_an_open_page_is_sent_again_is_its_block_and_nothing_around_it(city: ProcessDomain) -> None:
    view = _view(city)
    pages = [page for section in SECTIONS for page in section.pages if page.path in ("/", "/queues", "/members")]

    async def first(path: str) -> str:
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}

        async def silence() -> dict[str, object]:
            await asyncio.Event().wait()
            return {}

        page = next(each for each in pages if each.path == path)
        events = _events(view, OpenDoor(), page, pages, Request(scope, silence))
        event = await anext(events)
        await events.aclose()  # type: ignore[attr-defined]
        return str(event.data)

    for page in pages:
        part = asyncio.run(first(page.path))
        assert part in _client(view).get(f"{page.path}?language=zh").text
        assert "<section" in part
        assert "<html" not in part
    view.close()


def test_the_terminals_view_is_drawn_and_q_ends_it(city: ProcessDomain) -> None:
    ours, theirs = pty.openpty()
    environment = {**city.environment(), "EXCHANGE_BROKER_URL": city.info.url, "TERM": "xterm", "LANG": "C.UTF-8"}
    environment["EXCHANGE_MANAGEMENT_URL"] = city.info.management_url or ""
    words = [sys.executable, "-m", "exchange", "top"]
    process = subprocess.Popen(words, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    try:
        seen = b""
        while b"quit" not in seen:
            seen += os.read(ours, 4096)
        os.write(ours, b"q")
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert "has never been served" in seen.decode(errors="replace")

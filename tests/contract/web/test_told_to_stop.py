"""A web face that is told to stop ends, whenever it is told: its server hears signals only while it runs."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from starlette.applications import Starlette

from exchange.runtime.supervision.stop import StopSignal
from exchange.web.listening import HOST, ListeningPlace
from exchange.web.serving import serve_face


@pytest.mark.timeout(30)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("when", ["before it opens anything", "before its server runs", "while it serves"])
def test_a_face_that_is_told_to_stop_ends(tmp_path: Path, number: signal.Signals, when: str) -> None:
    app = Starlette()
    with StopSignal() as stop:
        stop.gently()
        if when == "before it opens anything":
            signal.raise_signal(number)
        if when == "while it serves":
            app = Starlette(lifespan=lambda _: _Raising(number))
        ready = (lambda _: signal.raise_signal(number)) if when == "before its server runs" else (lambda _: None)
        serve_face(app, ListeningPlace(HOST, 0), tmp_path / "state.json", ready, stop.told)
        assert stop.told.is_set()


class _Raising:
    """A life of an application within which the signal comes."""

    def __init__(self, number: signal.Signals) -> None:
        self._number = number

    async def __aenter__(self) -> None:
        signal.raise_signal(self._number)

    async def __aexit__(self, *_: object) -> None:
        return None

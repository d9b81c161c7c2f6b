"""The question a container engine asks of a served process: quick, and answered by its exit code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from exchange.healthcheck import asked, endpoint_of, main
from exchange.telemetry.endpoint import Answers, Endpoint, EndpointPlace


@pytest.fixture
def answering() -> Iterator[tuple[list[bool], str]]:
    """An endpoint that says what the list's one value is; and its URL."""
    alive = [True]
    answers = Answers(metrics=bytes, alive=lambda: alive[0], ready=lambda: {"x": False})
    with Endpoint(EndpointPlace("127.0.0.1", 0), answers) as endpoint:
        yield alive, endpoint.place.url


def test_it_says_what_the_process_says(answering: tuple[list[bool], str], monkeypatch: pytest.MonkeyPatch) -> None:
    alive, url = answering
    monkeypatch.setenv("EXCHANGE_METRICS", url.rpartition(":")[2])
    assert main([]) == 0
    alive[0] = False
    assert main([]) == 1
    assert asked(f"{url}/healthz").endswith("503 stuck")
    assert "503" in asked(f"{url}/readyz")


def test_where_nobody_answers_the_reason_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["http://127.0.0.1:1/healthz"]) == 1
    assert main([]) == 1
    said = capsys.readouterr().err
    assert "refused" in said
    assert "EXCHANGE_METRICS" in said


@pytest.mark.parametrize(
    ("place", "url"),
    [
        ("9464", "http://127.0.0.1:9464/healthz"),
        ("0.0.0.0:9464", "http://127.0.0.1:9464/healthz"),
        ("[::]:9464", "http://[::1]:9464/healthz"),
        ("10.0.0.7:80", "http://10.0.0.7:80/healthz"),
    ],
)
def test_it_asks_where_the_process_listens(place: str, url: str) -> None:
    assert endpoint_of(place) == url


def test_it_loads_next_to_nothing() -> None:
    asked_of = "import sys, exchange.healthcheck; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked_of], capture_output=True, text=True, check=True).stdout.split()
    assert not {"sqlalchemy", "pika", "typer", "rich", "pydantic", "cryptography"} & set(loaded)

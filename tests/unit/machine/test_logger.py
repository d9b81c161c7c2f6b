"""What is to be configured for a log is configured when something is logged, and not before."""

from __future__ import annotations

import io
import sys

import pytest
import structlog

from exchange.machine.logger import configuration_waits, get_logger
from exchange.runtime.logs import configure, configure_for_people


def test_what_people_read_is_configured_by_the_first_word(monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    configure_for_people()
    assert configuration_waits()
    assert not structlog.is_configured()
    get_logger().info("nobody.asked")
    get_logger().warning("door.shut", reason="late")
    assert said.getvalue() == "==> door.shut (reason: late)\n"


def test_what_a_service_configures_is_not_replaced_by_what_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    configure_for_people()
    configure()
    get_logger().info("door.open")
    assert '"event": "door.open"' in said.getvalue()

"""The files for Prometheus and Grafana hold together. What they name is held against real scrapes with the metrics."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MONITORING = ROOT / "docs" / "monitoring"


@pytest.mark.parametrize(
    "words",
    [
        ("check", "rules", "docs/monitoring/alerts.yml"),
        ("check", "config", "docs/monitoring/prometheus.yml"),
        ("test", "rules", "tests/monitoring/alerts_test.yml"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_prometheus_takes_rules_and_configuration_and_the_rules_fire_as_they_should(words: tuple[str, ...]) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not here: it comes with Debian's package prometheus (script/bootstrap --tests)")
    done = subprocess.run([promtool, *words], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAILED" not in done.stdout


def test_every_alert_has_a_severity_a_page_and_a_summary_in_both_languages() -> None:
    rules = (MONITORING / "alerts.yml").read_text().split("- alert: ")[1:]
    assert len(rules) > 10
    for rule in rules:
        for needed in ("severity: ", "summary: ", "summary_zh: ", "page: /"):
            assert needed in rule, rule


def test_the_dashboards_panels_have_titles_units_and_places_of_their_own() -> None:
    dashboard = json.loads((MONITORING / "dashboard.json").read_text())
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
        if panel["type"] != "row":
            assert panel["targets"], panel["title"]
            assert panel["fieldConfig"]["defaults"]["unit"]

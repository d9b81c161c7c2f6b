"""Pictures of the public window: a case as its applicant follows it, while most departments have answered."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Page

APPLICATION = "road-occupation"
"""Handed in as a clerk enters it; its departments answer by their rules, but one."""
_PATIENCE = 90.0
"""Seconds until the departments have answered."""
_HEIGHT = "document.querySelector('section[aria-labelledby=departments]').getBoundingClientRect().bottom + scrollY + 24"


def hand_in(tree: Path, environment: Mapping[str, str]) -> tuple[str, str]:
    """Hand an application in at the portal; returns its number and access code."""
    file = tree / "departments" / "applications" / f"{APPLICATION}.toml"
    command = ["exchange", "filing", "hand-in", str(file), "--as", "hefei.portal", "--channel", "web", "--json"]
    done = subprocess.run(command, env=dict(environment), check=True, stdout=subprocess.PIPE)
    said = json.loads(done.stdout)
    return said["filing"], said["code"]


def take_case(page: Page, url: str, filing: tuple[str, str], file: Path, language: str) -> None:
    """The page of a case down to its departments, once more than half of them have answered.

    Raises SystemExit if they do not.
    """
    page.goto(f"{url}/case?language={language}")
    page.locator("input[name=number]").fill(filing[0])
    page.locator("input[name=code]").fill(filing[1])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    until = time.monotonic() + _PATIENCE
    while page.locator("ul.departments .tag.good").count() < 2:
        if time.monotonic() > until:
            raise SystemExit("pictures: the departments of the public window's case do not answer")
        page.wait_for_timeout(500)
        page.reload()
    width, height = page.evaluate("document.documentElement.clientWidth"), page.evaluate(_HEIGHT)
    page.screenshot(path=str(file), full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})

"""A large file in a real browser: broken off by a lost connection, gone on with after a reload, handed in whole."""

from __future__ import annotations

import hashlib
import random

from playwright.sync_api import Browser, FilePayload, Route, expect

from exchange.portal.drafting import draft_of
from exchange.portal.states import DraftState
from tests.web.browser import opened
from tests.web.window.wicket import Wicket, served

PART = 512 * 1024


class Line:
    """The line to the server: it breaks after so many parts."""

    def __init__(self, holds: int) -> None:
        self.holds = holds
        self.offsets: list[int] = []

    def carry(self, route: Route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
        elif len(self.offsets) < self.holds:
            self.offsets.append(int(route.request.headers["upload-offset"]))
            route.continue_()
        else:
            route.abort("internetdisconnected")


def test_a_file_of_five_mebibytes_survives_a_lost_connection_and_a_reload(wicket: Wicket, browser: Browser) -> None:
    data = b"%PDF-1.7 /Page " + random.Random(3).randbytes(5 * 1024 * 1024)
    plan: FilePayload = {"name": "施工方案.pdf", "mimeType": "application/pdf", "buffer": data}
    page = opened(browser)
    with served(wicket.face) as url:
        page.goto(f"{url}/matters/works/apply")
        page.get_by_role("button", name="Begin a new application").click()
        number = page.locator("#key-number").inner_text()
        page.get_by_role("button", name="I have written it down").click()
        line = Line(holds=3)
        page.route("**/drafts/*/uploads/*", line.carry)
        materials = f"{url}/drafts/{number}/steps/materials"
        page.goto(materials)
        section = page.locator("#m-plan")
        section.locator("input[type=file]").set_input_files(plan)
        section.get_by_role("button", name="Add").click()
        expect(section.get_by_role("status")).to_have_text("No connection now; it goes on by itself")
        page.context.set_offline(True)
        line.holds += 3
        page.context.set_offline(False)  # the browser says so, and it goes on at once
        expect(section.locator("progress")).to_have_js_property("value", 6 * PART)
        expect(section.get_by_role("status")).to_have_text("No connection now; it goes on by itself")
        page.goto(materials)
        expect(section).to_contain_text("59 % has gone up: choose the same file again")
        line.holds = 99
        section.locator("input[type=file]").set_input_files(plan)
        section.get_by_role("button", name="Add").click()
        expect(page.get_by_text("The file has been added.")).to_be_visible()
        expect(section.locator(".files")).to_contain_text("施工方案.pdf")
        assert line.offsets == [part * PART for part in range(11)], "no part went up twice"
        (file,) = draft_of(wicket.face.node, number).files
        assert (file.size, file.digest) == (len(data), hashlib.sha256(data).hexdigest())
        refused: FilePayload = {"name": "坏.exe", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00\x03"}
        section.locator("input[type=file]").set_input_files(refused)
        section.get_by_role("button", name="Add").click()
        expect(section.get_by_role("alert")).to_contain_text("坏.exe: files of this kind are not taken")
        for step, values in STEPS.items():
            page.goto(f"{url}/drafts/{number}/steps/{step}")
            for name, value in values.items():
                page.locator(f"#f-{name}").fill(value)
            for place in page.locator("main fieldset").all():
                place.locator("input[type=radio]").nth(RADIOS[step]).check()
            page.get_by_role("button", name="Save and go on").click()
        page.goto(f"{url}/drafts/{number}/steps/check")
        page.locator("#declared").check()
        page.get_by_role("button", name="Hand in", exact=True).click()
        expect(page).to_have_url(f"{url}/cases/{number}")
        assert draft_of(wicket.face.node, number).state is DraftState.FILED
    page.context.close()


STEPS = {
    "applicant": {"name": "热电公司", "identifier": "91340100X", "contact": "0551-0"},
    "agent": {},
    "project": {"project": "黄山路供热管道"},
    "topic-1": {"length": "120.5"},
    "topic-2": {"begins": "2026-04-01"},
}
RADIOS = {"agent": 0, "topic-1": 1}
"""The applicant itself; the road stays open."""

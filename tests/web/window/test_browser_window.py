"""The public window in a real browser: an application from the first page to the decision, in both languages, light
and dark, on a telephone and on a desk, with and without scripts. Set EXCHANGE_SCREENSHOTS to a folder to keep pictures.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.drills import drill
from tests.web.browser import opened
from tests.web.window.shown_city import ShownCity
from tests.web.window.wicket import Wicket, served


@dataclass(frozen=True)
class Buttons:
    """What the buttons say."""

    begin: str
    noted: str
    save: str
    hand_in: str
    complete: str
    turn: str
    """What an open page says of a case that was accepted meanwhile."""


BUTTONS = {
    "zh": Buttons("开始新的申请", "我已记下，继续", "保存并继续", "提交申请", "现在补正", "个部门答复"),
    "en": Buttons(
        "Begin a new application",
        "I have written it down",
        "Save and go on",
        "Hand in",
        "Complete it now",
        "still to answer",
    ),
}


_ALL_SEEN = "[...document.querySelectorAll('.scroll')].every(one => one.scrollWidth <= one.clientWidth + 1)"


@dataclass
class Reader:
    """Somebody at a browser of a certain width and language."""

    page: Page
    url: str
    name: str
    buttons: Buttons
    width: int
    scripts: bool
    examined: bool = True
    """Whether each page is examined for those who cannot see it, beside its width."""

    def look(self, name: str) -> None:
        """What holds for every page: nothing serious for those who cannot see it, nothing to be scrolled sideways."""
        self.page.wait_for_load_state()  # a click has waited for the answer's first bytes only
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, (name, self.page.url)
        if self.width >= 1440:
            assert self.page.evaluate(_ALL_SEEN), (name, "a table that has to be scrolled where there is room")
        if self.scripts and self.examined:  # by axe, a script
            found = Axe().run(self.page).response["violations"]
            serious = [one for one in found if one["impact"] in ("serious", "critical")]
            assert serious == [], [(name, one["id"], [node["html"] for node in one["nodes"]][:3]) for one in serious]
        folder = os.environ.get("EXCHANGE_SCREENSHOTS")
        if folder:
            self.page.screenshot(path=str(Path(folder) / f"{self.name}-{name}.png"), full_page=True)

    def go(self, path: str, name: str) -> None:
        """Open a page and look at it."""
        self.page.goto(self.url + path)
        self.look(name)

    def press(self, words: str) -> None:
        """Press the button that goes on, and wait for what comes of it."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=True).first.click()

    def begins(self) -> str:
        """Begin an application; returns its number."""
        self.press(self.buttons.begin)
        self.look("07-code")
        number = self.page.locator("#key-number").inner_text()
        self.press(self.buttons.noted)
        self.look("08-draft")
        return number

    def fills_in(self, number: str) -> None:
        """Fill in every step, with a mistake at first."""
        self.go(f"/drafts/{number}/steps/applicant", "09-applicant")
        self.press(self.buttons.save)
        self.look("10-faults")
        self.types(name="合肥热电集团有限公司", identifier="91340100MA2N0000XX", contact="0551-12345678")
        self.press(self.buttons.save)
        self.look("11-agent")
        self.page.locator("#f-for").check()
        self.press(self.buttons.save)
        self.types(project="长江西路供热管道改造 𠮷野家门前", summary="管径 DN500，🚧 夜间施工。")
        self.look("12-project")
        self.press(self.buttons.save)
        while "/steps/topic-" in self.page.url:
            self.look(f"13-{self.page.url.rpartition('/')[2]}")
            self.answers()
            self.press(self.buttons.save)
        self.look("14-materials")
        self.hands_over()
        self.look("15-attached")

    def types(self, **values: str) -> None:
        """Type into fields by their names."""
        for name, value in values.items():
            self.page.locator(f"#f-{name}").fill(value)

    def answers(self) -> None:
        """Answer every question of a page."""
        for place in self.page.locator("main form fieldset").all():
            place.locator("input[type=radio]").last.check()
        for place in self.page.locator("main form input[type=text], main form textarea").all():
            place.fill("12")
        for place in self.page.locator("main form input[type=date]").all():
            place.fill("2026-04-01")
        for place in self.page.locator("main form select").all():
            place.select_option(index=1)

    def hands_over(self) -> None:
        """Add a file to the first material, and say of the others where they lie."""
        plan: FilePayload = {"name": "施工方案.txt", "mimeType": "text/plain", "buffer": "施工方案".encode()}
        for place in range(self.page.locator("section.card").count()):
            section = self.page.locator("section.card").nth(place)
            with self.page.expect_navigation():
                if place == 0:
                    section.locator("input[type=file]").set_input_files(plan)
                    section.locator(".upload button").click()
                else:
                    section.locator("summary").click()
                    section.locator("input[name=note]").fill("原件已交窗口")
                    section.locator("details form button").click()
            assert self.page.locator(".fault").all_inner_texts() == []
            expect(self.page.locator("section.card").nth(place).locator(".tag")).to_have_class("tag good")

    def hands_in(self, number: str) -> None:
        """Look through it, forget the statement of truth, and hand in."""
        self.go(f"/drafts/{number}/steps/check", "16-check")
        self.press(self.buttons.hand_in)
        self.look("17-undeclared")
        self.page.locator("#declared").check()
        self.press(self.buttons.hand_in)
        expect(self.page).to_have_url(f"{self.url}/cases/{number}")
        self.look("18-sent")

    def follows(self, shown: ShownCity, number: str) -> None:
        """Follow the case: the departments, their opinions, the decision, the papers."""
        if self.scripts:
            self.page.evaluate("window.same = true")
        shown.arrive()
        if self.scripts:  # the open page follows by itself, without being loaded again
            expect(self.page.locator("#turn")).to_contain_text(self.buttons.turn)
            assert self.page.evaluate("window.same")
        self.go(f"/cases/{number}", "19-accepted")
        self.go(f"/cases/{number}/statement", "20-statement")
        self.go(f"/cases/{number}/withdraw", "21-withdraw")
        self.go(f"/cases/{number}/application", "22-application")
        shown.reply_all(number)
        self.go(f"/cases/{number}", "23-decided")
        for place, path in enumerate(self.papers(), start=24):
            self.go(path, f"{place}-paper")

    def papers(self) -> list[str]:
        """Where the papers of the case are read."""
        links = self.page.locator("ol.way a").all()
        return [str(link.get_attribute("href")) for link in links]


KINDS = [
    ("zh", 390, "light", False),
    ("en", 1440, "dark", True),
    drill("en", 390, "dark", True),
    drill("zh", 1440, "light", True),
]
"""Each language, width, scheme and way is in one of the first two; the others try further pairs of them."""


@pytest.mark.broker
@pytest.mark.parametrize(("language", "width", "scheme", "scripts"), KINDS)
def test_an_application_goes_from_the_first_page_to_the_decision(
    shown: ShownCity, browser: Browser, language: str, width: int, scheme: str, scripts: bool
) -> None:
    locale = "zh-CN" if language == "zh" else "en-GB"
    page = opened(browser, locale, color_scheme=scheme, java_script_enabled=scripts)
    page.set_viewport_size({"width": width, "height": 900})
    with served(shown.face) as url:
        one = Reader(page, url, f"{language}-{width}", BUTTONS[language], width, scripts)
        for number, (path, name) in enumerate(BEFORE, start=1):
            one.go(path, f"{number:02}-{name}")
        number = one.begins()
        one.fills_in(number)
        one.hands_in(number)
        one.follows(shown, number)
    page.context.close()


BEFORE = [
    ("/", "home"),
    ("/matters", "matters"),
    ("/matters/road-occupation", "matter"),
    ("/help", "help"),
    ("/case", "find"),
    ("/matters/road-occupation/apply", "begin"),
]


@pytest.mark.parametrize(("width", "language"), [(320, "zh"), (640, "en"), drill(320, "en")])
def test_pages_hold_at_320_pixels_and_at_twice_the_size(
    wicket: Wicket, browser: Browser, width: int, language: str
) -> None:
    page = opened(browser, "zh-CN" if language == "zh" else "en-GB")
    page.set_viewport_size({"width": width, "height": 450})
    with served(wicket.face) as url:
        one = Reader(
            page, url, f"{language}-{width}", BUTTONS[language], width, True, examined=(width, language) == (320, "zh")
        )
        for path in ("/", "/matters", "/matters/works", "/help", "/case"):
            one.go(path, path.strip("/").replace("/", "-") or "home")
        one.go("/matters/works/apply", "begin")
        number = one.begins()
        for key in ("applicant", "agent", "project", "topic-1", "topic-2", "materials", "check"):
            one.go(f"/drafts/{number}/steps/{key}", key)
    page.context.close()


def test_an_application_is_begun_and_a_step_saved_by_keyboard_alone(wicket: Wicket, browser: Browser) -> None:
    page = opened(browser)
    with served(wicket.face) as url:
        page.goto(f"{url}/")
        page.keyboard.press("Tab")
        expect(page.get_by_text("Skip to content")).to_be_focused()
        page.get_by_label("What do you want to do?").focus()
        page.keyboard.type("dig")
        page.keyboard.press("Enter")
        page.wait_for_url("**/matters?words=dig")
        page.get_by_role("link", name="Digging up a road").press("Enter")
        page.get_by_role("link", name="Apply", exact=True).first.press("Enter")
        page.get_by_role("button", name="Begin a new application").press("Enter")
        page.get_by_role("button", name="I have written it down").press("Enter")
        page.get_by_role("link", name="Who applies").press("Enter")
        page.get_by_role("button", name="Save and go on").press("Enter")
        expect(page.locator("#faults")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Name of the person or organisation")).to_be_focused()
        page.keyboard.type("热电公司")
        page.keyboard.press("Enter")
        expect(page.locator("#f-name")).to_have_value("热电公司")
        assert len(page.locator("#faults li").all()) == 2
    page.context.close()

"""The pages of licences in a real browser: on a telephone and on a desk, in both languages, with a form's file."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from exchange.approval.window.licensing.entering import EntryWanted, enter
from exchange.schemas import AcceptanceMode, LicenceChange
from tests.journeys.portal import arrive
from tests.web.browser import opened
from tests.web.window.shown_city import ShownCity
from tests.web.window.test_browser_window import BUTTONS, Reader
from tests.web.window.test_window_cases import filed
from tests.web.window.test_window_licences import granted
from tests.web.window.wicket import served

pytestmark = pytest.mark.broker


def test_a_licence_is_looked_for_verified_and_shown_as_revoked(
    shown: ShownCity, browser: Browser, tmp_path: Path
) -> None:
    applicant = filed(shown, "en", acceptance=AcceptanceMode.AUTOMATIC)
    licence = granted(shown, applicant)
    file = tmp_path / "licence.cose"
    file.write_bytes(applicant.http.get(f"/cases/{applicant.number}/licence").content)
    with served(shown.face) as url:
        for language, locale, width in (("zh", "zh-CN", 390), ("en", "en-GB", 1440)):
            page = opened(browser, locale)
            page.set_viewport_size({"width": width, "height": 900})
            reader = Reader(page, url, f"licences-{language}-{width}", BUTTONS[language], width, scripts=True)
            reader.go("/licences", "1-register")
            reader.go("/licences?q=nothing", "2-nothing")
            reader.go("/verify", "3-verify")
            page.locator("#number").fill(licence.number.lower())
            page.locator("#code").fill(licence.code.lower())
            reader.press("核验" if language == "zh" else "Verify")
            expect(page.locator("#result")).to_have_text(licence.number)
            reader.look("4-valid")
            page.locator("#file").set_input_files(file)
            reader.press("核验文件" if language == "zh" else "Verify the file")
            expect(page.locator("#result")).to_have_text(licence.number)
            reader.go(f"/verify/{licence.number}/0000-0000-0000-0000", "5-not-ours")
            if language == "zh":
                enter(shown.city.window, licence.number, EntryWanted(LicenceChange.REVOKED, "李四", "以欺骗手段取得"))
                arrive(shown.city)
            reader.go(f"/verify/{licence.number}/{licence.code}", "6-revoked")
            reader.go("/licences", "7-register")
            page.goto(f"{url}/case")
            page.locator("#number").fill(applicant.number)
            page.locator("#code").fill(applicant.code)
            reader.press("继续" if language == "zh" else "Go on")
            expect(page.locator("#licence")).to_be_visible()
            reader.look("8-case")

"""What is typed is saved while it is typed, in a real browser: said politely, never against somebody else's saving."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from exchange.portal.drafting import draft_of, save
from tests.web.browser import opened
from tests.web.window.wicket import Wicket, served


def test_what_is_typed_is_saved_by_itself_until_somebody_else_saves(wicket: Wicket, browser: Browser) -> None:
    page = opened(browser)
    with served(wicket.face) as url:
        page.goto(f"{url}/matters/works/apply")
        page.get_by_role("button", name="Begin a new application").click()
        number = page.locator("#key-number").inner_text()
        page.get_by_role("button", name="I have written it down").click()
        page.goto(f"{url}/drafts/{number}/steps/project")
        said = page.locator(".autosaved [role=status]")
        page.locator("#f-project").press_sequentially("Heating 𠮷")
        expect(said).to_have_text("Saved by itself")
        saved = draft_of(wicket.face.node, number)
        assert saved.entered.project == "Heating 𠮷"
        page.goto(f"{url}/drafts/{number}/steps/project")
        expect(page.locator("#f-project")).to_have_value("Heating 𠮷")
        save(wicket.face.node, number, saved.revision, project="somebody else's")
        page.locator("#f-summary").press_sequentially("at night")
        expect(said).to_contain_text("changed somewhere else")
        page.get_by_role("button", name="Save and go on").click()
        expect(page.get_by_text("somebody else's")).to_be_visible()
        expect(page.locator("#f-summary")).to_have_value("at night")
        page.get_by_role("button", name="Save and go on").click()
        expect(page.locator("h1")).to_have_text("Place and size")
        assert draft_of(wicket.face.node, number).entered.summary == "at night"
        page.goto(f"{url}/drafts/{number}/steps/project")
        page.get_by_role("button", name="Save and go on").click()
        expect(page.locator("h1")).to_have_text("Place and size")
        page.go_back()  # what was saved is there, and typing on is nobody else's change
        expect(page.locator("#f-summary")).to_have_value("at night")
        page.locator("#f-summary").press_sequentially(", by hand")
        expect(said).to_have_text("Saved by itself")
        assert draft_of(wicket.face.node, number).entered.summary == ", by handat night"
    page.context.close()

"""The documentation site is built as `script/site` builds it, and is found through in both languages."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SITE = ROOT / "build" / "site"


@pytest.mark.drill
def test_the_site_builds_needs_nothing_from_elsewhere_and_is_searched_in_chinese() -> None:
    done = subprocess.run([ROOT / "script/site"], capture_output=True, text=True, timeout=300)
    if done.returncode == 6:
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = {page: page.read_text(encoding="utf-8") for page in SITE.rglob("index.html")}
    assert len(pages) > 20
    for page, text in pages.items():
        fetched = re.findall(r'<(?:link|script|img)\b[^>]*\b(?:href|src)="(https?://[^"]*)"', text)
        assert fetched == [], page
    entries = json.loads((SITE / "search/search_index.json").read_text(encoding="utf-8"))["docs"]
    for sought, title in (("备份", "Backup and restore"), ("死信", "Dead letters"), ("故障", "The commonest troubles")):
        assert any(sought in entry["text"].split() and title in entry["title"] for entry in entries), sought
    assert (SITE / "exchange").is_dir(), "files that pages show to be copied are on the site"

"""What mkdocs is told beyond mkdocs.yml: pages outside docs/, links to files of the project, search in Chinese."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
OUTSIDE = {
    page: source
    for page, source in {
        "readme.md": ROOT / "README.md",
        "changelog.md": ROOT / "CHANGELOG.md",
        "contributing.md": ROOT / "CONTRIBUTING.md",
        "security.md": ROOT / "SECURITY.md",
        "clients.md": ROOT / "clients/README.md",
    }.items()
    if source.exists()
}
_LINK = re.compile(r"\[([^][]*)\]\((?![a-z]+:|#)([^()\s#]+)(#[^()\s]*)?\)")
_SHOWN = re.compile(r'\b(src|srcset|href)="(?![a-z]+:|[#/])([^"\s]+)"')
"""As HTML, whose paths mkdocs leaves as they are."""
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
_WORD = 4
"""Chinese characters that a word searched for has at most; longer ones are found by the whole run they stand in."""


def on_config(config: MkDocsConfig) -> None:
    """Names headings as GitHub does, so that one link leads to them in both places."""
    config.mdx_configs.setdefault("toc", {})["slugify"] = _slug


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Adds the pages outside docs/, and the files that pages link to outside it."""
    for page, source in OUTSIDE.items():
        files.append(File.generated(config, page, abs_src_path=str(source)))
    for file in [file for file in files if file.is_documentation_page()]:
        for _, target, _ in _LINK.findall(file.content_string):
            linked = _target(file.src_uri, target)
            if linked.is_file() and linked.suffix != ".md" and not linked.is_relative_to(DOCS):
                uri = linked.relative_to(ROOT).as_posix()
                if files.get_file_from_path(uri) is None:
                    files.append(File(uri, str(ROOT), config.site_dir, config.use_directory_urls))


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Leads links by the site's own paths; one to a folder of the project becomes plain text there."""

    def lead(link: re.Match[str]) -> str:
        linked = _target(page.file.src_uri, link[2])
        if linked.is_dir():
            return link[1]
        return f"[{link[1]}]({'../' * page.file.src_uri.count('/')}{_uri(linked)}{link[3] or ''})"

    def show(shown: re.Match[str]) -> str:
        up = "../" * page.url.count("/")
        return f'{shown[1]}="{up}{_uri(_target(page.file.src_uri, shown[2]))}"'

    return _SHOWN.sub(show, _LINK.sub(lead, markdown))


def on_post_build(config: MkDocsConfig) -> None:
    """Adds to the search index what Chinese text may be asked for: no spaces part its words."""
    index = Path(config.site_dir) / "search" / "search_index.json"
    found = json.loads(index.read_text(encoding="utf-8"))
    for entry in found["docs"]:
        entry["text"] += " " + " ".join(sorted(_words(f"{entry['title']} {entry['text']}")))
    index.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def _words(text: str) -> set[str]:
    """All that is two to four characters long in the text's runs of Chinese."""
    return {
        run[start : start + length]
        for run in _HAN.findall(text)
        for length in range(2, _WORD + 1)
        for start in range(len(run) - length + 1)
    }


def _slug(heading: str, separator: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", separator)


def _target(page: str, target: str) -> Path:
    """The file that a page links to, wherever it lies."""
    return (OUTSIDE.get(page, DOCS / page).parent / target).resolve()


def _uri(linked: Path) -> str:
    """Where a file of the project lies on the site."""
    for page, source in OUTSIDE.items():
        if linked == source:
            return page
    return linked.relative_to(DOCS if linked.is_relative_to(DOCS) else ROOT).as_posix()

"""The documents hang together: every link leads to a file and a heading that are there, and what is named exists."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "clients/*.md", "benchmarks/*.md", "departments/*.md", "schemas/*.md")
    for page in ROOT.glob(pattern)
)
SPEAKING = sorted(  # what may send its reader to a document
    file
    for pattern in ("exchange/**/*", "script/*", "docker/*", "docs/monitoring/*", "departments/**/*", "schemas/**/*")
    for file in [*ROOT.glob(pattern), ROOT / "Dockerfile", ROOT / "docker-compose.yml"]
    if file.suffix in {"", ".py", ".html", ".toml", ".yml", ".json", ".po", ".conf", ".example"} and file.is_file()
)


def prose(page: Path) -> str:
    """The page without its code: what stands there in backticks or indented is no link."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^(?: {4}|\t)(?! *[-*\d]).*$", "", text, flags=re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "``", text)


def links(page: Path) -> Iterator[str]:
    """Links and pictures that lead to something of this project."""
    text = prose(page)
    shown = re.findall(r'\b(?:src|srcset|href)="([^"]*)"', text)
    for target in [*re.findall(r"\]\(([^()\s]*(?:\([^()\s]*\))?[^()\s]*)\)", text), *shown]:
        if not re.match(r"[a-z]+:", target):
            yield unquote(target)


@cache
def anchors(page: Path) -> frozenset[str]:
    """The names by which GitHub, and the documentation site, let a heading be linked to."""
    seen: dict[str, int] = {}
    found = []
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", text, flags=re.MULTILINE):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found.append(name if name not in seen else f"{name}-{seen[name]}")
        seen[name] = seen.get(name, 0) + 1
    return frozenset(found)


def broken(page: Path) -> Iterator[str]:
    for target in links(page):
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        if not place.exists():
            yield f"{target}: no such file"
        elif anchor and place.suffix == ".md" and anchor not in anchors(place):
            yield f"{target}: no such heading there"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_document_leads_to_what_is_there(page: Path) -> None:
    assert list(broken(page)) == []


def test_documents_that_messages_help_and_scripts_name_are_there() -> None:
    missing = {
        f"{file.relative_to(ROOT)}: {named}"
        for file in SPEAKING
        for named in re.findall(r"\bdocs/[\w./-]*\w\.\w+", file.read_text(encoding="utf-8", errors="replace"))
        if not (ROOT / named).exists()
    }
    assert missing == set()


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One · 一\n\n[a](#one--一) [b](#two) [c](other.md) ![d](picture.png)\n`[e](code.md)`\n\n    [f](shown.md)\n"
        '\n<img src="away.svg">\n'
    )
    assert list(broken(page)) == [
        "#two: no such heading there",
        "other.md: no such file",
        "picture.png: no such file",
        "away.svg: no such file",
    ]


def test_the_site_names_every_page_once_and_none_that_is_missing() -> None:
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    named = re.findall(r"([\w/-]+\.md)$", nav, flags=re.MULTILINE)
    hooks = (ROOT / "script/lib/site_hooks.py").read_text(encoding="utf-8")
    outside = {
        page for page, source in re.findall(r'"([\w-]+\.md)": ROOT / "([^"]+)"', hooks) if (ROOT / source).exists()
    }
    pages = {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}
    assert sorted(named) == sorted(pages | outside)
    assert {page.name for page in PAGES if page.parent == ROOT} == {
        Path(source).name for source in re.findall(r'ROOT / "([^"/]+\.md)"', hooks) if (ROOT / source).exists()
    }


def test_the_index_of_operations_leads_to_each_of_its_pages() -> None:
    index = ROOT / "docs/operations.md"
    assert {ROOT / "docs" / link for link in links(index)} >= set((ROOT / "docs/operations").glob("*.md"))


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/architecture.md", "docs/deadlines.md", "docs/language.md"])
def test_every_path_that_is_named_is_there(name: str) -> None:
    """From the repository or from `exchange/`, with or without `.py`; capitals stand for a name to be chosen."""
    text = (ROOT / name).read_text(encoding="utf-8")
    words = [
        word
        for span in re.findall(r"`([^`\n]+)`|^ {4}(.*)$", text, flags=re.MULTILINE)
        for word in "".join(span).split()
    ]
    named = {word for word in words if re.fullmatch(r"[a-z_]+(?:/[\w.*-]+)+/?", word)}
    assert len(named) > 1 or name == "docs/deadlines.md"
    # What stands for a name may be chosen, the folder it goes to may not.
    missing = {path for path in named if not there(re.split(r"/?[A-Z]", path)[0])}
    assert missing == set()


def test_the_architecture_shows_the_layers_that_are_held() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    held = contracts["importlinter:contract:layers"]["layers"].replace("exchange.", "").split("\n")
    shown = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    assert "\n".join(f"    {layer.strip()}" for layer in held if layer.strip()) in shown


def test_the_architecture_names_every_room() -> None:
    shown = (
        (ROOT / "docs/architecture.md").read_text(encoding="utf-8").partition("## The house")[2].partition("\n## ")[0]
    )
    divided = [ROOT / "exchange" / name for name in ("", "approval", "broker", "notices", "operations")]
    rooms = [place.parent for folder in divided for place in folder.glob("*/__init__.py")]
    assert len(rooms) > 30
    assert [room.name for room in rooms if not re.search(rf"\b{room.name}/", shown)] == []


def there(path: str) -> bool:
    """Whether a path is one of the repository's, or of the package's, as documents write it."""
    return any(any(base.glob(path.rstrip("/") + end)) for base in (ROOT, ROOT / "exchange") for end in ("", ".py"))


@pytest.mark.parametrize("page", [page for page in PAGES if "vectors" not in page.parts], ids=lambda page: page.name)
def test_prose_is_wrapped(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    prose_lines = [line for line in text.splitlines() if not re.match(r"\||#| {4}|\s*<", line)]
    assert [line for line in prose_lines if len(line) > 120 and " " in line.strip("- ")] == []

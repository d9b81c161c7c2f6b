"""Drawing one paper by typst, in a process of its own: from the paper as data to PDF/A-3 with its original."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import typst

from exchange.paper.characters import by_number
from exchange.paper.fonts import USES, ChosenFonts, choose_fonts

DONE, FAILED = 0, 3
_FOLDER = Path(__file__).parent / "template"
_TEMPLATE = (_FOLDER / "paper.typ").read_bytes()
_NOT_DISPLAYED = "could not be displayed"
NO_FONTS = b"fonts"
LINES = (22, 21, 23, 20, 24)
"""Lines of a page: 22, and what is tried where the foot of a paper would stand alone (GB/T 9704-2012, 7.3.5.4)."""
_CERTIFICATE = "certificate"


def typeset(asked: bytes, folders: Sequence[Path]) -> tuple[int, bytes]:
    """Draw what was asked for; return whether it was done, and one line about it with the PDF behind it, or why not."""
    paper = json.loads(asked)
    fonts = typst.Fonts(False, False, [folder for folder in folders if folder.is_dir()])
    chosen = choose_fonts(fonts.families(), paper.pop("families"))
    if chosen is None:
        return FAILED, NO_FONTS
    paper["fonts"] = chosen.families
    paper["title_weight"] = "bold" if "title" in chosen.lacking else "regular"
    paper["about"] = _about(paper, chosen)
    lacking: set[str] = set()
    try:
        pdf = _drawn(paper, fonts)
    except typst.TypstError as error:
        if _NOT_DISPLAYED not in error.message:
            return FAILED, error.message.encode()[:200]
        lacking = _without_a_font(json.dumps(paper, ensure_ascii=False), fonts.fonts())
        try:
            pdf = _drawn(_by_number(paper, lacking), fonts)
        except typst.TypstError as again:
            return FAILED, again.message.encode()[:200]
    said = {"lacking": chosen.lacking, "by_number": "".join(sorted(lacking))}
    return DONE, json.dumps(said).encode() + b"\n" + pdf


def _about(paper: dict[str, Any], chosen: ChosenFonts) -> str:
    """What stands in the file's own description: the original's digest, and by which fonts others were replaced."""
    zh = paper["language"] == "zh"
    said = [
        f"{'签名原件' if zh else 'Signed original,'} SHA-256 {hashlib.sha256(bytes(paper['original'])).hexdigest()}"
    ]
    for use in chosen.lacking:
        own, other = USES[use], chosen.families[use][0]
        said.append(f"没有{own[0]}字体，以 {other} 代替" if zh else f"no font {own[1]}; {other} stands in for it")
    return ("；" if zh else "; ").join(said)


def _drawn(paper: dict[str, Any], fonts: typst.Fonts) -> bytes:
    """Draw a paper; with another distance between its lines where its foot would stand on a page without text."""
    laid = next((one for one in LINES if _goes_with_text(paper | {"lines": one}, fonts)), LINES[0])
    compiler = _compiler(paper | {"lines": laid}, fonts)
    made, _ = compiler.compile_with_warnings(format="pdf", pdf_standards=["a-3b"], timestamp=paper["timestamp"])
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


def _goes_with_text(paper: dict[str, Any], fonts: typst.Fonts) -> bool:
    """Whether the foot of a paper stands on the page of its last words; a compiler of what is in memory serves once."""
    if paper["form"] == _CERTIFICATE:
        return True
    try:
        return bool(json.loads(_compiler(paper, fonts).query("<goes-with-text>", field="value", one=True)))
    except RuntimeError:  # drawing it says what is wrong
        return True


def _compiler(paper: dict[str, Any], fonts: typst.Fonts) -> typst.Compiler:
    return typst.Compiler(
        _TEMPLATE,
        root=str(_FOLDER),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(paper, ensure_ascii=False)},
        package_path="/dev/null",
        package_cache_path="/dev/null",
    )


def _by_number(value: Any, lacking: set[str]) -> Any:
    if isinstance(value, str):
        return by_number(value, lacking)
    if isinstance(value, dict):
        return {name: _by_number(inner, lacking) for name, inner in value.items() if name != "original"} | (
            {"original": value["original"]} if "original" in value else {}
        )
    return [_by_number(inner, lacking) for inner in value] if isinstance(value, list) else value


def _without_a_font(text: str, fonts: Iterable[typst.FontInfo]) -> set[str]:
    """Return the signs of a text that no font has."""
    from fontTools.ttLib import TTFont

    left = {one for one in text if one.isprintable() and one != " "}
    for path, index in sorted({(str(font.path), font.index) for font in fonts}):
        if not left:
            break
        try:
            number = index if path.endswith((".ttc", ".otc")) else -1
            with TTFont(path, fontNumber=number, lazy=True) as opened:
                left -= {chr(one) for one in opened.getBestCmap() or {}}
        except Exception:  # noqa: S112 -- a font that cannot be read has no sign
            continue
    return left

"""Bundles of evidence for docs/vectors, each beside what must be found; outcomes are written by hand.

Certificates have numbers by chance, so a bundle that is made again differs: named alone, only these and new ones are.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from tests.corpus.evidence.cases import CASES, PaperCase

TABLE = "expected.json"


def write_evidence(folder: Path, only: Collection[str] = ()) -> None:
    """Write every bundle of the corpus, or only those named and what is not there yet, and the table."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = _kept(folder) if only else {}
    told = [_made(case, folder, None if case.name in only else kept.get(case.name)) for case in CASES]
    text = json.dumps({"what": "codes of findings that are no proof", "cases": told}, ensure_ascii=False, indent=1)
    (folder / TABLE).write_text(text + "\n", encoding="utf-8")
    for path in folder.glob("*.zip"):
        if path.stem not in {case.name for case in CASES}:
            path.unlink()


def _kept(folder: Path) -> dict[str, dict[str, Any]]:
    known = json.loads((folder / TABLE).read_text(encoding="utf-8"))["cases"]
    return {one["name"]: one for one in known if (folder / f"{one['name']}.zip").exists()}


def _made(case: PaperCase, folder: Path, kept: dict[str, Any] | None) -> dict[str, Any]:
    """A line of the table; its bundle is written unless one is kept."""
    certificate = kept["authority_certificate_der"] if kept is not None else ""
    if kept is None:
        town = case.make()
        (folder / f"{case.name}.zip").write_bytes(town.bind())
        certificate = town.kin.certificate.hex()
    return {
        "name": case.name, "what": case.what, "authority_certificate_der": certificate,
        "time_authority_certificates_der": [one.root_der.hex() for one in case.time],
        "conclusion": case.expected.conclusion, "codes": sorted(case.expected.codes),
    }  # fmt: skip


if __name__ == "__main__":
    from tests.corpus.vectors import FOLDER

    write_evidence(FOLDER / "evidence", sys.argv[1:])

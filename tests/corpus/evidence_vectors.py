"""Bundles of evidence for docs/vectors, each beside what must be found; outcomes are written by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.corpus.evidence.cases import CASES


def write_evidence(folder: Path) -> None:
    """Write every bundle of the corpus, and the table."""
    folder.mkdir(parents=True, exist_ok=True)
    told: list[dict[str, Any]] = []
    for case in CASES:
        town = case.make()
        (folder / f"{case.name}.zip").write_bytes(town.bind())
        told.append({
            "name": case.name, "what": case.what, "authority_certificate_der": town.kin.certificate.hex(),
            "time_authority_certificates_der": [one.root_der.hex() for one in case.time],
            "conclusion": case.expected.conclusion, "codes": sorted(case.expected.codes),
        })  # fmt: skip
    text = json.dumps({"what": "codes of findings that are no proof", "cases": told}, ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    from tests.corpus.vectors import FOLDER

    write_evidence(FOLDER / "evidence")

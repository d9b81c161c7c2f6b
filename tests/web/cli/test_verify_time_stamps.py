"""`exchange verify` with the time-stamping authorities that its reader trusts, and without."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from tests.corpus.time_authority import PaperTimeAuthority
from tests.warm import run_warm

VECTORS = Path(__file__).parents[3] / "docs" / "vectors" / "evidence"


def run(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = run_warm(words, {**os.environ, "EXCHANGE_HOME": "/nonexistent", "EXCHANGE_LANGUAGE": "en"})
    assert done.returncode == code, done.stdout + done.stderr
    return done


def case_of(name: str) -> tuple[str, bytes]:
    cases: list[dict[str, Any]] = json.loads((VECTORS / "expected.json").read_text(encoding="utf-8"))["cases"]
    (case,) = (one for one in cases if one["name"] == name)
    return str(VECTORS / f"{name}.zip"), bytes.fromhex(case["authority_certificate_der"])


def test_a_bundle_is_verified_with_the_authorities_that_are_named(tmp_path: Path) -> None:
    bundle, trusted = case_of("stamped")
    (tmp_path / "trust.der").write_bytes(trusted)
    roots = [PaperTimeAuthority(name).root.public_bytes(Encoding.PEM) for name in ("another time", "paper time")]
    (tmp_path / "another.pem").write_bytes(roots[0])
    (tmp_path / "tsa.pem").write_bytes(roots[1])
    words = ("verify", bundle, "--trust", str(tmp_path / "trust.der"))
    named = ("--tsa", str(tmp_path / "another.pem"), "--tsa", str(tmp_path / "tsa.pem"))
    found = json.loads(run(*words, *named, "--json").stdout)
    assert found["conclusion"] == "proved"
    at = {one["code"]: one["at_latest"] for one in found["findings"]}
    assert at["time-stamped"] == at["named-by"] == "2026-03-10T02:20:00+00:00"
    assert "as CN=paper time has time-stamped" in " ".join(run(*words, *named).stdout.split())
    bare = json.loads(run(*words, "--json").stdout)
    aside = [one["code"] for one in bare["findings"] if one["weight"] == "not-looked-at"]
    assert (bare["conclusion"], aside) == ("proved", ["time-stamp-not-looked-at"])
    assert "--tsa" in run(*words).stdout
    assert "no authority that you trust" in " ".join(run(*words, *named[:2], code=3).stdout.split())
    assert "cannot be read" in run(*words, "--tsa", bundle, code=5).stderr

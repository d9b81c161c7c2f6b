"""The evidence of the demonstration: each case's bundle is written, read again, and verified from itself alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from exchange.errors import ExchangeError
from exchange.evidence.making import bundle_of_case
from exchange.evidence.proof.findings import Conclusion, Weight
from exchange.evidence.proof.verifying import verify_bundle
from exchange.language import Text
from exchange.machine.files import make_folder, write_secret
from exchange.runtime.settings import Home
from exchange.store import Store

FOLDER = "evidence"
"""Of the demonstration's folder, in which the bundles lie."""


def prove_cases(home: Home, stores: Mapping[str, Store], numbers: Iterable[str], now: datetime) -> Iterator[Text]:
    """Write every case's bundle, and yield what does not verify."""
    authority = (home.trusted / "authority.der").read_bytes()
    make_folder(home.root / FOLDER)
    for number in numbers:
        path = bundle_path(home, number)
        try:
            write_secret(path, bundle_of_case(home, stores, number, now).data)
            found = verify_bundle(path.read_bytes(), authority)
        except ExchangeError as error:
            yield Text("{case}: its evidence does not verify: {why}", {"case": number, "why": error.text})
            continue
        if found.conclusion is not Conclusion.PROVED:
            for one in found.findings:
                if one.weight is not Weight.PROVED:
                    yield Text("{case}: its evidence does not verify: {why}", {"case": number, "why": one.text})


def bundle_path(home: Home, number: str) -> Path:
    """Return where a case's bundle lies."""
    return home.root / FOLDER / f"{number}.evidence.zip"

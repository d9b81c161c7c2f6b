"""The packaged matters and names of departments, and a matter with everything that a guide can say."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import exchange
from exchange.language import Words
from exchange.runtime.catalogue import load_catalogue
from exchange.runtime.profiles import load_profiles
from exchange.schemas import Matter

PACKAGED = Path(exchange.__file__).resolve().parent.parent / "departments"


@cache
def matters() -> dict[str, Matter]:
    return load_catalogue(PACKAGED / "catalogue")


@cache
def names() -> dict[str, Words]:
    return {address: (one.name, one.name_en) for address, one in load_profiles(PACKAGED).items()}

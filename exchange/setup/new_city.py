"""A city of one's own to begin with: a window with its online window, a monitor, a department, a matter and an
application, all commented.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from pydantic import TypeAdapter, ValidationError

from exchange.errors import CallerError, Conflict, ExchangeError
from exchange.machine.files import make_folder, write_file
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home
from exchange.schemas import Role
from exchange.schemas.base import Address

TEMPLATES = Path(__file__).parent / "city"
_SUFFIX = ".in"
_ADDRESS: TypeAdapter[str] = TypeAdapter(Address)


def make_city(home: Home, city: str) -> bool:
    """Write a city's departments into a home that has none; returns False if that city's are there already.

    Raises CallerError for a name that no address can begin with, Conflict where another city's departments are.
    """
    try:
        _ADDRESS.validate_python(f"{city}.window")
    except ValidationError:
        remedy = "small letters, digits and hyphens, dots between levels: wuhu, or anhui.wuhu"
        raise CallerError("{city} cannot be the name of a domain", remedy=remedy, city=repr(city)) from None
    if home.departments.exists():
        if _window_of(home) == f"{city}.window":
            return False
        raise Conflict(
            "there are departments already: {folder}", remedy="name another folder with --home", folder=home.departments
        )
    for template in sorted(TEMPLATES.rglob(f"*{_SUFFIX}")):
        target = home.departments / template.relative_to(TEMPLATES).with_suffix("")
        make_folder(target.parent)
        write_file(target, Template(template.read_text(encoding="utf-8")).substitute(city=city))
    return True


def example_application(home: Home) -> Path:
    """Return the application that was made with the city."""
    return home.departments / "applications" / "works.toml"


def _window_of(home: Home) -> str:
    try:
        profiles = load_profiles(home.departments).values()
    except ExchangeError:
        return ""
    return next((profile.address for profile in profiles if Role.WINDOW in profile.roles), "")

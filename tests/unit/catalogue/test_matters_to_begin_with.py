"""What a city begins with: the matter of a new one, and the one that the documentation works out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import exchange
from exchange.catalogue.as_data import matter_data
from exchange.catalogue.completeness import check_application
from exchange.clock import RealClock
from exchange.files.applications import read_application
from exchange.runtime.catalogue import load_catalogue
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home
from exchange.schemas import Approver, Choice, Matter, MatterField, PublicGuide, ShownIf, Visibility, Wire
from exchange.schemas.matter import Material
from exchange.setup.new_city import example_application, make_city
from tests.unit.catalogue.published import PACKAGED

PAGE = (Path(exchange.__file__).resolve().parent.parent / "docs" / "matters.md").read_text(encoding="utf-8")
MATTER, APPLICATION = re.findall(r"^```toml\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)


def is_offered_and_complete(matter: Matter, application: Path) -> None:
    given, enclosures = read_application(application, RealClock())
    check_application(given, matter, enclosures)
    assert matter.guide is not None
    assert given.answers


def test_a_new_city_offers_its_matter_and_its_application_is_complete(tmp_path: Path) -> None:
    home = Home(tmp_path)
    make_city(home, "anhui.wuhu")
    (matter,) = load_catalogue(home.catalogue, load_profiles(home.departments)).values()
    is_offered_and_complete(matter, example_application(home))


def test_the_matter_of_the_documentation_holds_and_so_does_its_application(tmp_path: Path) -> None:
    (tmp_path / "street-stall.toml").write_text(MATTER, encoding="utf-8")
    matter = load_catalogue(tmp_path, load_profiles(PACKAGED))["street-stall"]
    (tmp_path / "application.txt").write_text(APPLICATION, encoding="utf-8")
    is_offered_and_complete(matter, tmp_path / "application.txt")
    assert matter_data(matter, {})["number_of_licences"]["en"] == "80 places in the night market"


@pytest.mark.parametrize("model", [Matter, Approver, Visibility, PublicGuide, MatterField, ShownIf, Choice, Material])
def test_the_documentation_tells_of_every_field(model: type[Wire]) -> None:
    told = set(re.findall(r"`([a-z_]+)`", PAGE))
    elsewhere = {"fields", "materials", "guide"}  # each has a section of its own
    assert [name for name in model.model_fields if name not in told | elsewhere] == []

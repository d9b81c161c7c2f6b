"""The command `exchange matters`, as people type it: the list, a guide in either language, data and the picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import typer

import exchange
from exchange.cli import app, naming
from exchange.errors import NotFound
from exchange.language import Language, speak
from exchange.runtime.settings import Home

EXCHANGE: Any = typer.main.get_command(app)
PACKAGED = Path(exchange.__file__).resolve().parent.parent / "departments"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a domain with the example city's departments, and two of its matters."""
    place = Home(tmp_path)
    place.members.mkdir()
    place.catalogue.mkdir(parents=True)
    for code in ("restaurant", "night-works"):
        (place.catalogue / f"{code}.toml").symlink_to(PACKAGED / "catalogue" / f"{code}.toml")
    for profile in PACKAGED.glob("*/profile.toml"):
        (place.departments / profile.parent.name).symlink_to(profile.parent)
    monkeypatch.setattr(naming, "_names", {})
    monkeypatch.setattr(naming, "_catalogues", [])
    return tmp_path


def typed(home: Path, capsys: pytest.CaptureFixture[str], *words: str, language: Language = Language.ENGLISH) -> str:
    speak(language)
    try:
        EXCHANGE.main(["matters", *words, "--home", str(home)], standalone_mode=False)
    finally:
        speak(Language.ENGLISH)
    return capsys.readouterr().out


def test_the_list_has_every_matter_with_its_term(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = typed(home, capsys)
    assert "restaurant" in shown
    assert "night-works" in shown
    assert "22 working days" in shown
    assert "published" in shown


def test_a_guide_tells_everything_in_the_language_of_its_reader(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    english = typed(home, capsys, "restaurant")
    for told in (
        "Opening a restaurant", "who may apply", "conditions", "Floor plan", "Exits",
        "may be promised: 10 working days after acceptance", "asked where: Cooks with gas = yes", "Fire and Rescue",
        "No answer is no consent", "Promised within 22 working days.", "by law", "where to turn", "0551-65550009",
    ):  # fmt: skip
        assert told in english, told
    chinese = typed(home, capsys, "restaurant", language=Language.CHINESE)
    for told in (
        "餐饮服务场所开办联合审批",
        "申请人",
        "消防救援支队",
        "逾期未答复的，不视为同意",
        "承诺期限：22个工作日",
        "救济途径",
    ):
        assert told in chinese, told
    assert "who may apply" not in chinese


def test_a_matter_that_is_not_there_is_told_with_those_that_are(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotFound, match="no matter 'moon'") as refused:
        typed(home, capsys, "moon")
    assert refused.value.remedy == "choose one of: night-works, restaurant"


def test_data_are_one_document_in_english_and_chinese_at_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(json.loads(typed(home, capsys, "--json"))) == 2
    guide = json.loads(typed(home, capsys, "night-works", "--json", "--site", "https://w.example.org"))
    assert guide["url"] == "https://w.example.org/matters/night-works"
    linked = json.loads(typed(home, capsys, "night-works", "--json-ld"))
    assert linked["@type"] == ["cpsv:PublicService", "schema:GovernmentService"]
    assert linked["cv:hasCompetentAuthority"]["skos:prefLabel"][1]["@value"] == "Government Service Centre"
    catalogue = json.loads(typed(home, capsys, "--json-ld"))
    assert catalogue["@type"] == "dcat:Catalog"
    assert catalogue["dct:publisher"]["dct:identifier"] == "hefei.window"


def test_the_picture_is_drawn_in_the_language_of_its_reader(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = ElementTree.fromstring(typed(home, capsys, "night-works", "--picture", language=Language.CHINESE))
    assert picture[0].text == "办理流程：夜间建筑施工作业证明"

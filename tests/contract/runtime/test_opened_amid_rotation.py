"""A member that is opened while its keys are rotated: what it reads first may be older than what it reads last."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.directory import DirectoryView, load_identity
from exchange.directory.keyfiles import prepare_rotation
from exchange.errors import BadKeys
from exchange.operations.health.checkups import members
from exchange.runtime.keys.renewal import Renewal
from exchange.runtime.settings import Home, Settings
from exchange.setup.certify import certify
from exchange.setup.init import init_files
from tests.processes import write_departments

PLANNING = "t.planning"


def quiet(text: str) -> None:
    """Says nothing."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    write_departments(tmp_path / "departments", "t", ["planning"])
    made = Settings.read({"EXCHANGE_HOME": str(tmp_path / "home")})
    init_files(made, quiet, tmp_path / "departments")
    return made


class Overtaken(Renewal):
    """Its member is certified anew each time between the reading of the directory and that of the keys."""

    def __init__(self, settings: Settings, times: int) -> None:
        super().__init__(settings, PLANNING, 0)
        self.left, self._certified = times, settings

    def _own(self) -> DirectoryView:
        view = super()._own()
        if self.left:
            self.left -= 1
            certify(self._certified, PLANNING, quiet)
        return view


def test_a_member_certified_between_the_two_readings_is_opened_with_what_is_new(settings: Settings) -> None:
    before = load_identity(Home(settings.home).keys(PLANNING))

    identity, directory = Overtaken(settings, times=3).read()

    assert identity.x5t != before.x5t
    assert directory.signer(identity.x5t).address == PLANNING


def test_a_member_whose_keys_are_half_exchanged_waits_for_the_rest(settings: Settings) -> None:
    keys = Home(settings.home).keys(PLANNING)
    old, key = (keys / "certificate.der").read_bytes(), (keys / "signing.key").read_bytes()
    certify(settings, PLANNING, quiet)
    new = (keys / "certificate.der").read_bytes()
    (keys / "signing.key").write_bytes(key)
    (keys / "next.json").write_bytes(b"{}")  # as long as it is there, the rotation has not ended
    looks = 0

    class Finished(Renewal):
        def _own(self) -> DirectoryView:
            nonlocal looks
            looks += 1
            if looks == 3:
                (keys / "certificate.der").write_bytes(old)
                (keys / "next.json").unlink()
            return super()._own()

    identity, _ = Finished(settings, PLANNING, 0).read()

    assert (looks, identity.certificate) == (3, old)
    assert new != old


def test_keys_that_are_wrong_and_stay_are_refused_at_once(settings: Settings) -> None:
    keys = Home(settings.home).keys(PLANNING)
    key = (keys / "signing.key").read_bytes()
    certify(settings, PLANNING, quiet)
    (keys / "signing.key").write_bytes(key)
    readings = 0

    class Counted(Renewal):
        def _own(self) -> DirectoryView:
            nonlocal readings
            readings += 1
            return super()._own()

    with pytest.raises(BadKeys, match="is not the key of"):
        Counted(settings, PLANNING, 0).read()

    assert readings == 1


def test_the_doctor_finds_no_fault_in_keys_that_are_rotated_while_it_looks(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, left = members.open_directory, [1]

    def overtaken(home: Home, of: Settings) -> DirectoryView:
        view = opened(home, of)
        if left:
            left.pop()
            certify(settings, PLANNING, quiet)
        return view

    monkeypatch.setattr(members, "open_directory", overtaken)

    assert [finding.level for finding in members.keys(settings, [PLANNING])] == ["good"]


def test_a_rotation_that_was_prepared_and_not_published_hinders_nobody(settings: Settings) -> None:
    keys = Home(settings.home).keys(PLANNING)
    before = load_identity(keys)
    prepare_rotation(keys, before)

    identity, _ = Renewal(settings, PLANNING, 0).read()

    assert identity.x5t == before.x5t

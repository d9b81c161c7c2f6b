"""The files of a trial authority: made once, renewed in time, and nothing overwritten that it has not issued."""

from __future__ import annotations

import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange.errors import BadConfiguration, CallerError, Conflict
from exchange.setup.transport.trial_tls import AUTHORITY, TlsFile, TlsFileState, TrialTls

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MQ = {"broker": ("mq.example.org", "10.0.0.5", "fd00::5")}


@pytest.fixture
def trial(tmp_path: Path) -> TrialTls:
    return TrialTls(tmp_path / "home" / "tls", "hefei")


def states(found: list[TlsFile]) -> dict[str, str]:
    return {one.name: one.state.value for one in found}


def bytes_of(trial: TrialTls) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in trial.folder.iterdir()}


def test_what_is_made_is_for_its_hosts_and_its_keys_are_their_owners_alone(trial: TrialTls) -> None:
    authority, broker = trial.make(MQ, NOW, days=90)
    assert (authority.name, authority.state, broker.state) == (AUTHORITY, TlsFileState.MADE, TlsFileState.MADE)
    assert broker.hosts == MQ["broker"]
    assert broker.ends_at == NOW + timedelta(days=90)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in trial.folder.iterdir()}
    assert modes == {"authority.key": 0o600, "authority.crt": 0o644, "broker.key": 0o600, "broker.crt": 0o644}
    assert stat.S_IMODE(trial.folder.stat().st_mode) == 0o700


def test_running_it_again_changes_nothing(trial: TrialTls) -> None:
    assert states(trial.make({}, NOW)) == {AUTHORITY: "made", "broker": "made", "database": "made", "doors": "made"}
    before = bytes_of(trial)
    assert set(states(trial.make({}, NOW + timedelta(days=200))).values()) == {"kept"}
    assert set(states(trial.make({"broker": ()}, NOW)).values()) == {"kept"}
    assert bytes_of(trial) == before


def test_what_is_nearly_over_or_for_other_hosts_is_renewed_by_the_same_authority(trial: TrialTls) -> None:
    trial.make(MQ, NOW, days=90)
    before = bytes_of(trial)
    found = trial.make({}, NOW + timedelta(days=61), days=90)
    assert states(found) == {AUTHORITY: "kept", "broker": "renewed"}
    assert found[1].hosts == MQ["broker"], "for those that it had"
    assert states(trial.make({"broker": ("mq2.example.org",)}, NOW)) == {AUTHORITY: "kept", "broker": "renewed"}
    assert states(trial.make({"broker": ()}, NOW, renew=True)) == {AUTHORITY: "kept", "broker": "renewed"}
    after = bytes_of(trial)
    assert after["authority.key"] == before["authority.key"]
    assert after["broker.key"] != before["broker.key"]


def test_nothing_outlives_the_authority_and_one_that_is_over_issues_nothing(trial: TrialTls) -> None:
    trial.make(MQ, NOW)
    late = NOW + timedelta(days=3600)
    authority, broker = trial.make(MQ, late)
    assert broker.ends_at == authority.ends_at
    with pytest.raises(Conflict, match="is over"):
        trial.make(MQ, authority.ends_at)


def test_an_authority_of_which_half_is_missing_is_not_replaced(trial: TrialTls) -> None:
    trial.make(MQ, NOW)
    for name in ("authority.key", "authority.crt"):
        kept = (trial.folder / name).read_bytes()
        (trial.folder / name).unlink()
        before = bytes_of(trial)
        with pytest.raises(Conflict, match=f"{name} is missing"):
            trial.make(MQ, NOW)
        assert bytes_of(trial) == before
        (trial.folder / name).write_bytes(kept)
    another = TrialTls(trial.folder.parent / "another", "another")
    another.make(MQ, NOW)
    shutil.copy(another.folder / "authority.key", trial.folder)
    with pytest.raises(BadConfiguration, match="not a pair"):
        trial.make(MQ, NOW)


def test_what_somebody_else_has_issued_is_left_alone(trial: TrialTls) -> None:
    trial.make({"doors": ("a.example.org",)}, NOW)
    another = TrialTls(trial.folder.parent / "another", "another")
    another.make(MQ, NOW)
    for name in ("broker.crt", "broker.key"):
        shutil.copy(another.folder / name, trial.folder)
    before = bytes_of(trial)
    with pytest.raises(Conflict, match=r"broker\.crt is not of this authority"):
        trial.make(MQ, NOW)
    assert states(trial.make({}, NOW)) == {AUTHORITY: "kept", "doors": "kept"}
    assert bytes_of(trial) == before
    (trial.folder / "broker.crt").unlink()
    with pytest.raises(Conflict):
        trial.make(MQ, NOW)
    assert (trial.folder / "broker.key").read_bytes() == before["broker.key"]


def test_a_run_that_was_killed_between_two_files_is_made_good(trial: TrialTls) -> None:
    trial.make(MQ, NOW)
    old = (trial.folder / "broker.key").read_bytes()
    trial.make({"broker": ()}, NOW, renew=True)
    (trial.folder / "broker.key").write_bytes(old)
    assert states(trial.make({}, NOW)) == {AUTHORITY: "kept", "broker": "renewed"}
    (trial.folder / "broker.key").unlink()
    assert states(trial.make({}, NOW)) == {AUTHORITY: "kept", "broker": "renewed"}
    assert states(trial.make({}, NOW)) == {AUTHORITY: "kept", "broker": "kept"}


@pytest.mark.parametrize(
    ("wanted", "days", "error"),
    [
        ({"authority": ()}, 90, BadConfiguration),
        ({"../x": ()}, 90, BadConfiguration),
        ({"": ()}, 90, BadConfiguration),
        ({"broker": ("城市",)}, 90, BadConfiguration),
        (MQ, 0, CallerError),
        (MQ, 100_000, CallerError),
    ],
)
def test_what_cannot_be_is_refused(
    trial: TrialTls, wanted: dict[str, tuple[str, ...]], days: int, error: type[CallerError]
) -> None:
    with pytest.raises(error):
        trial.make(wanted, NOW, days)

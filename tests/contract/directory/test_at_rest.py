"""Private keys on disk are sealed by a passphrase where one is given."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from exchange.directory import Authority, load_identity, save_identity
from exchange.directory.at_rest import expect_passphrase
from exchange.directory.authority import seal_authority_key
from exchange.directory.key_requests import OwnKeys
from exchange.directory.keyfiles import (
    drop_decryption_keys,
    finish_rotation,
    lay_request,
    prepare_rotation,
    requested,
    seal_keys,
)
from exchange.envelope import Identity
from exchange.errors import BadKeys
from tests.unit.facts import at

NOW = at("03-02")


@pytest.fixture
def passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that holds it; given from now on."""
    path = tmp_path / "passphrase"
    path.write_text("correct horse battery\n")
    monkeypatch.setenv("EXCHANGE_PASSPHRASE_FILE", str(path))
    return path


def secrets_of(identity: Identity) -> list[bytes]:
    return [identity.signing_key.private_bytes_raw(), *(key.secret for key in identity.decryption_keys)]


def shown(folder: Path, secrets: list[bytes]) -> bool:
    """Whether one of them stands in a file of the folder, as it is or in digits."""
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return any(secret in file or secret.hex().encode() in file for secret in secrets for file in files)


def test_sealed_keys_are_as_good_as_others_and_stand_in_no_file(
    tmp_path: Path, passphrase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority.open_or_create(tmp_path / "authority", "city", NOW)
    first, second = authority.certify("city.alice", NOW), authority.certify("city.alice", NOW)
    folder = tmp_path / "keys"
    save_identity(first, folder)
    prepare_rotation(folder, second)
    asked = OwnKeys.generate("city.alice", NOW, timedelta(days=3))
    lay_request(folder, asked, b"request")
    secrets = [*secrets_of(first), *secrets_of(second), asked.signing_key.private_bytes_raw()]
    assert not shown(folder, secrets)
    assert not shown(tmp_path / "authority", [authority.key.private_bytes_raw()])
    finish_rotation(folder, "city.alice", [second.certificate])
    drop_decryption_keys(folder, {first.decryption_keys[0].kid})
    assert load_identity(folder).signing_key.private_bytes_raw() == second.signing_key.private_bytes_raw()
    found = requested(folder)
    assert found is not None
    assert found[0].signing_key.private_bytes_raw() == asked.signing_key.private_bytes_raw()
    assert not shown(folder, secrets)
    assert Authority.open_or_create(tmp_path / "authority", "city", NOW).key.public_key() == authority.key.public_key()

    monkeypatch.delenv("EXCHANGE_PASSPHRASE_FILE")
    for use in (lambda: load_identity(folder), lambda: requested(folder),
                lambda: Authority.open_or_create(tmp_path / "authority", "city", NOW)):  # fmt: skip
        with pytest.raises(BadKeys, match="sealed by a passphrase, and none is given"):
            use()
    other = tmp_path / "other"
    other.write_text("another passphrase")
    monkeypatch.setenv("EXCHANGE_PASSPHRASE_FILE", str(other))
    with pytest.raises(BadKeys, match="cannot be opened") as error:
        load_identity(folder)
    assert "another passphrase" not in error.value.diagnostics()


def test_what_was_made_without_is_read_and_sealed_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority.open_or_create(tmp_path / "authority", "city", NOW)
    identity = authority.certify("city.alice", NOW)
    save_identity(identity, tmp_path / "keys")
    assert shown(tmp_path / "keys", secrets_of(identity))
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    with pytest.raises(BadKeys, match="no passphrase is given"):
        expect_passphrase()
    (credentials / "yizhan-passphrase").write_text("correct horse battery")
    assert load_identity(tmp_path / "keys").certificate == identity.certificate
    seal_keys(tmp_path / "keys")
    assert seal_authority_key(tmp_path / "authority")
    assert not shown(tmp_path / "keys", secrets_of(identity))
    assert not shown(tmp_path / "authority", [authority.key.private_bytes_raw()])
    assert load_identity(tmp_path / "keys").certificate == identity.certificate


@pytest.mark.parametrize(("content", "told"), [("short", "less than 12"), (None, "cannot be read")])
def test_a_passphrase_that_is_none_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, told: str
) -> None:
    path = tmp_path / "passphrase"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("EXCHANGE_PASSPHRASE_FILE", str(path))
    with pytest.raises(BadKeys, match=told):
        Authority.open_or_create(tmp_path / "authority", "city", NOW)

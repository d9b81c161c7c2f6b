"""What the environment says of a provider: which addresses are taken, and that secrets stay where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import BadConfiguration
from exchange.web.door.provider.begun import MOST, OF_ONE_SOURCE, WITHIN, BegunSignIns
from exchange.web.door.provider.faults import NotBegunHere
from exchange.web.door.provider.settings import ProviderSettings, is_safe

GOOD = {"EXCHANGE_OIDC_ISSUER": "https://id.example.cn/realms/city", "EXCHANGE_OIDC_CLIENT": "desk"}


def test_without_an_issuer_there_is_no_provider_and_with_one_its_host_names_it(tmp_path: Path) -> None:
    assert ProviderSettings.read({}) is None
    found = ProviderSettings.read(GOOD)
    assert found is not None
    assert (found.issuer, found.client, found.name) == (GOOD["EXCHANGE_OIDC_ISSUER"], "desk", "id.example.cn")
    assert found.secret() is None
    file = tmp_path / "secret"
    file.write_text("s3cret words\n", encoding="utf-8")
    kept = ProviderSettings.read({**GOOD, "EXCHANGE_OIDC_SECRET_FILE": str(file), "EXCHANGE_OIDC_NAME": " 统一 认证 "})
    assert kept is not None
    assert (kept.secret(), kept.name) == ("s3cret words", "统一 认证")
    assert "s3cret" not in repr(kept)


@pytest.mark.parametrize(
    "wrong",
    [
        {"EXCHANGE_OIDC_ISSUER": "http://id.example.cn"},
        {"EXCHANGE_OIDC_ISSUER": "id.example.cn"},
        {"EXCHANGE_OIDC_ISSUER": "https://user:secret@id.example.cn"},
        {"EXCHANGE_OIDC_ISSUER": "https://id.example.cn/?a=b"},
        {"EXCHANGE_OIDC_CLIENT": ""},
    ],
)
def test_settings_that_would_not_be_safe_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(BadConfiguration) as error:
        ProviderSettings.read({**GOOD, **wrong})
    assert "secret" not in f"{error.value} {error.value.remedy_text}"


def test_secrets_go_by_tls_or_to_this_machine_alone() -> None:
    assert all(map(is_safe, ("https://id.example.cn/token", "http://localhost:8080/token", "http://[::1]:1/t")))
    assert not any(map(is_safe, ("http://id.example.cn", "https://", "ftp://localhost", "https://a@b.cn", None, 7)))


def test_a_sign_in_is_taken_once_in_time_and_nobody_pushes_out_those_of_others() -> None:
    now = [0.0]
    begun = BegunSignIns(lambda: now[0])
    state, one = begun.begin("/then", "https://desk.test/back", "mine", "192.0.2.1")
    for _ in range(OF_ONE_SOURCE + 5):
        last, _ = begun.begin("/", "-", "theirs", "198.51.100.9")
    assert begun.take(state, "mine") == one
    with pytest.raises(NotBegunHere):
        begun.take(state, "mine")
    assert len(begun._begun) == OF_ONE_SOURCE <= MOST
    now[0] = WITHIN + 1
    with pytest.raises(NotBegunHere):
        begun.take(last, "theirs")

"""No part of a password is shown, however a URL with it was written."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from exchange.errors import BadConfiguration
from exchange.machine.urls import HIDDEN, check_url, fault_of, secrets_in, shown, with_hosts_apart, without

SCHEMES = ("amqp", "amqps", "postgresql", "postgresql+psycopg", "http", "https", "s3", "smtp", "socks5")
HOSTILE = (
    *(f"p{mark}SECRET" for mark in "@:/?#%\\'\" \t\n＠"), "中文SECRET", "1/SECRET", "12@x/SECRET", "5#SECRET",
    "[SECRET", "]SECRET", "5?SECRET@", "%zzSECRET", "a@b:5@SECRET", "SECRET@", "SECRET/", "SECRET:1",
)  # fmt: skip


@pytest.mark.parametrize("password", HOSTILE)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_password_is_never_shown_escaped_or_not(scheme: str, password: str) -> None:
    for written in (password, quote(password, safe="")):
        url = f"{scheme}://user:{written}@db.example:5432/name?x=SECRET#SECRET"
        assert "SECRET" not in shown(url)
        assert "SECRET" not in fault_of(url)
        assert "SECRET" not in without(f"cannot reach {url} as user", secrets_in(url)).partition("?")[0]
    escaped = f"{scheme}://user:{quote(password, safe='')}@db.example:5432/name"
    assert shown(escaped) == f"{scheme}://db.example:5432/name"


@pytest.mark.parametrize(
    "url", ["", "SECRET", "user:SECRET@host", "//user:SECRET@host/", "http:/u:SECRET@h", "http://[x"]
)
def test_nothing_is_shown_of_what_is_no_url(url: str) -> None:
    assert shown(url) == (HIDDEN if url else "")


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("amqp://host/%2Fyizhan", "amqp://host/%2Fyizhan"),
        ("https://hooks.example:8443/in?token=SECRET", "https://hooks.example:8443/in"),
        ("sqlite:////var/lib/a@b/store.db", "sqlite:////var/lib/a@b/store.db"),
        ("postgresql://u@/db?host=/run/postgresql", "postgresql:///db"),
        ("http://[::1]:15672/", "http://[::1]:15672/"),
        ("s3://bucket/prefix", "s3://bucket/prefix"),
    ],
)
def test_what_can_be_read_is_shown_without_account_query_and_fragment(url: str, seen: str) -> None:
    assert shown(url) == seen


def test_a_setting_that_is_no_url_is_refused_with_how_to_write_it_and_without_it() -> None:
    with pytest.raises(BadConfiguration) as caught:
        check_url("EXCHANGE_DATABASE_URL", "postgresql://u:p@SECRET@h/d", ("postgresql",), "postgresql://u:p@h/d")
    assert "SECRET" not in caught.value.diagnostics()
    assert "%40" in caught.value.remedy
    with pytest.raises(BadConfiguration, match="begins with none of: amqp://"):
        check_url("EXCHANGE_BROKER_URL", "http://u:p@h/d", ("amqp", "amqps"), "amqp://…")


def test_secrets_are_found_in_every_way_of_writing_them() -> None:
    secrets = secrets_in(f"amqp://u:{quote('p@ss wörd', safe='')}@h")
    text = f"raw p@ss wörd, escaped {quote('p@ss wörd', safe='')}"
    assert without(text, secrets) == "raw ***, escaped ***"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (
            "postgresql://u:p%40@one:5432,two/db?target_session_attrs=read-write",
            "postgresql://u:p%40@/db?host=one:5432&host=two&target_session_attrs=read-write",
        ),
        ("postgresql+psycopg://one,two/db", "postgresql+psycopg:///db?host=one&host=two"),
        ("postgresql://u:p@one:5432/db?x=1,2", "postgresql://u:p@one:5432/db?x=1,2"),
        ("postgresql://u@one,,two/db", "postgresql://u@one,,two/db"),
        ("amqp://u@one,two/", "amqp://u@one,two/"),
        ("one,two", "one,two"),
    ],
)
def test_several_hosts_of_a_database_are_read_in_one_way_only(given: str, read: str) -> None:
    assert with_hosts_apart(given) == read
    assert with_hosts_apart(read) == read
    assert given == read or not fault_of(read)

"""PKCS#11 URIs: what names a key, and what does not stand in one."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.directory.tokens.sessions import read_pin
from exchange.directory.tokens.uri import TokenUri
from exchange.errors import BadKeys

WHOLE = "pkcs11:token=My%20token;object=a%3Bb;id=%01%ff?pin-source=file:/etc/pin%20a&module-path=/usr/lib/m.so"


def test_a_uri_says_token_object_pin_file_and_module() -> None:
    uri = TokenUri.parse(WHOLE)
    assert uri.attributes == {"token": b"My token", "object": b"a;b", "id": b"\x01\xff"}
    assert uri.pin_file == Path("/etc/pin a")
    assert uri.module == Path("/usr/lib/m.so")
    assert TokenUri.parse(str(uri)) == uri


@pytest.mark.parametrize("value", [b"\x00", b"?&;=%#/", "令牌".encode(), bytes(range(256))])
def test_what_is_written_is_read_as_it_was(value: bytes) -> None:
    uri = TokenUri({"token": b"t", "id": value}, Path("/a&b;c?d%e/密"), Path("/m&n#.so"))
    assert TokenUri.parse(str(uri)) == uri


@pytest.mark.parametrize("source", ["file:/p", "file:///p", "/p", "file:%2Fp"])
def test_the_pin_file_may_be_a_path_or_a_uri(source: str) -> None:
    assert TokenUri.parse(f"pkcs11:token=t;object=o?pin-source={source}").pin_file == Path("/p")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pkcs11:",
        "PKCS11:token=t;object=o?pin-source=/p",
        "pkcs11:token=t?pin-source=/p",
        "pkcs11:object=o?pin-source=/p",
        "pkcs11:token=t;object=o",
        "pkcs11:token=t;token=u;object=o?pin-source=/p",
        "pkcs11:token=t;object=?pin-source",
        "pkcs11:token=t;object=o;slot-id=1?pin-source=/p",
        "pkcs11:token=t;object=o;type=public?pin-source=/p",
        "pkcs11:token=t;object=o?pin-source=p",
        "pkcs11:token=t;object=o?pin-source=|cat",
        "pkcs11:token=t;object=o?pin-source=/p&module-path=m.so",
        "pkcs11:token=t;object=o?pin-source=/p&module-name=m",
        "pkcs11:token=%zz;object=o?pin-source=/p",
        "pkcs11:token=t t;object=o?pin-source=/p",
        "pkcs11:token=t;object=o?pin-source=/p%00q",
        "pkcs11:token=t;object=o?pin-source=/p\n",
        "pkcs11:token=" + "t" * 3000 + ";object=o?pin-source=/p",
    ],
)
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(BadKeys):
        TokenUri.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "pkcs11:token=t;object=o?pin-value=4711secret",
        "pkcs11:token=t;object=o?pin-source=/p&pin-value=4711secret",
        "pkcs11:token=t;object=o;pin-value=4711secret?pin-source=/p",
        "pkcs11:token=t;object=o?pin-source=/p&PIN=4711secret",
        "pkcs11:token=t;object=o?pin-source=/p&4711secret",
        "pkcs11:token=t;object=o?pin-source=4711secret",
    ],
)
def test_a_pin_does_not_stand_in_a_uri_and_is_not_repeated(text: str) -> None:
    with pytest.raises(BadKeys) as refused:
        TokenUri.parse(text)
    assert "4711" not in f"{refused.value} {refused.value.remedy}"


def test_a_uri_without_a_module_takes_that_of_the_environment() -> None:
    uri = TokenUri.parse("pkcs11:token=t;object=o?pin-source=/p")
    assert uri.with_module({"EXCHANGE_PKCS11_MODULE": "/m.so"}).module == Path("/m.so")
    assert TokenUri.parse(WHOLE).with_module({"EXCHANGE_PKCS11_MODULE": "/m.so"}).module == Path("/usr/lib/m.so")
    for given in ({}, {"EXCHANGE_PKCS11_MODULE": "m.so"}):
        with pytest.raises(BadKeys):
            uri.with_module(given)


def test_a_pin_is_not_read_from_a_file_that_everybody_can_read(tmp_path: Path) -> None:
    path = tmp_path / "pin"
    with pytest.raises(BadKeys):
        read_pin(path)
    path.write_text("1234\n")
    path.chmod(0o604)
    with pytest.raises(BadKeys, match="everybody"):
        read_pin(path)
    path.chmod(0o640)
    assert read_pin(path) == "1234"
    for empty in ("", "\n", "x" * 300):
        path.write_text(empty)
        with pytest.raises(BadKeys):
            read_pin(path)

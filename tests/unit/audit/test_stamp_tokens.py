"""Time-stamp tokens: what is asked for, what is read of an answer, and that no change of one is taken for its time."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from rfc3161_client import decode_timestamp_response

from exchange.audit.log.heads import sign_log_head
from exchange.audit.timestamps.authorities import time_authorities
from exchange.audit.timestamps.ordering import with_sorted_certificates
from exchange.audit.timestamps.tokens import TOKEN_LIMIT, check_stamps, read_stamp, request_for, stamped_bytes
from exchange.envelope import cbor
from exchange.errors import BadConfiguration, BadDirectory, Forged, Malformed, SenderError
from exchange.messaging.stamping.settings import StampSettings
from exchange.schemas import Role
from tests.corpus.kin import Kin
from tests.corpus.time_authority import END, PaperTimeAuthority
from tests.corpus.world import NOW

TIME, ANOTHER = PaperTimeAuthority(), PaperTimeAuthority("another time")


@cache
def _head() -> bytes:
    return sign_log_head(Kin("c", {"window": Role.WINDOW})["window"], 3, bytes(32), None, NOW, 0)


@cache
def _answer(chain: bool = False) -> bytes:
    return TIME.answer(_head(), NOW, nonce=42, chain=chain)


def test_what_is_stamped_is_the_signature_as_rfc_9921_has_it() -> None:
    head = _head()
    assert stamped_bytes(head) == b"\x58\x40" + head[-64:]
    example = bytes.fromhex(  # RFC 9921, section 3.1.1
        "8eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e"
        "2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36"
    )
    imprint = "44c2419d131d53d55584b5dd33b788c24e551c6d44b1afc8b2b85e6954763b4e"
    assert hashlib.sha256(cbor.encode(example)).hexdigest() == imprint


def test_a_request_has_the_imprint_a_nonce_of_its_own_and_wants_certificates() -> None:
    one, other = request_for(_head()), request_for(_head())
    assert one.nonce != other.nonce
    assert hashlib.sha256(stamped_bytes(_head())).digest() in one.encoded
    assert one.encoded.endswith(b"\x01\x01\xff")  # certReq TRUE


def test_an_answer_says_when_whose_over_what_and_to_which_request() -> None:
    stamp = read_stamp(_answer())
    check_stamps(stamp, _head())
    assert (stamp.at, stamp.authority, stamp.nonce) == (NOW, "CN=paper time", 42)
    other = sign_log_head(Kin("c", {"window": Role.WINDOW})["window"], 4, bytes(32), None, NOW, 0)
    with pytest.raises(Forged, match="something else"):
        check_stamps(stamp, other)


def test_it_is_by_whom_its_root_or_itself_is_trusted_and_by_nobody_else() -> None:
    stamp = read_stamp(_answer())
    for trusted in ([TIME.root], [TIME.certificate], [ANOTHER.root, TIME.root]):
        assert stamp.is_by(trusted)
    for trusted in ([], [ANOTHER.root], [ANOTHER.certificate]):
        assert not stamp.is_by(trusted)
    expired = read_stamp(TIME.answer(_head(), END + timedelta(days=1)))
    assert not expired.is_by([TIME.root])
    assert not expired.is_by([TIME.certificate])


def test_certificates_are_read_in_whatever_order_they_come() -> None:
    sent = _answer(chain=True)
    with pytest.raises(ValueError, match="InvalidSetOrdering"):
        decode_timestamp_response(sent)
    assert len(with_sorted_certificates(sent)) == len(sent)
    assert read_stamp(sent).is_by([TIME.root])


def test_what_is_no_whole_granted_token_is_not_read() -> None:
    whole = _answer()
    refused = [
        b"", b"\x30", b"\x30\x80", b"yesterday", whole[:-1], whole + b"\0", bytes(TOKEN_LIMIT + 1),
        TIME.answer(_head(), NOW, status=1), TIME.answer(_head(), NOW, status=2),
        TIME.answer(_head(), NOW, digest="2.16.840.1.101.3.4.2.2"), whole[:-8] + b"forged!!",
    ]  # fmt: skip
    for data in refused:
        with pytest.raises((Malformed, Forged)):
            read_stamp(data)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_changed_token_is_another_time_of_an_authority(data: st.DataObject) -> None:
    """What is not signed, as the order of certificates, may change; time, imprint and nonce never do."""
    whole = _answer(chain=True)
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        stamp = read_stamp(bytes(changed))
    except SenderError:
        return
    was = read_stamp(whole)
    assert not stamp.is_by([TIME.root]) or (stamp.at, stamp.imprint, stamp.nonce) == (was.at, was.imprint, was.nonce)


def test_whatever_octet_of_a_token_is_zero_it_is_read_or_refused() -> None:
    whole, refused = _answer(chain=True), 0
    for at in range(len(whole)):
        try:
            read_stamp(whole[:at] + b"\0" + whole[at + 1 :])
        except SenderError:
            refused += 1
    assert refused > len(whole) // 2


def test_certificates_are_taken_in_der_and_any_number_in_pem() -> None:
    one, other = TIME.root.public_bytes(Encoding.PEM), ANOTHER.root.public_bytes(Encoding.PEM)
    assert time_authorities(one + other) == (TIME.root, ANOTHER.root)
    assert time_authorities(TIME.root_der) == (TIME.root,)
    for data in (b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\n"):
        with pytest.raises(BadDirectory):
            time_authorities(data)


def test_settings_name_up_to_three_authorities_and_how_often() -> None:
    assert StampSettings.read({}) == StampSettings((), timedelta(hours=1))
    named = {
        "EXCHANGE_TIME_STAMPS": " https://a.example/tsr  http://b.example:8080/ ",
        "EXCHANGE_TIME_STAMP_EVERY": "5",
    }
    assert StampSettings.read(named) == StampSettings(
        ("https://a.example/tsr", "http://b.example:8080/"), timedelta(minutes=5)
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EXCHANGE_TIME_STAMPS", "ftp://a.example/"),
        ("EXCHANGE_TIME_STAMPS", "a.example"),
        ("EXCHANGE_TIME_STAMPS", "https://user:secret@a.example/"),
        ("EXCHANGE_TIME_STAMPS", "https://a.example/#there"),
        ("EXCHANGE_TIME_STAMPS", "https://a.example/ https://a.example/"),
        ("EXCHANGE_TIME_STAMPS", "http://a/ http://b/ http://c/ http://d/"),
        ("EXCHANGE_TIME_STAMP_EVERY", "0"),
        ("EXCHANGE_TIME_STAMP_EVERY", "10081"),
        ("EXCHANGE_TIME_STAMP_EVERY", "often"),
    ],
)
def test_settings_that_cannot_be_are_refused_and_quote_nothing(name: str, value: str) -> None:
    with pytest.raises(BadConfiguration, match=name) as refused:
        StampSettings.read({name: value})
    assert "secret" not in str(refused.value)

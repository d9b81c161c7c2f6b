"""The code on a licence follows from its signed bytes, and is read however it is typed."""

from __future__ import annotations

import hashlib

from exchange.hand_codes import SIGNS, grouped, read_signs
from exchange.licences.rules.codes import LENGTH, verification_code

DIGEST = hashlib.sha256(b"a signed licence").hexdigest()


def test_a_code_follows_from_the_signed_bytes_alone() -> None:
    code = verification_code(DIGEST)
    assert code == verification_code(DIGEST)
    assert len(code) == LENGTH
    assert set(code) <= set(SIGNS)
    assert code != verification_code(hashlib.sha256(b"another").hexdigest())


def test_a_code_is_the_first_eighty_bits_of_a_digest_of_its_own() -> None:
    drawn = hashlib.sha256(b"yizhan-licence-code-1\n" + bytes.fromhex(DIGEST)).digest()
    bits = "".join(f"{SIGNS.index(sign):05b}" for sign in verification_code(DIGEST))
    assert bits == "".join(f"{byte:08b}" for byte in drawn[:10])
    assert verification_code(DIGEST) != verification_code(drawn.hex()), "no code is a code of the digest itself"


def test_a_code_is_read_as_people_type_it() -> None:
    code = "0123456789ABCDEF"
    assert grouped(code) == "0123-4567-89AB-CDEF"
    assert read_signs(" 0123-4567 89ab-cdef\n") == code
    assert read_signs("oI2L") == "0121"

"""The code on a licence follows from its signed bytes, and is read however it is typed."""

from __future__ import annotations

import hashlib

from exchange.licences.rules.codes import LENGTH, SIGNS, shown_code, typed_code, verification_code

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
    assert shown_code(code) == "0123-4567-89AB-CDEF"
    assert typed_code(" 0123-4567 89ab-cdef\n") == code
    assert typed_code("oI2L") == "0121"

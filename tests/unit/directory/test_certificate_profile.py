"""The profile of certificates, case by case, in the manner of NIST's PKITS: what is taken, and what is refused why."""

from __future__ import annotations

import pytest

from exchange.directory.certificates import check_member_certificate, load_certificate
from exchange.errors import BadDirectory
from tests.unit.certificate_cases import ADDRESS, AUTHORITIES, CERTIFIES, MEMBERS, ROOT
from tests.unit.levels import NOW, YEAR, Level


@pytest.mark.parametrize("case", MEMBERS)
def test_a_members_certificate_is_taken_or_refused_by_its_sentence(case: str) -> None:
    draft, sentence = MEMBERS[case]
    authority = load_certificate(ROOT.der())
    if sentence is None:
        assert check_member_certificate(draft.der(), ADDRESS, authority).address == ADDRESS
        return
    with pytest.raises(BadDirectory, match=sentence):
        check_member_certificate(draft.der(), ADDRESS, authority)


@pytest.mark.parametrize(
    "data", [b"", b"\x30", b"\x30\x00", b"\x30\x80\x00\x00", b"x" * 100, b"\x30\x84\xff\xff\xff\xff", bytes(5_000)]
)
def test_octets_that_are_no_certificate_are_refused(data: bytes) -> None:
    authority = load_certificate(ROOT.der())
    with pytest.raises(BadDirectory):
        check_member_certificate(data, ADDRESS, authority)
    with pytest.raises(BadDirectory):
        load_certificate(data)


@pytest.mark.parametrize("case", AUTHORITIES)
def test_an_authoritys_certificate_is_taken_or_refused_by_its_sentence(case: str) -> None:
    draft, sentence = AUTHORITIES[case]
    if sentence is None:
        assert load_certificate(draft.der()).subject.public_bytes() == CERTIFIES
        return
    with pytest.raises(BadDirectory, match=sentence):
        load_certificate(draft.der())


def test_what_the_exchange_makes_ends_with_its_authority() -> None:
    level = Level("a")
    late = level.authority.certify(ADDRESS, NOW + 9 * YEAR, 5 * YEAR)
    signer = check_member_certificate(late.certificate, ADDRESS, level.authority.certificate)
    assert signer.not_after == level.authority.certificate.not_valid_after_utc

"""A certificate outside the profile ends neither a directory, nor the tree, nor a paper between levels."""

from __future__ import annotations

import pytest

from exchange.directory import load_directory
from exchange.directory.grants import Grant, Request, read_grant_paper
from exchange.directory.view import sign_directory
from exchange.envelope.document import content_type
from exchange.envelope.sign1 import ALG, CONTENT_TYPE, EDDSA, SHA_256, X5T, sign1
from exchange.errors import BadDirectory
from exchange.schemas import Delegation
from tests.unit.certificate_cases import ADDRESS, AUTHORITIES, AUTHORITY, MEMBERS
from tests.unit.levels import NOW, Level, delegation, family, seen_from

REFUSED = [name for name, (_, sentence) in MEMBERS.items() if sentence is not None]


@pytest.mark.parametrize("case", REFUSED)
def test_an_odd_certificate_ends_neither_a_directory_nor_the_tree(case: str) -> None:
    level = Level("a")
    odd = MEMBERS[case][0].but(signer=level.authority.key, issuer=level.authority.certificate.subject.public_bytes())
    draft = odd if not case.startswith("2.") else MEMBERS[case][0]
    plain = level.directory()
    members = tuple(
        one.model_copy(update={"certificates": (draft.der(),)}) if one.address == ADDRESS else one
        for one in plain.members
    )
    signed = sign_directory(
        plain.model_copy(update={"members": members}), level.authority.key, level.authority.certificate
    )
    with pytest.raises(BadDirectory):
        load_directory(signed, level.authority.certificate, NOW, 0)

    levels = family("r", "r.b")
    upper = levels["r"]
    upper.ties = type(upper.ties)(None, (delegation(levels["r.b"], certificates=(draft.der(),)),))
    view = seen_from(upper, [levels["r.b"].signed()])
    assert [one.domain for one in view.domains if one.state.value == "current"] == ["r"]


@pytest.mark.parametrize("case", [name for name, (_, sentence) in AUTHORITIES.items() if sentence is not None])
def test_an_odd_authority_ends_neither_the_tree_nor_a_paper(case: str) -> None:
    draft = AUTHORITIES[case][0].der()
    levels = family("r", "r.b")
    upper, lower = levels["r"], levels["r.b"]
    view = seen_from(_delegating(upper, delegation(lower, certificates=(draft,))), [lower.signed()])
    assert [one.domain for one in view.domains if one.state.value == "current"] == ["r"]

    papers: list[tuple[type[Request] | type[Grant], Request | Grant]] = [
        (Request, Request(domain="r.b", superior="r", certificate=draft, directory=lower.signed(), made_at=NOW)),
        (
            Grant,
            Grant(
                domain="r.b", superior="r", certificate=draft, lower_certificate=draft,
                directories=(upper.signed(),), made_at=NOW,
            ),
        ),
    ]  # fmt: skip
    for model, paper in papers:
        header = {ALG: EDDSA, CONTENT_TYPE: content_type(paper.KIND, paper.VERSION), X5T: [SHA_256, bytes(32)]}
        with pytest.raises(BadDirectory):
            read_grant_paper(sign1(paper.model_dump_json().encode(), header, AUTHORITY), model)


def _delegating(level: Level, *delegations: Delegation) -> Level:
    level.ties = type(level.ties)(None, delegations)
    return level

"""A domain's authority is replaced by a paper of the old one, or by people's word, which counts for more."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from exchange.clock import CST
from exchange.directory import Authority, load_authority_certificate
from exchange.directory.certificates import der
from exchange.directory.succession import Succession, keep_succession, sign_succession, successor_in, thumb, trust

NOW = datetime(2026, 3, 2, 9, tzinfo=CST)


def test_who_goes_back_to_an_authority_by_peoples_word_does_not_follow_the_paper_it_once_signed(tmp_path: Path) -> None:
    first = Authority.open_or_create(tmp_path / "first", "a", NOW)
    second = Authority.open_or_create(tmp_path / "second", "a", NOW)
    folder = tmp_path / "first"
    paper = Succession(
        domain="a", before=thumb(first.certificate), certificate=der(second.certificate), made_at=NOW, reason="renewed"
    )
    keep_succession(folder, first.certificate, sign_succession(paper, first))
    trust(folder, second.certificate)
    assert successor_in(folder, first.certificate) == second.certificate, "whoever still runs with the first follows"
    trust(folder, first.certificate)
    assert load_authority_certificate(folder) == first.certificate
    assert successor_in(folder, first.certificate) is None

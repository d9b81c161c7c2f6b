"""Pictures that were drawn a moment ago are kept, no more than so many octets of them."""

from __future__ import annotations

from exchange.paper.previews import DrawnLately, PagePicture


def test_those_that_were_not_asked_for_the_longest_go_first_and_none_above_the_limit_is_kept() -> None:
    kept, pictures = DrawnLately(30), {page: PagePicture(bytes(10), page) for page in (1, 2, 3, 4)}
    for page in (1, 2, 3):
        kept.keep((b"pdf", page), pictures[page])
    assert kept.get((b"pdf", 1)) is pictures[1]
    kept.keep((b"pdf", 4), pictures[4])
    kept.keep((b"other", 1), PagePicture(bytes(31), 1))
    assert [kept.get((b"pdf", page)) for page in (1, 2, 3, 4)] == [pictures[1], None, pictures[3], pictures[4]]
    assert kept.get((b"other", 1)) is None

"""Whatever has certain words in it has every part of the words."""

from __future__ import annotations

import random

from exchange.licences.rules.parts import folded, parts_beginning, parts_having, parts_of

SIGNS = "安徽建设工程有限公司１2３AbC-（) *张ﬃß"


def test_signs_are_compared_in_capitals_and_in_one_width() -> None:
    assert folded("ａbc１（") == "ABC1("
    assert parts_of("热电Co9") == {"热电", "电C", "CO9", "O9"}


def test_a_text_has_all_parts_of_all_words_in_it() -> None:
    chance = random.Random(7)
    for _ in range(300):
        text = "".join(chance.choices(SIGNS, k=chance.randint(2, 14)))
        first = chance.randrange(len(text) - 1)
        words = folded(text[first : chance.randint(first + 2, len(text))])
        if len(words) == 2 and words.isascii():
            assert parts_of(text) & set(parts_beginning(words))
        else:
            assert parts_having(words)
            assert set(parts_having(words)) <= parts_of(text)


def test_an_end_that_may_go_on_is_no_part_of_words() -> None:
    assert parts_having("第77") == ("第7",)
    assert parts_having("777") == ("777",)
    assert parts_having("77建") == ("77", "7建")
    assert parts_having("A") == ()

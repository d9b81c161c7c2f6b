"""Document numbers as authorities write them, and those of sixty documents that the State Council published."""

from __future__ import annotations

import pytest

from exchange.documents.rules.numbers import parse_number
from exchange.errors import CallerError
from exchange.schemas import Document, DocumentNumber, OrderNumber
from tests.published import document_of
from tests.real_input import state_council_documents

NOTICE_NUMBER = DocumentNumber(agency="国办发", year=2019, serial=6)


@pytest.mark.parametrize(
    "text",
    [
        "国办发〔2019〕6号",
        "国办发[2019]6号",
        "国办发［2019］6号",
        "国办发(2019)6号",
        "国办发（2019）6号",
        "国办发【2019】6号",
        " 国办发 〔2019〕 6号　",
        "国办发〔２０１９〕６号",
    ],
)
def test_a_number_is_read_whatever_its_brackets_and_written_as_the_standard_has_it(text: str) -> None:
    assert parse_number(text) == NOTICE_NUMBER
    assert str(parse_number(text)) == "国办发〔2019〕6号"


def test_an_orders_number_has_no_year() -> None:
    assert parse_number("国令第707号") == OrderNumber(agency="国令", serial=707)
    assert str(parse_number("国令第707号")) == "国令第707号"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "国办发〔2019〕06号",
        "国令第07号",
        "国办发〔2019〕第6号",
        "国办发〔2019]6号",
        "国办发〔19〕6号",
        "国办发〔1900〕6号",
        "〔2019〕6号",
        "国办发〔2019〕6",
        "国办发〔2019〕六号",
        "国办发〔2019〕100000号",
        "国办发2019年6号",
    ],
)
def test_what_is_no_number_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(CallerError) as refused:
        parse_number(text)
    assert "国办发〔2019〕6号" in refused.value.remedy


def test_the_numbers_of_sixty_published_documents_are_read_and_written_as_they_were() -> None:
    records = state_council_documents()
    assert len(records) == 60
    for record in records:
        assert str(parse_number(record["doc_number"])) == record["doc_number"]


def test_published_documents_come_back_byte_for_byte() -> None:
    for record in state_council_documents():
        document = document_of(record)
        written = document.model_dump_json().encode()
        read = Document.model_validate_json(written)
        assert read == document
        assert read.model_dump_json().encode() == written
        assert read.body.encode() == record["text"].encode()

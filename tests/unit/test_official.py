"""Official documents as bodies write them, and sixty that the State Council published."""

from __future__ import annotations

import json
from datetime import date

import pytest

from exchange.errors import CallerError
from exchange.rules.numbers import parse_date, parse_number
from exchange.rules.official import kind_of, parse_document
from exchange.schemas import Document, DocumentKind, DocumentNumber, OrderNumber
from tests.unit.facts import reference

LETTER_NUMBER = DocumentNumber(agency="国办函", year=2006, serial=82)
NOTICE_NUMBER = DocumentNumber(agency="国办发", year=2019, serial=6)


# --- numbers ----------------------------------------------------------------------------------------------------------


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


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019年1月27日", date(2019, 1, 27)),
        ("1996年06月29日", date(1996, 6, 29)),
        ("二〇〇四年四月二十七日", date(2004, 4, 27)),
        ("二○○五年三月三日", date(2005, 3, 3)),
        ("一九九六年十一月十日", date(1996, 11, 10)),
        ("二〇〇六年十二月三十日", date(2006, 12, 30)),
        ("二〇一〇年十月三十一日", date(2010, 10, 31)),
        ("二零一〇年一月十一日", date(2010, 1, 11)),
        ("　2019 年 1 月 27 日", date(2019, 1, 27)),
    ],
)
def test_a_date_is_read_in_figures_and_in_words(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "2019年1月",
        "二〇〇四年四月",
        "2019年2月30日",
        "2019年13月1日",
        "二〇〇四年四月三三日",
        "自2019年1月1日起",
        "",
        "日",
    ],
)
def test_what_is_no_whole_date_is_none(text: str) -> None:
    assert parse_date(text) is None


# --- kinds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("国务院关于印发《国务院工作规则》的通知", DocumentKind.NOTICE),
        ("国务院办公厅转发国家地震局关于防震减灾工作意见报告的通知", DocumentKind.NOTICE),
        ("关于加快发展体育竞赛表演产业的指导意见", DocumentKind.OPINION),
        ("关于促进综合保税区高质量发展的若干意见", DocumentKind.OPINION),
        ("关于黄金经济政策有关问题的复函", DocumentKind.LETTER),
        ("关于同意建立联席会议制度的批复", DocumentKind.REPLY),
        ("关于四起特大煤矿事故调查处理情况的通报", DocumentKind.CIRCULAR),
        ("关于2018年度国家科学技术奖励的决定", DocumentKind.DECISION),
        ("关于开展试点的请示", DocumentKind.REQUEST),
        ("关于全年工作情况的报告", DocumentKind.REPORT),
        ("关于暂停办理业务的公告", DocumentKind.PROCLAMATION),
        ("关于实施交通管制的通告", DocumentKind.ANNOUNCEMENT),
        ("第五次常务会议纪要", DocumentKind.MINUTES),
        ("关于提请审议条例草案的议案", DocumentKind.MOTION),
        ("全体会议公报", DocumentKind.COMMUNIQUE),
        ("关于修改章程的决议", DocumentKind.RESOLUTION),
        ("嘉奖令", DocumentKind.ORDER),
        ("关于试行办法的通知（试行）", DocumentKind.NOTICE),
        ("关于印发国 家 预 案 的 函", DocumentKind.LETTER),
    ],
)
def test_the_last_word_of_the_title_governs(title: str, kind: DocumentKind) -> None:
    assert kind_of(title, NOTICE_NUMBER) is kind


def test_an_answer_in_a_letters_number_is_a_letter() -> None:
    assert kind_of("对十届全国人大四次会议第7240号建议的答复", LETTER_NUMBER) is DocumentKind.LETTER
    with pytest.raises(CallerError):
        kind_of("对十届全国人大四次会议第7240号建议的答复", NOTICE_NUMBER)


@pytest.mark.parametrize("title", ["专利代理条例", "个人所得税法实施条例", "信访工作办法"])
def test_whatever_an_order_puts_in_force_it_is_an_order(title: str) -> None:
    assert kind_of(title, OrderNumber(agency="国令", serial=706)) is DocumentKind.ORDER
    with pytest.raises(CallerError, match="fifteen kinds"):
        kind_of(title, NOTICE_NUMBER)


# --- whole papers -----------------------------------------------------------------------------------------------------

PAPER = """合肥市人民政府办公室
关于做好防汛工作的通知
合政办〔2026〕3号
各县（市）、区人民政府，市政府各部门、各直属机构：
近来雨量偏多，现就有关事项通知如下：
一、加强值守。
附件：1.值班安排表
2.2026年物资清单
合肥市人民政府办公室
二〇二六年三月二日
（此件公开发布）
附件1
值班安排表
2026年3月5日
"""


def paper(text: str = PAPER, **fields: str) -> Document:
    facts = {"title": "关于做好防汛工作的通知", "issuer": "合肥市人民政府办公室", "doc_number": "合政办〔2026〕3号"}
    return parse_document(facts | {"text": text} | fields)


def test_every_element_is_found_where_the_standard_puts_it() -> None:
    document = paper()
    assert document.kind is DocumentKind.NOTICE
    assert document.addressees == ("各县（市）、区人民政府", "市政府各部门、各直属机构")
    assert document.attachment_note == ("值班安排表", "2026年物资清单")
    assert document.date == date(2026, 3, 2)
    assert document.notes == "此件公开发布"
    assert document.body == PAPER


def test_an_opening_sentence_is_not_taken_for_addressees() -> None:
    text = "关于交通管制的通告\n合政办〔2026〕3号\n为保障安全。现通告如下：\n二〇二六年三月二日"
    assert paper(text, title="关于交通管制的通告").addressees == ()


def test_a_paper_without_a_day_has_no_date() -> None:
    assert paper(PAPER.replace("二〇二六年三月二日", "二〇二六年三月")).date is None
    assert paper("关于防汛的通知\n合政办〔2026〕3号\n各部门：\n正文。").date is None


def test_a_paper_that_shows_no_date_takes_the_archives() -> None:
    text = "成文日期：\n2026年03月04日\n合政办〔2026〕3号\n各部门：\n正文。"
    assert paper(text).date == date(2026, 3, 4)
    assert paper(text.replace("：\n2026年", "：2026年")).date == date(2026, 3, 4)


def test_a_request_names_its_signatory_or_does_not_hold() -> None:
    text = "签发人：王某\n关于经费的请示\n合财〔2026〕5号\n市人民政府：\n请予拨付。\n二〇二六年三月二日"
    fields = {"title": "关于经费的请示", "doc_number": "合财〔2026〕5号"}
    assert paper(text, **fields).signatory == "王某"
    with pytest.raises(CallerError, match="is invalid"):
        paper(text.replace("签发人：王某\n", ""), **fields)


def published() -> list[dict[str, str]]:
    path = reference("cn_docs/statecouncil_docs_2018_2019.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_all_sixty_published_documents_have_their_number_their_kind_and_a_date() -> None:
    records = published()
    assert len(records) == 60
    for record in records:
        document = parse_document(record)
        assert str(document.number) == record["doc_number"]
        assert document.date is not None
        if record["genre"] != "?":
            assert document.kind.value == record["genre"], record["title"]
        assert bool(document.addressees) is not isinstance(document.number, OrderNumber)


def test_what_the_register_leaves_open_are_two_orders_and_the_answers_to_proposals() -> None:
    undetermined = [parse_document(record) for record in published() if record["genre"] == "?"]
    kinds = [document.kind for document in undetermined]
    assert kinds.count(DocumentKind.ORDER) == 2
    assert set(kinds) == {DocumentKind.ORDER, DocumentKind.LETTER}
    assert {document.signatory for document in undetermined if document.kind is DocumentKind.ORDER} == {"李克强"}


def test_the_papers_own_date_goes_before_the_archives() -> None:
    found = {record["doc_number"]: parse_document(record).date for record in published()}
    assert found["国办函〔2004〕36号"] == date(2004, 4, 27)
    assert found["国发〔2019〕5号"] == date(2019, 1, 27)


def test_published_documents_come_back_byte_for_byte() -> None:
    for record in published():
        document = parse_document(record)
        written = document.model_dump_json().encode()
        read = Document.model_validate_json(written)
        assert read == document
        assert read.model_dump_json().encode() == written
        assert read.body.encode() == record["text"].encode()

"""Matters for the public: found by words and theme, shown whole, and given as data."""

from __future__ import annotations

from starlette.testclient import TestClient

from exchange.window.app import create_app
from tests.web.window.wicket import HOST, Applicant, Wicket


def test_the_first_page_says_what_this_is_in_both_languages(wicket: Wicket) -> None:
    assert "Apply once. All departments decide at the same time." in wicket.visitor().get("/")
    chinese = wicket.visitor("zh-CN").get("/")
    assert "一次申请，各部门同时办理" in chinese
    assert '<html lang="zh-CN">' in chinese
    chosen = wicket.visitor("zh-CN")
    chosen.get("/?language=en")
    assert "Apply once" in chosen.get("/")


def test_matters_are_found_by_words_of_either_language_and_by_theme(wicket: Wicket) -> None:
    visitor = wicket.visitor()
    for search in ("dig", "DIG", "挖路", "道路 占用", "ｄｉｇ"):
        assert "1 matter found" in visitor.get(f"/matters?words={search}"), search
    assert "0 matters found" in visitor.get("/matters?words=dig+bridge")
    assert "1 matter found" in visitor.get("/matters?theme=工程建设")
    assert "0 matters found" in visitor.get("/matters?theme=别的")


def test_what_is_typed_into_a_search_is_shown_and_never_run(wicket: Wicket) -> None:
    page = wicket.visitor().get("/matters?words=<script>alert(1)</script>")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_matter_tells_terms_apart_and_what_silence_of_each_department_means(wicket: Wicket) -> None:
    page = wicket.visitor().get("/matters/works")
    assert "By law, from acceptance" in page
    assert "Promised, from acceptance" in page
    assert "8 working days" in page
    assert "silence means consent" in page
    assert "silence has no consequence" in page
    assert "并联审批缺席默认制" in page
    assert "<svg" in page


def test_a_matter_that_is_not_published_is_not_there(wicket: Wicket) -> None:
    hidden = wicket.settings.home / "departments" / "catalogue" / "works.toml"
    text = hidden.read_text(encoding="utf-8")
    before, _, after = text.partition("[guide]")
    hidden.write_text(before + after[after.index("[[fields]]") :], encoding="utf-8")
    visitor = wicket.visitor()
    assert "No matter can be applied for here" in visitor.get("/")
    for path in ("/matters/works", "/matters/works/apply", "/matters/works.json"):
        visitor.get(path)
        assert visitor.last is not None
        assert visitor.last.status_code == 404, path


def test_matters_are_data_too(wicket: Wicket) -> None:
    http = wicket.visitor().http
    one = http.get("/matters/works.json")
    assert one.json()["url"] == f"{HOST}/matters/works"
    assert one.json()["terms"]["promised_working_days"] == 8
    assert [each["code"] for each in http.get("/matters.json").json()["matters"]] == ["works"]
    linked = http.get("/matters/works.jsonld")
    assert linked.headers["content-type"] == "application/ld+json"
    assert linked.json()["@id"] == f"{HOST}/matters/works"
    assert len(http.get("/matters.jsonld").json()) == 1
    catalogue = http.get("/catalogue.jsonld").json()
    assert catalogue["@type"] == "dcat:Catalog"
    addresses = {
        part["dcat:accessURL"]["@id"] for dataset in catalogue["dcat:dataset"] for part in dataset["dcat:distribution"]
    }
    for address in addresses:
        assert http.get(address.removeprefix(HOST)).status_code == 200, "what it names is there"


def test_every_answer_is_strict_and_pages_need_nothing_from_elsewhere(wicket: Wicket) -> None:
    http = wicket.visitor().http
    for path in ("/", "/matters", "/nothing", "/matters/works.json", "/static/window.css"):
        answer = http.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"], path
        assert "unsafe-inline" not in answer.headers["content-security-policy"]
        assert "https://" not in answer.text.replace(HOST, "") or path.endswith(".json"), path
    assert http.head("/").status_code == 200
    assert http.post("/", data={}).status_code == 405


def test_what_breaks_is_told_as_a_page_and_not_shown(wicket: Wicket) -> None:
    visitor = Applicant(TestClient(create_app(wicket.face), base_url=HOST, raise_server_exceptions=False))
    wicket.face.matters = None  # type: ignore[assignment]
    page = visitor.get("/")
    assert visitor.last is not None
    assert visitor.last.status_code == 500
    assert "default-src 'none'" in visitor.last.headers["content-security-policy"]
    assert "NoneType" not in page
    assert "这里出了差错" in page

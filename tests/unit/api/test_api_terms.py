"""A client of the API is told operations and fields, never commands and options."""

from __future__ import annotations

from importlib import import_module

import pytest

from exchange.api.terms import in_api_terms

import_module("exchange.api.cases.models")  # whose fields these are
import_module("exchange.api.filings.models")


@pytest.mark.parametrize(
    ("remedy", "told"),
    [
        ("`exchange status` lists the cases", "`GET /cases` lists the cases"),
        ("`exchange status` 列出案件", "`GET /cases` 列出案件"),
        ("read it with `exchange status HF-1`, then confirm", "read it with `GET /cases/HF-1`, then confirm"),
        (
            "decide by hand: exchange decide HF-1 OUTCOME --officer WHO --reasons WHY",
            "decide by hand: `POST /cases/HF-1/decision`",
        ),
        ("`exchange decide HF-1 --confirm --officer X`", "`POST /cases/HF-1/confirmation`"),
        ("`exchange decide HF-1 --reviewed --officer X`", "`POST /cases/HF-1/review`"),
        ("give --basis with the article", "give `basis` with the article"),
        ("name it (--procedure): hearing", "name it (`procedure`): hearing"),
        ("say it with --reason ...", "say it with `reason`"),
        ("用 --overrule DEPARTMENT=REASONS 说明", "用 `overruled` 说明"),
        ("give reasons: --without hefei.fire=REASONS", "give reasons: `without_consent` (hefei.fire)"),
        ("name one of: hefei.planning", "name one of: hefei.planning"),
        ("`exchange filing list` shows them", "`GET /filings` shows them"),
        ("`exchange filing list --waiting` 列出", "`GET /filings` 列出"),
        ("see `exchange filing show 2026-7KQ4-M2XD`, then act", "see `GET /filings/2026-7KQ4-M2XD`, then act"),
        ("`exchange filing accept N-1 --officer X --promise map`", "`POST /filings/N-1/acceptance`"),
        ("exchange filing missing N-1 --what 'plan=stamp it'; then wait", "`POST /filings/N-1/missing`; then wait"),
        ("`exchange filing refuse N-1 refused --officer X`", "`POST /filings/N-1/refusal`"),
        ("`exchange filing hand-in FILE --as hefei.portal`", "`POST /filings`"),
        ("`exchange filing follow N-1 --as hefei.portal`", "`GET /filings/N-1/progress`"),
        ("`exchange filing state N-1 --text X`", "`POST /filings/N-1/statement`"),
        ("`exchange filing withdraw N-1`", "`POST /filings/N-1/withdrawal`"),
        ("`exchange joint list` shows them", "`GET /joint-documents` shows them"),
        ("`exchange inbox` lists what came", "`GET /documents` lists what came"),
        ("`exchange inbox` 列出收到的", "`GET /documents` 列出收到的"),
        ("`exchange notice list` shows what waits", "`GET /notices` shows what waits"),
        ("`exchange notice form` shows what is asked", "`GET /notices/ID` shows what is asked"),
        ("promise it (--promise)", "promise it (`promised`)"),
        ("run `exchange init --anew hefei.fire`", "run `exchange init --anew hefei.fire`"),
        ("run exchange init --anew hefei.fire to begin anew", "run exchange init --anew hefei.fire to begin anew"),
        (
            "用 exchange dead --as hefei.fire 查看，再用 --reason ... 说明",
            "用 exchange dead --as hefei.fire 查看，再用 `reason` 说明",
        ),
        (
            "exchange notice receipts ID --out FILE; then --reason",
            "exchange notice receipts ID --out FILE; then `reason`",
        ),
        ("`exchange dead --propose-release ID` takes it in, `--propose-discard` refuses it",) * 2,
        ("convmv -f GB18030 -t UTF-8 --notest",) * 2,
        ("a well-kept library - or two", "a well-kept library - or two"),
    ],
)
def test_remedies_name_operations_and_fields(remedy: str, told: str) -> None:
    assert in_api_terms(remedy) == told

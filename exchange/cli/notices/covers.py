"""Commands about a notice's text and the covers in front of it: notice show, cover."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.notices.commands import NoticeArgument
from exchange.cli.notices.cover_views import text_json, text_view
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json
from exchange.errors import CallerError
from exchange.files.cover_file import read_cover
from exchange.language import tr
from exchange.notices.cover import cover_notice, to_cover
from exchange.notices.text import notice_text
from exchange.runtime.home import relay_in
from exchange.runtime.settings import Settings


def register(notices: typer.Typer) -> None:
    """Add the commands to those about notices."""
    notices.command("show")(show)
    notices.command("cover")(cover)


def show(notice: NoticeArgument, as_: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """What a notice says, with all covers in front of it, each with who signed it."""
    found = notice_text(open_as(Settings.read(home=home), as_).node, notice)
    if as_json:
        print_json(text_json(found))
    else:
        console.print(text_view(found), soft_wrap=True)


def cover(
    notice: NoticeArgument,
    instruction: Annotated[
        Path | None, typer.Option("--instruction", metavar="FILE", help="Your own instruction in TOML; see below.")
    ] = None,
    without: Annotated[bool, typer.Option("--without", help="Pass it on as it is, without a cover.")] = False,
    act_by: Annotated[
        datetime | None,
        typer.Option("--act-by", formats=["%Y-%m-%d"], help="An earlier day for this level and those below."),
    ] = None,
    as_: Annotated[str | None, typer.Option("--as", help="The relay office (default: the domain's).")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Puts this level's own instruction in front of a notice that waits for it, and passes it on.

    Notices wait for a cover where the relay office's profile.toml says so; the origin's document stays as it is:

    ```toml
    [notices]
    cover = "ask"                 # 转发: from above; ask-all: own authorities', too (批转)
    ```

    The instruction is a 通知 with a number, a signatory and a date of its own:

    ```toml
    number = "合政办〔2026〕7号"
    issuer = "合肥市人民政府办公室"
    signatory = "李某"
    body = "现将省政府办公厅通知转发给你们，请结合实际认真贯彻执行。"
    # title = "..."               # by default 关于转发《…》的通知
    ```
    """
    if (instruction is None) is not without:
        raise CallerError(
            "a notice goes on with an instruction or without one", remedy="--instruction FILE or --without"
        )
    if without and act_by is not None:
        raise CallerError("a day stands in an instruction", remedy="--instruction FILE with --act-by")
    settings = Settings.read(home=home)
    node = open_as(settings, as_ or relay_in(settings)).node
    row = to_cover(node, notice)
    day = act_by.date() if act_by else None
    said = read_cover(instruction, row, node.address, day, settings.clock) if instruction else None
    sent = cover_notice(node, notice, said)
    if as_json:
        print_json({"notice": notice, "message_id": sent})
    else:
        console.print(plain(tr("passed on: {notice}", notice=notice)))

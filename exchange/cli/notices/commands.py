"""Commands about notices that go down through the levels: sent, followed, signed for, taken back."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.documents.attachments import leaving_claims
from exchange.cli.notices.views import notice_json, notice_view, notices_view, row_json
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import LiveView, console, plain, print_json, say_more
from exchange.errors import NotFound
from exchange.files.notice_file import read_notice
from exchange.language import tr
from exchange.messaging.node import Node
from exchange.notices import issue
from exchange.notices.sign_for import sign_for
from exchange.notices.status import NoticeStatus, notice_status
from exchange.notices.store import Notices
from exchange.runtime.settings import Settings

NoticeArgument = Annotated[str, typer.Argument(help="The notice's id, as `exchange notice list` shows it.")]

notices = typer.Typer(
    help="Notices down through the levels, and who has signed for them.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(notices, name="notice", rich_help_panel="Levels")


@notices.command("send")
def send(
    file: Annotated[Path, typer.Argument(help="The document in TOML; attachments are named by paths beside it.")],
    audience: Annotated[str, typer.Option("--to", help="Who is meant; see below.")],
    act_by: Annotated[
        datetime | None, typer.Option("--act-by", formats=["%Y-%m-%d"], help="To be dealt with by this day.")
    ] = None,
    replaces: Annotated[
        str | None, typer.Option("--replaces", help="An earlier notice that this one corrects.")
    ] = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sends a notice to an audience at this level and below.

    Who is meant is said in a short expression:

    - `anhui.hefei.planning`: one authority by its address
    - `direct`: the offices directly below · 直属
    - `departments at county`: all departments of all counties · 部门@县
    - `emergency at any`: all emergency bureaus of every level
    - `all below anhui.hefei`: everybody in and below Hefei
    - several with commas, and `except` for those who are not: `departments except all below anhui.hefei`

    A file looks like this:

    ```toml
    number = "皖政办〔2026〕12号"
    issuer = "安徽省人民政府办公厅"
    title = "关于做好防汛工作的通知"
    body = "..."
    urgency = "urgent"            # or ordinary, extra-urgent
    attachments = ["plan.pdf"]    # by paths beside the file; above 256 KiB they go by the claim store

    [form]                        # what everybody is to answer, if anything
    title = "防汛物资"
    due_days = 5                  # working days from signing, but no later than --act-by
    [[form.fields]]
    name = "pumps"
    label = "水泵"
    type = "integer"              # or text, decimal, date, choice, yes-no
    minimum = "0"
    ```
    """
    settings = Settings.read(home=home)
    node, day = open_as(settings, as_).node, act_by.date() if act_by else None
    issue.check_audience(node, audience)  # before anything large is uploaded
    with leaving_claims(settings, node.address) as leave:
        notice, enclosures = read_notice(file, audience, day, settings.clock, replaces, leave)
    notice_id = issue.issue_notice(node, notice, enclosures)
    if as_json:
        print_json({"notice": notice_id})
    else:
        console.print(
            plain(
                tr(
                    "issued: {notice_id}; follow it with: exchange notice status {notice_id} --watch",
                    notice_id=notice_id,
                )
            )
        )


@notices.command("status")
def status(
    notice: NoticeArgument,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Stay and refresh until all have signed.")] = False,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """How many have a notice at every level, have signed for it or returned it, and who has not."""
    node = open_as(Settings.read(home=home), as_).node
    found = _look(node, notice)
    if as_json:
        print_json(notice_json(found))
        while watch and not found.over:
            time.sleep(0.5)
            said, found = found, _look(node, notice)
            if said != found:
                print_json(notice_json(found))
    elif watch:
        with LiveView(notice_view(found), refresh_per_second=4) as live:
            while not found.over:
                time.sleep(0.5)
                found = _look(node, notice)
                live.update(notice_view(found))
    else:
        console.print(notice_view(found))


@notices.command("list")
def list_(as_: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Notices issued here, received, or passed on; of these also what waits for a cover."""
    node = open_as(Settings.read(home=home), as_).node
    with node.store.reading() as tx:
        rows, number = tx[Notices].recent(), tx[Notices].count()
    if as_json:
        print_json([row_json(row) for row in rows])
    else:
        console.print(notices_view(rows) if rows else tr("no notices"))
    say_more(number - len(rows))


@notices.command("sign")
def sign(notice: NoticeArgument, as_: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Signs for a notice that was received."""
    message_id = sign_for(open_as(Settings.read(home=home), as_).node, notice)
    _done(as_json, notice, message_id, tr("signed for"))


@notices.command("return")
def return_(
    notice: NoticeArgument,
    reason: Annotated[str, typer.Option(help="Why it is sent back; its origin reads this.")],
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sends a notice back with a reason."""
    message_id = sign_for(open_as(Settings.read(home=home), as_).node, notice, accepted=False, reason=reason)
    _done(as_json, notice, message_id, tr("returned"))


@notices.command("remind")
def remind(notice: NoticeArgument, as_: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Reminds everybody who has not signed for a notice."""
    _done(as_json, notice, issue.remind(open_as(Settings.read(home=home), as_).node, notice), tr("reminded"))


@notices.command("recall")
def recall(
    notice: NoticeArgument,
    reason: Annotated[str, typer.Option(help="Why; everybody who has it reads this.")],
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Takes a notice back; nothing is erased, and who had read it is still shown.

    Shows who had signed for it, and who had it, as far as that is counted now. Each level's relay office then tells who
    had signed before the recall, by name: `exchange notice status NOTICE --watch` fills up until all have.
    """
    node = open_as(Settings.read(home=home), as_).node
    message_id = issue.recall(node, notice, reason)
    found = _look(node, notice)
    if as_json:
        print_json({"notice": notice, "message_id": message_id, "status": notice_json(found)})
        return
    console.print(plain(tr("recalled: {notice}", notice=notice)))
    console.print(notice_view(found))
    console.print(plain(tr("who had signed, by name: exchange notice status {notice} --watch", notice=notice)))


def _done(as_json: bool, notice: str, message_id: str, said: str) -> None:
    if as_json:
        print_json({"notice": notice, "message_id": message_id})
    else:
        console.print(plain(f"{said}: {notice}"))


def _look(node: Node, notice: str) -> NoticeStatus:
    found = notice_status(node, notice)
    if found is None:
        raise NotFound("no notice {notice} here", remedy="`exchange notice list` shows them", notice=notice)
    return found

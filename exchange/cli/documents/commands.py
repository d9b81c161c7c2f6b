"""Commands about documents from authority to authority: send, forward."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.documents.attachments import leaving_claims
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json
from exchange.documents.forward import forward_request
from exchange.documents.send import check_document, send_document
from exchange.files.document_file import read_document
from exchange.language import tr
from exchange.runtime.settings import Settings

_PANEL = "Documents"

CopyOption = Annotated[
    list[str] | None, typer.Option("--copy", metavar="ADDRESS", help="Who gets a copy (抄送); may be given often.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("send", rich_help_panel=_PANEL)(send)
    app.command("forward", rich_help_panel=_PANEL)(forward)


def send(
    file: Annotated[Path, typer.Argument(help="The document in TOML; attachments are named by paths beside it.")],
    to: Annotated[
        list[str], typer.Option("--to", metavar="ADDRESS", help="Who must act on it (主送); may be given often.")
    ],
    copy: CopyOption = None,
    answers: Annotated[
        str | None, typer.Option("--answers", metavar="MESSAGE", help="The message that it answers (批复, 复函).")
    ] = None,
    replaces: Annotated[
        str | None, typer.Option(metavar="MESSAGE", help="A document of yours that came back, and that it replaces.")
    ] = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sends a report, a request, an answer or a letter to other authorities.

    What its kind does not allow is refused before it is sent, with the article and what to do:

    - 报告, 请示: upward, to one superior, with its signatory; a level that is passed over gets a `--copy`
    - 批复: down to the authority that asked, with `--answers` naming the request; who passed it on gets a copy by
      itself
    - 函, 复函: to authorities that are neither superior nor subordinate; an answer names the letter with `--answers`

    A file looks like this:

    ```toml
    number = "庐政〔2026〕12号"
    kind = "请示"
    issuer = "庐阳区人民政府"
    signatory = "王某"            # 签发人, for what goes upward
    title = "关于追加防汛经费的请示"
    addressees = ["合肥市人民政府"]
    body = "..."
    attachments = ["plan.pdf"]    # by paths beside the file; above 256 KiB they go by the claim store
    purpose = "action"            # or information: nobody need act on it
    issuing_mark = "庐阳区人民政府文件"                          # 发文机关标志

    [printing]
    by = "庐阳区人民政府办公室"    # 印发机关

    [[concerns]]                  # downward: others agree first
    authority = "hefei.water"
    agreed_in = "ID"
    ```

    What touches the powers of other departments goes down once each has agreed (article 16(4)): `agreed_in` is the id
    of its document that says so, as `exchange inbox` lists it. It gets a copy, and sends it back if it did not.

    `exchange show MESSAGE` then shows where a request stands.
    """
    settings = Settings.read(home=home)
    node = open_as(settings, as_).node
    lawful = partial(check_document, node, addressees=to, copies=copy or (), in_reply_to=answers, replaces=replaces)
    with leaving_claims(settings, node.address) as leave:
        document, enclosures = read_document(file, settings.clock, leave, lawful)
    sent = send_document(
        node, document, to, copies=copy or (), enclosures=enclosures, in_reply_to=answers, replaces=replaces
    )
    if as_json:
        print_json({"message_id": sent, "kind": document.kind.value})
    else:
        console.print(
            plain(
                tr("sent: {kind} {number}, message {sent}", kind=document.kind.value, number=document.number, sent=sent)
            )
        )


def forward(
    message: Annotated[str, typer.Argument(help="The request's message id, as `exchange inbox` lists it.")],
    opinion: Annotated[
        Path, typer.Option("--opinion", metavar="FILE", help="Your own opinion: a 请示 or a 意见 in TOML.")
    ],
    to: Annotated[
        str | None, typer.Option("--to", metavar="ADDRESS", help="The superior authority (default: the office above).")
    ] = None,
    copy: CopyOption = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Passes a request on to a superior authority with your own opinion and the whole file.

    The file goes as it came: the request with its signature and attachments, and every opinion before yours. Who asked
    is told; the answer (批复) goes to them, with a copy for you. The opinion's file is written as for `exchange send`.
    """
    settings = Settings.read(home=home)
    node = open_as(settings, as_).node
    with leaving_claims(settings, node.address) as leave:
        document, enclosures = read_document(opinion, settings.clock, leave)
    sent = forward_request(node, message, document, to=to, copies=copy or (), enclosures=enclosures)
    if as_json:
        print_json({"message_id": sent})
    else:
        console.print(plain(tr("passed on: message {sent}", sent=sent)))

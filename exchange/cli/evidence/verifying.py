"""The command that verifies a bundle of evidence: verify."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from exchange.cli.options import JsonOption
from exchange.cli.view import console, plain, print_json
from exchange.directory.certificates import der_of
from exchange.evidence.bundle.contents import BundleContents, BundleReader
from exchange.evidence.proof.findings import Conclusion, EvidenceFinding, Weight
from exchange.evidence.proof.timeline import TimelineEntry
from exchange.evidence.proof.verifying import VerifiedBundle, verify_bundle
from exchange.evidence.proof.words import CONCLUSIONS, READERS, REASONS, WEIGHTS
from exchange.language import choose, language, listed, tr
from exchange.language.members import calling
from exchange.machine.files import told, write_secret

EXIT_CODES = {Conclusion.PROVED: 0, Conclusion.WITHHELD: 3, Conclusion.INCOMPLETE: 3, Conclusion.CONTRADICTED: 4}
_SIGNS = {
    Weight.PROVED: ("✓", "green"),
    Weight.CLAIMED: ("~", "yellow"),
    Weight.MISSING: ("?", "yellow"),
    Weight.WITHHELD: ("▒", "yellow"),
    Weight.NOT_LOOKED_AT: ("·", "dim"),
    Weight.CONTRADICTION: ("✗", "bold red"),
}
_COLOURS = {
    Conclusion.PROVED: "bold green",
    Conclusion.WITHHELD: "bold yellow",
    Conclusion.INCOMPLETE: "bold yellow",
    Conclusion.CONTRADICTED: "bold red",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify", rich_help_panel="Evidence")(verify)


def verify(
    file: Annotated[Path, typer.Argument(help="The bundle, as `exchange evidence` wrote it.")],
    trust: Annotated[
        Path,
        typer.Option(
            "--trust",
            metavar="CERTIFICATE",
            help="The certificate of the domain's authority, DER or PEM, as you have it from the domain itself.",
        ),
    ],
    tsa: Annotated[
        list[Path] | None,
        typer.Option(
            "--tsa",
            metavar="CERTIFICATE",
            help="The certificate of a time-stamping authority that you trust: its root's or its own, DER or PEM; may"
            " be given several times.",
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="REPORT.html", help="Write what was found as a page for people, too."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also each single receipt.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Verifies a bundle of evidence: without a network, a domain's folder or a database.

    Signatures, receipts and times are checked, every due moment is derived again, and what the lead decided is held
    against what it had signed for. Time-stamps count where `--tsa` names their authority; without it they are not
    looked at. Told is what is proved, what one side alone claims, what is missing, what was withheld from the reader
    and so could not be looked at, and what contradicts.

    Exit code 0: all is proved, time-stamps perhaps not looked at. 3: nothing contradicts, but something is missing,
    withheld or only claimed. 4: something contradicts. 5: no bundle, or nothing in it that this authority has signed.
    """
    bundle, authority = _bytes(file), der_of(_bytes(trust))
    found = verify_bundle(bundle, authority, [_bytes(path) for path in tsa or ()])
    if as_json:
        print_json(verification_json(found))
    else:
        with calling(found.names):
            _show(found, everything=everything)
    if html is not None:
        from exchange.web.evidence_report import evidence_report

        write_secret(html, evidence_report(found, bundle, authority).encode())
    code = EXIT_CODES[found.conclusion]
    if code:
        raise typer.Exit(code)


def _bytes(path: Path) -> bytes:
    with told(path):
        return path.read_bytes()


def verification_json(found: VerifiedBundle) -> dict[str, Any]:
    """Return what was found, for machines."""
    subject = found.contents.subject
    return {
        "conclusion": found.conclusion.value,
        "subject": {"kind": subject.kind.value, "id": subject.id, "of": subject.of},
        "domain": found.domain,
        "made_at": found.contents.made_at.isoformat(),
        "made_by": list(found.contents.made_by),
        "reader": found.contents.reader.value,
        "withheld": [
            {"path": one.path, "sha256": one.sha256, "size": one.size, "why": one.why.value}
            for one in found.contents.withheld
        ],
        "documents": found.documents,
        "receipts": found.receipts,
        "findings": [_finding_json(one) for one in found.findings],
        "timeline": [_entry_json(one) for one in found.timeline],
    }


def _entry_json(one: TimelineEntry) -> dict[str, Any]:
    return {
        "message_id": one.message_id,
        "sender": one.sender,
        "kind": one.kind or None,
        "dated": _moment(one.dated),
        "at_earliest": _moment(one.at_earliest),
        "at_latest": _moment(one.at_latest),
        "receipts": [
            {"receiver": each.receiver, "outcome": each.outcome.value, "at": _moment(each.signed_for_at)}
            for each in one.receipts
        ],
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _finding_json(one: EvidenceFinding) -> dict[str, Any]:
    return {
        "weight": one.weight.value,
        "code": one.code.value,
        "about": one.about,
        "text": str(one.text),
        "at_earliest": _moment(one.at_earliest),
        "at_latest": _moment(one.at_latest),
    }


def _show(found: VerifiedBundle, *, everything: bool) -> None:
    subject = found.contents.subject
    console.print(plain(tr("{id}, of {lead}", id=subject.id, lead=subject.of), "bold"))
    for weight in Weight:
        those = [one for one in found.findings if one.weight is weight]
        shown = those if everything else [one for one in those if not one.is_detail]
        if not those:
            continue
        console.print(plain(choose(WEIGHTS[weight])))
        sign, colour = _SIGNS[weight]
        for one in shown:
            console.print(plain(f"  {sign} {one.text.written(language())}", colour))
        if len(those) > len(shown):
            console.print(plain("    " + _more(weight, len(those) - len(shown))))
    if found.contents.reader is not BundleReader.ALL:
        console.print(plain(_redacted(found.contents)))
    console.print(plain(choose(CONCLUSIONS[found.conclusion]), _COLOURS[found.conclusion]))


def _more(weight: Weight, number: int) -> str:
    if weight is Weight.WITHHELD:
        return tr("and {number} files (--all lists them)", number=number)
    return tr("and {number} receipts (--all lists them)", number=number)


def _redacted(contents: BundleContents) -> str:
    """For whom it was made, and how much was left out, by reasons."""
    counted = Counter(one.why for one in contents.withheld)
    reader = choose(READERS[contents.reader])
    if not counted:
        return tr("made for {reader}; nothing was withheld", reader=reader)
    reasons = listed(f"{number} {choose(REASONS[why])}" for why, number in sorted(counted.items()))
    return tr("made for {reader}; {number} files withheld: {reasons}",
              reader=reader, number=counted.total(), reasons=reasons)  # fmt: skip

"""The command that verifies a bundle of evidence: verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from exchange.cli.options import JsonOption
from exchange.cli.view import console, plain, print_json
from exchange.directory.certificates import der_of
from exchange.evidence.proof.findings import Conclusion, EvidenceFinding, Weight
from exchange.evidence.proof.verifying import VerifiedBundle, verify_bundle
from exchange.evidence.proof.words import CONCLUSIONS, WEIGHTS
from exchange.language import choose, language, tr
from exchange.language.members import calling
from exchange.machine.files import told

EXIT_CODES = {Conclusion.PROVED: 0, Conclusion.INCOMPLETE: 3, Conclusion.CONTRADICTED: 4}
_SIGNS = {
    Weight.PROVED: ("✓", "green"),
    Weight.CLAIMED: ("~", "yellow"),
    Weight.MISSING: ("?", "yellow"),
    Weight.CONTRADICTION: ("✗", "bold red"),
}
_COLOURS = {Conclusion.PROVED: "bold green", Conclusion.INCOMPLETE: "bold yellow", Conclusion.CONTRADICTED: "bold red"}


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
    everything: Annotated[bool, typer.Option("--all", help="Also each single receipt.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Verifies a bundle of evidence: without a network, a domain's folder or a database.

    Signatures, receipts and times are checked, every due moment is derived again, and what the lead decided is held
    against what it had signed for. Told is what is proved, what one side alone claims, what is missing, and what
    contradicts.

    Exit code 0: all is proved. 3: nothing contradicts, but something is missing or only claimed. 4: something
    contradicts. 5: no bundle, or nothing in it that this authority has signed.
    """
    found = verify_bundle(_bytes(file), der_of(_bytes(trust)))
    if as_json:
        print_json(verification_json(found))
    else:
        with calling(found.names):
            _show(found, everything=everything)
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
        "documents": found.documents,
        "receipts": found.receipts,
        "findings": [_finding_json(one) for one in found.findings],
    }


def _finding_json(one: EvidenceFinding) -> dict[str, Any]:
    return {
        "weight": one.weight.value,
        "code": one.code.value,
        "about": one.about,
        "text": str(one.text),
        "at_latest": one.at_latest.isoformat() if one.at_latest else None,
    }


def _show(found: VerifiedBundle, *, everything: bool) -> None:
    subject = found.contents.subject
    console.print(plain(tr("{id}, of {lead}", id=subject.id, lead=subject.of), "bold"))
    for weight in Weight:
        those = [one for one in found.findings if one.weight is weight]
        shown = those if everything or weight is not Weight.PROVED else [one for one in those if not one.is_detail]
        if not those:
            continue
        console.print(plain(choose(WEIGHTS[weight])))
        sign, colour = _SIGNS[weight]
        for one in shown:
            console.print(plain(f"  {sign} {one.text.written(language())}", colour))
        if len(those) > len(shown):
            console.print(
                plain("    " + tr("and {number} receipts (--all lists them)", number=len(those) - len(shown)))
            )
    console.print(plain(choose(CONCLUSIONS[found.conclusion]), _COLOURS[found.conclusion]))

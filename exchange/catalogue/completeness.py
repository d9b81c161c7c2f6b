"""Is an application complete? Everything that is missing is told at once (Administrative License Law, article 32)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from exchange.catalogue.answers import answer_faults
from exchange.catalogue.terms import working_days_text
from exchange.errors import BadApplication
from exchange.language import Language, NamedText, Text, joined
from exchange.schemas import Application, Material, Matter, SubmittedMaterial


@dataclass(frozen=True)
class Shortcoming:
    """One thing that is missing or does not fit, and its remedy."""

    what: Text
    remedy: Text
    material: str = ""
    """The code of the material that it is about."""
    field: str = ""
    """The field of the form that it is about."""

    def plain(self, wanted: Language) -> str:
        """Return what is wrong for people who know no codes: materials by their names alone."""
        said = self.what.written(wanted)
        return said.replace(f" ({self.material})", "").replace(f"（{self.material}）", "") if self.material else said


@dataclass(frozen=True)
class Completeness:
    """What an application lacks."""

    faults: tuple[Shortcoming, ...]
    promisable: tuple[Material, ...]
    """Materials that are missing and may be handed in later, against a promise (容缺受理)."""

    def lacking(self, promised: Collection[str] = ()) -> tuple[Shortcoming, ...]:
        """Return all that stands in the way where these materials are promised."""
        missing = (one for one in self.promisable if one.code not in promised)
        return (*map(_promisable, missing), *self.faults)


def check_application(
    application: Application, matter: Matter, enclosures: Sequence[bytes], promised: Collection[str] = ()
) -> None:
    """Raise BadApplication naming every fault: answers, materials missing, unknown or too many, files that do not fit.

    ``promised``: materials that the applicant hands in later; those that the matter lets nobody promise are missing.
    """
    lacking = completeness_of(application, matter, enclosures).lacking(promised)
    if lacking:
        raise BadApplication(
            "the application for {matter} is not complete: {faults_found}",
            remedy="hand in what is named, all of it together",
            matter=matter.code,
            faults_found=joined(one.what for one in lacking),
        )


def completeness_of(application: Application, matter: Matter, enclosures: Sequence[bytes] | None) -> Completeness:
    """Return all that an application lacks; ``enclosures`` None where its files are not at hand to be compared."""
    missing = list(_missing(application, matter))
    faults = [_shortcoming_of(material) for material in missing if material.promise_days is None]
    faults += _misfits(application, matter)
    faults += [
        Shortcoming(fault.text, fault.remedy, field=fault.field)
        for fault in answer_faults(matter.fields, application.answers)
    ]
    if enclosures is not None:
        found = enclosure_faults(application, enclosures)
        faults += [Shortcoming(what, Text("enclose the files that the application names")) for what in found]
    return Completeness(tuple(faults), tuple(one for one in missing if one.promise_days is not None))


def enclosure_faults(application: Application, enclosures: Sequence[bytes]) -> Iterator[Text]:
    """Yield a fault wherever the enclosures are not the attachments that the application names, in its order.

    Files in the claim store are none of them: whoever fetches one compares it with its claim.
    """
    attachments = [material.attachment for material in application.materials if material.attachment is not None]
    if len(attachments) != len(enclosures):
        yield Text(
            "{named} attachments are named, {enclosed} enclosed",
            {"named": len(attachments), "enclosed": len(enclosures)},
        )
        return
    for attachment, enclosure in zip(attachments, enclosures, strict=True):
        if attachment.size != len(enclosure) or attachment.digest != hashlib.sha256(enclosure).hexdigest():
            yield Text("attachment {name} is not the file that was enclosed", {"name": attachment.name})


def _missing(application: Application, matter: Matter) -> Iterator[Material]:
    given = {material.code for material in application.materials}
    return (material for material in matter.materials if material.required and material.code not in given)


def _misfits(application: Application, matter: Matter) -> Iterator[Shortcoming]:
    """What was handed in and is not what the matter asks for."""
    known = {material.code: material for material in matter.materials}
    for code, times in Counter(material.code for material in application.materials).items():
        if code not in known:
            what = Text("unknown material: {code_named}", {"code_named": code})
            yield Shortcoming(what, Text("leave it out; the guide lists what is asked for"), code)
        elif times > known[code].files:
            yield _too_many(known[code], times)
    for code in dict.fromkeys(one.code for one in application.materials if one.code in known and _is_nothing(one)):
        what = Text("neither a file nor a note: {name} ({code_named})", _named(known[code]))
        yield Shortcoming(what, Text("attach its file, or say in a note where it lies"), code)


def _is_nothing(material: SubmittedMaterial) -> bool:
    return material.attachment is None and material.claim is None and not material.note.strip()


def _too_many(material: Material, times: int) -> Shortcoming:
    if material.files == 1:
        what = Text("handed in {times} times: {code_named}", {"times": times, "code_named": material.code})
        return Shortcoming(what, Text("hand it in once"), material.code)
    what = Text(
        "{times} files, {most} at most: {name} ({code_named})",
        {"times": times, "most": material.files, **_named(material)},
    )
    return Shortcoming(what, Text("put several into one file, or leave some out"), material.code)


def _shortcoming_of(material: Material) -> Shortcoming:
    return Shortcoming(Text("missing: {name} ({code_named})", _named(material)), Text("hand it in"), material.code)


def _promisable(material: Material) -> Shortcoming:
    days = {"days": working_days_text(material.promise_days or 0)}
    return Shortcoming(
        Text("missing: {name} ({code_named})", _named(material)),
        Text("hand it in, or promise it within {days} of acceptance", days),
        material.code,
    )


def _named(material: Material) -> dict[str, object]:
    return {"name": NamedText(material.names), "code_named": material.code}

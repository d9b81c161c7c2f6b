"""Is the application complete? Everything that is missing is told at once (Administrative License Law, article 32)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from exchange.errors import BadApplication
from exchange.language import Text, joined
from exchange.schemas import Application, Matter


def check_application(application: Application, matter: Matter, enclosures: Sequence[bytes]) -> None:
    """Raise BadApplication naming every fault: materials missing, unknown or doubled, attachments that do not fit."""
    faults = [*_material_faults(application, matter), *enclosure_faults(application, enclosures)]
    if faults:
        raise BadApplication(
            "the application for {matter} is not complete: {faults_found}",
            remedy="hand in what is named, all of it together",
            matter=matter.code,
            faults_found=joined(faults),
        )


def _material_faults(application: Application, matter: Matter) -> Iterator[Text]:
    given = Counter(material.code for material in application.materials)
    known = {material.code: material for material in matter.materials}
    for code, material in known.items():
        if material.required and code not in given:
            yield Text("missing: {name} ({code_named})", {"name": material.name, "code_named": code})
    for code, times in given.items():
        if code not in known:
            yield Text("unknown material: {code_named}", {"code_named": code})
        elif times > 1:
            yield Text("handed in {times} times: {code_named}", {"times": times, "code_named": code})


def enclosure_faults(application: Application, enclosures: Sequence[bytes]) -> Iterator[Text]:
    """Yield a fault wherever the enclosures are not the attachments that the application names, in its order."""
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

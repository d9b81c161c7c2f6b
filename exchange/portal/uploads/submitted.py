"""Looking at the files of an application that came as a whole: by the API, or entered by a clerk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exchange.catalogue.completeness import Shortcoming
from exchange.errors import BadApplication, BadFile
from exchange.language import Text, joined
from exchange.portal.submitting import Submission
from exchange.portal.uploads.looking import LookedAt, look_at
from exchange.portal.uploads.scanning import ScannerPlace
from exchange.schemas import Application


@dataclass(frozen=True)
class SubmittedLook:
    """What was found out about the files of an application, by the places of their materials."""

    files: Mapping[int, LookedAt]
    faults: Mapping[int, Shortcoming]

    @property
    def scanned(self) -> tuple[str, ...]:
        """What has scanned each file, in their order."""
        return tuple(self.files[place].scanned for place in sorted(self.files))


def look_at_all(scanner: ScannerPlace | None, application: Application, contents: Mapping[int, bytes]) -> SubmittedLook:
    """Look at every file of an application; its ``contents`` by the places of their materials."""
    files: dict[int, LookedAt] = {}
    faults: dict[int, Shortcoming] = {}
    for place, data in contents.items():
        one = application.materials[place]
        named = one.attachment or one.claim
        try:
            files[place] = look_at(scanner, data)
        except BadFile as error:
            what = Text("{name}: {what}", {"name": named.name if named is not None else one.code, "what": error.text})
            remedy = error.remedy_text if isinstance(error.remedy_text, Text) else Text(str(error.remedy_text))
            faults[place] = Shortcoming(what, remedy, material=one.code)
    return SubmittedLook(files, faults)


def looked_at(scanner: ScannerPlace | None, submission: Submission) -> Submission:
    """Return an application with each file's kind by its content, and what has scanned it. Raises BadApplication."""
    application = submission.application
    places = [place for place, one in enumerate(application.materials) if one.attachment is not None]
    found = look_at_all(scanner, application, dict(zip(places, submission.contents, strict=True)))
    if found.faults:
        raise BadApplication(
            "files of the application are not taken: {faults_found}",
            remedy="{remedies}",
            faults_found=joined(one.what for one in found.faults.values()),
            remedies=joined(dict.fromkeys(one.remedy for one in found.faults.values())),
        )
    return Submission(_as_found(application, found), submission.contents, submission.agent, found.scanned)


def _as_found(application: Application, found: SubmittedLook) -> Application:
    materials = list(application.materials)
    for place, look in found.files.items():
        attachment = materials[place].attachment
        assert attachment is not None  # noqa: S101 -- only these were looked at
        named = attachment.model_copy(update={"media_type": look.media_type})
        materials[place] = materials[place].model_copy(update={"attachment": named})
    return application.model_copy(update={"materials": tuple(materials)})

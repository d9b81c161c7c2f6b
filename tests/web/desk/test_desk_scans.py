"""What a desk says of an application's files: whether a scanner has looked at each, as the window was told."""

from __future__ import annotations

import hashlib

import pytest

from exchange.approval.window.issuing import CaseFiles
from exchange.approval.window.submit import open_case
from exchange.schemas import Attachment, SubmittedMaterial
from tests.web.desk.office import Office


def attached(name: str, content: bytes) -> SubmittedMaterial:
    digest = hashlib.sha256(content).hexdigest()
    named = Attachment(name=name, media_type="text/plain", size=len(content), digest=digest)
    return SubmittedMaterial(code="plan", attachment=named)


@pytest.mark.broker
def test_which_files_were_scanned_stands_with_each_of_them(office: Office) -> None:
    city = office.city
    matter = city.matter(city.approver("planning"), code="scanned")
    looked, unlooked = attached("方案.txt", b"plan"), attached("照片.txt", b"photo")
    assert looked.attachment is not None
    said: dict[tuple[str, ...] | None, list[str]] = {}
    for told in (None, (looked.attachment.digest,)):
        application = city.application("scanned").model_copy(update={"materials": (looked, unlooked)})
        with city.window.step() as step:
            case = open_case(step, application, matter, CaseFiles((b"plan", b"photo"), scanned=told))
        city.wake("window")
        city.local.settle()
        pages = {"planning": f"/case/{case.number}", "window": f"/lead/case/{case.number}"}
        said[told] = [office.officer(name).get(path) for name, path in pages.items()]
    for page in said[None]:
        assert page.count("not told whether it was scanned") == 2
    for page in said[(looked.attachment.digest,)]:
        assert page.index("方案.txt") < page.index("scanned, nothing found") < page.index("照片.txt")
        assert page.count("not scanned") == 1

"""What the script of the materials' page does to send a file in parts, step by step."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from httpx import Response

from tests.web.window.wicket import Applicant

OCTETS = "application/offset+octet-stream"


class PartSender:
    """What the script of the page does, step by step."""

    def __init__(self, applicant: Applicant, data: bytes, name: str = "方案.txt", digest: str = "") -> None:
        self.applicant, self.data, self.name = applicant, data, name
        self.digest = digest or hashlib.sha256(data).hexdigest()
        self.token = applicant.hidden(f"/drafts/{applicant.number}/steps/materials")["token"]
        self.path = ""

    def asks(self, method: str, path: str, headers: Mapping[str, str], content: bytes = b"", **more: str) -> Response:
        own = {
            "tus-resumable": "1.0.0",
            "x-form-token": self.token,
            "origin": str(self.applicant.http.base_url),
            **more,
            **headers,
        }
        return self.applicant.http.request(method, path, headers=own, content=content)

    def announce(self, size: int | None = None, material: str = "plan") -> Response:
        told = {"filename": self.name, "material": material, "sha256": self.digest}
        words = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
        length = str(len(self.data) if size is None else size)
        path = f"/drafts/{self.applicant.number}/uploads"
        found = self.asks("POST", path, {"upload-length": length, "upload-metadata": words})
        self.path = found.headers.get("location", self.path)
        return found

    def send(self, offset: int, until: int | None = None, **more: str) -> Response:
        headers = {"content-type": OCTETS, "upload-offset": str(offset), **more}
        return self.asks("PATCH", self.path, headers, self.data[offset:until])

    def stands(self) -> str:
        return self.asks("HEAD", self.path, {}).headers["upload-offset"]

"""Many who upload at once keep nobody else waiting."""

from __future__ import annotations

import socket
import threading

import httpx

from exchange.portal.uploads.scanning import ScannerPlace
from tests.web.window.wicket import Applicant, Wicket, served

CROWD = 60
"""More than there are threads that make pages."""


def test_pages_are_answered_while_more_people_upload_than_there_are_threads(
    wicket: Wicket, applicant: Applicant
) -> None:
    token = applicant.hidden(f"/drafts/{applicant.number}/steps/materials")["token"]
    cookies = dict(applicant.http.cookies)
    answers: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as scanner, served(wicket.face) as url:
        wicket.face.scanner = ScannerPlace(host="127.0.0.1", port=scanner.getsockname()[1])

        def upload(number: int) -> None:
            answer = httpx.post(
                f"{url}/drafts/{applicant.number}/files/plan", data={"token": token}, cookies=cookies, timeout=120,
                headers={"origin": url}, files={"files": (f"{number}.txt", "方案".encode())}, trust_env=False,
            )  # fmt: skip
            answers.append(answer.status_code)

        crowd = [threading.Thread(target=upload, args=(number,)) for number in range(CROWD)]
        for one in crowd:
            one.start()
        waiting = [scanner.accept()[0] for _ in range(4)]  # who scans says nothing, and they wait
        for _ in range(20):
            assert httpx.get(f"{url}/matters", timeout=20, trust_env=False).status_code == 200
        assert not answers
        scanner.close()
        for one in waiting:
            one.close()
        for each in crowd:
            each.join(120)
    assert len(answers) == CROWD
    assert set(answers) == {303, 422}, "taken; or told that there are enough files of this"

"""A public window to test on: over the portal of a small domain, in this process or served; and a browser without
scripts, as far as forms go.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from httpx import Response
from starlette.testclient import TestClient

from exchange.machine.connections import Connections
from exchange.runtime.home import OpenedMember, open_member
from exchange.runtime.settings import Settings
from exchange.setup.init import init_files
from exchange.web.listening import ListeningPlace, listen
from exchange.web.serving import LoopTurns, server_of
from exchange.window.app import create_app
from exchange.window.face import PublicFace
from exchange.window.serve import face_of
from tests.processes import write_departments
from tests.web.house import QUICK

HOST = "https://window.test"
PORTAL = """
address = "{domain}.portal"
name = "政务服务网"
name_en = "Online Window"
roles = ["portal"]
superior = "{domain}.window"
officer = "网上窗口"
"""
MATTER = """
code = "works"
version = "1"
name = "占用、挖掘城市道路审批"
name_en = "Digging up a road"
lead = "{domain}.window"
basis = ["行政许可法第二十六条"]
promised_days = 8

[guide]
theme = {{zh = "工程建设", en = "Building"}}
about = {{zh = "在城市道路上施工", en = "Works in a city road"}}
applicants = [{{zh = "建设单位", en = "Whoever has it built"}}]
conditions = [{{zh = "有施工方案", en = "There is a plan"}}]
fees = {{zh = "不收费", en = "None"}}
result = {{zh = "许可证", en = "A permit"}}
validity = {{zh = "六个月", en = "Six months"}}
remedies = [{{zh = "六十日内可以申请行政复议", en = "Reconsideration within sixty days"}}]
place = {{zh = "一楼", en = "Ground floor"}}
contact = "0551-1"
complaints = "0551-2"
keywords = ["挖路", "dig"]

[[fields]]
name = "length"
label = {{zh = "长度", en = "Length"}}
type = "decimal"
unit = "m"
minimum = "0"
topic = {{zh = "地点和规模", en = "Place and size"}}

[[fields]]
name = "closing"
label = {{zh = "是否封闭道路", en = "Is the road closed?"}}
type = "yes-no"

[[fields]]
name = "detour"
label = {{zh = "绕行方案", en = "Detour"}}
type = "long-text"
shown_if = {{field = "closing", value = "yes"}}

[[fields]]
name = "begins"
label = {{zh = "开工日期", en = "First day"}}
type = "date"
topic = {{zh = "时间", en = "Time"}}

[[materials]]
code = "plan"
name = "施工方案"
name_en = "Plan of the works"
files = 3

[[materials]]
code = "pipes"
name = "管线查询意见"
name_en = "What lies below"
promise_days = 5

[[approvers]]
department = "{domain}.planning"
term_days = 5

[[approvers]]
department = "{domain}.transport"
term_days = 3
default = "consent"
default_basis = ["并联审批缺席默认制"]
"""

_HIDDEN = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">')


def make_home(folder: Path, domain: str = "hefei") -> Settings:
    """Make the files of a domain with a portal and one matter for the public; no broker is needed."""
    settings = Settings.read({}, home=folder / "home")
    departments = folder / "departments"
    write_departments(departments, domain, ["planning", "transport"])
    (departments / "portal").mkdir()
    (departments / "portal" / "profile.toml").write_text(PORTAL.format(domain=domain), encoding="utf-8")
    (departments / "catalogue").mkdir(exist_ok=True)
    for other in (departments / "catalogue").glob("*.toml"):
        other.unlink()
    (departments / "catalogue" / "works.toml").write_text(MATTER.format(domain=domain), encoding="utf-8")
    init_files(settings, lambda text: None, departments)
    return settings


@dataclass
class Wicket:
    """A public window in this process."""

    settings: Settings
    opened: OpenedMember
    face: PublicFace

    @classmethod
    def of(cls, settings: Settings) -> Wicket:
        """Open the portal of a domain."""
        opened = open_member(settings, "hefei.portal")
        return cls(settings, opened, face_of(opened, settings, QUICK))

    def visitor(self, language: str = "en", place: str = "192.0.2.1", proxies: tuple[str, ...] = ()) -> Applicant:
        """A browser that has never been here; ``proxies`` are those that the window believes."""
        return Applicant(
            TestClient(
                create_app(self.face, proxies),
                base_url=HOST,
                follow_redirects=False,
                headers={"accept-language": language},
                client=(place, 50_000),
            )
        )


@dataclass
class Applicant:
    """Somebody with a browser that runs no scripts: forms are sent as they stand on the page."""

    http: TestClient
    number: str = ""
    code: str = ""
    last: Response | None = field(default=None, repr=False)

    def get(self, path: str) -> str:
        """Open a page, wherever it leads; return its text."""
        answer = self.http.get(path, follow_redirects=True)
        self.last = answer
        return answer.text

    def hidden(self, path: str) -> dict[str, str]:
        """What the first form of a page for its session holds."""
        return dict(_HIDDEN.findall(self.get(path)))

    @staticmethod
    def fields_of(page: str) -> dict[str, str]:
        """What the hidden fields of a page hold, whichever form they are in."""
        return {name: unescape(value) for name, value in _HIDDEN.findall(page)}

    def post(self, path: str, data: Mapping[str, object], **more: object) -> Response:
        """Send a form as a browser does."""
        found: Response = self.http.post(path, data=data, headers={"origin": HOST}, **more)  # type: ignore[arg-type]
        self.last = found
        return found

    def begin(self, matter: str = "works") -> str:
        """Begin an application, note number and code, and say so."""
        answer = self.post(f"/matters/{matter}/apply", {})
        assert answer.status_code == 303, answer.text
        page = self.get(answer.headers["location"])
        self.number, self.code = re.findall(r'<dd id="key-\w+">([^<]+)</dd>', page)
        done = self.post(f"/drafts/{self.number}/code", self.hidden(f"/drafts/{self.number}/code"))
        assert done.status_code == 303
        return self.number

    def step(self, key: str, **values: str) -> Response:
        """Fill in a step and save it."""
        path = f"/drafts/{self.number}/steps/{key}"
        sent = {f"f-{name}": value for name, value in values.items()}
        return self.post(path, {**self.hidden(path), **sent})

    def upload(self, material: str, name: str, data: bytes) -> Response:
        """Add a file."""
        token = self.hidden(f"/drafts/{self.number}/steps/materials")["token"]
        path = f"/drafts/{self.number}/files/{material}"
        return self.post(path, {"token": token}, files=[("files", (name, data, "application/x-anything"))])

    def fill_in(self) -> None:
        """Fill in everything that the matter of the tests asks for."""
        self.step("applicant", name="热电公司", identifier="91340100X", contact="0551-0")
        self.step("agent", **{"for": "self"})
        self.step("project", project="黄山路供热管道", summary="")
        self.step("topic-1", length="120.5", closing="no", detour="")
        self.step("topic-2", begins="2026-04-01")
        self.upload("plan", "方案.txt", "方案".encode())

    def hand_in(self, **more: str) -> Response:
        """Affirm the statement of truth and hand in."""
        hidden = self.hidden(f"/drafts/{self.number}/steps/check")
        return self.post(f"/drafts/{self.number}/hand-in", {**hidden, "declared": "yes", **more})

    def enter(self, number: str, code: str) -> Response:
        """Give number and code."""
        return self.post("/case", {"number": number, "code": code})


@contextmanager
def served(face: PublicFace) -> Iterator[str]:
    """Serve a window on a free port as `exchange window` does; its address."""
    place = ListeningPlace(port=0)
    connections = Connections()
    with listen(place, connections=connections) as listening:
        server = server_of(create_app(face), place, LoopTurns(), connections)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield place.url(listening.getsockname()[1])
        server.should_exit = True
        thread.join(20)

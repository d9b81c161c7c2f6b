"""The materials of an application: files by plain forms, checked before anything is stored; or where a paper lies."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.responses import Response

from exchange.errors import BadApplication, BadFile, Changed, TooLarge
from exchange.language import Text, language
from exchange.portal.drafting import detach, draft_of, save
from exchange.portal.uploads.file_names import file_name
from exchange.portal.uploads.keeping import LARGE_AT_ONCE, KeptFile
from exchange.portal.uploads.looking import look_at
from exchange.portal.uploads.room import expect_room, expect_size, full
from exchange.schemas import Material
from exchange.web.application_form import MOST_OF_A_LINE, text_fault
from exchange.window.forms.fault import InputFault, input_fault
from exchange.window.forms.lacking import material_anchor, step_path
from exchange.window.forms.steps import CHECK, MATERIALS, steps_of
from exchange.window.guest import Guest, goto
from exchange.window.pages.drafts.common import OpenDraft, crumbs, material_of, opened, topics
from exchange.window.pages.drafts.limits import AT_ONCE, limits_of
from exchange.window.route import GuestRoute

_TITLE = ("材料", "Materials")


def show(guest: Guest) -> Response:
    """Show what is asked for, what is there, and the limits."""
    return _shown(guest, opened(guest))


@dataclass(frozen=True)
class _Taken:
    """What became of the files of one form."""

    renamed: bool
    faults: tuple[InputFault, ...]


def add(guest: Guest) -> Response:
    """Take the files of a form in, each by itself: what is wrong with one keeps out no other."""
    one = opened(guest)
    guest.check_form(one.number)
    material = material_of(one, guest.request.path_params["material"])
    sent = [file for file in guest.form.getlist("files") if isinstance(file, UploadFile) and file.filename]
    if not sent:
        found = (Text("no file was chosen"), Text("choose one first, then add it"))
        return _shown(guest, one, (_fault(material, found),), 422)
    taken = _take(guest, one, material, sent)
    if taken.faults:
        return _shown(guest, OpenDraft(draft_of(guest.face.node, one.number), one.matter), taken.faults, 422)
    done = "renamed" if taken.renamed else "attached"
    return goto(f"{step_path(one.number, MATERIALS)}?done={done}#{material_anchor(material.code)}")


def _take(guest: Guest, one: OpenDraft, material: Material, sent: list[UploadFile]) -> _Taken:
    faults, renamed = [], False
    room = material.files - sum(file.material == material.code for file in one.draft.files)
    for place, file in enumerate(sent):
        try:
            if place >= room:
                raise full(material)
            renamed = _take_one(guest, one, material, file) or renamed
        except (BadFile, BadApplication, TooLarge) as error:
            what = error.written(language()), error.remedy_text.written(language())
            faults.append(InputFault(material_anchor(material.code), _called(file), *what))
    return _Taken(renamed, tuple(faults))


def _take_one(guest: Guest, one: OpenDraft, material: Material, file: UploadFile) -> bool:
    """Store one file; return whether its name was changed. Raises BadFile or BadApplication."""
    name = file_name(file.filename or "")
    expect_size(file.size or 0)
    expect_room(draft_of(guest.face.node, one.number), material, file.size or 0)
    with LARGE_AT_ONCE:
        data = file.file.read()
        found = look_at(guest.face.scanner, data)
        kept = KeptFile(name.name, found.media_type, data, found.scanned)
        guest.face.keeping.keep(one.number, material, kept)
    return name.changed


def remove(guest: Guest) -> Response:
    """Remove a file."""
    one = opened(guest)
    guest.check_form(one.number)
    detach(guest.face.node, one.number, guest.typed("file"))
    return goto(f"{step_path(one.number, MATERIALS)}?done=detached")


def note(guest: Guest) -> Response:
    """Save where a material lies that is no file."""
    one = opened(guest)
    guest.check_form(one.number)
    material, text = material_of(one, guest.request.path_params["material"]), guest.typed("note").strip()
    if (found := text_fault(text, required=False, most=MOST_OF_A_LINE)) is not None:
        return _shown(guest, one, (_fault(material, found),), 422, {material.code: text})
    notes = {**one.draft.entered.notes, material.code: text}
    try:
        save(
            guest.face.node, one.number, one.draft.revision, notes={key: value for key, value in notes.items() if value}
        )
    except Changed:
        return note(guest)  # somebody has saved another part in this moment: what is written here is another one
    return goto(f"{step_path(one.number, MATERIALS)}?done=saved#{material_anchor(material.code)}")


_SENDING = {
    "begins": ("正在准备上传", "Getting ready"),
    "percent": ("已上传 {}%", "{} % has gone up"),
    "waits": ("网络中断，恢复后自动续传", "No connection now; it goes on by itself"),
    "done": ("已上传", "It is there"),
    "stop": ("取消上传", "Stop"),
    "failed": ("未能上传，请重新选择", "It could not be sent; please choose it again"),
    "over": (
        "会话已结束：请重新输入查询码，再选择同一文件，将从中断处继续",
        "The session is over: give the access code again and choose the same file, and it goes on where it stopped",
    ),
    "between": ("；请", "; "),
    "colon": ("：", ": "),
    "look": ("查看已添加的文件", "Look at what was added"),
}
"""What the script says that sends files in parts."""


def _shown(
    guest: Guest,
    one: OpenDraft,
    faults: tuple[InputFault, ...] = (),
    status: int = 200,
    notes: dict[str, str] | None = None,
) -> Response:
    keys = [each.key for each in steps_of(one.matter)]
    return guest.page(
        "materials.html",
        _TITLE,
        status,
        number=one.number,
        one=one,
        draft=one.draft,
        matter=one.matter,
        notes={**one.draft.entered.notes, **(notes or {})},
        faults=faults,
        fault_at={fault.anchor: fault for fault in faults},
        limits=limits_of(guest),
        sending_texts={key: guest.words(text) for key, text in _SENDING.items()},
        scanner=guest.face.scanner is not None,
        at_once=AT_ONCE,
        under_way=[(each.announced, each.announced.key, each.percent) for each in guest.face.partials.of(one.number)],
        topics=topics(guest, one),
        current=keys.index(MATERIALS) + 1,
        check=step_path(one.number, CHECK),
        crumbs=crumbs(guest, one),
    )


def _fault(material: Material, found: tuple[Text, Text]) -> InputFault:
    return input_fault(material_anchor(material.code), material.names, found)


def _called(file: UploadFile) -> str:
    """What a file that was not taken is called where that is said."""
    try:
        return file_name(file.filename or "").name
    except BadFile:
        return ""


ROUTES = (
    GuestRoute("/drafts/{number}/steps/materials", show),
    GuestRoute("/drafts/{number}/files/{material}", add, "POST", files=AT_ONCE),
    GuestRoute("/drafts/{number}/notes/{material}", note, "POST"),
    GuestRoute("/drafts/{number}/detach", remove, "POST"),
)

"""How matters are shown in a terminal: the list, and the guide of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text as Line

from exchange.catalogue.procedure import Names, ProcedurePart, completion_text, procedure_of
from exchange.catalogue.shown import pages_of
from exchange.catalogue.silence import exclusion_text, start_text
from exchange.catalogue.terms import days_to_decide, not_counted_text
from exchange.cli.view import plain
from exchange.language import Text, choose, language, listed, tr
from exchange.operations.said.terms import working_days
from exchange.schemas import AcceptanceMode, Bilingual, Material, Matter, MatterField, PublicGuide


def matters_table(matters: Iterable[Matter]) -> Table:
    """Show matters, one a line."""
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("code"), tr("matter"), tr("theme"), tr("decided within"), tr("for the public")):
        table.add_column(title, overflow="fold")
    for matter in matters:
        theme = plain(choose(matter.guide.theme.words)) if matter.guide else plain("")
        offered = plain(tr("published")) if matter.guide else plain(tr("not published"), "dim")
        cells = (matter.code, choose(matter.names))
        table.add_row(*map(plain, cells), theme, plain(working_days(days_to_decide(matter))), offered)
    return table


def guide_view(matter: Matter, names: Names) -> Iterator[RenderableType]:
    """Show all that the public is told of a matter, a part after the other."""
    yield plain(choose(matter.names), "bold")
    yield plain(tr("{code_named}, version {version}", code_named=matter.code, version=matter.version), "dim")
    if matter.guide is None:
        yield plain(tr("not published: it has no guide"), "yellow")
    else:
        yield plain(choose(matter.guide.about.words))
        yield from _who(matter.guide)
    yield from _lines(tr("legal basis"), matter.basis)
    yield from _section(tr("materials"), [_material_line(material) for material in matter.materials])
    yield from _form(matter.fields)
    yield from _procedure(matter, names)
    if matter.guide is not None:
        yield from _what_comes(matter.guide)


def _section(title: str, lines: Sequence[RenderableType]) -> Iterator[RenderableType]:
    if lines:
        yield plain("")
        yield plain(title, "bold")
        yield from lines


def _lines(title: str, lines: Iterable[str]) -> Iterator[RenderableType]:
    yield from _section(title, [plain(f"  {line}") for line in lines])


def _points(title: str, points: Iterable[Bilingual]) -> Iterator[RenderableType]:
    yield from _lines(title, (f"· {choose(point.words)}" for point in points))


def _who(guide: PublicGuide) -> Iterator[RenderableType]:
    yield from _points(tr("who may apply"), guide.applicants)
    yield from _points(tr("conditions"), guide.conditions)
    if guide.quota is not None:
        yield from _lines(tr("how many licences there are"), [choose(guide.quota.words)])


def _material_line(material: Material) -> RenderableType:
    line = Line("  ").append(plain(choose(material.names))).append(plain(f" ({material.code})", "dim"))
    marks = [tr("needed") if material.required else tr("if you have it")]
    if material.files > 1:
        marks.append(tr("up to {number} files", number=material.files))
    if material.promise_days is not None:
        marks.append(tr("may be promised: {days} after acceptance", days=working_days(material.promise_days)))
    line.append(plain(f"  {listed(marks)}"))
    for text in (material.source, material.sample):
        if text is not None:
            line.append(plain(f"\n      {choose(text.words)}", "dim"))
    return line


def _form(fields: Sequence[MatterField]) -> Iterator[RenderableType]:
    for number, page in enumerate(pages_of(fields), 1):
        topic = choose(page[0].topic.words) if page[0].topic else tr("more")
        title = tr("the form, page {number}: {topic}", number=number, topic=topic)
        yield from _section(title, [_field_line(field, fields) for field in page])


def _field_line(field: MatterField, fields: Sequence[MatterField]) -> RenderableType:
    line = Line("  ").append(plain(choose(field.label.words))).append(plain(f" ({field.name})", "dim"))
    if field.unit:
        line.append(plain(f" [{field.unit}]"))
    if field.choices:
        line.append(plain(": " + " / ".join(choose(one.label.words) for one in field.choices)))
    if not field.required:
        line.append(plain(f"  {tr('if you have it')}"))
    if field.shown_if is not None:
        needs = field.shown_if
        earlier = next(one for one in fields if one.name == needs.field)
        asked = tr(
            "asked where: {label} = {answer}", label=choose(earlier.label.words), answer=_said(earlier, needs.value)
        )
        line.append(plain(f"  {asked}", "dim"))
    return line


def _said(field: MatterField, value: str) -> str:
    """An answer as people read it."""
    if value in ("yes", "no") and not field.choices:
        return tr("yes") if value == "yes" else tr("no")
    return next((choose(one.label.words) for one in field.choices if one.code == value), value)


def _procedure(matter: Matter, names: Names) -> Iterator[RenderableType]:
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("stage"), tr("department"), tr("its term"), tr("what its silence means")):
        table.add_column(title, overflow="fold")
    for stage in procedure_of(matter, names):
        for part in stage.parts:
            cells = (choose(part.names), _term(part), part.silence_text.written(language()))
            table.add_row(str(stage.number), *map(plain, cells))
    yield from _section(tr("who is asked, those of one stage at the same time"), [table])
    told = [
        start_text(matter),
        completion_text(matter),
        exclusion_text(matter),
        *_time(matter),
        not_counted_text(matter),
    ]
    yield from _lines(tr("terms"), (text.written(language()) for text in told if text is not None))


def _term(part: ProcedurePart) -> str:
    marks = [working_days(part.term_days)]
    if part.waits_for:
        marks.append(tr("after {departments}", departments=listed(map(choose, part.waits_for))))
    if part.veto:
        marks.append(tr("has a veto"))
    return listed(marks)


def _time(matter: Matter) -> Iterator[Text]:
    if matter.acceptance is AcceptanceMode.AUTOMATIC:
        yield Text("Complete by the form's own check is accepted at once.")
    else:
        yield Text("An officer tells within 5 working days whether anything is missing, all of it at once.")
    days = {"days": matter.decision_days}
    yield Text("Decided within {days} working days of acceptance by law.", days)
    if matter.promised_days is not None:
        yield Text("Promised within {days} working days.", {"days": matter.promised_days})


def _what_comes(guide: PublicGuide) -> Iterator[RenderableType]:
    for title, text in (
        (tr("fees"), guide.fees),
        (tr("what you get"), guide.result),
        (tr("how long it is valid"), guide.validity),
    ):
        yield from _lines(title, [choose(text.words)])
    yield from _points(tr("where to turn against the decision"), guide.remedies)
    telephones = tr(
        "questions: {contact} · complaints: {complaints}", contact=guide.contact, complaints=guide.complaints
    )
    yield from _lines(tr("where"), [choose(guide.place.words), telephones])

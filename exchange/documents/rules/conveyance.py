"""Which document may go from whom to whom (行文规则): Regulation on the handling of official documents of Party and
government organs, 2012, articles 8, 9 and 13 to 17; by the rows of ``conveyance_table``.

Directions follow the line of subordination: a government's office stands above its own departments, a domain's office
above the offices of the domains below it, a department above its peers there. An upper department and a lower
government stand in no such line (article 16, item 2), nor do authorities of one level or of different trees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from exchange.directory.hierarchy import domain_of, is_below, superior_of
from exchange.documents.rules.broken import BrokenRule, DocumentElement
from exchange.documents.rules.conveyance_table import RULES, Direction, KindRule
from exchange.documents.rules.conveyance_text import asks_for_a_decision, matters_in
from exchange.errors import CallerError
from exchange.language import Text, joined
from exchange.messaging.rules.agreements import not_agreed
from exchange.schemas import Document, DocumentKind, Purpose

_UP, _DOWN, _SIDE, _PUBLIC = Direction
_E = DocumentElement
_WAYS = {_UP: Text("upward"), _DOWN: Text("downward"), _SIDE: Text("sideways"), _PUBLIC: Text("to the public")}


@dataclass(frozen=True)
class Conveyance:
    """What the rules see of a document on its way: kind, parties, and what the text plainly says."""

    kind: DocumentKind
    sender: str
    addressees: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    signatory: str | None = None
    title: str = ""
    body: str = ""
    offices: frozenset[str] = frozenset()
    """Authorities that stand for the government of their level (Role.WINDOW); all others are departments."""
    for_information: bool = False
    """It informs (周知), and asks nobody to act."""
    forwards: str | None = None
    """Whose 请示 it passes on, if it does."""
    own_opinion: str = ""
    """The forwarding authority's own opinion (倾向性意见)."""
    answers: tuple[str, ...] = ()
    """Who wrote the 请示 that it answers."""
    concerned: tuple[str, ...] = ()
    """Other authorities whose powers it touches, as it says itself."""
    not_agreed: tuple[str, ...] = ()
    """Those of them that it names no agreement of."""


def conveyance_of(
    document: Document, sender: str, addressees: Iterable[str], copies: Iterable[str] = (), offices: Iterable[str] = ()
) -> Conveyance:
    """Return what the rules see of a document that is to go from and to these addresses.

    What else is known is put in with ``dataclasses.replace``.
    """
    return Conveyance(
        kind=document.kind,
        sender=sender,
        addressees=tuple(addressees),
        copies=tuple(copies),
        signatory=document.signatory,
        title=document.title,
        body=document.body,
        offices=frozenset(offices),
        for_information=document.purpose is Purpose.INFORMATION,
        concerned=tuple(one.authority for one in document.concerns),
        not_agreed=not_agreed(document),
    )


def direction(sender: str, addressee: str, offices: frozenset[str]) -> Direction:
    """Return where an addressee stands, seen from the sender."""
    own, other = domain_of(sender), domain_of(addressee)
    from_office, to_office = sender in offices, addressee in offices
    if own == other:
        return _SIDE if from_office == to_office else _DOWN if from_office else _UP
    if is_below(other, own):
        return _SIDE if to_office and not from_office else _DOWN
    if is_below(own, other):
        return _SIDE if from_office and not to_office else _UP
    return _SIDE


def faults(conveyance: Conveyance) -> Iterator[BrokenRule]:
    """Yield every broken rule, with its article and its remedy; none if the document may go."""
    rule = RULES[conveyance.kind]
    for check in (_direction_faults, _upward_faults, _downward_faults, _skipping_faults, _reply_faults, _text_faults):
        yield from check(conveyance, rule)


def refuse(kind: DocumentKind, found: Sequence[BrokenRule]) -> None:
    """Raise CallerError that names every broken rule, if there is one."""
    if found:
        raise CallerError(
            "this {kind} may not go so: {found}",
            remedy=joined(dict.fromkeys(fault.remedy for fault in found)),
            code="conveyance",
            kind=kind.value,
            found=joined(found),
        )


def fits(kind: DocumentKind, directions: Iterable[Direction], *, office: bool) -> bool:
    """Return whether the table lets a kind go in all of these directions; ``office``: a government's office writes."""
    rule = RULES[kind]
    wanted = frozenset(directions)
    return bool(wanted) and wanted <= rule.directions and (office or not rule.down_from_offices or _DOWN not in wanted)


def _directions(c: Conveyance) -> dict[str, Direction]:
    return {addressee: direction(c.sender, addressee, c.offices) for addressee in c.addressees}


def _direction_faults(c: Conveyance, rule: KindRule) -> Iterator[BrokenRule]:
    name = c.kind.value
    if not c.addressees and _PUBLIC not in rule.directions:
        yield BrokenRule(
            "article 9(8)",
            Text("a {name} names its addressee", {"name": name}),
            Text("name the authority that is to act on it"),
            _E.TO,
        )
    for addressee, where in _directions(c).items():
        if addressee == c.sender:
            yield BrokenRule(
                "article 13",
                Text("{addressee} writes to itself", {"addressee": addressee}),
                Text("name another addressee"),
                _E.TO,
            )
        elif not fits(c.kind, (where,), office=c.sender in c.offices):
            yield BrokenRule(
                rule.article,
                Text(
                    "a {name} does not go {ways} to {addressee}",
                    {"name": name, "ways": _WAYS[where], "addressee": addressee},
                ),
                rule.instead,
                _E.KIND,
            )
        elif where is _SIDE and rule.side_for_information and not c.for_information:
            yield BrokenRule(
                "article 16(2)",
                Text(
                    "{addressee} is not subordinate to {sender}, which cannot have it act on a {name}",
                    {"addressee": addressee, "sender": c.sender, "name": name},
                ),
                Text("send it for information, or write a 函 to {addressee}", {"addressee": addressee}),
                _E.PURPOSE,
            )


def _upward_faults(c: Conveyance, rule: KindRule) -> Iterator[BrokenRule]:
    if _UP not in rule.directions or _UP not in _directions(c).values():
        return
    name = c.kind.value
    if len(c.addressees) != 1:
        yield BrokenRule(
            "article 15(1)",
            Text("a {name} upward has one addressee", {"name": name}),
            Text("name one superior, and copy the others"),
            _E.TO,
        )
    below = [copy for copy in c.copies if direction(c.sender, copy, c.offices) is _DOWN]
    if below:
        yield BrokenRule(
            "article 15(1)",
            Text("a {name} upward is not copied to subordinates: {below}", {"name": name, "below": ", ".join(below)}),
            Text("leave them out"),
            _E.COPIES,
        )
    if not (c.signatory or "").strip():
        yield BrokenRule(
            "article 9(6)",
            Text("a {name} upward names its signatory (签发人)", {"name": name}),
            Text("name who signed it for sending"),
            _E.SIGNATORY,
        )


def _downward_faults(c: Conveyance, rule: KindRule) -> Iterator[BrokenRule]:
    if c.sender in c.concerned:
        yield BrokenRule(
            "article 16(4)",
            Text("{sender} needs no agreement of its own", {"sender": c.sender}),
            Text("name the other authorities that it concerns"),
            _E.CONCERNS,
        )
    if c.not_agreed and _DOWN in _directions(c).values():
        yield BrokenRule(
            "article 16(4)",
            Text(
                "it concerns {others}, which have not agreed, and is not sent down before",
                {"others": ", ".join(c.not_agreed)},
            ),
            Text("write them a 函, and name the message in which each agreed; or issue it together"),
            _E.CONCERNS,
        )


def _skipping_faults(c: Conveyance, rule: KindRule) -> Iterator[BrokenRule]:
    copied = {domain_of(copy) for copy in c.copies if copy != c.sender}
    for addressee, where in _directions(c).items():
        missing = [domain for domain in skipped(c.sender, addressee, c.offices) if domain not in copied]
        if where is _UP and _UP in rule.directions and missing:
            yield BrokenRule(
                "article 14",
                Text(
                    "a {kind} to {addressee} skips {missing}",
                    {"kind": c.kind.value, "addressee": addressee, "missing": ", ".join(missing)},
                ),
                Text(
                    "address your direct superior, or copy it to an authority of {missing}",
                    {"missing": ", ".join(missing)},
                ),
                _E.TO,
            )


def skipped(sender: str, addressee: str, offices: frozenset[str]) -> tuple[str, ...]:
    """Return the domains whose authority a document upward passes over, nearest first.

    A department's own government is one.
    """
    own, target = domain_of(sender), domain_of(addressee)
    passed = own if sender not in offices and addressee in offices and own != target else superior_of(own)
    found = []
    while passed is not None and is_below(passed, target):
        found.append(passed)
        passed = superior_of(passed)
    return tuple(found)


def _reply_faults(c: Conveyance, rule: KindRule) -> Iterator[BrokenRule]:
    if not rule.answers:
        return
    if not c.answers:
        yield BrokenRule(
            rule.article,
            Text("a {kind} answers a 请示, and this answers none", {"kind": c.kind.value}),
            Text("say which 请示 it answers"),
            _E.ANSWERS,
        )
    elif frozenset(c.addressees) != frozenset(c.answers):
        yield BrokenRule(
            rule.article,
            Text(
                "a {kind} goes to those who asked and to nobody else: {answers}",
                {"kind": c.kind.value, "answers": ", ".join(c.answers)},
            ),
            Text("address it to them alone, and copy it to whom it concerns"),
            _E.TO,
        )


def _text_faults(c: Conveyance, rule: KindRule) -> Iterator[BrokenRule]:
    if c.forwards is not None and not c.own_opinion.strip():
        yield BrokenRule(
            "article 15(3)",
            Text("the 请示 of {forwards} is passed on as it is", {"forwards": c.forwards}),
            Text("add your own opinion on what is asked"),
            _E.BODY,
        )
    matters = matters_in(c.title) if rule.one_matter else ()
    if len(matters) > 1:
        yield BrokenRule(
            "article 15(4)",
            Text("the 请示 has {count} matters", {"count": len(matters)}),
            Text("write a 请示 of its own for each"),
            _E.TITLE,
        )
    if rule.carries_no_request and asks_for_a_decision(c.body):
        yield BrokenRule(
            "article 15(4)",
            Text("the 报告 asks for a decision"),
            Text("report only, and ask by a 请示 of its own"),
            _E.BODY,
        )

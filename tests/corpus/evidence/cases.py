"""The corpus: who cheats, how, and what a verifier must find."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from exchange.evidence.bundle.contents import BundleReader
from exchange.schemas import ArrivalBasis, ReceiptArrival
from tests.corpus.evidence.forged import (
    arrival_dated_back,
    before_its_effect,
    begun_by_own_clock,
    decision_dated_back,
    deemed,
    department_left_out,
    escalated,
    late_by,
    late_counted,
    log_of_another,
    log_rewritten,
    log_without_its_head,
    no_statement,
    not_reminded_in_time,
    not_the_lead,
    nothing,
    opinion_dropped,
    opinion_otherwise,
    other_days,
    recalled,
    receipt_before_document,
    receipt_invented,
    receipt_missing,
    receipt_of_other_bytes,
    receipts_of_before,
    rolled_back,
    silence_against_opinion,
    silence_otherwise,
    stolen_key,
    stolen_key_dated_back,
    term_dated_back,
    two_documents_of_one_id,
    two_ledgers,
    undecided,
    within_an_interval,
    without,
)
from tests.corpus.evidence.listed import delivery_invented, refusal_left_out, sent_back, unreadable
from tests.corpus.evidence.redacted import (
    directory_left_out,
    for_reader,
    not_listed,
    of_nothing,
    recall_withheld,
    silence_over_withheld,
    under_another_name,
    yet_there,
)
from tests.corpus.evidence.stamped import (
    ANOTHER,
    TIME,
    changed,
    moved_an_hour,
    of_another_head,
    stamped,
    taken_out,
    without_its_head,
)
from tests.corpus.evidence.town import PaperTown, good
from tests.corpus.evidence.witnessed import (
    by_itself,
    by_two,
    growth_misnamed,
    growth_of_another,
    invented,
    not_shown,
    reordered,
    seen_before_it_was_signed,
    truncated,
    two_histories,
    two_histories_of_other_sizes,
    witnessed,
)
from tests.corpus.time_authority import PaperTimeAuthority
from tests.unit.facts import at


@dataclass(frozen=True)
class Expected:
    """What a verifier concludes, with every code that is not a proof."""

    conclusion: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PaperCase:
    """A bundle and what must be found in it."""

    name: str
    what: str
    make: Callable[[], PaperTown]
    expected: Expected
    time: tuple[PaperTimeAuthority, ...] = ()
    """The time-stamping authorities that the reader trusts."""


_CONTRADICTED, _INCOMPLETE, _PROVED = "contradicted", "incomplete", "proved"
_WITHHELD, _NO_BUNDLE = "withheld", "no-bundle"


def _wrong(*codes: str) -> Expected:
    return Expected(_CONTRADICTED, codes)


def _lacks(*codes: str) -> Expected:
    return Expected(_INCOMPLETE, codes)


CASES: tuple[PaperCase, ...] = (
    PaperCase("good", "one has agreed, one was silent, granted", good, Expected(_PROVED)),
    PaperCase("opinion-dropped", "the window leaves out an objection that it signed for", opinion_dropped,
              _wrong("opinion-dropped")),
    PaperCase("silence-against-opinion", "silence is counted of a department that had answered in time",
              silence_against_opinion, _wrong("silence-against-opinion")),
    PaperCase("opinion-otherwise", "the decision makes consent of an objection", opinion_otherwise,
              _wrong("opinion-differs")),
    PaperCase("department-left-out", "the decision does not name a department that was asked", department_left_out,
              _wrong("not-considered")),
    PaperCase("decision-dated-back", "the decision is dated before the silence that it rests on", decision_dated_back,
              _wrong("decision-dated-back")),
    PaperCase("term-dated-back", "the lead's ledger begins before the department's receipt", term_dated_back,
              _wrong("term-differs", "silence-unlawful")),
    PaperCase("two-ledgers", "the lead tells two terms of one department", two_ledgers, _wrong("term-differs")),
    PaperCase("fired-early", "a monitor counts silence before the term is over",
              deemed(lambda town, state, sent: town.deem(state, (sent,), at("03-09", "12:00"))),
              _wrong("silence-unlawful")),
    PaperCase("not-reminded", "a monitor counts the silence of somebody not reminded",
              deemed(lambda town, state, sent: town.deem(state, (), at("03-10", "00:01"))),
              _wrong("silence-unlawful")),
    PaperCase("reminded-late", "a reminder was signed for after the term", deemed(not_reminded_in_time),
              _wrong("silence-unlawful")),
    PaperCase("wrong-calendar", "a monitor reckons by another calendar",
              deemed(lambda town, state, sent: town.deem(state, (sent,), at("03-10", "00:01"),
                                                           due_at=at("03-06", "24:00"))),
              _wrong("silence-unlawful")),
    PaperCase("no-proof-of-asking", "a monitor counts silence without the department's receipt",
              deemed(lambda town, state, sent: town.deem(state, (sent,), at("03-10", "00:01")), evidence=False),
              _wrong("silence-unlawful")),
    PaperCase("receipt-missing", "a department's receipt was taken out", receipt_missing,
              _lacks("asked-without-receipt")),
    PaperCase("receipt-invented", "a relay office signs a department's receipt", receipt_invented,
              _wrong("asked-without-receipt", "receipt-not-verified", "silence-unlawful")),
    PaperCase("receipt-of-other-bytes", "a receipt is for other bytes", receipt_of_other_bytes,
              _wrong("opinion-without-receipt", "receipt-of-other-bytes")),
    PaperCase("receipt-before-document", "a receipt is older than what it is for", receipt_before_document,
              _wrong("dated-wrongly")),
    PaperCase("two-documents-of-one-id", "a department signs two opinions under one id", two_documents_of_one_id,
              _wrong("document-twice")),
    PaperCase("stolen-key", "a revoked key signs an opinion", stolen_key,
              _wrong("document-not-verified", "opinion-missing")),
    PaperCase("stolen-key-dated-back", "an opinion that nobody has signed for", stolen_key_dated_back,
              _lacks("opinion-without-receipt")),
    PaperCase("directory-rolled-back", "an older directory than the domain has stated", rolled_back,
              _wrong("directory-rolled-back")),
    PaperCase("not-the-lead", "a department signs the decision", not_the_lead, _wrong("decision-wrong-lead")),
    PaperCase("recalled-counted", "the decision counts an opinion that was recalled", recalled,
              _wrong("opinion-differs")),
    PaperCase("late-counted", "the decision counts an opinion that came too late", late_counted,
              _lacks("opinion-counted-late")),
    PaperCase("receipts-of-before", "receipts that do not say how their arrivals are known", receipts_of_before,
              Expected(_PROVED)),
    PaperCase("late-by-stamp", "an objection came too late, by the broker's stamp",
              late_by(ReceiptArrival(basis=ArrivalBasis.BROKER_STAMP)), Expected(_PROVED)),
    PaperCase("late-by-own-clock", "an objection came too late, by the lead's own clock alone",
              late_by(ReceiptArrival(basis=ArrivalBasis.OWN_CLOCK)), _lacks("arrival-claimed")),
    PaperCase("late-by-mere-word", "an objection came too late, and the lead does not say by what it knows",
              late_by(None), _lacks("arrival-claimed")),
    PaperCase("within-an-interval", "an opinion came while the window was down, perhaps in time", within_an_interval,
              Expected(_PROVED)),
    PaperCase("begun-by-own-clock", "a term begins by the own clock of the department that has it", begun_by_own_clock,
              _lacks("arrival-claimed")),
    PaperCase("arrival-dated-back", "an opinion has arrived in time that was signed after the term",
              arrival_dated_back, _wrong("dated-wrongly")),
    PaperCase("undecided", "a case without a decision", undecided, _lacks("decision-missing")),
    PaperCase("nothing", "a bundle about a case of which it has nothing", nothing,
              _lacks("decision-missing", "subject-missing")),
    PaperCase("no-statement", "nothing says that the directory is the present one", no_statement,
              _lacks("directory-not-shown-current")),
    PaperCase("opinion-taken-out", "the opinion that the decision counts is not there",
              without("documents/", b"vnd.yizhan.opinion+json"), _lacks("document-missing", "opinion-missing")),
    PaperCase("silence-otherwise", "the decision makes a refusal of a silence that was consent", silence_otherwise,
              _wrong("silence-unlawful")),
    PaperCase("before-its-effect", "a monitor does not wait until silence takes effect", before_its_effect,
              _wrong("silence-unlawful")),
    PaperCase("escalated", "a late opinion counts where a monitor had left it to the lead", escalated("monitor"),
              Expected(_PROVED)),
    PaperCase("escalated-by-a-stranger", "a department says that it was left to the lead", escalated("police"),
              _lacks("opinion-counted-late")),
    PaperCase("log-rewritten", "an entry of a journal was changed after its log had it", log_rewritten,
              _wrong("log-not-verified")),
    PaperCase("log-of-another", "one member's log is given out as another's", log_of_another,
              _wrong("log-not-verified")),
    PaperCase("log-without-its-head", "entries of a log whose head was taken out", log_without_its_head,
              _wrong("log-not-verified")),
    PaperCase("log-witnessed", "two members have countersigned the window's log", witnessed(by_two), Expected(_PROVED)),
    PaperCase("log-two-histories", "two histories of a log were shown to two members", witnessed(two_histories),
              _wrong("log-forked")),
    PaperCase("log-two-histories-of-other-sizes", "the same, and no two heads have one size",
              witnessed(two_histories_of_other_sizes), _wrong("log-forked")),
    PaperCase("log-reordered", "entries were exchanged after a member had countersigned them", witnessed(reordered),
              _wrong("log-forked")),
    PaperCase("log-truncated", "a log has fewer entries than a member had countersigned before", witnessed(truncated),
              _wrong("log-cut")),
    PaperCase("log-growth-missing", "nothing leads from the countersigned head to the log", witnessed(not_shown),
              _lacks("growth-missing")),
    PaperCase("log-witness-invented", "a relay office countersigns in a department's name", witnessed(invented),
              _wrong("log-not-verified")),
    PaperCase("log-witnessed-by-itself", "a member countersigns its own log", witnessed(by_itself),
              _wrong("log-not-verified")),
    PaperCase("log-seen-too-early", "a cosignature is older than the head in it",
              witnessed(seen_before_it_was_signed), _wrong("log-not-verified")),
    PaperCase("log-growth-of-another", "what leads to the log is of another one", witnessed(growth_of_another),
              _wrong("growth-missing", "log-not-verified")),
    PaperCase("log-growth-misnamed", "a proof of growth is of another size than its name says",
              witnessed(growth_misnamed), _wrong("growth-missing", "log-not-verified")),
    PaperCase("other-days", "the bundle has other working days than there were", other_days, _wrong("workdays-differ")),
    PaperCase("silence-taken-out", "the deemed consent that the decision counts is not there",
              without("documents/", b"vnd.yizhan.deemed-consent+json"), _lacks("document-missing", "silence-missing")),
    PaperCase("for-the-court", "the same case as a court gets it", for_reader(BundleReader.COURT), Expected(_PROVED)),
    PaperCase("for-the-applicant", "the same case as its applicant gets it", for_reader(BundleReader.APPLICANT),
              Expected(_WITHHELD, ("file-withheld", "not-examined"))),
    PaperCase("for-the-public", "the same case as anybody gets it", for_reader(BundleReader.PUBLIC),
              Expected(_WITHHELD, ("file-withheld", "not-examined"))),
    PaperCase("withheld-not-listed", "a file that was left out is not named as withheld",
              for_reader(BundleReader.PUBLIC, not_listed), _lacks("document-missing", "file-withheld", "not-examined")),
    PaperCase("withheld-of-nothing", "what is called withheld was signed for by nobody",
              for_reader(BundleReader.COURT, of_nothing), _lacks("file-withheld", "not-examined",
                                                                 "withheld-unproved")),
    PaperCase("withheld-yet-there", "what is called withheld is there", for_reader(BundleReader.COURT, yet_there),
              Expected(_NO_BUNDLE)),
    PaperCase("withheld-under-another-name", "what is called withheld is there under another name",
              for_reader(BundleReader.COURT, under_another_name), Expected(_NO_BUNDLE)),
    PaperCase("withheld-directory", "a directory is called withheld",
              for_reader(BundleReader.COURT, directory_left_out), Expected(_NO_BUNDLE)),
    PaperCase("silence-over-withheld", "silence is counted of a department whose answer is withheld",
              silence_over_withheld, Expected(_WITHHELD, ("file-withheld", "not-examined"))),
    PaperCase("recall-withheld", "an opinion is not counted, and its recall is withheld", recall_withheld,
              Expected(_WITHHELD, ("file-withheld", "not-examined"))),
    PaperCase("events-listed", "the decision was signed for by one department, and sent back by the other", sent_back,
              Expected(_PROVED)),
    PaperCase("events-delivery-invented", "the list of events says delivered of what was sent back", delivery_invented,
              _wrong("event-without-proof")),
    PaperCase("events-refusal-left-out", "the list of events says nothing of what was sent back", refusal_left_out,
              _lacks("event-not-listed")),
    PaperCase("events-unreadable", "the list of events has one that there is not", unreadable,
              _wrong("event-without-proof")),
    PaperCase("stamped", "the head of the lead's log is time-stamped", stamped(), Expected(_PROVED), (TIME,)),
    PaperCase("stamped-with-chain", "the same, with the authority's certificates in any order", stamped(chain=True),
              Expected(_PROVED), (ANOTHER, TIME)),
    PaperCase("stamped-late", "the time-stamp was had a month later: it is the bound", stamped(at("04-10")),
              Expected(_PROVED), (TIME,)),
    PaperCase("stamp-not-trusted", "the reader trusts no time-stamping authority", stamped(),
              _lacks("time-stamp-claimed")),
    PaperCase("stamp-of-another-authority", "the reader trusts another one", stamped(),
              _lacks("time-stamp-claimed", "time-stamp-missing"), (ANOTHER,)),
    PaperCase("stamp-of-another-head", "the time-stamp is over another head", of_another_head,
              _wrong("time-stamp-missing", "time-stamp-not-verified"), (TIME,)),
    PaperCase("stamp-without-its-head", "the time-stamp is kept with a size of which there is no head",
              without_its_head, _wrong("time-stamp-missing", "time-stamp-not-verified"), (TIME,)),
    PaperCase("stamp-before-its-head", "the head is dated an hour after it was time-stamped",
              stamped(at("03-10", "09:00")), _wrong("time-stamp-missing", "time-stamp-too-early"), (TIME,)),
    PaperCase("stamp-changed", "somebody has written another time into it", changed(moved_an_hour),
              _wrong("time-stamp-not-verified")),
    PaperCase("stamp-malformed", "what is called a time-stamp is none", changed(lambda _: b"yesterday"),
              _wrong("time-stamp-missing", "time-stamp-not-verified"), (TIME,)),
    PaperCase("stamp-cut-off", "the time-stamp lacks its end", changed(lambda token: token[:-1]),
              _wrong("time-stamp-missing", "time-stamp-not-verified"), (TIME,)),
    PaperCase("stamp-taken-out", "the time-stamp that the index names was taken out", taken_out,
              _wrong("file-missing", "time-stamp-missing"), (TIME,)),
    PaperCase("not-stamped", "the reader trusts an authority, and nothing is time-stamped", good,
              _lacks("time-stamp-missing"), (TIME,)),
)  # fmt: skip
BY_NAME: Mapping[str, PaperCase] = {one.name: one for one in CASES}

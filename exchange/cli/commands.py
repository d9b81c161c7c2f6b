"""The commands of the top level, in the order of the help: name, panel, summary, and what imports and adds each.

The summary is the first paragraph of the command's own help; a test holds that name, panel and summary agree with it.
"""

from __future__ import annotations

from exchange.cli import imported
from exchange.cli.lazy import CommandEntry, entries

COMMANDS: tuple[CommandEntry, ...] = (
    *entries(
        imported.domain,
        "A domain",
        {
            "init": "Makes a domain: authority, keys, signed directory, databases, queues.",
            "up": "Runs the whole domain here, supervised: what dies is started again, and it is said.",
            "down": "Stops what `exchange up` runs here, in good order, and returns when it has ended.",
        },
    ),
    *entries(imported.serve, "A domain", {"serve": "Serves one member, in the foreground, until told to stop."}),
    *entries(
        imported.domain,
        "A domain",
        {
            "doctor": "Checks profiles, rules, clock, keys, databases, broker and queues, and says how to repair each.",
            "schema": "Prints JSON Schema and AsyncAPI of everything that travels, or the OpenAPI "
            "document of the REST API.",
        },
    ),
    *entries(
        imported.deployment,
        "A domain",
        {
            "deployment": "Writes files by which the domain runs in production: a process, a folder and accounts of "
            "its own for each role.",
        },
    ),
    *entries(
        imported.plan,
        "A domain",
        {
            "plan": "Says what a country would need: machines, brokers, databases, disk, links, and what breaks first.",
        },
    ),
    *entries(
        imported.matters,
        "At the window",
        {"matters": "What can be applied for: the guide of each matter, as the public reads it."},
    ),
    *entries(
        imported.window,
        "At the window",
        {
            "submit": "Hands in an application at the window; all departments get it at once.",
            "status": "Where a case stands, at any time, with reasons and conditions.",
            "decide": "The lead's decision on a case that is ready: explicit, reasoned, signed.",
            "add-body": "Asks the competent body in a running case, in place of a department that is not.",
            "reopen": "Takes a decided or withdrawn case up again; what was decided stays as it was signed.",
            "withdraw": "Withdraws an undecided application at the applicant's wish.",
            "deadline": "Stops, resumes, restarts or extends a department's term, as an entry in its ledger.",
            "case-term": "Extends, stops or resumes the term of a whole case: that within which its lead decides.",
            "chase": "Reminds a department by hand of a consultation that it has not answered: signed, once a working "
            "day.",
            "pass-supplement-on": "Invites the applicant to hand in what a department asks for, and tells the "
            "department.",
            "decline-supplement": "Tells a department that what it asks the applicant for is not passed on, and why.",
            "explain": "Says why a case was not decided within the working days that were promised; once, and shown "
            "with it.",
            "deliver": "Records that what was granted is handed out: within ten working days of the decision "
            "(article 44).",
            "check-consent": "Verifies deemed consents again, from their signed bytes and the directory alone.",
        },
    ),
    *entries(
        imported.report,
        "At the window",
        {
            "report": "How departments keep their terms, how fast cases are decided, and what will default.",
        },
    ),
    *entries(
        imported.filings,
        "At the window",
        {"filing": "What applicants hand in at a portal, and what becomes of it at the window before there is a case."},
    ),
    *entries(
        imported.hearings,
        "At the window",
        {
            "hearing": "Hearings: called seven working days ahead, held within twenty of the request, on record "
            "before the decision (Administrative License Law, articles 46 to 48).",
        },
    ),
    *entries(
        imported.licences,
        "At the window",
        {"licence": "What was granted, as anybody can check it: issued, renewed, changed, revoked and cancelled."},
    ),
    *entries(
        imported.department,
        "At a department",
        {
            "inbox": "What waits for somebody here, with since when and until when.",
            "show": "Shows what is on record of a case, or one message in full, verified from its signed bytes.",
            "reply": "Answers a consultation: once, with what its verdict requires.",
            "end-procedure": "Ends a special procedure before its announced length; the term runs on.",
            "supplementary-review": "Announces that you review after all, once your silence has had its effect.",
            "ask-supplement": "Asks through the window, once in a case, that the applicant hand something in.",
            "take": "Notes who of the department deals with a case, or that nobody does any more.",
            "hand-over": "Notes that another officer of the department deals with a case from now on.",
            "stand-in": "Who of an office stands in for a colleague who is away.",
            "recall": "Recalls your own opinion, until the lead decides; the term runs on as if nothing had been said.",
        },
    ),
    *entries(
        imported.documents,
        "Documents",
        {
            "send": "Sends a report, a request, an answer or a letter to other authorities.",
            "forward": "Passes a request on to a superior authority with your own opinion and the whole file.",
            "return": "Sends a document back to who wrote it, with the reason.",
            "file": "Marks a document that came or went as filed, with who and when; the first time counts.",
            "register": "The register of documents: what came and what went, numbered within each year.",
            "circulate": "Puts a received document round to officers of your authority, and records who has read it.",
        },
    ),
    *entries(
        imported.making_evidence,
        "Evidence",
        {
            "evidence": "Writes one file that proves a case or a document to anybody: what was signed, receipts, "
            "directories.",
        },
    ),
    *entries(
        imported.verifying_evidence,
        "Evidence",
        {"verify": "Verifies a bundle of evidence: without a network, a domain's folder or a database."},
    ),
    *entries(
        imported.upkeep,
        "Upkeep",
        {
            "dead": "Lists what members could not take in, with the reason; handles it again once that is repaired.",
            "resend": "Sends a message's copies again: those abandoned after many attempts, and those that wait.",
            "hold": "Lets what goes to a member, or is of a kind, rest at its senders until released.",
            "release": "Releases what was held, or a member that was drained; what waited goes out at once.",
            "holds": "Lists what is held and which members are drained, with what that endangers and when it is due.",
            "drain": "Has a member finish what it has in hand, take in nothing new, and end; "
            "`exchange release` brings it back.",
            "diagnostics": "Writes what a developer asks for first into one file: no keys, no passwords, no content.",
        },
    ),
    *entries(
        imported.keys,
        "Keys",
        {
            "certify": "Gives a member a new key pair and publishes it in the directory.",
            "revoke": "Revokes a member: publishes it in the directory, and closes whatever it still comes in by.",
            "keys": "Shows a member's keys: since when, until when, and whether anything may still "
            "be sealed to an old one.",
            "authority": "The domain's authority: who it is, and how it is replaced.",
            "key": "Keys that a member makes for itself, certified by the authority.",
            "tls": "Makes a trial authority for TLS, and certificates for broker, database and doors.",
            "freshness": "States, signed and for ten minutes, which directory is the present one.",
        },
    ),
    *entries(imported.links, "Levels", {"link": "Links this domain's broker with that of the level above or below."}),
    *entries(
        imported.trials,
        "Runs",
        {
            "demo": "Shows the main job at work, on an own broker, in under two minutes.",
            "replay": "Drives a log of real cases through the real path on a virtual clock, and "
            "checks what came of them.",
            "prove": "Proves that nothing is lost: random faults strike a domain of its own that never rests.",
        },
    ),
    *entries(
        imported.console,
        "Upkeep",
        {
            "console": "Serves the operators' console, in the foreground, until told to stop.",
        },
    ),
    *entries(
        imported.public_window,
        "At the window",
        {
            "window": "Serves the pages on which the public finds matters, applies and follows cases, until told "
            "to stop.",
        },
    ),
    *entries(
        imported.desk,
        "A domain",
        {
            "desk": "Serves a member's desk: pages on which its officers read, decide, write and sign, until told "
            "to stop.",
        },
    ),
    *entries(
        imported.top,
        "A domain",
        {
            "top": "Shows broker, queues and members, live, and what needs you.",
        },
    ),
    *entries(
        imported.calendar,
        "A domain",
        {
            "calendar": "The calendar of working days: the State Council's holidays and make-up days.",
            "substitute": "Who gives opinions for another department, until when.",
        },
    ),
    *entries(
        imported.trace_and_find,
        "Upkeep",
        {
            "trace": "One message, its whole way, for every addressee: written, sealed, dispatched, arrived, "
            "taken, opened, handled, receipted, handed over to the own system, answered.",
            "find": "Finds messages or cases in the stores of this domain's members, newest first, a page at a time.",
        },
    ),
    *entries(
        imported.reconcile,
        "Upkeep",
        {
            "reconcile": "Checks that nothing was lost, doubled or invented, from all stores and the broker.",
        },
    ),
    *entries(
        imported.log,
        "Upkeep",
        {
            "log": "The log of each member's journal: its signed heads, the check of every row, and proofs of entries.",
        },
    ),
    *entries(
        imported.backup,
        "Upkeep",
        {
            "backup": "Backs up a domain while it is served: databases and files in a folder, keys sealed in a file "
            "beside it.",
            "restore": "Puts a backup back: a whole domain into an empty folder, or one member that is not served "
            "into a domain.",
        },
    ),
    *entries(
        imported.serving_processes,
        "Upkeep",
        {
            "serving": "Which process serves each member, where and since when, and which one stands by to take it "
            "over.",
        },
    ),
    *entries(
        imported.breakers,
        "Upkeep",
        {
            "breakers": "Whose messages members keep out, since when and why; and having them let in again.",
        },
    ),
    *entries(
        imported.joint,
        "Documents",
        {
            "joint": "Documents that several authorities sign together, sent when the last has signed.",
        },
    ),
    *entries(
        imported.notice,
        "Levels",
        {
            "notice": "Notices down through the levels, and who has signed for them.",
        },
    ),
    *entries(imported.domains, "Levels", {"domain": "The tree of domains: upper and lower levels."}),
    *entries(
        imported.tokens,
        "Console",
        {
            "token": "Tokens with which department systems use the REST API.",
        },
    ),
    *entries(
        imported.alerts,
        "Upkeep",
        {
            "alerts": "Alerts by webhook and mail: what stands, and whether it would arrive.",
        },
    ),
)

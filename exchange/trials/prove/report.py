"""The report of a run: for machines as JSON, for people as one page with the picture of its timeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from exchange.language import choose
from exchange.trials.prove.options import ProofOutcome
from exchange.trials.prove.picture import timeline
from exchange.trials.prove.rules.faults import FaultKind
from exchange.trials.prove.rules.judgement import ProofBreach, counted
from exchange.trials.prove.rules.measures import SHARES, Percentiles, Struck, by_kind
from exchange.trials.prove.words import BREACHES, KINDS

_MOST_FOUND = 1000
"""Breaches that are named; of more, how many."""
_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #bbb;padding:.2rem .6rem;text-align:left}"
    "td.n,th.n{text-align:right}svg{max-width:100%;height:auto}.ok{color:#1e7d34}.bad{color:#b3261e}"
    "@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}}"
)


def as_data(proved: ProofOutcome) -> dict[str, Any]:
    """Return the whole report for machines. Seconds unless it says otherwise."""
    options, versions = proved.options, proved.versions
    return {
        "holds": proved.holds,
        "options": {
            "documents": options.documents, "cases": options.cases, "faults": options.faults, "seed": options.seed,
            "nodes": options.nodes, "hosts": options.hosts, "database": options.database.value, "every": options.every,
        },
        "versions": {
            "product": versions.product, "broker": versions.broker, "stamps": versions.stamps,
            "database": versions.database, "python": versions.python, "machine": versions.machine,
            "shared_network": versions.shared or None,
        },
        "began": proved.began,
        "seconds": round(proved.seconds, 1),
        "load_ended": round(proved.load_ended, 1),
        "calm": round(proved.calm, 1),
        "documents": {"handed_in": proved.handed_in, "completed": proved.completed},
        "cases": {
            "opened": proved.cases, "parts": dict(proved.parts), "in_time_at_the_edge": proved.in_time_at_the_edge,
            "late": proved.late,
        },
        "messages": proved.messages,
        "refusals": proved.refusals,
        "supervisors": proved.supervisors,
        "law": {breach.value: number for breach, number in counted(proved.found).items()},
        "found": [
            {"breach": one.breach.value, "what": one.what, "who": one.who, "detail": one.detail}
            for one in proved.found[:_MOST_FOUND]
        ],
        "recovery": {kind.value: _spread(one) for kind, one in by_kind(proved.struck, lambda x: x.recovery).items()},
        "outage": {kind.value: _spread(one) for kind, one in by_kind(proved.struck, lambda x: x.outage).items()},
        "skipped": dict(Counter(f"{one.fault.kind.value}: {one.skipped}" for one in proved.struck if one.skipped)),
        "faults": [_fault(one) for one in proved.struck],
        "throughput": proved.passages.throughput(1.0, max(proved.calm, 1.0)),
    }  # fmt: skip


def _spread(one: Percentiles) -> dict[str, float]:
    return {"number": one.number, **{f"p{share}": round(value, 2) for share, value in one.at.items()}}


def _fault(one: Struck) -> dict[str, Any]:
    fault = one.fault
    return {
        "number": fault.number, "planned_at": fault.at, "kind": fault.kind.value, "target": fault.target,
        "lasts": fault.lasts, "amount": fault.amount, "at": _rounded(one.at), "lifted": _rounded(one.lifted),
        "recovered": _rounded(one.recovered), "skipped": one.skipped or None,
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def as_page(proved: ProofOutcome) -> str:
    """Return the report as a page that needs nothing else."""
    title = choose(("故障检验报告", "Fault proof"))
    verdict = choose(("全部成立", "the law held")) if proved.holds else choose(("不成立", "the law did not hold"))
    body = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="{"ok" if proved.holds else "bad"}"><strong>{escape(verdict)}</strong></p>',
        _table((choose(("法则", "law")), choose(("违反", "breaches"))), _law(proved)),
        _table((choose(("项目", "what")), choose(("数值", "figure"))), _figures(proved)),
        timeline(proved),
        f"<h2>{escape(choose(('恢复时间（秒）', 'Recovery, in seconds')))}</h2>",
        f"<p>{escape(choose(_MEANING))}</p>",
        _table(_recovery_head(), _recovery(proved)),
        *_skipped(proved),
        *_named(proved),
    ]
    lang = choose(("zh", "en"))
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(body)}</body></html>\n"
    )


_MEANING = (
    "故障解除（被杀进程可以重新启动之时）之后写出、且途经受损之处的第一份公文被签收，即为恢复。",
    "Recovered is when the first document that was written after a fault was taken back, or its process could be "
    "started again, and that passes what was struck, is signed for.",
)


def _recovery_head() -> tuple[str, ...]:
    return (choose(("故障", "fault")), choose(("次数", "number")), *(f"p{share}" for share in SHARES))


def _law(proved: ProofOutcome) -> Iterator[tuple[str, str]]:
    counts = counted(proved.found)
    for breach in ProofBreach:
        yield choose(BREACHES[breach]), f"{counts[breach]:,}"


def _figures(proved: ProofOutcome) -> Iterator[tuple[str, str]]:
    options, versions = proved.options, proved.versions
    struck = sum(one.at is not None for one in proved.struck)
    yield choose(("种子", "seed")), str(options.seed)
    yield (
        choose(("公文（交出／签收）", "documents, handed in / signed for")),
        f"{proved.handed_in:,} / {proved.completed:,}",
    )
    yield choose(("案件", "cases")), f"{proved.cases:,}"
    yield choose(("征求意见的结果", "consultations")), ", ".join(f"{n:,} {s}" for s, n in sorted(proved.parts.items()))
    edge = choose(("期限将届时按期提出的意见", "opinions in time at the edge of their term"))
    yield edge, f"{proved.in_time_at_the_edge:,}"
    yield choose(("刚过期限提出的意见", "opinions just behind it")), f"{proved.late:,}"
    yield choose(("报文副本", "copies of messages")), f"{proved.messages:,}"
    yield choose(("故障（发生／计划）", "faults, struck / planned")), f"{struck:,} / {len(proved.struck):,}"
    yield choose(("数据库未收下次数", "times a database took nothing")), f"{proved.refusals:,}"
    yield choose(("用时（秒）", "seconds")), f"{proved.seconds:,.0f}"
    yield (
        choose(("版本", "versions")),
        f"yizhan {versions.product}, {versions.broker}, {versions.database}, Python {versions.python}",
    )
    yield choose(("机器", "machine")), versions.machine
    yield choose(("网络", "network")), _network(proved)
    yield choose(("开始", "began")), proved.began


def _network(proved: ProofOutcome) -> str:
    apart = choose(("成员与每个消息节点各在一个网络主机上", "a host for the members, and one for each node"))
    return proved.versions.shared or apart


def _recovery(proved: ProofOutcome) -> Iterator[tuple[str, ...]]:
    for kind, one in by_kind(proved.struck, lambda x: x.recovery).items():
        yield (choose(KINDS[kind]), f"{one.number:,}", *(f"{one.at[share]:.2f}" for share in SHARES))


def _skipped(proved: ProofOutcome) -> Iterator[str]:
    left_out: Mapping[tuple[FaultKind, str], int] = Counter(
        (one.fault.kind, one.skipped) for one in proved.struck if one.skipped
    )
    if left_out:
        yield f"<h2>{escape(choose(('未能进行的故障', 'Faults that were left out')))}</h2>"
        rows = ((choose(KINDS[kind]), why, str(number)) for (kind, why), number in left_out.items())
        yield _table((choose(("故障", "fault")), choose(("原因", "why")), choose(("次数", "number"))), rows)


def _named(proved: ProofOutcome) -> Iterator[str]:
    if proved.found:
        yield f"<h2>{escape(choose(('逐项', 'By name')))}</h2>"
        rows = ((choose(BREACHES[one.breach]), one.what, one.who, one.detail) for one in proved.found[:_MOST_FOUND])
        yield _table(("", choose(("标识", "id")), choose(("成员", "member")), choose(("情形", "detail"))), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    return f"<table>{row(head, 'th')}{''.join(row(one, 'td') for one in rows)}</table>"

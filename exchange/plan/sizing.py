"""Machines, brokers, databases, disk and bandwidth of a country. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from exchange.plan.assumptions import WORKING_DAYS, PlanAssumptions
from exchange.plan.measured import measured
from exchange.plan.work import (
    case_work,
    document_bytes,
    document_seconds,
    idle_share,
    notice_messages,
    wire_bytes,
)


@dataclass(frozen=True)
class Sizing:
    """What is to be there."""

    cores_at_peak: float
    """Busy in the whole country with cases and letters."""
    idle_cores: float
    """Busy in the whole country with members' rounds, whatever comes."""
    busiest_cores: float
    """Busy in the busiest domain."""
    busiest_machines: int
    machines: int
    brokers: int
    """Nodes: three a domain."""
    databases: int
    """One and a standby a domain."""
    members: int
    memory_gb: float
    """Private memory of all members, and of their standbys."""
    links: int
    open_cases: float
    """At any time."""
    messages_a_second: float
    """At the peak, in the whole country."""
    disk_tb_a_year: float
    busiest_gb_a_year: float
    busiest_mbit: float
    """Through the busiest domain's broker at the peak, in and out."""
    link_mbit: float
    """Through the link of a domain at the peak, for notices; between two levels, each way."""


def size(asked: PlanAssumptions) -> Sizing:
    """Return what the country needs."""
    work, busiest = case_work(asked.departments, asked.cost_factor), asked.cases_a_second
    letters = asked.peak_of(asked.letters_a_day / asked.domains)
    always = letters * document_seconds() + asked.authorities * idle_share()
    mean_cores = asked.peak_of(asked.cases_a_day / asked.deciding_domains) * work.total + always
    busiest_cores = busiest * work.total + always
    machines = _machines(asked, mean_cores) * (asked.deciding_domains - 1) + _machines(asked, busiest_cores)
    machines += _machines(asked, always) * (asked.domains - asked.deciding_domains)
    members = round(asked.domains * asked.authorities)
    a_year = WORKING_DAYS * (asked.cases_a_day * work.kept + asked.letters_a_day * document_bytes() + _notices(asked))
    busiest_a_year = WORKING_DAYS * asked.cases_a_day / asked.deciding_domains * asked.busiest * work.kept
    return Sizing(
        cores_at_peak=asked.peak_of(asked.cases_a_day) * work.total
        + asked.peak_of(asked.letters_a_day) * document_seconds(),
        idle_cores=members * idle_share(),
        busiest_cores=busiest_cores,
        busiest_machines=_machines(asked, busiest_cores),
        machines=machines,
        brokers=3 * asked.domains,
        databases=2 * asked.domains,
        members=members,
        memory_gb=2 * members * measured("member") / 1000,
        links=asked.domains - 1,
        open_cases=asked.cases_a_day * asked.days_a_case,  # Little's law
        messages_a_second=asked.peak_of(asked.cases_a_day * work.messages + asked.letters_a_day),
        disk_tb_a_year=a_year / 1e12,
        busiest_gb_a_year=busiest_a_year / 1e9,
        busiest_mbit=2 * 8 * busiest * work.messages * wire_bytes() / 1e6,
        link_mbit=8 * asked.peak_of(asked.notices_a_day) * notice_messages() * wire_bytes() / 1e6,
    )


def _machines(asked: PlanAssumptions, cores: float) -> int:
    """As many as do the work while one of them is away."""
    return max(asked.machines_at_least, 1 + ceil(cores / (asked.utilisation * asked.cores)))


def _notices(asked: PlanAssumptions) -> float:
    """Bytes of a day's notices in all databases: each message lies at both its ends."""
    return asked.notices_a_day * (asked.domains - 1) * notice_messages() * document_bytes()

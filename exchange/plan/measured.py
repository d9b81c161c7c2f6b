"""Every measured figure that the model rests on, each with the benchmark that took it and the day. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.language import Words


@dataclass(frozen=True, slots=True)
class MeasuredFigure:
    """One figure of docs/benchmarks.md."""

    key: str
    value: float
    unit: str
    meaning: Words
    benchmark: str
    """What takes it anew: ``python -m benchmarks.`` and this."""
    taken: str
    """The day on which it was put down (ISO 8601)."""


_DAY, _NOW = "2026-11-29", "2026-11-30"


def _figure(key: str, value: float, unit: str, zh: str, en: str, benchmark: str, taken: str = _DAY) -> MeasuredFigure:
    return MeasuredFigure(key, value, unit, (zh, en), benchmark, taken)


def _of_cases(key: str, five: float, two: float, unit: str, zh: str, en: str) -> tuple[MeasuredFigure, MeasuredFigure]:
    """One figure of a case with five departments, and with two."""
    return (
        _figure(key, five, unit, f"{zh}（五部门）", f"{en}, five departments", "profile 300 5", _NOW),
        _figure(f"{key}-two", two, unit, f"{zh}（两部门）", f"{en}, two departments", "profile 300 2", _NOW),
    )


FIGURES: dict[str, MeasuredFigure] = {
    one.key: one
    for one in (
        *_of_cases("window", 17.0, 12.5, "ms", "每件：窗口处理器时间", "processor time of a case at its window"),
        *_of_cases("department", 5.7, 6.4, "ms", "每件：每部门处理器时间", "the same at each department"),
        *_of_cases("monitor", 2.5, 2.2, "ms", "每件：时限监督处理器时间", "the same at the monitor"),
        *_of_cases("broker", 5.7, 3.3, "ms", "每件：消息代理处理器时间", "the same at the broker"),
        *_of_cases("messages", 16.6, 6.8, "", "每件报文数", "messages of a case"),
        *_of_cases("kept", 274, 129, "kB", "每件数据库字节", "databases of a case"),
        _figure("rate", 963, "1/s", "每秒公文数，两核", "documents a second, on two cores", "throughput"),
        _figure("sent", 11.8, "kB", "每报文，发件方磁盘", "a message on its sender's disk", "endurance 1000000"),
        _figure("received", 5.8, "kB", "每报文，收件方磁盘", "the same at its receiver", "endurance 1000000"),
        _figure("queued", 5.8, "kB", "每报文，消息代理磁盘", "a waiting message at the broker", "restart 100000 3"),
        _figure("notice-one", 305, "ms", "通知达一个下级域并全部签收", "a notice to one lower domain, all signed",
                "notice 1 16 120"),
        _figure("notice-many", 15_061, "ms", "通知达 120 个下级域并全部签收", "the same to 120 lower domains",
                "notice 1 16 120"),
        _figure("notice-busy", 1_261, "ms", "通知达一个下级域，机器繁忙时", "the same to one, on a busy machine",
                "notice 1 8 24", _NOW),
        _figure("notice-domains", 120, "", "上述下级域数", "lower domains there", "notice 1 16 120"),
        _figure("notice-messages", 1_204, "", "上述报文数", "messages there", "notice 1 16 120"),
        _figure("idle", 2.27, "%", "十一个空闲成员占一个核", "of a core: eleven idle members", "up 3 60"),
        _figure("idle-members", 11, "", "上述成员数", "members there", "up 3 60"),
        _figure("member", 33.5, "MB", "每成员私有内存", "private memory of a member", "up 3 60"),
    )
}  # fmt: skip


def measured(key: str) -> float:
    """Return a measured figure in its own unit."""
    return FIGURES[key].value


def by_departments(key: str, departments: float) -> float:
    """Return a figure of a case with so many departments: a line through those with two and with five."""
    five, two = measured(key), measured(f"{key}-two")
    return max(0.0, five + (five - two) / 3 * (departments - 5))

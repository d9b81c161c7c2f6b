"""Real permit cases through the real path come out as their own times say."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import BadConfiguration
from exchange.trials.replay import Replay
from exchange.trials.replay_file import ReplayFate, batches, read_replay, summary
from tests.real_input import real

HEAD = "at,case,event,department,due\n"
pytestmark = pytest.mark.broker


def expected_counts() -> dict[str, int]:
    """What must come out of the whole file."""
    lines = real("wabo/expected.txt").read_text().splitlines()
    return {name: int(number) for name, _, number in (line.partition(": ") for line in lines)}


def test_a_sample_of_the_permit_cases_ends_as_it_must(tmp_path: Path, broker: NodeInfo) -> None:
    sample = read_replay(real("wabo/replay.csv"), 40)
    replayed = Replay(sample, tmp_path, broker).run(lambda done, total, virtual: None)
    assert replayed.lost == []
    assert replayed.agrees, (summary(replayed.fates), summary(replayed.expected))
    assert summary(replayed.fates)["deemed"] > 0


@pytest.mark.drill
@pytest.mark.timeout(1800)
def test_all_permit_cases_end_as_they_must(tmp_path: Path, broker: NodeInfo) -> None:
    replayed = Replay(read_replay(real("wabo/replay.csv")), tmp_path, broker).run(lambda done, total, virtual: None)
    counts, found = expected_counts(), summary(replayed.fates)
    assert replayed.agrees
    assert found["consultations"] == counts["consultations"]
    assert found["in_time"] == counts["answered in time"]
    assert found["deemed_answered_late"] == counts["deemed, answered late"]
    assert found["deemed_never_answered"] == counts["deemed, never answered"]


def test_the_rule_alone_gives_the_expected_counts_of_the_whole_file() -> None:
    counts, found = expected_counts(), summary(read_replay(real("wabo/replay.csv")).expected())
    assert found["consultations"] == counts["consultations"] == 4750
    assert found["in_time"] == counts["answered in time"] == 4454
    assert found["deemed"] == 296
    assert found["deemed_answered_late"] == counts["deemed, answered late"] == 210


def small_file(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "replay.csv"
    path.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_small_file_of_every_fate_runs_through(tmp_path: Path, broker: NodeInfo) -> None:
    file = read_replay(
        small_file(
            tmp_path,
            "2026-03-02T09:00:00+08:00,c-1,submit,A,2026-03-12T00:00:00+08:00",
            "2026-03-02T09:00:00+08:00,c-1,submit,B,2026-03-12T00:00:00+08:00",
            "2026-03-02T09:00:00+08:00,c-1,submit,,2026-03-12T00:00:00+08:00",
            "2026-03-02T09:30:00+08:00,c-1,reply,A,",
            "2026-03-12T00:00:00.000001+08:00,c-1,reply,B,",
        )
    )
    replayed = Replay(file, tmp_path / "run", broker).run(lambda done, total, virtual: None)
    assert replayed.fates == {
        ("c-1", "A"): ReplayFate.IN_TIME,
        ("c-1", "B"): ReplayFate.DEEMED_THEN_LATE,
        ("c-1", ""): ReplayFate.DEEMED,
    }
    assert replayed.agrees


def test_an_answer_at_the_due_moment_itself_is_in_time(tmp_path: Path, broker: NodeInfo) -> None:
    file = read_replay(
        small_file(
            tmp_path,
            "2026-03-02T09:00:00+08:00,c-1,submit,A,2026-03-12T00:00:00+08:00",
            "2026-03-12T00:00:00+08:00,c-1,reply,A,",
        )
    )
    assert file.expected() == {("c-1", "A"): ReplayFate.IN_TIME}
    assert Replay(file, tmp_path / "run", broker).run(lambda done, total, virtual: None).agrees


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["2026-03-02T09:00:00,c-1,submit,A,2026-03-12T00:00:00+08:00"], "line 2"),
        (["2026-03-02T09:00:00+08:00,c-1,vote,A,"], "line 2"),
        (["2026-03-02T09:00:00+08:00,c-1,reply,A,"], "not asked"),
        (["2026-03-02T09:00:00+08:00,c-1,submit,A,2026-03-01T00:00:00+08:00"], "due comes after"),
        (["2026-03-02T09:00:00+08:00,c 1,submit,A,2026-03-12T00:00:00+08:00"], "case number"),
        ([], "no events"),
        (
            [
                "2026-03-03T09:00:00+08:00,c-1,submit,A,2026-03-12T00:00:00+08:00",
                "2026-03-02T09:00:00+08:00,c-2,submit,A,2026-03-12T00:00:00+08:00",
            ],
            "order of time",
        ),
    ],
)
def test_a_broken_file_is_answered_with_line_and_reason(tmp_path: Path, lines: list[str], complaint: str) -> None:
    with pytest.raises(BadConfiguration, match=complaint):
        read_replay(small_file(tmp_path, *lines))


LINE = "2026-03-02T09:00:00+08:00,c-1,submit,规划局,2026-03-12T00:00:00+08:00"


def test_a_file_with_a_byte_order_mark_and_line_ends_of_windows_is_read(tmp_path: Path) -> None:
    path = small_file(tmp_path, LINE)
    plain = read_replay(path)
    path.write_bytes(path.read_text(encoding="utf-8").replace("\n", "\r\n").encode("utf-8-sig"))
    assert read_replay(path) == plain


@pytest.mark.parametrize(("encoding", "told"), [("gb18030", "GB18030"), ("utf-16", "UTF-16")])
def test_a_file_in_another_encoding_is_answered_with_how_to_change_it(tmp_path: Path, encoding: str, told: str) -> None:
    path = small_file(tmp_path, LINE)
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    with pytest.raises(BadConfiguration, match=told) as caught:
        read_replay(path)
    assert f"iconv -f {told} -t UTF-8" in caught.value.remedy


def test_no_batch_runs_past_a_due_moment_or_a_reply_past_its_request() -> None:
    events = read_replay(real("wabo/replay.csv"), 200).events
    clock, asked, settled = events[0].at, {}, set()
    for batch in batches(events):
        for event in batch.events:
            key = (event.case, event.department)
            if event.submit:
                asked[key] = event.due
            else:
                assert key in settled, "a reply in the same batch as its request"
        settled = set(asked)
        unlooked = [due for due in asked.values() if due is not None and clock < due]
        last = max((event.at for event in batch.events), default=clock)
        assert all(due >= last for due in unlooked), "a due moment passed without a look"
        clock = max(clock, last, batch.look_at or clock)

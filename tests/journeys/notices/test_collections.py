"""Forms over three levels: answered below, checked where they arrive, added up, and who is missing is always named."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import SteppedClock
from exchange.errors import CallerError, Conflict, NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxView
from exchange.notices.answer import answer_form, asked
from exchange.notices.forms.aggregate import as_csv, sums
from exchange.notices.forms.collecting import Collected, collected
from exchange.notices.issue import issue_notice, recall
from exchange.notices.sign_for import sign_for
from exchange.notices.store import Notices
from exchange.operations.tasks.duties import DutyKind
from exchange.runtime.work import work_for
from exchange.schemas import (
    Aggregate,
    Body,
    Document,
    DocumentKind,
    DocumentNumber,
    DomainTotal,
    FieldType,
    FieldValue,
    Form,
    FormAnswer,
    FormField,
    Notice,
    Role,
    Treatment,
)
from exchange.trials.local import Seat
from exchange.trials.trial import Trial, relay_and, trial
from exchange.workdays import end_of_day
from tests.journeys.city import MONDAY, wait_until
from tests.journeys.places import new_root, tree_on
from tests.journeys.waits import duties

pytestmark = pytest.mark.broker

FORM = Form(
    title="防汛物资",
    fields=(
        FormField(name="pumps", label="水泵", type=FieldType.INTEGER, unit="台", minimum="0"),
        FormField(name="cost", label="经费", type=FieldType.DECIMAL, unit="万元", required=False),
        FormField(name="remarks", label="备注", type=FieldType.TEXT, required=False),
    ),
    due_days=5,
)
ACT_BY = date(2026, 6, 30)


@dataclass
class Province:
    """Shorthands for what these journeys do; authorities are named from the province's domain down."""

    tree: Trial
    clock: SteppedClock
    root: str
    serial: int = field(default=0)

    @property
    def origin(self) -> Node:
        """Who issues the notices."""
        return self.node("office")

    def domain(self, *labels: str) -> str:
        """A domain below the province, or the province's own."""
        return ".".join((self.root, *labels))

    def node(self, name: str) -> Node:
        """An authority's node, by its address below the province's."""
        address = f"{self.root}.{name}"
        return self.tree.domains[address.rpartition(".")[0]].nodes[address]

    def issue(self, form: Form | None = FORM, audience: str = "all") -> str:
        """Issues a notice, by default with a form; its id."""
        self.serial += 1
        document = Document(
            number=DocumentNumber(agency="皖政办", year=2026, serial=self.serial),
            kind=DocumentKind.NOTICE,
            issuer="省政府办公厅",
            title="关于报送防汛物资的通知",
            addressees=("各市、县",),
            body="请报送防汛物资。",
            date=self.clock.now().date(),
        )
        notice = Notice(document=document, audience=audience, treatment=Treatment.ACTION, act_by=ACT_BY, form=form)
        return issue_notice(self.origin, notice)

    def came(self, name: str, notice_id: str) -> None:
        """Waits until a notice is with a body."""
        wait_until(lambda: self.state(name, notice_id) is not None, 60.0, f"the notice at {name}")

    def state(self, name: str, notice_id: str) -> str | None:
        """The state of a notice at a body."""
        with self.node(name).store.reading() as tx:
            row = tx[Notices].get(notice_id)
        return row.state if row is not None else None

    def answer(self, name: str, notice_id: str, **values: str) -> str:
        """An authority answers, a minute after whatever happened before."""
        self.came(name, notice_id)
        self.clock.step_to(self.clock.now() + timedelta(minutes=1))
        return answer_form(self.node(name), notice_id, values)

    def say(self, name: str, body: Body, to: str = "relay") -> str:
        """An authority sends whatever it likes, past all checks of its own software."""
        with self.node(name).step() as step:
            return step.send(body, (f"{self.root}.{to}",))

    def answered(self, notice_id: str, names: set[str]) -> Aggregate:
        """Waits until the origin has the answers of just these authorities."""
        bodies = {f"{self.root}.{name}" for name in names}
        self.until(notice_id, lambda found: {row.body for row in found.rows} == bodies, f"answers of {names}")
        return self.at_origin(notice_id)

    def until(self, notice_id: str, condition: Callable[[Aggregate], bool], what: str) -> None:
        """Waits for something that the origin sees."""

        def seen() -> bool:
            found = collected(self.origin, notice_id).aggregate
            return found is not None and condition(found)

        wait_until(seen, 60.0, what)

    def at_origin(self, notice_id: str) -> Aggregate:
        """What the origin has now."""
        found = collected(self.origin, notice_id).aggregate
        assert found is not None
        return found

    def returned(self, name: str, message_id: str) -> OutboxView:
        """Waits until a message of an authority has come back."""

        def copy() -> OutboxView:
            with self.node(name).store.reading() as tx:
                return tx[Outbox].rows(message_id)[0]

        wait_until(lambda: copy().state in ("returned", "delivered"), 60.0, "its receipt")
        assert copy().state == "returned"
        return copy()


EVERYBODY = {"fire", "hefei.fire", "hefei.health", "hefei.luyang.fire", "hefei.luyang.health"}


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo, second_broker: NodeInfo) -> Iterator[Province]:
    root, clock = new_root(), SteppedClock(MONDAY)
    body = Seat((Role.DEPARTMENT,))
    office = Seat((Role.WINDOW,), work_for((Role.WINDOW,)))
    seats = {
        root: relay_and(root, [("office", office), ("fire", body)]),
        f"{root}.hefei": relay_and(f"{root}.hefei", [("fire", body), ("health", body)]),
        f"{root}.hefei.luyang": relay_and(f"{root}.hefei.luyang", [("fire", body), ("health", body)]),
    }
    with (
        tree_on(broker, second_broker, list(seats)) as brokers,
        trial(tmp_path_factory.mktemp("province"), seats, brokers, clock, print) as tree,
    ):
        yield Province(tree, clock, root)


def values(found: Aggregate, body: str) -> dict[str, str]:
    (row,) = [row for row in found.rows if row.body == body]
    return {value.name: value.value for value in row.values}


def test_answers_add_up_over_three_levels_and_the_table_names_who_is_missing(province: Province) -> None:
    notice_id = province.issue()
    province.answer("hefei.luyang.fire", notice_id, pumps="3", cost="0.1")
    province.answer("fire", notice_id, pumps="4", cost="0.2", remarks="=1+1")
    province.answer("hefei.health", notice_id, pumps="5")
    found = province.answered(notice_id, {"fire", "hefei.health", "hefei.luyang.fire"})
    assert {name: total.sum for name, total in sums(FORM, found).items()} == {"pumps": "12", "cost": "0.3"}
    assert sums(FORM, found, province.domain("hefei"))["pumps"].sum == "8"
    assert found.missing == (f"{province.root}.hefei.fire", f"{province.root}.hefei.luyang.health")
    lines = list(csv.reader(io.StringIO(as_csv(FORM, found))))
    assert ["answer", f"{province.root}.fire", "4", "0.2", "'=1+1"] in lines
    assert [line[1] for line in lines if line[0] == "missing"] == list(found.missing)
    assert lines[-1] == ["total", province.root, "12", "0.3", ""]


def test_everybody_is_missing_before_anybody_answers_and_time_alone_never_makes_an_answer(province: Province) -> None:
    notice_id = province.issue()
    everybody = tuple(sorted(f"{province.root}.{name}" for name in EVERYBODY))
    province.until(notice_id, lambda found: found.missing == everybody, "all of them missing")
    province.clock.step_to(max(province.clock.now(), end_of_day(ACT_BY) + timedelta(days=30)))
    province.answer("fire", notice_id, pumps="1")
    found = province.answered(notice_id, {"fire"})
    assert set(found.missing) == set(everybody) - {f"{province.root}.fire"}
    assert not collected(province.origin, notice_id).complete
    for name in EVERYBODY - {"fire"}:
        province.answer(name, notice_id, pumps="0")
    province.answered(notice_id, EVERYBODY)
    assert collected(province.origin, notice_id).complete


def test_an_answer_signs_for_the_notice_and_a_correction_replaces_all_of_the_one_before(province: Province) -> None:
    notice_id = province.issue()
    fire = province.node("hefei.luyang.fire")
    wait_until(lambda: notice_id in duties(fire), what="the notice")
    sign_for(fire, notice_id)
    assert duties(fire)[notice_id] is DutyKind.ANSWER_FORM
    province.answer("hefei.luyang.fire", notice_id, pumps="3", cost="7")
    assert notice_id not in duties(fire)
    assert province.state("hefei.luyang.fire", notice_id) == "signed"
    province.answered(notice_id, {"hefei.luyang.fire"})
    province.answer("hefei.luyang.fire", notice_id, pumps="30")
    body = f"{province.root}.hefei.luyang.fire"
    province.until(notice_id, lambda found: values(found, body) == {"pumps": "30"}, "the correction")
    assert sums(FORM, province.at_origin(notice_id)).keys() == {"pumps"}
    with pytest.raises(Conflict, match="of this moment"):
        answer_form(province.node("hefei.luyang.fire"), notice_id, {"pumps": "31"})

    def signed() -> bool:
        with province.node("hefei.luyang.relay").store.reading() as tx:
            reader = tx[Notices].reader(notice_id, body)
        return reader is not None and reader.state == "signed"

    wait_until(signed, what="signed for at the relay office")


def test_an_answer_that_does_not_hold_is_refused_before_it_is_sent_and_signs_for_nothing(province: Province) -> None:
    notice_id = province.issue()
    with pytest.raises(CallerError, match=r"colour: found a field.*pumps: found text"):
        province.answer("fire", notice_id, pumps="many", colour="red")
    with pytest.raises(CallerError, match="a field's name is none"):
        province.answer("fire", notice_id, **{"Not a name": "1"})
    assert province.state("fire", notice_id) == "open"
    with province.node("fire").store.reading() as tx:
        assert [one for one in tx[Documents].of_conversation(notice_id) if one.direction == "sent"] == []


def test_a_wrong_answer_that_arrives_comes_back_with_every_fields_fault_and_counts_nothing(province: Province) -> None:
    notice_id = province.issue()
    province.came("fire", notice_id)
    wrong = FormAnswer(
        notice_id=notice_id,
        values=(FieldValue(name="pumps", value="-1"), FieldValue(name="cost", value="secret-word")),
    )
    copy = province.returned("fire", province.say("fire", wrong))
    assert (copy.last_error or "").startswith("form-answer: ")
    assert "pumps: found a number below 0" in (copy.last_error or "")
    assert "cost: found text" in (copy.last_error or "")
    assert "secret-word" not in (copy.last_error or "")
    province.answer("fire", notice_id, pumps="2")
    assert values(province.answered(notice_id, {"fire"}), f"{province.root}.fire") == {"pumps": "2"}


def test_only_who_was_asked_answers_and_only_relay_offices_add_up(province: Province) -> None:
    notice_id = province.issue(audience=f"{province.root}.fire")
    province.came("fire", notice_id)
    answer = FormAnswer(notice_id=notice_id, values=(FieldValue(name="pumps", value="9"),))
    said = province.returned("office", province.say("office", answer))
    assert "not-entitled" in (said.last_error or "")
    invented = Aggregate(
        notice_id=notice_id,
        domain=province.domain("hefei"),
        serial=99,
        totals=(DomainTotal(domain=province.domain("hefei"), asked=0, answered=0),),
    )
    said = province.returned("fire", province.say("fire", invented))
    assert "not-entitled" in (said.last_error or "")
    said = province.returned("hefei.relay", province.say("hefei.relay", invented))
    assert "nothing was passed on" in (said.last_error or "")
    said = province.returned("relay", province.say("relay", invented, to="office"))
    assert "does not speak for" in (said.last_error or "")
    province.answer("fire", notice_id, pumps="2")
    found = province.answered(notice_id, {"fire"})
    assert [total.domain for total in found.totals] == [province.root]


def test_a_level_from_which_nothing_has_come_is_named_until_it_catches_up(province: Province) -> None:
    luyang = province.domain("hefei", "luyang")
    local = province.tree.domains[luyang]
    local.stop(f"{luyang}.relay")
    notice_id = province.issue()
    province.answer("hefei.fire", notice_id, pumps="1")
    assert province.answered(notice_id, {"hefei.fire"}).unheard == (luyang,)
    for name in ("fire", "hefei.health"):
        province.answer(name, notice_id, pumps="1")
    found = province.answered(notice_id, {"fire", "hefei.fire", "hefei.health"})
    assert (found.missing, found.unheard) == ((), (luyang,))
    assert not collected(province.origin, notice_id).complete
    local.start(f"{luyang}.relay")
    province.until(notice_id, lambda found: found.unheard == (), "word from the level below")
    assert len(province.at_origin(notice_id).missing) == 2


def test_answers_given_while_the_link_is_cut_are_lost_to_nobody_and_counted_once(province: Province) -> None:
    notice_id = province.issue()
    province.came("hefei.luyang.health", notice_id)
    side = province.tree.sides[province.domain("hefei", "luyang")]
    side.cut(province.domain("hefei"))
    province.answer("hefei.luyang.fire", notice_id, pumps="2")
    province.answer("hefei.luyang.fire", notice_id, pumps="20")
    province.answer("hefei.fire", notice_id, pumps="1")
    found = province.answered(notice_id, {"hefei.fire"})
    assert sums(FORM, found)["pumps"].sum == "1"
    side.join(None, print)
    found = province.answered(notice_id, {"hefei.fire", "hefei.luyang.fire"})
    body = f"{province.root}.hefei.luyang.fire"
    province.until(notice_id, lambda found: values(found, body) == {"pumps": "20"}, "the correction")
    assert sums(FORM, province.at_origin(notice_id))["pumps"].sum == "21"


def test_what_is_asked_is_shown_with_the_moment_it_is_due(province: Province) -> None:
    notice_id = province.issue(FORM.model_copy(update={"due_days": 365}))
    province.came("fire", notice_id)
    found = asked(province.node("fire"), notice_id)
    assert found.form.fields == FORM.fields
    assert (found.due, found.provisional) == (end_of_day(ACT_BY), False)


def test_nothing_is_answered_that_is_taken_back_sent_back_asks_nothing_or_never_came(province: Province) -> None:
    plain, back, sent_back = province.issue(form=None), province.issue(), province.issue()
    for notice_id in (plain, back, sent_back):
        province.came("fire", notice_id)
    with pytest.raises(CallerError, match="carries no form"):
        answer_form(province.node("fire"), plain, {"pumps": "1"})
    with pytest.raises(CallerError, match="carries no form"):
        collected(province.origin, plain)
    with pytest.raises(NotFound):
        answer_form(province.node("fire"), "11111111-1111-4111-8111-111111111111", {"pumps": "1"})
    sign_for(province.node("fire"), sent_back, accepted=False, reason="不属本单位")
    with pytest.raises(Conflict, match="is returned"):
        answer_form(province.node("fire"), sent_back, {"pumps": "1"})
    recall(province.origin, back, "数字有误")
    wait_until(lambda: province.state("fire", back) == "recalled", 60.0, "the recall")
    with pytest.raises(Conflict, match="is recalled"):
        answer_form(province.node("fire"), back, {"pumps": "1"})
    late = FormAnswer(notice_id=back, values=(FieldValue(name="pumps", value="9"),))
    assert "notice-closed" in (province.returned("fire", province.say("fire", late)).last_error or "")


def test_a_relay_office_sees_its_own_part(province: Province) -> None:
    notice_id = province.issue()
    province.answer("hefei.luyang.fire", notice_id, pumps="3")
    province.answered(notice_id, {"hefei.luyang.fire"})
    own: Collected = collected(province.node("hefei.relay"), notice_id)
    assert own.aggregate is not None
    assert own.aggregate.domain == province.domain("hefei")
    assert f"{province.root}.fire" not in own.aggregate.missing
    with pytest.raises(NotFound):
        collected(province.node("fire"), notice_id)

"""A matter's form on its way: typed at a counter or a portal, checked whole, and read by the departments' rules."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.filings.states import FilingState
from exchange.approval.rules.answers import answered, figure
from exchange.approval.window.submit import submit
from exchange.broker.admin.node_info import NodeInfo
from exchange.envelope import payload_of
from exchange.envelope.document import parse_body
from exchange.errors import BadApplication
from exchange.messaging.documents import Documents
from exchange.portal import handing_in, submitting
from exchange.schemas import (
    AcceptanceMode,
    Application,
    Bilingual,
    Consultation,
    FieldAnswer,
    InputType,
    Matter,
    MatterField,
    ShownIf,
)
from tests.journeys.city import City
from tests.journeys.portal import TRUTH, arrive, make_portal_city, offer, row

pytestmark = pytest.mark.broker

FORM = (
    MatterField(name="length", label=Bilingual(zh="长度"), type=InputType.DECIMAL, unit="m", maximum="500"),
    MatterField(name="night", label=Bilingual(zh="夜间"), type=InputType.YES_NO),
    MatterField(
        name="lamps", label=Bilingual(zh="照明"), type=InputType.TEXT, shown_if=ShownIf(field="night", value="yes")
    ),
)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo) -> Iterator[City]:
    city = make_portal_city(tmp_path_factory.mktemp("city"), broker, f"t{secrets.token_hex(4)}")
    with city.local:
        yield city


def filled_in(city: City, matter: Matter, **answers: str) -> Application:
    given = tuple(FieldAnswer(field=name, value=value) for name, value in answers.items())
    return city.application(matter.code).model_copy(update={"answers": given})


def filed(city: City, application: Application) -> str:
    """A clerk enters it as a whole and hands it in; its number."""
    node = city.node("portal")
    number = submitting.enter(node, submitting.Submission(application, ()), "hash")
    handing_in.hand_in(node, number, TRUTH)
    arrive(city)
    return number


def consultation(city: City, case_number: str) -> Consultation:
    """What planning is asked, from the signed bytes."""
    with city.node("planning").store.reading() as tx:
        desk = tx[DepartmentDesk].get(case_number)
        assert desk is not None
        signed = tx[Documents].get(city.address("window"), desk.consultation_id)
    assert signed is not None
    return parse_body(Consultation, payload_of(signed.signed))


def test_what_is_typed_in_full_width_reaches_the_departments_as_numbers(city: City) -> None:
    matter = offer(city, mode=AcceptanceMode.AUTOMATIC, fields=FORM)
    number = filed(city, filled_in(city, matter, length="１２０．５", night="是", lamps="四盏"))
    case_number = row(city, number).case_number
    assert case_number is not None, "complete, so accepted at once"
    asked = consultation(city, case_number)
    assert figure(asked, "长度", "length") == 120.5
    assert (answered(asked, "night"), answered(asked, "lamps")) == ("yes", "四盏")


def test_what_the_form_lacks_keeps_it_from_being_accepted_by_itself(city: City) -> None:
    matter = offer(city, mode=AcceptanceMode.AUTOMATIC, fields=FORM)
    for answers in (
        {"length": "120"},
        {"length": "501", "night": "no"},
        {"length": "1", "night": "no", "lamps": "四盏"},
    ):
        number = filed(city, filled_in(city, matter, **answers))
        assert row(city, number).state is FilingState.RECEIVED, answers


def test_at_the_counter_everything_that_is_wrong_is_told_at_once_and_nothing_is_begun(city: City) -> None:
    matter = offer(city, fields=FORM)
    with pytest.raises(BadApplication) as refused:
        submit(city.window, filled_in(city, matter, length="九百", night="yes", colour="red"))
    told = str(refused.value)
    for fault in ("is no number", "照明 (lamps): the answer is missing", "the form has no such field"):
        assert fault in told
    case = submit(city.window, filled_in(city, matter, length="１００", night="否"))
    assert [one.value for one in Application.model_validate_json(case.application).answers] == ["100", "no"]

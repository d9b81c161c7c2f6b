"""The page of alerts: what stands, what is over, what could not be told; and a test of the channels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from urllib.parse import urlencode

from exchange.console.pages.overview import shared
from exchange.console.section import FormAction, Group, Page, Section, Visit
from exchange.errors import BadConfiguration
from exchange.machine.logger import get_logger
from exchange.operations.alerts.round import PAGE, Alerting
from exchange.operations.domain_view import DomainView
from exchange.operations.health.sampler import sampler_of
from exchange.operations.troubles.kinds import Cause
from exchange.operations.troubles.settings import AlertSettings, load_alert_settings
from exchange.operations.troubles.store import Alerts
from exchange.operations.troubles.words import KINDS
from exchange.web.door.permissions import Action
from exchange.web.render import moment

log = get_logger()


def _alerts(visit: Visit) -> Mapping[str, object]:
    with visit.view.console.reading() as tx:
        standing, past, troubles = tx[Alerts].standing(), tx[Alerts].past(), tx[Alerts].troubles()
    settings, fault = _settings(visit.view)
    snapshot = sampler_of(visit.view).latest()
    channels = [hook.name for hook in settings.webhooks] + (["mail"] if settings.mail else [])
    raised = {row.alert.key: row.raised_at for row in standing}
    return {
        **shared(visit, snapshot),
        "causes": snapshot.causes,
        "kinds": {kind: visit.say(*words) for kind, words in KINDS.items()},
        "since": lambda cause: _since(visit, cause, raised),
        "past": past,
        "troubles": troubles,
        "channels": channels,
        "fault": fault,
    }


def _since(visit: Visit, cause: Cause, raised: Mapping[str, datetime]) -> str:
    """Since when the first of an entry stands, as far as it was told."""
    moments = [at for alert in cause.alerts if (at := raised.get(alert.key)) is not None]
    first = moment(min(moments)) if moments else ""
    return visit.say(f"自 {first}", f"since {first}") if first else visit.say("不另通知", "not told")


def _test(visit: Visit) -> str:
    outcome = Alerting.open(visit.view).test()
    if not outcome:
        return _said(visit.say("没有配置告警渠道", "No channel is configured"))
    failed = [f"{name}: {reason}" for name, reason in outcome.items() if reason]
    good = visit.say("测试告警已送达所有渠道", "Every channel took the test")
    return _said("; ".join(failed) if failed else good)


def round_of(view: DomainView, is_page: Callable[[str], bool]) -> AbstractContextManager[object]:
    """Return the round of alerts; an invalid configuration stops the telling of alerts, but not the console."""
    try:
        return Alerting.open(view, is_page=is_page)
    except BadConfiguration as error:
        log.error("alert.configuration", reason=str(error))
        return Alerting(view, AlertSettings(), {})


def _settings(view: DomainView) -> tuple[AlertSettings, str]:
    try:
        return load_alert_settings(view.home), ""
    except BadConfiguration as error:
        return AlertSettings(), str(error)


def _said(text: str) -> str:
    return f"{PAGE}?{urlencode({'said': text})}"


SECTION = Section(
    pages=(Page(PAGE, ("告警", "Alerts"), "alerts.html", _alerts, in_menu=True, group=Group.SYSTEM),),
    actions=(FormAction(f"{PAGE}/test", Action.DIAGNOSE, _test, None),),
)

"""Send the browser to the makelaar, with what the service asks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from assurance import step_up
from broker.journey import instrumentation
from broker.journey.dispatch import Leave, Show, StepOutcome, Turn
from broker.journey.login import MAX_DEPARTURES, Login, SentToProvider
from broker.journey.pages.trouble import TroublePage
from broker.journey.steps.frame import frame
from broker.journey.trouble import in_trouble, out_of_trouble, seconds_left, stopped_by
from broker.monitoring.telemetry import span
from broker.web.language import locale
from providers.interface import AuthenticationRequest, Departure, ProviderUnavailable
from providers.trouble import Side, Trouble
from state.copies import replace
from state.trace import Fact

UNAVAILABLE = stopped_by(Trouble.UNAVAILABLE)
NOTHING: Final[Mapping[str, Fact]] = MappingProxyType({})


def enter(turn: Turn) -> StepOutcome:
    """Leave for the makelaar, or say why that cannot be."""
    if turn.login.trouble is not None:
        return _trouble(turn, turn.login)
    return _leave(turn, turn.login)


def answer(turn: Turn) -> StepOutcome:
    """Try the same makelaar again."""
    return _leave(turn, out_of_trouble(turn.login))


def _leave(turn: Turn, login: Login) -> StepOutcome:
    record = turn.context.usable_provider
    number = login.departures + 1
    try:
        departure = _departure(turn, number)
    except ProviderUnavailable as unavailable:
        instrumentation.makelaar_in_trouble(record.id, unavailable)
        return _trouble(turn, in_trouble(login, unavailable, turn.now), unavailable.measured)
    sent = (*login.sent, SentToProvider(number, departure.remembered, record.kind))[
        -MAX_DEPARTURES:
    ]
    return Leave(replace(login, sent=sent, departures=number), departure, record.name)


def _departure(turn: Turn, number: int) -> Departure:
    login, context = turn.login, turn.context
    record, service = context.usable_provider, context.service
    ask = AuthenticationRequest(
        relay_state=f"{login.id}.{number}",
        level=step_up.ask_level(
            record,
            login.request.level,
            local_factor=service.local_second_factor and not login.insists,
        ),
        service_uuid=service.uuid,
        service_name=service.name.in_(locale()),
        service_id=service.service_id,
        force_authn=login.request.force_authn,
        max_age=login.request.max_age,
        login_hint=login.request.login_hint,
        locale=locale(),
        service_index=service.attribute_consuming_service_index,
        most=service.catalogue_level,
    )
    with span("idp.call", login.reference):
        return turn.rt.configuration.adapters[record.id].begin(ask, turn.now)


def _trouble(turn: Turn, login: Login, found: Mapping[str, Fact] = NOTHING) -> StepOutcome:
    trouble = login.trouble or Trouble.UNAVAILABLE
    record = turn.context.usable_provider
    return Show(
        TroublePage(frame=frame(turn), makelaar=record.name, side=trouble.side),
        status=400 if trouble.side is Side.NOBODYS else 503,
        login=login,
        stopped=stopped_by(trouble),
        found=found,
        retry_after=seconds_left(login, turn.now),
    )

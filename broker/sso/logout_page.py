"""The page of what a logout closed, by the names that people know."""

from __future__ import annotations

from collections.abc import Iterable

from broker.runtime import Runtime
from broker.sso.grants import Participant
from broker.sso.logout import LogoutOutcome
from broker.sso.pages import LoggedOutPage
from broker.web.registration_names import makelaar_name, service_name


def logged_out_page(rt: Runtime, outcome: LogoutOutcome) -> LoggedOutPage:
    """Per service and makelaar: closed, or not."""
    return LoggedOutPage(
        was_logged_in=True,
        notified=service_names(rt, outcome.notified),
        not_notified=service_names(rt, outcome.not_notified),
        makelaars=_makelaars(rt, outcome.makelaars),
        makelaars_open=_makelaars(rt, outcome.makelaars_open),
        onward=outcome.onward,
        onward_to=outcome.onward_to,
    )


def service_names(rt: Runtime, portals: Iterable[Participant]) -> tuple[str, ...]:
    """The services by name, each once; one that was withdrawn as well, which may be open still."""
    names = (service_name(rt.configuration, one.service_uuid) for one in portals)
    return tuple(dict.fromkeys(names))


def _makelaars(rt: Runtime, ids: Iterable[str]) -> tuple[str, ...]:
    names = (makelaar_name(rt.configuration, one) for one in ids)
    return tuple(dict.fromkeys(name for name in names if name is not None))

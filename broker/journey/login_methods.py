"""Ways to log in at a service: through a makelaar, or with an account at Sluis itself. Pure rules.

An account is an e-mail account, which ranks below every means, or a means that Sluis issued. A
service says which of them it offers; a portal that asks a level gets no e-mail account.
"""

from __future__ import annotations

import enum

from assurance.levels import AssuranceLevel, highest
from broker.downstream import LoginRequest
from directory.services import Service
from providers.interface import Identity


class LoginMethod(enum.StrEnum):
    """How somebody logs in."""

    MAKELAAR = "makelaar"
    ACCOUNT = "account"


def offers_email(service: Service, request: LoginRequest) -> bool:
    """May an e-mail account come here? Never where the portal itself asked a level, or named
    makelaars.
    """
    return service.email_accounts and request.minimum is None and request.makelaars is None


def offers_means(service: Service, request: LoginRequest) -> bool:
    """May a means of Sluis come here?"""
    is_open = request.makelaars is None
    return service.own_means and request.level.is_issued_by_sluis and is_open


def offered(service: Service, request: LoginRequest) -> tuple[LoginMethod, ...]:
    """The methods of this login; at least one."""
    account = offers_email(service, request) or offers_means(service, request)
    found = (LoginMethod.MAKELAAR,) if service.makelaars != () or not account else ()
    return (*found, LoginMethod.ACCOUNT) if account else found


def method_of(
    service: Service, request: LoginRequest, chosen: LoginMethod | None
) -> LoginMethod | None:
    """The method of this login; None while the user must choose.

    The choice is a question of its own where it is one between people: with or without a makelaar.
    A means of Sluis at a service without e-mail accounts is a link on the page of makelaars.
    """
    ways = offered(service, request)
    if chosen in ways:
        return chosen
    if len(ways) == 1 or not offers_email(service, request):
        return ways[0]
    return None


def account_fits(service: Service, request: LoginRequest, identity: Identity) -> bool:
    """May an earlier login with this account answer here?"""
    if identity.own_means is None:
        return offers_email(service, request)
    return offers_means(service, request) or offers_email(service, request)


def needed(
    service: Service, request: LoginRequest, method: LoginMethod | None, identity: Identity | None
) -> AssuranceLevel:
    """The least that this login must reach: per method, so that an e-mail account may be enough."""
    is_email = identity is None or identity.own_means is None
    if method is LoginMethod.ACCOUNT and is_email and offers_email(service, request):
        return AssuranceLevel.EMAIL
    return highest(request.level, service.level)

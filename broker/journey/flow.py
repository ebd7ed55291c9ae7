"""The journey: rows in order, the first open question wins. Who reads this sees the product.

Every predicate is a claim about facts: the login itself, and what stands around it
(``JourneyContext``), which is looked up only when a row asks for it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assurance.step_up import LocalFactor, Nothing, Unreachable, Upstream
from broker.downstream import RefusalCode
from broker.journey.login import Login
from broker.journey.login_methods import LoginMethod
from directory.people import MeansStatus


class Step(enum.StrEnum):
    ENDED = "ended"
    CHOOSE_METHOD = "method"
    CHOOSE_PROVIDER = "provider"
    AUTHENTICATE = "authenticate"
    GIVE_PASSWORD = "password"
    BIND_ACCOUNT = "account"
    REPLACE_PASSWORD = "new-password"
    MEANS_STATUS = "means"
    STEP_UP = "step-up"
    CHOOSE_MANDATE = "mandate"
    ASK_CONSENT = "consent"
    APPROVE = "document"
    CONFIRM = "confirm"
    RESPOND = "respond"


class JourneyContext(Protocol):
    """What stands around a login: looked up at most once per request, and only when a row asks."""

    @property
    def method(self) -> LoginMethod | None: ...
    @property
    def provider_is_usable(self) -> bool: ...
    @property
    def means_status(self) -> MeansStatus: ...
    @property
    def missing(self) -> Nothing | LocalFactor | Upstream | Unreachable: ...
    @property
    def needs_authority(self) -> bool: ...
    @property
    def consent_is_given(self) -> bool: ...
    @property
    def factors(self) -> Sequence[object]: ...


@dataclass(frozen=True)
class Row:
    """One question. ``under_passive`` is the refusal when the portal asked for no pages
    (prompt=none).
    """

    step: Step
    is_open: Callable[[Login, JourneyContext], bool]
    under_passive: RefusalCode


def _ended(login: Login, _: JourneyContext) -> bool:
    return login.ended is not None


def _no_method(_: Login, context: JourneyContext) -> bool:
    return context.method is None


def _no_provider(login: Login, context: JourneyContext) -> bool:
    return context.method is LoginMethod.MAKELAAR and (
        login.provider_id is None or not context.provider_is_usable
    )


def _not_authenticated(login: Login, context: JourneyContext) -> bool:
    is_there = login.identity is not None or login.lacks_level
    return context.method is LoginMethod.MAKELAAR and not is_there


def _no_password(login: Login, context: JourneyContext) -> bool:
    return context.method is LoginMethod.ACCOUNT and login.identity is None


def _no_person(login: Login, _: JourneyContext) -> bool:
    return login.identity is not None and login.person_id is None


def _password_is_temporary(login: Login, _: JourneyContext) -> bool:
    return login.must_replace


def _means_not_active(login: Login, context: JourneyContext) -> bool:
    return login.person_id is not None and context.means_status is not MeansStatus.ACTIVE


def _level_missing(login: Login, context: JourneyContext) -> bool:
    return login.lacks_level or not isinstance(context.missing, Nothing)


def _no_authority(login: Login, context: JourneyContext) -> bool:
    return context.needs_authority and not login.authority_settled


def _no_consent(_: Login, context: JourneyContext) -> bool:
    return not context.consent_is_given


def _no_answer(login: Login, _: JourneyContext) -> bool:
    asked = login.request.document
    return asked is not None and (login.answer is None or login.answer.shown != asked.shown)


def _not_confirmed(login: Login, context: JourneyContext) -> bool:
    """Whoever has a factor of ours gives a code for this answer; for others their makelaar asked
    one, in the login that was made for it.
    """
    asked = login.request.document is not None
    return asked and login.confirmed is None and bool(context.factors)


def _always(_: Login, __: JourneyContext) -> bool:
    return True


JOURNEY = (
    Row(Step.ENDED, _ended, RefusalCode.SERVER_ERROR),
    Row(Step.CHOOSE_METHOD, _no_method, RefusalCode.LOGIN_REQUIRED),
    Row(Step.CHOOSE_PROVIDER, _no_provider, RefusalCode.LOGIN_REQUIRED),
    Row(Step.AUTHENTICATE, _not_authenticated, RefusalCode.LOGIN_REQUIRED),
    Row(Step.GIVE_PASSWORD, _no_password, RefusalCode.LOGIN_REQUIRED),
    Row(Step.BIND_ACCOUNT, _no_person, RefusalCode.LOGIN_REQUIRED),
    Row(Step.REPLACE_PASSWORD, _password_is_temporary, RefusalCode.INTERACTION_REQUIRED),
    Row(Step.MEANS_STATUS, _means_not_active, RefusalCode.INTERACTION_REQUIRED),
    Row(Step.STEP_UP, _level_missing, RefusalCode.LOGIN_REQUIRED),
    Row(Step.CHOOSE_MANDATE, _no_authority, RefusalCode.INTERACTION_REQUIRED),
    Row(Step.ASK_CONSENT, _no_consent, RefusalCode.CONSENT_REQUIRED),
    Row(Step.APPROVE, _no_answer, RefusalCode.INTERACTION_REQUIRED),
    Row(Step.CONFIRM, _not_confirmed, RefusalCode.INTERACTION_REQUIRED),
    Row(Step.RESPOND, _always, RefusalCode.SERVER_ERROR),
)


# Steps that may answer themselves; under prompt=none no other is entered.
ASKS_NOBODY = frozenset({Step.ENDED, Step.BIND_ACCOUNT, Step.CHOOSE_MANDATE, Step.RESPOND})


def open_row(login: Login, context: JourneyContext) -> Row:
    """The first open question, RESPOND when none is left; the last row is always open."""
    return next(row for row in JOURNEY if row.is_open(login, context))

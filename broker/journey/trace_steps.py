"""Trace steps: the steps of one login as its trace keeps them, each with what was measured.

Machine words, numbers, levels and ids of registrations; of what was received only values of the
protocol, bounded where it was read (``providers.received``), and nothing that names a person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from assurance.levels import AssuranceLevel
from broker.journey.context import LoginContext
from broker.journey.flow import Step
from broker.journey.login import Login, Stopped
from providers.federation_members import federation_of, member_id
from providers.interface import Identity
from providers.worth import LEVEL_UNKNOWN
from state import record_json
from state.copies import replace
from state.trace import Fact, TraceStep

RECEIVED: Final = "received"
CLIENT: Final = "client"
ANSWER: Final = "answer"
SIGNATURE: Final = "signature"
CONDITIONS: Final = "conditions"
LEVEL: Final = "level"
MORE_TIME: Final = "more-time"
_SIGNATURE_REASONS: Final = frozenset(
    {
        "signature_invalid",
        "signature_key",
        "signature_missing",
        "signature_algorithm",
        "signature_reference",
        "signature_shape",
        "signature_transform",
        "decryption_failed",
        "encryption_algorithm",
        "identifier_unread",
        "identifier_clear",
        "kid_missing",
        "token_signature",
        "token_alg",
        "token_key_unknown",
    }
)
# Judged only after the signature held.
_CONDITION_REASONS: Final = frozenset(
    {
        "audience",
        "recipient",
        "confirmation",
        "confirmation_method",
        "conditions",
        "expired",
        "not_yet_valid",
        "validity_too_long",
        "authn_instant",
        "token_audience",
        "audience_untrusted",
        "token_azp",
        "token_issuer",
        "token_expired",
        "token_not_yet_valid",
        "token_too_old",
        "token_time",
        "token_nonce",
        "token_hash",
        "authentication_time",
        "authentication_too_old",
        "replayed",
    }
)


def step(
    login: Login, now: datetime, name: str, outcome: str, reason: str | None = None, **found: Fact
) -> Login:
    """The login with one step more."""
    return _with(login, _made(login, now, name, outcome, reason, **found))


def _made(
    login: Login, now: datetime, name: str, outcome: str, reason: str | None = None, **found: Fact
) -> TraceStep:
    since = max(0, int((now - login.created_at).total_seconds() * 1000))
    kept = {key: value for key, value in found.items() if value is not None}
    return TraceStep(name, outcome, reason, since, kept)


def _with(login: Login, *made: TraceStep) -> Login:
    """All at once: a copy of the login costs more than a step."""
    return replace(login, trace=login.trace + "".join([_written(one) for one in made]))


def steps(login: Login) -> tuple[TraceStep, ...]:
    """The steps so far. Kept as text: a login is read at every request, its steps at the end."""
    return tuple([TraceStep(*values) for values in _read(login)])


def _read(login: Login) -> list[list[Any]]:
    """The values of each step."""
    found: list[list[Any]] = json.loads(f"[{','.join(login.trace.splitlines())}]")
    return found


def _written(made: TraceStep) -> str:
    values = (made.step, made.outcome, made.reason, made.milliseconds, made.measured)
    return record_json.line(values) + "\n"


def began(login: Login, now: datetime) -> Login:
    """The portal's request came in and was checked."""
    asked = login.request
    received = _made(
        login,
        now,
        RECEIVED,
        "accepted",
        protocol=str(asked.downstream),
        asked=asked.level.label,
        passive=asked.passive or None,
        fresh=asked.force_authn or None,
        max_age=asked.max_age,
    )
    client = _made(
        login, now, CLIENT, "accepted", client=asked.client_id, service=asked.service_uuid
    )
    return _with(login, received, client)


def too_high(login: Login, now: datetime, highest: AssuranceLevel) -> Login:
    """The portal asks more than any makelaar can give."""
    asked = login.request.level.label
    return step(login, now, LEVEL, "refused", "level_above_all", asked=asked, highest=highest.label)


def answered(before: Login, after: Login, at: Step, now: datetime, *, by_user: bool) -> Login:
    """A question of the journey was answered, by the user or by what was known."""
    return step(after, now, str(at), "answered", None, **_facts(before, after, at, by_user=by_user))


def _facts(before: Login, after: Login, at: Step, *, by_user: bool) -> dict[str, Fact]:
    if at is Step.CHOOSE_PROVIDER:
        return {"provider": after.provider_id, "how": _how(after, by_user=by_user)}
    if at is Step.CHOOSE_METHOD:
        return {"method": after.method.value if after.method else None}
    if at is Step.STEP_UP:
        factor = after.factor if after.factor is not before.factor else None
        return {"second_factor": factor.method if factor else None}
    if at is Step.CHOOSE_MANDATE:
        return _mandate(after)
    if at is Step.ASK_CONSENT:
        return {"kept": after.consent_kept}
    return {}


def _how(login: Login, *, by_user: bool) -> str:
    if by_user:
        return "chosen"
    if login.provider_was_remembered:
        return "remembered"
    return "hint" if _is_hinted(login) else "only"


def _is_hinted(login: Login) -> bool:
    """By its id; a member of a federation by its entityID too."""
    hint, provider_id = login.request.provider_hint, login.provider_id or ""
    federation = federation_of(provider_id)
    by_entity_id = hint and federation and member_id(federation, hint) == provider_id
    return hint == provider_id or bool(by_entity_id)


def sent(login: Login, now: datetime) -> Login:
    """The browser leaves for the makelaar."""
    last = login.sent[-1].remembered if login.sent else None
    return step(
        login,
        now,
        str(Step.AUTHENTICATE),
        "sent",
        provider=last.provider_id if last else None,
        asked=last.level.label if last else None,
        number=login.departures,
    )


def got_time(login: Login, now: datetime) -> Login:
    """The user asked for more time, and got it."""
    return step(login, now, MORE_TIME, "answered")


def accepted(login: Login, identity: Identity, asked: str, now: datetime) -> Login:
    """The makelaar's answer held in every respect."""
    age = int((now - identity.authenticated_at).total_seconds())
    given = identity.authentication.label
    return _with(
        login,
        _made(login, now, ANSWER, "accepted", provider=identity.provider_id),
        _made(login, now, SIGNATURE, "accepted"),
        _made(login, now, CONDITIONS, "accepted", login_age_seconds=age),
        _made(login, now, LEVEL, "accepted", asked=asked, given=given),
    )


def judged(
    login: Login,
    now: datetime,
    outcome: str,
    reason: str | None,
    provider: str,
    found: Mapping[str, Fact],
) -> Login:
    """The makelaar's answer did not help: up to where it held, and what was wrong there."""
    at = _stage(reason)
    if at == ANSWER:
        return step(login, now, ANSWER, outcome, reason, provider=provider, **found)
    return _with(
        login,
        _made(login, now, ANSWER, "accepted", provider=provider),
        *(_made(login, now, name, "accepted") for name in _held(at, reason, found)),
        _made(login, now, at, outcome, reason, **found),
    )


def _stage(reason: str | None) -> str:
    if reason in _SIGNATURE_REASONS:
        return SIGNATURE
    if reason in _CONDITION_REASONS:
        return CONDITIONS
    return LEVEL if reason in ("level_too_low", LEVEL_UNKNOWN) else ANSWER


def _held(at: str, reason: str | None, found: Mapping[str, Fact]) -> tuple[str, ...]:
    """What was judged before. A makelaar that cannot give the level sends nothing to judge."""
    if at == LEVEL and (found.get("given") is not None or reason == LEVEL_UNKNOWN):
        return (SIGNATURE, CONDITIONS)
    return (SIGNATURE,) if at == CONDITIONS else ()


def succeeded(login: Login, context: LoginContext, now: datetime) -> Login:
    """What was in order without a question, and the answer itself."""
    unasked: dict[Step, dict[str, Fact]] = {
        Step.MEANS_STATUS: {"status": str(context.means_status)},
        Step.STEP_UP: {
            "asked": login.request.level.label,
            "given": context.reached.label,
            "second_factor": context.second_factor,
        },
        Step.CHOOSE_MANDATE: _mandate(login),
        Step.ASK_CONSENT: {"rule": str(context.service.consent)},
    }
    names = {name for name, *_ in _read(login)}
    quiet = [
        _made(login, now, str(at), "not_asked", None, **facts)
        for at, facts in unasked.items()
        if str(at) not in names
    ]
    answer = _made(login, now, str(Step.RESPOND), "answered", given=context.reached.label)
    return _with(login, *quiet, answer)


def ended(login: Login, now: datetime, outcome: str, reason: str | None) -> Login:
    """The login ended without success."""
    return step(login, now, str(Step.ENDED), outcome, reason)


def stopped(
    login: Login, now: datetime, at: Step, why: Stopped, found: Mapping[str, Fact]
) -> Login:
    """The login stands before a page that says what is missing; what went wrong before that page
    says it already, unless another try met something else.
    """
    login = replace(login, stopped=why, is_noted=True)
    made = steps(login)
    met_another = at is Step.AUTHENTICATE and found and made and made[-1].reason != why.reason
    if made and not made[-1].went_well and not met_another:
        return login
    return step(login, now, str(at), "refused", why.reason, **found)


def _mandate(login: Login) -> dict[str, Fact]:
    authority = login.authority
    if authority is None:
        return {"mandate": "none"}
    return {"mandate": str(authority.kind), "given": authority.level.label}

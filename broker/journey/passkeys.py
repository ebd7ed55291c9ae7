"""Passkeys in a login: one challenge for one answer, and what the answer is worth."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from assurance import passkeys, second_factor, webauthn
from assurance.factors import FactorKind
from assurance.second_factor import FactorOutcome, SecondFactorMethod
from assurance.webauthn import PasskeyRefused
from broker.journey.dispatch import Turn
from broker.second_factors.passkey_party import party
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing

log = structlog.get_logger()


@dataclass(frozen=True)
class Judged:
    """What an answer came to. ``factor`` is the passkey that answered, as far as it is one."""

    outcome: FactorOutcome
    factor: SecondFactorMethod


def options(turn: Turn, challenge: str) -> str:
    """What the browser is asked: any passkey of this person that counts here and is not locked."""
    assert turn.login.person_id is not None
    known = passkeys.of_person(turn.rt.session, turn.login.person_id)
    usable = [f.factor_id for f in _passkeys(turn) if f.locked_until is None]
    return webauthn.request_options(party(turn.rt), challenge, passkeys.credentials(known, usable))


def judge(turn: Turn, asked: SecondFactorMethod, answer: str) -> Judged:
    """Judge the answer of the browser. Writes, whatever the outcome."""
    rt, person_id = turn.rt, turn.login.person_id or ""
    known = passkeys.of_person(rt.session, person_id)
    factor, count, reason = asked, None, None
    try:
        chosen = passkeys.chosen(known, webauthn.credential_id(answer))
        factor = next((f for f in _passkeys(turn) if f.factor_id == chosen), asked)
        if factor.factor_id != chosen:
            raise PasskeyRefused("credential")
        if turn.login.challenge is None:
            raise PasskeyRefused("challenge")
        handle = passkeys.handle(rt.sealer, person_id)
        count = webauthn.used(
            party(rt), turn.login.challenge, answer, known[factor.factor_id], handle
        )
    except PasskeyRefused as refused:
        reason = refused.reason
    with writing(rt.session) as session:
        outcome = second_factor.verify_passkey(
            session,
            factor_id=factor.factor_id,
            person_id=person_id,
            now=turn.now,
            count=count,
            before=known[factor.factor_id].sign_count if factor.factor_id in known else 0,
        )
        if reason == "counter":  # the passkey may have been copied (WebAuthn §6.1.1)
            log.error("passkey.counter_back", reference=turn.login.reference)
            tag = EventTag.PASSKEY_COUNTER_BACK
            audit.record(
                session,
                AuditEvent(
                    tag,
                    turn.now,
                    turn.login.reference,
                    person_id=person_id,
                    outcome="refused",
                    details={"factor": factor.factor_id},
                ),
            )
    return Judged(outcome, factor)


def _passkeys(turn: Turn) -> list[SecondFactorMethod]:
    return [f for f in turn.context.factors if f.kind is FactorKind.PASSKEY]

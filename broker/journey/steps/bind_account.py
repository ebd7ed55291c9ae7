"""Which person is this? By makelaar and subject, or by the account, which names its person; never
by e-mail address. Whom a makelaar knows and we do not gets a record without rights.
"""

from __future__ import annotations

from broker.downstream import RefusalCode
from broker.journey.dispatch import Advance, StepOutcome, Turn
from broker.journey.login import Ended
from directory import people
from providers.accounts import PROVIDER_ID
from state.copies import replace


def enter(turn: Turn) -> StepOutcome:
    """Find the person, or make one. Asks nothing."""
    identity = turn.login.identity
    assert identity is not None
    if turn.login.must_be is not None and not _is(turn, turn.login.must_be):
        other = Ended(RefusalCode.NOT_ALLOWED, "other_person", "other_person")
        return Advance(replace(turn.login, ended=other))
    known = turn.context.known
    if known is None and identity.provider_id == PROVIDER_ID:
        gone = Ended(RefusalCode.NOT_ALLOWED, "account_ended")
        return Advance(replace(turn.login, ended=gone))
    known = known or people.find_or_create(
        turn.rt.session,
        turn.rt.sealer,
        provider_id=identity.provider_id,
        subject=identity.subject,
        display_name=_first(identity.attributes.get("display_name")),
        email=_first(identity.attributes.get("email")),
        now=turn.now,
    )
    return Advance(replace(turn.login, person_id=known.person_id))


def _is(turn: Turn, person_id: str) -> bool:
    """Who comes back with a higher level is the person who was sent for it, and nobody else."""
    return turn.context.known is not None and turn.context.known.person_id == person_id


def answer(turn: Turn) -> StepOutcome:
    """There is no form; ask the journey again."""
    return enter(turn)


def _first(values: tuple[str, ...] | None) -> str | None:
    return values[0] if values else None

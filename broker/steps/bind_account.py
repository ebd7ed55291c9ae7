"""Which person is this? By makelaar and subject, never by e-mail address; an unknown one gets a
record without rights.
"""

from __future__ import annotations

from dataclasses import replace

from broker.dispatch import Advance, Outcome, Turn
from directory import people


def enter(turn: Turn) -> Outcome:
    """Find the person, or make one. Asks nothing."""
    identity = turn.login.identity
    assert identity is not None
    known = turn.meets.known or people.find_or_create(
        turn.rt.session,
        turn.rt.sealer,
        provider_id=identity.provider_id,
        subject=identity.subject,
        display_name=_first(identity.attributes.get("display_name")),
        email=_first(identity.attributes.get("email")),
        now=turn.now,
    )
    return Advance(replace(turn.login, person_id=known.person_id))


def answer(turn: Turn) -> Outcome:
    """There is no form; ask the journey again."""
    return enter(turn)


def _first(values: tuple[str, ...] | None) -> str | None:
    return values[0] if values else None

"""``sluis keys``: what stands, rotation by hand, and a key that must go at once, told in lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

from admin.actor import COMMAND_LINE
from admin.cli.columns import aligned
from admin.cli.installation import opened
from admin.keys import signing_keys
from admin.keys.policy import policy_of
from admin.keys.signing_keys import Introduced
from broker.settings import Settings
from keys.calendar import CalendarEntry, CalendarStep
from keys.revocation import Revoked
from keys.signing_key import KeyState, KeyUse
from state.clock import utc_now
from state.db import writing

SHOWN = 12  # characters of an id in a line for people
_HEAD = ("use", "algorithm", "id", "state", "since (UTC)", "moves", "certificate until")
_WORDS = {
    KeyState.REQUESTED: "waits for its certificate",
    KeyState.NEXT: "is published",
    KeyState.ACTIVE: "is used",
    KeyState.RETIRING: "is published for what it did before",
    KeyState.RETIRED: "goes",
}


def list_keys(settings: Settings, *, as_json: bool) -> list[str]:
    """A line per key in use, or all as JSON with whole ids."""
    with opened(settings) as at:
        found = signing_keys.listed(at.session, policy_of(settings))
    if as_json:
        return [json.dumps([_as_document(entry) for entry in found], indent=2)]
    if not found:
        return ["There are no keys yet. Make them: sluis init"]
    return aligned([_HEAD, *(_as_row(entry) for entry in found)])


def public_pem(settings: Settings, kid: str) -> str:
    """The public half of this key. Raises NoSuchKey."""
    with opened(settings) as at:
        return signing_keys.public_half(at.session, at.sealer, kid)


def calendar(settings: Settings, uses: Sequence[KeyUse]) -> list[str]:
    """What a rotation begun now brings, a line per step."""
    with opened(settings) as at:
        planned = signing_keys.planned(at.session, uses, policy_of(settings), at.now)
    return aligned([_as_step(step) for step in planned])


def rotate(
    settings: Settings, uses: Sequence[KeyUse], used_from: datetime | None = None
) -> list[str]:
    """A line per use. ``used_from``: instead of what the policy makes of today."""
    with opened(settings) as at:
        done = signing_keys.rotate(
            at.session,
            at.sealer,
            uses,
            policy_of(settings),
            actor=COMMAND_LINE,
            clock=utc_now,
            used_from=used_from,
        )
    return [_as_rotated(one) for one in done]


def warning(settings: Settings, kid: str) -> list[str]:
    """What breaks when this key goes. Raises NoSuchKey."""
    with opened(settings) as at:
        found = signing_keys.consequences(at.session, kid)
    title = f"{found.use} {found.algorithm}: {found.kid[:SHOWN]} ({found.state})"
    return [title, *(f"- {sentence}" for sentence in found.sentences)]


def revoke_now(settings: Settings, kid: str) -> list[str]:
    """What was done. Raises NoSuchKey."""
    with opened(settings) as at:
        sealer = at.sealer
        with writing(at.session) as session:
            done = signing_keys.revoke(session, sealer, kid, actor=COMMAND_LINE, now=at.now)
    return list(_done(done))


def _done(done: Revoked) -> Iterator[str]:
    yield f"{done.kid[:SHOWN]} is revoked. Every process follows within a minute."
    if done.replacement is not None:
        which = "the next key, published before" if done.published else "a new key"
        yield f"{done.replacement[:SHOWN]} takes its place: {which}."


def _as_rotated(one: Introduced) -> str:
    if one.kid is None:
        return f"{one.use} {one.algorithm}: a next key is published already"
    used_from = _day(one.used_from)
    return f"{one.use} {one.algorithm}: {one.kid[:SHOWN]} is published, is used from {used_from}"


def _as_document(entry: CalendarEntry) -> dict[str, str | None]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(entry).items()
    }


def _as_row(entry: CalendarEntry) -> tuple[str, ...]:
    return (
        *(entry.use, entry.algorithm, entry.kid[:SHOWN], entry.state),
        *(_day(entry.since), _day(entry.moves_at), _day(entry.certificate_end)),
    )


def _as_step(step: CalendarStep) -> tuple[str, ...]:
    which = step.kid[:SHOWN] if step.kid is not None else "a new key"
    return (_day(step.at), step.use, step.algorithm, f"{which} {_WORDS[step.to]}")


def _day(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d") if moment is not None else "-"

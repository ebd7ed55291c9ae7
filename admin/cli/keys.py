"""``sluis keys``: what stands, rotation by hand, and a key that must go at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from admin.cli.columns import aligned
from admin.tables import TABLES
from broker.settings import Settings
from keys.calendar import CalendarEntry, CalendarStep, entries, steps
from keys.master_key_file import load_sealer
from keys.revocation import Revoked, consequences, find, revoke
from keys.rotation import NEEDED, NextKeyExists, RotationPolicy, introduce, live_keys
from keys.sealing import Sealer
from keys.signing_key import KeyState, KeyUse, SigningKey
from state.clock import utc_now
from state.db import writing
from state.engine import session_at

SHOWN = 12  # characters of an id in a line for people
_HEAD = ("use", "algorithm", "id", "state", "since (UTC)", "moves", "certificate until")
_WORDS = {
    KeyState.NEXT: "is published",
    KeyState.ACTIVE: "is used",
    KeyState.RETIRING: "is published for what it did before",
    KeyState.RETIRED: "goes",
}


def list_keys(settings: Settings, *, as_json: bool) -> list[str]:
    """A line per key in use, or all as JSON with whole ids; nothing of private halves."""
    with _session(settings) as session:
        found = entries(live_keys(session), _policy(settings))
    if as_json:
        return [json.dumps([_as_document(entry) for entry in found], indent=2)]
    if not found:
        return ["There are no keys yet. Make them: sluis init"]
    return aligned([_HEAD, *(_as_row(entry) for entry in found)])


def calendar(settings: Settings, uses: Sequence[KeyUse]) -> list[str]:
    """What a rotation begun now brings, a line per step; nothing is changed."""
    with _session(settings) as session:
        planned = steps(live_keys(session), uses, utc_now(), _policy(settings))
    return aligned([_as_step(step) for step in planned])


def rotate(settings: Settings, uses: Sequence[KeyUse]) -> Iterator[str]:
    """Publish the next key of each use that has none; a line per use."""
    sealer, policy = _sealer(settings), _policy(settings)
    with _session(settings) as session:
        for use, algorithm in (needed for needed in NEEDED if needed[0] in uses):
            try:
                with writing(session):
                    now = utc_now()
                    kid = introduce(session, sealer, use, algorithm, now)
            except NextKeyExists:
                yield f"{use} {algorithm}: a next key is published already"
            else:
                yield f"{use} {algorithm}: {kid[:SHOWN]} is published, is used from " + _day(
                    now + policy.publish
                )


def warning(settings: Settings, kid: str) -> list[str]:
    """What breaks when this key goes. Raises NoSuchKey."""
    with _session(settings) as session:
        keys, key = live_keys(session), find(session, kid)
        title = f"{key.use} {key.algorithm}: {key.kid[:SHOWN]} ({key.state})"
        sentences = consequences(key.use, key.state, successor=_has_next(keys, key))
    return [title, *(f"- {sentence}" for sentence in sentences)]


def revoke_now(settings: Settings, kid: str) -> list[str]:
    """Retire the key at once; what was done. Raises NoSuchKey."""
    sealer = _sealer(settings)
    with _session(settings) as session, writing(session):
        done = revoke(session, sealer, kid, utc_now())
    return list(_done(done))


def _done(done: Revoked) -> Iterator[str]:
    yield f"{done.kid[:SHOWN]} is revoked. Every process follows within a minute."
    if done.replacement is not None:
        which = "the next key, published before" if done.published else "a new key"
        yield f"{done.replacement[:SHOWN]} takes its place: {which}."


def _has_next(keys: Sequence[SigningKey], key: SigningKey) -> bool:
    wanted = (key.use, key.algorithm, KeyState.NEXT)
    return any((other.use, other.algorithm, other.state) == wanted for other in keys)


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


def _policy(settings: Settings) -> RotationPolicy:
    return RotationPolicy.renewing_after(settings.keys.rotate_days)


def _sealer(settings: Settings) -> Sealer:
    return load_sealer(settings.keys.master_key_file)


def _session(settings: Settings) -> AbstractContextManager[Session]:
    assert TABLES
    return session_at(settings.database.url)

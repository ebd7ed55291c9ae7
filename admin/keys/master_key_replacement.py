"""The master key is replaced in steps, while everybody goes on: prepare, switch, reseal, drop.

The file is changed here; whoever runs the instances brings it to them. Where the file cannot be
written, ``out`` names a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.installation import Installation
from admin.keys.master_key_survey import (
    drops_from,
    lacking,
    minute,
    named,
    running,
    sealing_with,
    told,
)
from admin.presence import RunningProcess
from keys import master_key_file, resealing
from keys.master_key import MasterKeys, RotationRefused, prepared, switched, without_retiring
from keys.resealing import Resealed
from keys.signing_key import SigningKey
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing

Step = Callable[[MasterKeys], MasterKeys]
_AGAIN = (
    "wait two minutes after the restart of all instances, and look at: sluis keys master status"
)


@dataclass(frozen=True)
class Stepped:
    """What one step did: the keys before and after it, and the file that holds the latter.
    ``processes`` were asked whether they know the key that seals.
    """

    before: MasterKeys
    after: MasterKeys
    path: Path
    processes: tuple[RunningProcess, ...] = ()

    @property
    def is_repeated(self) -> bool:
        """The step was taken before; nothing changed."""
        return self.before == self.after


@dataclass(frozen=True)
class Dropped:
    """The ids of the keys that were taken out, and the file without them."""

    key_ids: tuple[str, ...]
    left: int
    path: Path


def prepare(at: Installation, out: Path | None = None) -> Stepped:
    """Add the next key to the file. No audit: nothing in the database is under it yet. Raises
    MasterKeyError.
    """
    return _step(at, prepared, out)


def switch(at: Installation, out: Path | None = None) -> Stepped:
    """Let the next key seal; not audited either. Raises MasterKeyError, RotationRefused."""
    keys = master_key_file.load_master_keys(at.settings.keys.master_key_file)
    processes: tuple[RunningProcess, ...] = ()
    if keys.next is not None:
        processes = _known(at)
        without = lacking(processes, keys.next.id)
        if without:
            raise RotationRefused(
                f"{len(without)} running process(es) cannot open what {keys.next.id} seals: "
                f"{named(without)}; {_AGAIN}"
            )
    return _step(at, lambda found: _switched(found, at.now), out, processes)


def reseal(at: Installation, *, actor: Actor) -> Resealed:
    """Bring what lies under older keys under the active one, in transactions of its own; audited
    where anything was. Raises MasterKeyError.
    """
    sealer = master_key_file.load_sealer(at.settings.keys.master_key_file)
    with Session(at.engine) as session:
        result = resealing.reseal(session, sealer)
        if result.done:
            details: dict[str, audit.Detail] = {"key": sealer.key_id, "values": result.done.total()}
            with writing(session):
                _record(session, EventTag.MASTER_KEY_RESEALED, details, actor, at.now)
    return result


def droppable(at: Installation, *, at_once: bool) -> tuple[str, ...]:
    """The ids of the retiring keys, that nothing needs any more; none where none retires. Raises
    MasterKeyError, and RotationRefused, whose message says what still needs them.
    """
    keys = master_key_file.load_master_keys(at.settings.keys.master_key_file)
    if keys.retiring:
        with Session(at.engine) as session:
            _check_sealed(session, keys)
        _check_running(_known(at), keys, at.now, at_once=at_once)
    return tuple(key.id for key in keys.retiring)


def drop(at: Installation, out: Path | None = None, *, at_once: bool, actor: Actor) -> Dropped:
    """Take the retiring keys out of the file; audited. Raises as ``droppable``."""
    ids = droppable(at, at_once=at_once)
    with Session(at.engine) as session, writing(session):
        for key_id in ids:
            _record(session, EventTag.MASTER_KEY_DROPPED, {"key": key_id}, actor, at.now)
        # The file inside the transaction: what cannot be written is not audited as done.
        done = _step(at, lambda found: _without(found, ids), out)
    return Dropped(ids, len(done.after.keys), done.path)


def _switched(keys: MasterKeys, now: datetime) -> MasterKeys:
    """Safe to repeat: after the switch there is no next key, and one that retires."""
    return keys if keys.next is None and keys.retiring else switched(keys, now)


def _without(found: MasterKeys, ids: tuple[str, ...]) -> MasterKeys:
    if tuple(key.id for key in found.retiring) != ids:
        raise RotationRefused("the file was changed meanwhile; see: sluis keys master status")
    return without_retiring(found)


def _check_sealed(session: Session, keys: MasterKeys) -> None:
    if not resealing.counted(session)[SigningKey.__tablename__][keys.active.id]:
        raise RotationRefused(
            f"in this database no signing key lies under {keys.active.id}; is database.url right? "
            "If it is, first: sluis keys master reseal"
        )
    needed = resealing.openable(session, keys.sealer())
    if needed:
        raise RotationRefused(
            f"still under older keys: {told(needed)}; first: sluis keys master reseal"
        )


def _check_running(
    processes: tuple[RunningProcess, ...], keys: MasterKeys, now: datetime, *, at_once: bool
) -> None:
    late = sealing_with(processes, [key.id for key in keys.retiring])
    if late:
        raise RotationRefused(
            f"{len(late)} running process(es) still seal with an old key: {named(late)}; {_AGAIN}"
        )
    if now < drops_from(keys) and not at_once:
        raise RotationRefused(
            f"until {minute(drops_from(keys))} logins under way and cookies may need the old key; "
            "wait, or add --now: who is logging in then begins again"
        )


def _known(at: Installation) -> tuple[RunningProcess, ...]:
    processes = running(at)
    if processes is None:
        raise RotationRefused("the store does not answer, so which processes run is not known")
    return processes


def _step(
    at: Installation, step: Step, out: Path | None, processes: tuple[RunningProcess, ...] = ()
) -> Stepped:
    path = at.settings.keys.master_key_file
    if out is None:
        before, after = master_key_file.change(path, step)
        return Stepped(before, after, path, processes)
    before = master_key_file.load_master_keys(path)
    after = step(before)
    if after == before:
        return Stepped(before, after, path, processes)
    master_key_file.write_new(out, after)
    return Stepped(before, after, out, processes)


def _record(
    session: Session,
    tag: EventTag,
    details: Mapping[str, audit.Detail],
    actor: Actor,
    now: datetime,
) -> None:
    audit.record(session, AuditEvent(tag, now, person_id=actor.person_id, details=details))

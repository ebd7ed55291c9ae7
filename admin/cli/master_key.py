"""``sluis keys master``: the master key is replaced in steps, while everybody goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from admin.cli.master_key_survey import (
    Survey,
    drops_from,
    lacking,
    minute,
    named,
    running,
    sealing_with,
    survey,
    told,
)
from admin.operations.presence import Process
from admin.tables import TABLES
from broker.settings import Settings
from keys import master_key_file, resealing
from keys.master_key import MasterKeys, RotationRefused, prepared, switched, without_retiring
from keys.resealing import Resealed
from keys.signing_key import SigningKey
from state import audit
from state.audit import AuditEvent, EventTag
from state.clock import utc_now
from state.db import writing
from state.engine import engine_at

Step = Callable[[MasterKeys], MasterKeys]
_AGAIN = (
    "wait two minutes after the restart of all instances, and look at: sluis keys master status"
)


def look(settings: Settings) -> Survey:
    """Where the rotation stands. Raises MasterKeyError."""
    with _engine(settings) as engine:
        return survey(settings, engine)


def prepare(settings: Settings, out: Path | None) -> list[str]:
    """Add the next key to the file. Raises MasterKeyError."""
    before, after, path = _step(settings, prepared, out)
    assert after.next is not None
    if before == after:
        return [f"Master key {after.next.id} was prepared already.", *_bring("switch", path)]
    return [
        f"Master key {after.next.id} is made. It opens, and does not seal yet.",
        f"{path} holds {len(after.keys)} keys now.",
        *_bring("switch", path),
    ]


def switch(settings: Settings, out: Path | None) -> list[str]:
    """Let the next key seal. Raises MasterKeyError, RotationRefused."""
    now = utc_now()
    keys = master_key_file.load_master_keys(settings.keys.master_key_file)
    processes: tuple[Process, ...] = ()
    if keys.next is not None:
        processes = _known(settings)
        without = lacking(processes, keys.next.id)
        if without:
            raise RotationRefused(
                f"{len(without)} running process(es) cannot open what {keys.next.id} seals: "
                f"{named(without)}; {_AGAIN}"
            )
    before, after, path = _step(settings, lambda found: _switched(found, now), out)
    if before == after:
        return [f"Master key {after.active.id} seals already.", *_bring("reseal", path)]
    return [
        f"Running processes that know {after.active.id}: {len(processes) or 'none was seen'}.",
        f"Master key {after.active.id} seals from now on; {before.active.id} still opens.",
        *_bring("reseal", path),
    ]


def _switched(keys: MasterKeys, now: datetime) -> MasterKeys:
    """Safe to repeat: after the switch there is no next key, and one that retires."""
    return keys if keys.next is None and keys.retiring else switched(keys, now)


def _bring(following: str, path: Path) -> Iterator[str]:
    yield "Now:"
    yield f"1. Keep a copy of {path}, apart from the back-up of the database."
    yield "2. Bring it to every instance, and restart all of them."
    yield f"3. sluis keys master {following}"


def reseal(settings: Settings) -> Resealed:
    """Bring what lies under older keys under the active one; audited. Raises MasterKeyError."""
    sealer = master_key_file.load_sealer(settings.keys.master_key_file)
    with _engine(settings) as engine, Session(engine) as session:
        result = resealing.reseal(session, sealer)
        if result.done:
            details: dict[str, audit.Detail] = {"key": sealer.key_id, "values": result.done.total()}
            with writing(session):
                resealed = AuditEvent(EventTag.MASTER_KEY_RESEALED, utc_now(), details=details)
                audit.record(session, resealed)
    return result


def droppable(settings: Settings, *, at_once: bool) -> tuple[str, ...]:
    """The ids of the retiring keys, that nothing needs any more; none where none retires. Raises
    MasterKeyError, and RotationRefused, whose message says what still needs them.
    """
    keys = master_key_file.load_master_keys(settings.keys.master_key_file)
    if keys.retiring:
        with _engine(settings) as engine, Session(engine) as session:
            _check_sealed(session, keys)
        _check_running(_known(settings), keys, utc_now(), at_once=at_once)
    return tuple(key.id for key in keys.retiring)


def drop(settings: Settings, out: Path | None, *, at_once: bool) -> list[str]:
    """Take the retiring keys out of the file; audited. Raises as ``droppable``."""
    ids = droppable(settings, at_once=at_once)
    now = utc_now()
    with _engine(settings) as engine, Session(engine) as session, writing(session):
        for key_id in ids:
            dropped = AuditEvent(EventTag.MASTER_KEY_DROPPED, now, details={"key": key_id})
            audit.record(session, dropped)
        # The file inside the transaction: what cannot be written is not audited as done.
        _, after, path = _step(settings, lambda found: _without(found, ids), out)
    return [
        f"{', '.join(ids)} is taken out; {path} holds {len(after.keys)} key(s) now.",
        "Now:",
        f"1. Keep a copy of {path}, apart from the back-up of the database.",
        "2. Bring it to every instance; they may be restarted when it suits.",
        "3. Keep the copy of before as long as you keep back-ups of the database from before the "
        "last reseal: they open with nothing else.",
    ]


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
    processes: tuple[Process, ...], keys: MasterKeys, now: datetime, *, at_once: bool
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


def _known(settings: Settings) -> tuple[Process, ...]:
    with _engine(settings) as engine:
        processes = running(settings, engine)
    if processes is None:
        raise RotationRefused("the store does not answer, so which processes run is not known")
    return processes


def _step(settings: Settings, step: Step, out: Path | None) -> tuple[MasterKeys, MasterKeys, Path]:
    """The keys before and after, and the file that holds the latter."""
    path = settings.keys.master_key_file
    if out is None:
        return (*master_key_file.change(path, step), path)
    before = master_key_file.load_master_keys(path)
    after = step(before)
    if after != before:
        master_key_file.write_new(out, after)
        return before, after, out
    return before, after, path


def _engine(settings: Settings) -> AbstractContextManager[Engine]:
    assert TABLES
    return engine_at(settings.database.url)

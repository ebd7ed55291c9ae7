"""The list of a federation is looked at: fetched to a file, verified in a process of its own, and
taken as a whole or not at all.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from admin.metadata.alarms import DAYS
from admin.metadata.federation_lists import take_list
from admin.metadata.looks import OUR_ERROR, Look, event, failed, log_look, write_failure
from admin.registrations.rule import failure, refusal
from broker.configuration import registered as as_registered
from broker.process import Process
from keys.xml.large_file import MAX_BYTES
from providers.federation_members import FederationList
from providers.federations import Federation
from providers.saml.federation.verified_list import VerifiedList, verified_list
from providers.saml.metadata_pace import next_look_before
from providers.saml.metadata_source import is_new, validator, validators_of
from providers.saml.wire.metadata_changes import Judgement, MetadataVerdict
from providers.saml.wire.metadata_refused import MetadataRefused
from state import audit, party_metadata, registrations
from state.addresses import OutgoingRefused
from state.audit import EventTag
from state.db import writing
from state.outgoing import ACCEPT_METADATA, OutgoingFailed
from state.party_metadata import PartyMetadata
from state.registrations import Kind

CLAIM: Final = timedelta(minutes=30)  # longer than a list takes
MOST_REPLACED: Final = 50  # digests of lists of before that are remembered
_KIND: Final = Kind.FEDERATION


@dataclass(frozen=True)
class _Held:
    """What a look is judged against: whoever changed it in between was first."""

    origin: str
    source: str | None
    signed_by: str | None
    digest: str | None
    replaced: tuple[str, ...] = ()  # digests of lists in whose place others were taken


@dataclass(frozen=True)
class _File:
    """The list as it came. ``etag`` and ``last_modified``: as its server gave them."""

    path: Path
    digest: str
    etag: str | None = None
    last_modified: str | None = None


def refresh_due(process: Process) -> list[Look]:
    """Those that are due, one by one, claimed so that no other process looks as well."""
    now = process.clock()
    with process.sessions() as session:
        if not party_metadata.has_due(session, now, (_KIND,)):
            return []  # the usual case costs no write lock
        with writing(session):
            claimed = party_metadata.claim_due(
                session, now, until=now + CLAIM, most=1, kinds=(_KIND,)
            )
    looks = [look for _, name in claimed if (look := _surely(process, name)) is not None]
    for look in looks:
        log_look(look)
    return looks


def _surely(process: Process, name: str) -> Look | None:
    try:
        return look_at(process, name)
    except Exception as error:  # it comes again after its claim
        judgement = Judgement(MetadataVerdict.REFUSED, reason=OUR_ERROR)
        return Look(_KIND, name, judgement, trouble=type(error).__name__)


def look_at(process: Process, name: str) -> Look | None:
    """None for what is no federation any more, or changed meanwhile."""
    with process.sessions() as session:
        federation, row = _federation(session, name), _row(session, name)
        if federation is None or row is None or row.origin != federation.origin:
            return None
        listed = session.get(FederationList, name)
        held = _held(row, listed)
        session.expunge_all()
    look = Look(_KIND, name, Judgement(MetadataVerdict.REFUSED))
    counts = listed is not None and listed.is_of(federation)
    try:
        with _file(process, federation, row if counts else None) as file:
            return _judged(process, federation, listed if counts else None, file, held, look)
    except OutgoingRefused as refused:
        look = failed(look, refused.reason, "; ".join(refusal(refused)))
    except OutgoingFailed as of_call:
        look = failed(look, of_call.reason, "; ".join(failure(of_call)))
    except MetadataRefused as refused_for:
        look = failed(look, refused_for.reason, str(refused_for))
    return _not_taken(process, held, look)


def _judged(
    process: Process,
    federation: Federation,
    listed: FederationList | None,
    file: _File | None,
    held: _Held,
    look: Look,
) -> Look | None:
    """``listed``: what counts now; ``file``: None where the server says that nothing changed."""
    now = process.clock()
    if file is None or (listed is not None and file.digest == listed.digest):
        assert listed is not None
        _check_end(listed.valid_until, now)
        same = replace(look, judgement=Judgement(MetadataVerdict.SAME))
        return _settled(process, held, same, file, listed.valid_until)
    saml = federation.saml
    signers = (saml.metadata_signing_certificate, saml.metadata_signing_fingerprints)
    with verified_list(file.path, *signers) as found:
        _check_end(found.valid_until, now)
        if listed is not None:
            _check_age(listed, found, comes_back=file.digest in held.replaced)
        return _taken(process, federation, found, file, held, look)


def _check_end(valid_until: datetime | None, now: datetime) -> None:
    if valid_until is not None and valid_until <= now:
        raise MetadataRefused(
            f"its validUntil {valid_until:%Y-%m-%d %H:%M} UTC has passed", reason="ended"
        )


def _check_age(listed: FederationList, found: VerifiedList, *, comes_back: bool) -> None:
    """A signed list of before a makelaar was taken away is still signed. ``comes_back``: it counted
    before, so that only a date would show that it is meant.
    """
    pairs = ((listed.created, found.created), (listed.valid_until, found.valid_until))
    for before, after in pairs:
        if before is not None and after is not None and before != after:
            if after < before:
                raise MetadataRefused(
                    f"it is older ({after:%Y-%m-%d %H:%M}) than the list that counts "
                    f"({before:%Y-%m-%d %H:%M})",
                    reason="older",
                )
            return
    if comes_back:
        raise MetadataRefused(
            "it counted before the list that counts now, and no date (creationInstant, validUntil)"
            " says that it is newer",
            reason="older",
        )


def _taken(
    process: Process,
    federation: Federation,
    found: VerifiedList,
    file: _File,
    held: _Held,
    look: Look,
) -> Look | None:
    now = process.clock()
    with process.sessions() as session, writing(session):
        row = _unchanged(session, federation.id, held)
        if row is None:
            return None
        if held.digest is not None and held.digest != file.digest:
            earlier = [one for one in row.withdrawn if one not in (held.digest, file.digest)]
            row.withdrawn = [*earlier, held.digest][-MOST_REPLACED:]
        changes = take_list(session, federation, found, file.digest, now)
        word = MetadataVerdict.TAKEN
        if not (changes.added or changes.removed or changes.changed):
            word = MetadataVerdict.RENEWED
        taken = replace(look, judgement=Judgement(word), listed=changes)
        if word is MetadataVerdict.TAKEN:
            audit.record(session, event(EventTag.METADATA_TAKEN, taken, now))
        row.taken_at = now
        _write_good(row, file, found.valid_until, now)
    return taken


def _settled(
    process: Process, held: _Held, look: Look, file: _File | None, valid_until: datetime | None
) -> Look | None:
    with process.sessions() as session, writing(session):
        row = _unchanged(session, look.name, held)
        if row is None:
            return None
        _write_good(row, file, valid_until, process.clock())
    return look


def _write_good(
    row: PartyMetadata, file: _File | None, valid_until: datetime | None, now: datetime
) -> None:
    row.tried_at = row.checked_at = now
    row.failures, row.failing_since, row.told_failing_at = 0, None, None
    row.reason, row.trouble = None, None
    if file is not None:
        row.etag, row.last_modified = file.etag, file.last_modified
    if row.ends_at != valid_until:
        # Lists hold for days and are made anew each day: only one that is left to end is news.
        row.ends_at, row.told_days = valid_until, _stage(valid_until, now)
    row.due_at = next_look_before(valid_until, now)


def _stage(valid_until: datetime | None, now: datetime) -> int | None:
    """The days before the end of which operators would have been told already."""
    if valid_until is None:
        return None
    days = [days for days in DAYS if valid_until - now <= timedelta(days=days)]
    return min(days, default=None)


def _not_taken(process: Process, held: _Held, look: Look) -> Look | None:
    now = process.clock()
    with process.sessions() as session, writing(session):
        row = _unchanged(session, look.name, held)
        if row is None:
            return None
        row.tried_at = now
        return write_failure(session, row, look, now)


def _federation(session: Session, name: str) -> Federation | None:
    row = registrations.standing(session, _KIND, name)
    model = as_registered(row) if row is not None else None
    return model if isinstance(model, Federation) else None


def _row(session: Session, name: str, *, lock: bool = False) -> PartyMetadata | None:
    return party_metadata.row_of(session, _KIND, name, lock=lock)


def _held(row: PartyMetadata, listed: FederationList | None) -> _Held:
    if listed is None:
        return _Held(row.origin, None, None, None)
    replaced = tuple(row.withdrawn)
    return _Held(row.origin, listed.source, listed.signed_by, listed.digest, replaced)


def _unchanged(session: Session, name: str, held: _Held) -> PartyMetadata | None:
    """Its row, locked; None where somebody applied or took a list in between."""
    row = _row(session, name, lock=True)
    if row is None:
        return None
    return row if _held(row, session.get(FederationList, name)) == held else None


@contextmanager
def _file(
    process: Process, federation: Federation, row: PartyMetadata | None
) -> Iterator[_File | None]:
    """The list on the disk of this machine; None where it is as it was when ``row`` was written.
    ``row``: None where no list counts yet. Raises OutgoingRefused, OutgoingFailed and
    MetadataRefused.
    """
    url, path = federation.saml.aggregate_url, federation.saml.aggregate_file
    if url is None:
        assert path is not None
        yield _on_disk(Path(path))
        return
    with tempfile.NamedTemporaryFile(prefix="sluis-federation-", suffix=".xml") as file:
        try:
            fetched = _fetched(process, federation, url, Path(file.name), row)
        except (OutgoingFailed, MetadataRefused):
            if row is not None or path is None:
                raise
            fetched = _on_disk(Path(path))
        yield fetched


def _fetched(
    process: Process, federation: Federation, url: str, path: Path, row: PartyMetadata | None
) -> _File | None:
    headers = validators_of(row.etag, row.last_modified) if row is not None else {}
    with path.open("wb") as into:
        answer = process.outgoing.download(
            url,
            into,
            accept=ACCEPT_METADATA,
            max_bytes=MAX_BYTES,
            headers=headers,
            party=f"list of {federation.id}",
        )
    if not is_new(answer, url, headers):
        return None
    return _File(
        path,
        _digest(path),
        validator(answer.headers.get("etag")),
        validator(answer.headers.get("last-modified")),
    )


def _on_disk(path: Path) -> _File:
    try:
        return _File(path, _digest(path))
    except OSError as error:
        raise MetadataRefused(
            f"{path} cannot be read ({error.strerror})", reason="file", seen=str(path)
        ) from None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

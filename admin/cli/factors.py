"""``sluis otp`` and ``sluis factor``: the stock of devices, letters and resets. No command prints a
seed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.cli.columns import aligned
from admin.factor_resets import execution
from admin.factor_resets.execution import Answerable, Way
from admin.tables import TABLES
from assurance import devices, enrolment, factor_letters
from assurance.devices import DeviceRefused, Listed
from assurance.enrolment import OwnFactor
from assurance.means import BoundBy, FactorKind
from assurance.pskc import PskcRefused, read
from broker.process import Parts
from broker.settings import Settings
from broker.start import start
from broker.texts import notices
from broker.texts.notices import Change
from broker.texts.outside_request import texts
from directory.people import Membership, Person, Role
from keys.master_key_file import load_sealer
from keys.sealing import Sealer
from state import audit
from state.audit import AuditEvent, EventTag
from state.clock import utc_now
from state.db import writing
from state.engine import session_at
from state.outbox import Message, enqueue


class FactorCommandRefused(Exception):
    """The command cannot be done; the message says why and what to do."""


@dataclass(frozen=True)
class Desk:
    """What these commands work with."""

    settings: Settings
    session: Session
    sealer: Sealer


@contextmanager
def desk(settings: Settings) -> Iterator[Desk]:
    assert TABLES
    sealer = load_sealer(settings.keys.master_key_file)
    with session_at(settings.database.url, expire_on_commit=False) as session:
        yield Desk(settings, session, sealer)


def import_devices(settings: Settings, path: Path, key_file: Path | None) -> list[str]:
    """Lines to print. Raises FactorCommandRefused."""
    try:
        delivery = read(path.read_bytes(), _key(key_file))
    except PskcRefused as refused:
        raise FactorCommandRefused(str(refused)) from None
    now = utc_now()
    with desk(settings) as at, writing(at.session) as session:
        fresh = devices.stock(session, at.sealer, delivery.devices, now)
        details = {"devices": fresh}
        audit.record(session, AuditEvent(EventTag.DEVICES_IMPORTED, now, details=details))
    known = len(delivery.devices) - fresh
    lines = [f"{fresh} device(s) imported" + (f", {known} known already" if known else "")]
    if not delivery.is_sealed:
        lines.append(
            "Warning: the seeds in this file are not encrypted. Destroy the file and its copies; "
            "ask the supplier for encrypted PSKC."
        )
    return lines


def _key(path: Path | None) -> bytes | None:
    """16 or 32 bytes: hexadecimal, base64 or as they are."""
    if path is None:
        return None
    raw = path.read_bytes()
    text = raw.strip()
    for decode in (binascii.unhexlify, lambda value: base64.b64decode(value, validate=True)):
        try:
            key = bytes(decode(text))
        except (ValueError, binascii.Error):
            continue
        if len(key) in (16, 32):
            return key
    if len(raw) in (16, 32):
        return raw
    raise FactorCommandRefused(f"{path}: a key has 16 or 32 bytes, in hexadecimal or base64")


def list_devices(settings: Settings) -> list[str]:
    """Lines to print: every device that is known, and who has it."""
    with desk(settings) as at:
        found = devices.listed(at.session)
    if not found:
        return ["No devices. Take a delivery into stock: sluis otp import --help"]
    return aligned([("Serial number", "Code", "Holder"), *map(_of_device, found)])


def _of_device(one: Listed) -> tuple[str, str, str]:
    made = one.parameters
    code = f"{made.digits} digits, {made.period} s, {made.algorithm}"
    if one.person_id is None:
        return one.serial, code, "free"
    return one.serial, code, one.person_id + ("" if one.in_stock else ", from a document")


def assign_device(settings: Settings, serial: str, person_id: str) -> str:
    """Bind a free device to a person whose identity was checked. Raises FactorCommandRefused."""
    now = utc_now()
    with desk(settings) as at, writing(at.session) as session:
        person = _person(session, person_id)
        try:
            devices.assign(
                session,
                at.sealer,
                serial=serial,
                person_id=person.id,
                bound_by=BoundBy.ADMINISTRATOR,
                now=now,
            )
        except DeviceRefused as refused:
            raise FactorCommandRefused(
                f"{serial}: no such device in stock; see sluis otp list"
                if refused.reason == "unknown"
                else f"{serial}: it is bound already; see sluis otp list"
            ) from None
        details = {"kind": str(FactorKind.OTP_DEVICE), "bound_by": str(BoundBy.ADMINISTRATOR)}
        added = AuditEvent(EventTag.FACTOR_ADDED, now, person_id=person.id, details=details)
        audit.record(session, added)
        _tell(at, person, Change.ADDED, FactorKind.OTP_DEVICE)
    return f"{serial} is bound to {person_id}"


def send_letter(
    settings: Settings, person_id: str, address: str, factor_id: str | None
) -> list[str]:
    """Put a letter with a code in the outbox, for a factor that somebody added alone. Raises
    FactorCommandRefused.
    """
    now = utc_now()
    if not address.isprintable() or not address.strip():
        raise FactorCommandRefused("--address is one line: name, street, postcode and place")
    with desk(settings) as at, writing(at.session) as session:
        person = _person(session, person_id)
        factor = _waiting_factor(session, person, factor_id)
        code = factor_letters.write(session, at.sealer, factor.id, now)
        subject, text = _letter(at.settings, person, factor, code)
        enqueue(session, at.sealer, Message("letter", address.strip(), subject, text), now)
        details = {"kind": str(factor.kind)}
        sent = AuditEvent(EventTag.FACTOR_LETTER_SENT, now, person_id=person.id, details=details)
        audit.record(session, sent)
    return [
        f"a letter for the factor {factor.kind} of {person_id} waits in the outbox",
        f"its code works {factor_letters.HOLDS.days} days, at /mijn/inlogmiddelen",
    ]


def _waiting_factor(session: Session, person: Person, factor_id: str | None) -> OwnFactor:
    """The one that is named, else the newest that does not count yet."""
    alone = [f for f in enrolment.of_person(session, person.id, utc_now()) if not f.lifts]
    if factor_id is not None:
        alone = [f for f in alone if f.id == factor_id]
    if not alone:
        raise FactorCommandRefused(f"{person.id} has no such factor that waits for a letter")
    return alone[-1]


def _letter(settings: Settings, person: Person, factor: OwnFactor, code: str) -> tuple[str, str]:
    with texts(), force_locale(person.locale):
        name = notices.kind_name(factor.kind)
        lines = (
            _("U voegde een inlogmiddel toe aan uw account: %(name)s.", name=name),
            _("Met deze code telt het mee: %(code)s", code=code),
            _(
                "Vul de code binnen 30 dagen in op %(url)s",
                url=f"{settings.base_url}/mijn/inlogmiddelen",
            ),
            _("Was u dit niet zelf? Vul de code niet in en waarschuw uw beheerder."),
        )
        return _("Uw code voor een inlogmiddel"), "\n\n".join(lines) + "\n"


def reset_factors(settings: Settings, person_id: str, by: str, approved_by: str) -> str:
    """End every factor of a person, where the console is no way. Two administrators of one
    organisation of that person answer for it, by name: nobody logged in here, and the audit event
    says so. Raises FactorCommandRefused.
    """
    now = utc_now()
    with _parts(settings) as parts, parts.sessions() as sql, texts(), writing(sql):
        person = _person(sql, person_id)
        if len({person_id, by, approved_by}) < 3:
            raise FactorCommandRefused("three different people: the person, who asks, who approves")
        for administrator in (by, approved_by):
            if not _administers(sql, administrator, person):
                raise FactorCommandRefused(
                    f"{administrator} is no administrator of an organisation of {person_id}"
                )
        everything = [one.id for one in enrolment.of_person(sql, person.id, now)]
        answers = Answerable(by, approved_by, Way.COMMAND)
        ended = execution.carry_out(sql, parts, person, everything, answers, now)
    return f"{ended} factor(s) of {person_id} ended, and every session"


@contextmanager
def _parts(settings: Settings) -> Iterator[Parts]:
    """What a process runs on, with the registrations of this moment: portals are told."""
    parts = start(settings, utc_now)
    try:
        parts.holder.refresh()
        yield parts
    finally:
        parts.engine.dispose()


def _administers(session: Session, administrator: str, person: Person) -> bool:
    places = select(Membership.organisation_id).where(Membership.person_id == person.id)
    query = (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.person_id == administrator, Membership.role == Role.ADMINISTRATOR)
        .where(Membership.organisation_id.in_(places), Membership.until.is_(None))
        .where(Person.blocked_at.is_(None))
    )
    return session.scalars(query).first() is not None


def _person(session: Session, person_id: str) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise FactorCommandRefused(f"{person_id}: no such person")
    return person


def _tell(at: Desk, person: Person, change: Change, kind: FactorKind) -> None:
    with texts():
        base_url = at.settings.base_url
        notices.tell(base_url, at.sealer, at.session, person, change, kind, utc_now())

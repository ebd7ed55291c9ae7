"""Factors of people from documents: each kind once, its secret from a file. One that is there stays
as it is, and one that its person removed does not come back. What a document names no more ends,
where a document gave it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.registrations.applier import Applier
from admin.registrations.documents import DocumentsRefused, Entry, PersonDocument
from admin.registrations.files import secret_text, seed_text
from assurance import enrolment, recovery_codes
from assurance.factors import BoundBy, Factor, FactorKind
from assurance.second_factor import bind_device, bind_sms, bind_totp
from assurance.totp import APP
from directory.origin import Origin
from keys.sealing import Sealer

KINDS: Final = (FactorKind.TOTP, FactorKind.SMS, FactorKind.OTP_DEVICE, FactorKind.RECOVERY_CODES)


def write(applier: Applier, entry: Entry, takes: list[str]) -> None:
    """End what the document names no more; bind what it names and the person never had."""
    document: PersonDocument = entry.model
    session, sealer, now = applier.session, applier.sealer, applier.now
    named_here = said(document)
    if not named_here and Factor not in applier.at_hand.person(document.id).had:
        return
    named = named_here | set(document.keeps)
    for factor in _given(session, document.id):
        if factor.kind not in named:
            takes.append(f"factor {factor.kind}")
            factor.origin = Origin.WITHDRAWN
            enrolment.end(session, document.id, factor.id, now)
    known = _known(session, document.id)
    for kind in KINDS:
        if kind not in named_here:
            continue
        if kind not in known:
            _bind(session, sealer, now, entry, kind)
        _adopt(session, sealer, entry, kind, is_new=kind not in known)


def said(document: PersonDocument) -> frozenset[FactorKind]:
    """What the document has a file for."""
    files = {
        FactorKind.TOTP: document.totp_secret_file,
        FactorKind.SMS: document.sms_number_file,
        FactorKind.OTP_DEVICE: document.otp_device,
        FactorKind.RECOVERY_CODES: document.recovery_codes_file,
    }
    return frozenset(kind for kind, file in files.items() if file is not None)


def _of(session: Session, person_id: str) -> list[Factor]:
    return list(session.scalars(select(Factor).where(Factor.person_id == person_id)))


def _given(session: Session, person_id: str) -> list[Factor]:
    return [
        factor
        for factor in _of(session, person_id)
        if factor.origin is Origin.DOCUMENT and factor.ended_at is None
    ]


def _known(session: Session, person_id: str) -> set[FactorKind]:
    """What the person has or removed; what a document took back may come again."""
    factors = _of(session, person_id)
    return {factor.kind for factor in factors if factor.origin is not Origin.WITHDRAWN}


def _adopt(
    session: Session, sealer: Sealer, entry: Entry, kind: FactorKind, *, is_new: bool
) -> None:
    """What was bound now is the document's; so is what an administrator bound with this secret,
    before Sluis kept where it came from.
    """
    session.flush()
    for factor in _of(session, entry.model.id):
        if factor.kind is not kind or factor.ended_at is not None:
            continue
        is_old = factor.origin is Origin.SCREEN and factor.bound_by is BoundBy.ADMINISTRATOR
        if is_new or (is_old and _has_secret_of(sealer, entry, factor)):
            factor.origin = Origin.DOCUMENT


def _has_secret_of(sealer: Sealer, entry: Entry, factor: Factor) -> bool:
    file = _secret_file(entry.model, factor.kind)
    if file is None or not factor.secret:
        return False
    try:
        said = secret_text(entry, "secret", file)
    except DocumentsRefused:  # it may be gone: it was read once
        return False
    return sealer.open(factor.secret, f"factor:{factor.id}") == said.encode()


def _secret_file(document: PersonDocument, kind: FactorKind) -> Path | None:
    device = document.otp_device.seed_file if document.otp_device is not None else None
    return {
        FactorKind.TOTP: document.totp_secret_file,
        FactorKind.SMS: document.sms_number_file,
        FactorKind.OTP_DEVICE: device,
    }.get(kind)


def _bind(session: Session, sealer: Sealer, now: datetime, entry: Entry, kind: FactorKind) -> None:
    document: PersonDocument = entry.model
    person_id, by = document.id, BoundBy.ADMINISTRATOR
    file = _secret_file(document, kind)
    if kind is FactorKind.TOTP and file is not None:
        seed = seed_text(entry, "totp_secret_file", file)
        bind_totp(session, sealer, person_id=person_id, seed=seed, label="", now=now)
    elif kind is FactorKind.SMS and file is not None:
        number = secret_text(entry, "sms_number_file", file)
        bind_sms(session, sealer, person_id=person_id, number=number, bound_by=by, now=now)
    elif document.otp_device is not None and kind is FactorKind.OTP_DEVICE and file is not None:
        bind_device(
            session,
            sealer,
            person_id=person_id,
            serial=document.otp_device.serial,
            seed=seed_text(entry, "otp_device.seed_file", file),
            parameters=APP,
            bound_by=by,
            now=now,
        )
    elif document.recovery_codes_file is not None:
        codes = tuple(
            secret_text(entry, "recovery_codes_file", document.recovery_codes_file).split()
        )
        recovery_codes.bind(session, sealer, person_id=person_id, bound_by=by, now=now, codes=codes)

"""Factors of people from documents: each kind once, its secret from a file. One that is there stays
as it is, and one that was removed does not come back.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.registrations.documents import Entry, PersonDocument
from admin.registrations.files import secret_text, seed_text
from assurance import recovery_codes
from assurance.means import BoundBy, Factor, FactorKind
from assurance.second_factor import bind_device, bind_sms, bind_totp
from assurance.totp import APP
from keys.sealing import Sealer


def write(session: Session, sealer: Sealer, now: datetime, entry: Entry) -> None:
    """What the document names and the person never had."""
    document: PersonDocument = entry.model
    query = select(Factor.kind).where(Factor.person_id == document.id)
    known = set(session.scalars(query))
    person_id, by = document.id, BoundBy.ADMINISTRATOR
    if document.totp_secret_file is not None and FactorKind.TOTP not in known:
        seed = seed_text(entry, "totp_secret_file", document.totp_secret_file)
        bind_totp(session, sealer, person_id=person_id, seed=seed, label="", now=now)
    if document.sms_number_file is not None and FactorKind.SMS not in known:
        number = secret_text(entry, "sms_number_file", document.sms_number_file)
        bind_sms(session, sealer, person_id=person_id, number=number, bound_by=by, now=now)
    if document.otp_device is not None and FactorKind.OTP_DEVICE not in known:
        bind_device(
            session,
            sealer,
            person_id=person_id,
            serial=document.otp_device.serial,
            seed=seed_text(entry, "otp_device.seed_file", document.otp_device.seed_file),
            parameters=APP,
            bound_by=by,
            now=now,
        )
    if document.recovery_codes_file is not None and FactorKind.RECOVERY_CODES not in known:
        codes = tuple(
            secret_text(entry, "recovery_codes_file", document.recovery_codes_file).split()
        )
        recovery_codes.bind(session, sealer, person_id=person_id, bound_by=by, now=now, codes=codes)

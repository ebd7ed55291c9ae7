"""OTP devices: a delivery comes into stock, and a device is bound to somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.factors.events import record
from assurance import devices, pskc
from assurance.factors import BoundBy, FactorKind
from broker.texts import notices
from broker.texts.notices import Change
from broker.texts.outside_request import texts
from directory.people import known_person
from keys.sealing import Sealer
from state import audit
from state.audit import AuditEvent, EventTag


@dataclass(frozen=True)
class Stocked:
    """What became of a delivery: devices that were new, and known already. ``is_sealed`` is False
    where the file held seeds in the clear.
    """

    fresh: int
    known: int
    is_sealed: bool


def take_into_stock(
    session: Session, sealer: Sealer, raw: bytes, key: bytes | None, *, actor: Actor, now: datetime
) -> Stocked:
    """Keep the devices of a PSKC file (RFC 6030), with the transaction of the caller. ``key``: what
    was agreed with the supplier. Raises PskcRefused.
    """
    delivery = pskc.read(raw, key)
    fresh = devices.stock(session, sealer, delivery.devices, now)
    audit.record(
        session,
        AuditEvent(
            EventTag.DEVICES_IMPORTED, now, person_id=actor.person_id, details={"devices": fresh}
        ),
    )
    return Stocked(fresh, len(delivery.devices) - fresh, delivery.is_sealed)


def assign(
    session: Session,
    sealer: Sealer,
    base_url: str,
    serial: str,
    person_id: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Bind a free device to a person whose identity was checked, and tell the person; with the
    transaction of the caller. Raises NoSuchPerson, DeviceRefused.
    """
    person = known_person(session, person_id)
    by = BoundBy.ADMINISTRATOR
    devices.assign(session, sealer, serial=serial, person_id=person.id, bound_by=by, now=now)
    kind = FactorKind.OTP_DEVICE
    details: dict[str, audit.Detail] = {"kind": str(kind), "bound_by": str(by)}
    record(session, EventTag.FACTOR_ADDED, person, details, actor=actor, now=now)
    with texts():
        notices.tell(session, sealer, person, Change.ADDED, kind, base_url=base_url, now=now)

"""The stock of OTP devices: imported with sealed seeds, bound to one person at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assurance.factors import BoundBy, Factor, StockedDevice
from assurance.pskc import Device
from assurance.second_factor import bind_device
from assurance.totp import TotpParameters, matching_step
from keys.sealing import Sealer
from state.db import is_duplicate
from state.locks import Held, one_at_a_time

_CONTEXT: Final = "otp-device"


class DeviceRefused(Exception):
    """The device cannot be bound. ``reason``: ``unknown``, ``bound`` or ``code``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Listed:
    """A device of the list: never its seed. ``person_id`` where it is bound; one that came with a
    person and not through an import is not ``in_stock``, and gone when that person has it no more.
    """

    serial: str
    parameters: TotpParameters
    person_id: str | None
    in_stock: bool = True


def stock(session: Session, sealer: Sealer, devices: Sequence[Device], now: datetime) -> int:
    """Keep these devices; how many were new. One that is known keeps the seed that it has, also
    where another takes the same delivery in at this moment.
    """
    one_at_a_time(session, Held.DEVICES)
    known = set(session.scalars(select(StockedDevice.serial)))
    fresh = [device for device in devices if device.serial not in known]
    session.add_all(
        StockedDevice(
            serial=device.serial,
            secret=sealer.seal(device.seed.encode(), f"{_CONTEXT}:{device.serial}"),
            period=device.parameters.period,
            digits=device.parameters.digits,
            algorithm=device.parameters.algorithm,
            imported_at=now,
        )
        for device in fresh
    )
    return len(fresh)


def listed(session: Session) -> list[Listed]:
    """Every device, in stock or with somebody, by serial number."""
    stocked = select(StockedDevice, Factor.person_id).outerjoin(
        Factor, Factor.serial == StockedDevice.serial
    )
    elsewhere = select(Factor).where(
        Factor.serial.is_not(None), Factor.serial.not_in(select(StockedDevice.serial))
    )
    found = [Listed(row.serial, _parameters(row), who) for row, who in session.execute(stocked)]
    found += [
        Listed(str(row.serial), _parameters(row), row.person_id, in_stock=False)
        for row in session.scalars(elsewhere)
    ]
    return sorted(found, key=lambda one: one.serial)


def assign(
    session: Session,
    sealer: Sealer,
    *,
    serial: str,
    person_id: str,
    bound_by: BoundBy,
    now: datetime,
    code: str | None = None,
) -> Factor:
    """Bind a free device. With ``code``, it must be the one that the device shows now. Raises
    DeviceRefused; one word for an unknown, a bound and a wrong one where a code was asked.
    """
    row = session.get(StockedDevice, serial)
    is_bound = session.scalars(select(Factor.id).where(Factor.serial == serial)).first()
    if row is None or is_bound is not None:
        reason = "unknown" if row is None else "bound"
        raise DeviceRefused(reason if code is None else "code")
    seed = sealer.open(row.secret, f"{_CONTEXT}:{serial}").decode()
    step = 0
    if code is not None:
        found = matching_step(seed, code, now, 0, _parameters(row))
        if found is None:
            raise DeviceRefused("code")
        step = found
    factor = bind_device(
        session,
        sealer,
        person_id=person_id,
        serial=serial,
        seed=seed,
        parameters=_parameters(row),
        bound_by=bound_by,
        now=now,
        used_step=step,
    )
    try:
        session.flush()
    except IntegrityError as met:
        if not is_duplicate(met, Factor.serial):
            raise
        # Somebody else was first.
        raise DeviceRefused("bound" if code is None else "code") from None
    return factor


def _parameters(row: StockedDevice | Factor) -> TotpParameters:
    return TotpParameters(row.period, row.digits, row.algorithm)

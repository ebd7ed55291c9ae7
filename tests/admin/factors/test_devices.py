"""OTP devices come into stock and are bound by administration."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE, Actor
from admin.factors import devices
from admin.factors.devices import Stocked
from assurance.devices import DeviceRefused
from assurance.pskc import PskcRefused
from directory.people import NoSuchPerson, Person
from state import audit
from state.audit import EventTag
from state.db import writing
from state.outbox_queries import listed
from tests.assurance.test_pskc import container, package
from tests.clocks import START
from tests.keys_for_tests import make_sealer

BASE = "https://sluis.example"


def stock(session: Session, raw: bytes, actor: Actor = COMMAND_LINE) -> Stocked:
    with writing(session):
        return devices.take_into_stock(session, make_sealer(), raw, None, actor=actor, now=START)


def assign(session: Session, serial: str, person_id: str, actor: Actor = COMMAND_LINE) -> None:
    with writing(session):
        devices.assign(session, make_sealer(), BASE, serial, person_id, actor=actor, now=START)


def test_a_delivery_is_counted_and_audited(session: Session) -> None:
    delivery = container(package("A-1"), package("A-2"))
    assert stock(session, delivery, Actor.operator("robin")) == Stocked(2, 0, is_sealed=False)
    assert stock(session, delivery) == Stocked(0, 2, is_sealed=False)
    later, first = audit.recent(session, tags=[EventTag.DEVICES_IMPORTED])
    assert (first.person_id, first.details) == ("robin", {"devices": 2})
    assert later.person_id is None
    with pytest.raises(PskcRefused):
        stock(session, b"<no-pskc/>")


def test_a_device_is_bound_once_and_its_holder_is_told(session: Session, roos: Person) -> None:
    stock(session, container(package("A-1")))
    assign(session, "A-1", roos.id)
    (event,) = audit.recent(session, tags=[EventTag.FACTOR_ADDED])
    assert event.person_id == roos.id  # nobody logged in: it stands under whose factor it is
    assert event.details == {"kind": "otp_device", "bound_by": "administrator"}
    assert [message.channel for message in listed(session)] == ["mail"]
    for serial, why in (("A-1", "bound"), ("A-9", "unknown")):
        with pytest.raises(DeviceRefused, match=why):
            assign(session, serial, roos.id)
    with pytest.raises(NoSuchPerson):
        assign(session, "A-1", "nobody")


def test_who_logged_in_stands_beside_whose_factor_it_is(session: Session, roos: Person) -> None:
    stock(session, container(package("A-1")))
    assign(session, "A-1", roos.id, Actor.operator("robin"))
    (event,) = audit.recent(session, tags=[EventTag.FACTOR_ADDED])
    assert (event.person_id, event.details["person"]) == ("robin", roos.id)

"""What happens in the world while somebody logs in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import yaml
from sqlalchemy import select, update

import sandbox.prepare
from consent.chains import ChainMandate
from consent.mandates import Mandate
from directory.organisations import Organisation
from directory.people import Person
from tests.world import World


def revoke_mandates(world: World) -> None:
    """Every mandate ends now."""
    with world.session() as session, session.begin():
        for table in (Mandate, ChainMandate):
            session.execute(update(table).values(revoked_at=world.clock()))


def let_mandates_expire(world: World, seconds: int) -> None:
    """Every mandate ends by itself after these seconds."""
    with world.session() as session, session.begin():
        until = world.clock() + timedelta(seconds=seconds)
        session.execute(update(Mandate).values(valid_until=until))


def suspend_organisations(world: World) -> None:
    with world.session() as session, session.begin():
        session.execute(update(Organisation).values(suspended_at=world.clock()))


def block(world: World, name: str) -> None:
    """The person with this name may not log in any more."""
    with world.session() as session, session.begin():
        person = session.scalars(select(Person).where(Person.display_name == name)).one()
        person.blocked_at = world.clock()


def change_makelaar(world: World, makelaar: str, **changed: object) -> None:
    """Its registration says something else from now on: ``state="paused"``, …"""
    file = world.demo.registrations / "30-makelaars.yaml"
    documents = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    found = next(d for d in documents if d["id"] == makelaar)
    world.apply(yaml.safe_dump({**found, **changed}), f"changed-{makelaar}.yaml")


def give_totp(world: World, person: str, secret: str) -> None:
    """A second factor of Sluis for a person of the demo."""
    file: Path = world.demo.secrets / f"{person}.totp"
    file.write_text(secret)
    people = world.demo.registrations / "40-people.yaml"
    documents = list(yaml.safe_load_all(people.read_text(encoding="utf-8")))
    found = next(d for d in documents if d["id"] == person)
    world.apply(yaml.safe_dump({**found, "totp_secret_file": str(file)}), f"totp-{person}.yaml")
    assert sandbox.prepare.totp_secret(world.demo, person) == secret


def rename(world: World, name: str, new_name: str) -> None:
    with world.session() as session, session.begin():
        session.execute(
            update(Person).where(Person.display_name == name).values(display_name=new_name)
        )


def unblock(world: World, name: str) -> None:
    """The person with this name may log in again."""
    with world.session() as session, session.begin():
        person = session.scalars(select(Person).where(Person.display_name == name)).one()
        person.blocked_at = None

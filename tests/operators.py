"""Operators in a world: made as the command makes them, set up, and at the console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

import pyotp
from sqlalchemy import select

from admin.actor import COMMAND_LINE
from admin.operators import access
from admin.operators.roles import OperatorRole
from assurance import second_factor
from assurance.levels import AssuranceLevel
from broker.console.downstream import ConsoleCookie, kept_facts, seal_ticket
from broker.downstream import NewGrant
from broker.sso import grants
from directory.consoles import OPERATOR, Console
from directory.people import ExternalIdentity, Person, subject_hash
from providers import accounts
from providers.accounts import Account
from providers.interface import Identity
from providers.login_facts import LoginFacts
from sandbox.browser import Browser, Cookie
from state.db import new_id, writing
from tests.world import ADDRESSES, World

PASSWORD: Final = "een lange zin voor de sluis"
HERE: Final = f"{ADDRESSES.broker}/operator"


@dataclass(frozen=True)
class TestOperator:
    """An operator who is set up. ``seed`` is that of the app."""

    __test__: ClassVar[bool] = False  # no tests in it, whatever its name says
    person_id: str
    user_name: str
    seed: str

    def code(self, at: datetime) -> str:
        return pyotp.TOTP(self.seed).at(at)


def make_operator(world: World, user_name: str, *roles: OperatorRole) -> TestOperator:
    """Somebody with these roles, a password and an app."""
    now, seed = world.clock(), pyotp.random_base32()
    with world.session() as session, writing(session):
        made = access.create(
            session,
            name=f"{user_name.capitalize()} Kuiper",
            email=f"{user_name}@voorbeeld.example",
            user_name=user_name,
            roles=roles,
            actor=COMMAND_LINE,
            now=now,
        )
        account = session.scalars(select(Account).where(Account.person_id == made.person_id)).one()
        accounts.set_password(session, account, PASSWORD, now, temporary=False)
        second_factor.bind_totp(
            session, world.process.sealer, person_id=made.person_id, seed=seed, label="", now=now
        )
    return TestOperator(made.person_id, made.user_name, seed)


def make_person(world: World, name: str) -> str:
    """Somebody without any role."""
    with world.session() as session, writing(session):
        person = Person(display_name=name, created_at=world.clock())
        session.add(person)
        session.flush()
        return person.id


def at_console(world: World, person_id: str, console: Console = OPERATOR) -> Browser:
    """A browser with a session that a login of this moment would leave behind: a makelaar of the
    demo gave as much as the console asks.
    """
    now, grant_id, settings = world.clock(), new_id(), world.process.settings.login
    sealer = world.process.sealer
    level = max(console.service.level, AssuranceLevel.EH2_PLUS)
    who = Identity("polderpoort", f"subject-{grant_id}", level, level, now, said=level.loa)
    with world.session() as session, writing(session):
        facts = NewGrant(
            id=grant_id,
            client_id=console.client_id,
            person_id=person_id,
            service_uuid=console.service.uuid,
            expires_at=now + timedelta(hours=settings.session_hours),
        )
        grants.insert(session, facts, now)
        session.add(
            ExternalIdentity(
                provider_id=who.provider_id,
                subject_hash=subject_hash(sealer, who.provider_id, who.subject),
                person_id=person_id,
                created_at=now,
            )
        )
    made = LoginFacts(who, console.service.uuid, None)
    idle = settings.session_idle_minutes * 60
    world.process.store.batch([kept_facts(sealer, grant_id, made, idle)])
    value = seal_ticket(sealer, console, ConsoleCookie(grant_id, now))
    browser = world.browser()
    browser._cookies["localhost"] = {console.cookie: Cookie(value, "lax", None)}
    return browser


@contextmanager
def later(world: World, **time: float) -> Iterator[None]:
    """The clock of the world moved on, and back again."""
    before = world.clock.now
    world.clock.now = before + timedelta(**time)
    world.process.holder.refresh()
    try:
        yield
    finally:
        world.clock.now = before
        world.process.holder.refresh()

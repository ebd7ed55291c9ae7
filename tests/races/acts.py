"""What a process does in a round. Where nothing is locked at the reading, both have read before
either decides.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from time import sleep
from typing import Any, Final

from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE, Actor
from admin.factor_resets import decisions
from admin.factor_resets import requests as resets
from admin.factor_resets.requests import FactorReset, ResetOutcome, ResetRefused, ResetRequestForm
from admin.factor_resets.rules import Verdict
from admin.factors import letters
from admin.mandates import given, giving
from admin.mandates import requests as mandate_requests
from admin.mandates.decision_rules import DeciderLogin
from admin.mandates.given import Revocation
from admin.mandates.giving import PlanChanged
from admin.mandates.requests import AlreadyDecided, Decision
from admin.operators import access, set_up_links
from admin.operators.access import NameTaken, NoSuchOperator, SetUpStep
from admin.operators.roles import OperatorRole
from admin.operators.set_up_links import LinkRefused
from admin.people import changes
from admin.terms import digest
from admin.terms.run import TermRun
from assurance import devices, enrolment, factor_letters, second_factor
from assurance.devices import DeviceRefused
from assurance.factors import BoundBy
from assurance.levels import AssuranceLevel
from assurance.pskc import Device
from assurance.totp import TotpParameters
from broker.downstream import NewGrant
from broker.sso import grants, logout
from broker.sso.logout import LogoutNotifier
from consent import register, requests
from consent.recheck import recheck
from directory import people
from directory.dates import day_of
from directory.fields import LocalizedText
from directory.people import Person
from providers import browser_counts, recovery
from state.db import writing
from tests.clocks import START
from tests.consent.conftest import terms
from tests.giving import around, chosen, service
from tests.keys_for_tests import make_sealer

Wait = Callable[[], object]
UUID: Final = "11111111-2222-4333-8444-555555555555"
SEED: Final = "JBSWY3DPEHPK3PXP" * 2
PERMITS: Final = LocalizedText(nl="Vergunningen", en="Permits")
YEAR: Final = timedelta(days=365)


class Permits:
    """Its name is all that is asked of it."""

    name = PERMITS


def secret(number: int) -> str:
    """Of what is opened in this round, where the test may choose it."""
    return f"the secret of round {number}"


def _decision(who: str) -> Decision:
    login = DeciderLogin(AssuranceLevel.EH3, START)
    return Decision(Actor.administrator(who), login, Permits(), START, make_sealer())


def uuid_of(number: int) -> str:
    """A service for each round: one mandate there answers every request for it."""
    return f"{number:08}-2222-4333-8444-555555555555"


def _give(
    session: Session, number: int, who: str, until: datetime, wait: Wait, **more: Any
) -> bool:
    """Both have seen the plan before either gives."""
    place = around({uuid_of(number): service(uuid_of(number))}, by=who)
    wanted = chosen("roos", uuid_of(number), day_of(until))
    try:
        with writing(session):
            shown = giving.plan(session, place, wanted).digest
            wait()
            giving.give(session, place, wanted, shown=shown, **more)
    except (AlreadyDecided, PlanChanged):
        return False
    return True


def grant(session: Session, number: int, who: str, wait: Wait) -> bool:
    """What a request asks."""
    return _give(session, number, who, START + YEAR, wait, request_id=f"r{number}")


def give(session: Session, number: int, who: str, wait: Wait) -> bool:
    """Without a request, or for longer than there is."""
    return _give(session, number, who, START + 2 * YEAR, wait)


def refuse(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        asked = mandate_requests.one_request(session, who, f"r{number}", START)
        wait()
        try:
            mandate_requests.refuse(session, asked, _decision(who), "Nee.")
        except AlreadyDecided:
            return False
    return True


def close_with_service(session: Session, number: int, who: str, wait: Wait) -> bool:
    """As when the service of the request leaves."""
    with writing(session):
        (asked,) = requests.open_at(session, uuid_of(number))
        wait()
        return requests.refuse(session, asked, by=None, now=START)


def ask_mandate(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        wait()
        _, is_new = requests.send(
            session,
            person_id="roos",
            organisation_id="bakery",
            service_uuid=f"service-{number}",
            level=AssuranceLevel.EH3,
            own_level=AssuranceLevel.EH3,
            message=who,
            reference="ABCD1234",
            now=START,
        )
    return is_new


def revoke(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        mandate = given.one_mandate(session, who, f"m{number}", START)
        wait()
        notifier = LogoutNotifier(make_sealer(), {}, {}, START)
        wanted = Revocation(Actor.administrator(who), PERMITS, START, notifier)
        return given.revoke(session, mandate, wanted)


def answer_login(session: Session, number: int, who: str, wait: Wait) -> bool:
    """The last look of a login that began before, and a little later the grant that it gives."""
    with writing(session):
        gone = recheck(session, f"p{number}", None, terms(), begun=START)
        wait()
        if gone is not None:
            return False
        sleep(0.1)  # the other may do all it wants, unless it has to wait
        facts = NewGrant(f"g{number}", "portal", f"p{number}", UUID, START + YEAR)
        grants.insert(session, facts, START)
    return True


def log_out_everywhere(session: Session, number: int, who: str, wait: Wait) -> bool:
    notifier = LogoutNotifier(make_sealer(), {}, {}, START)
    with writing(session):
        wait()
        people.log_out(session, f"p{number}", START)
        logout.end_all_of(session, notifier, f"p{number}", "logged_out_everywhere")
    return True


def block(session: Session, number: int, who: str, wait: Wait) -> bool:
    notifier = LogoutNotifier(make_sealer(), {}, {}, START)
    with writing(session):
        before = changes.standing(session, f"p{number}", START)
        wait()
        session.get_one(Person, f"p{number}").blocked_at = START
        session.flush()
        changes.follow(
            session, notifier, "https://x", f"p{number}", before, actor=Actor.operator(who)
        )
    return True


def withdraw_consent(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        register.covers(
            session, person_id="roos", client_id="c", service_uuid=UUID, shown=str(number)
        )
        wait()
        return register.withdraw(session, "roos", f"c{number}", START)


def ask_reset(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        wait()
        wish = ResetRequestForm(frozenset({f"f{number}"}), "lost", "in_person")
        try:
            resets.ask(session, f"p{number}", wish, actor=Actor.operator(who), now=START)
        except ResetRefused:
            return False
    return True


def approve_reset(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        session.get_one(FactorReset, f"x{number}")
        wait()
        return decisions.approve(session, f"x{number}", who, START) is Verdict.GRANTED


def reject_reset(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        reset = session.get_one(FactorReset, f"x{number}")
        wait()
        return decisions.close(session, reset, ResetOutcome.REJECTED, Actor.operator(who), START)


def take_set_up_link(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        set_up_links.look_at(session, secret(number), START)
        wait()
        try:
            set_up_links.take(session, secret(number), START)
        except LinkRefused:
            return False
    return True


def choose_password(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        set_up_links.look_at(session, secret(number), START)
        wait()
        try:
            access.keep_password(session, secret(number), f"hash of {who}", START)
        except LinkRefused:
            return False
    return True


def bind_app(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        wait()
        link = set_up_links.lock(session, f"l{number}", START)
        if access.step_of(session, link) is not SetUpStep.FACTOR:
            return False
        second_factor.bind_totp(
            session, make_sealer(), person_id=link.person_id, seed=SEED, label=who, now=START
        )
    return True


def recover(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        wait()
        access.recover(session, f"operator{number}", actor=Actor.operator(who), now=START)
    return True


def create_operator(session: Session, number: int, who: str, wait: Wait) -> bool:
    try:
        with writing(session):
            wait()
            access.create(
                session,
                name=who,
                email=f"{who}{number}@x.example",
                user_name=f"operator{number}",
                roles=[OperatorRole.VIEWER],
                actor=COMMAND_LINE,
                now=START,
            )
    except NameTaken:
        return False
    return True


def end_operator(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        wait()
        try:
            access.end(session, f"operator{number}", actor=Actor.operator(who), now=START)
        except NoSuchOperator:
            return False
    return True


def take_recovery_link(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        recovery.find(session, secret(number), START)
        wait()
        return recovery.take(session, secret(number), START)


def confirm_letter(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        wait()
        code = f"CODE-{number:04}-ABCD"
        return factor_letters.confirm(session, make_sealer(), f"f{number}", code, START)


def send_letter(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        wait()
        letters.send(
            session,
            make_sealer(),
            "https://sluis.example",
            f"p{number}",
            "Kade 1",
            actor=COMMAND_LINE,
            now=START,
        )
    return True


def end_factor(session: Session, number: int, who: str, wait: Wait) -> bool:
    with writing(session):
        enrolment.of_person(session, f"p{number}", START)
        wait()
        return enrolment.end(session, f"p{number}", f"f{number}", START)


def stock_devices(session: Session, number: int, who: str, wait: Wait) -> int:
    """The delivery of this round; how many were new."""
    parameters = TotpParameters(30, 6, "SHA1")
    delivery = [Device(f"{number}-{one}", SEED, parameters) for one in range(3)]
    wait()
    with writing(session):
        return devices.stock(session, make_sealer(), delivery, START)


def assign_device(session: Session, number: int, who: str, wait: Wait) -> bool:
    try:
        with writing(session):
            wait()
            devices.assign(
                session,
                make_sealer(),
                serial=f"device-{number}",
                person_id=who,
                bound_by=BoundBy.ADMINISTRATOR,
                now=START,
            )
    except DeviceRefused:
        return False
    return True


def wrong_password(session: Session, number: int, who: str, wait: Wait) -> int:
    """Both in the same browser of Roos."""
    with writing(session):
        wait()
        return browser_counts.count(session, "account", "browser", START) or 0


def _run() -> TermRun:
    return TermRun(
        now=START,
        unused_months=24,
        link_level=None,
        base_url="https://x.example",
        sealer=make_sealer(),
        services={},
        portals={},
        downstreams={},
    )


def send_digest(session: Session, number: int, who: str, wait: Wait) -> bool:
    """As the workers of two machines do that look at the same moment."""
    assert digest.whom_to_ask(session, _run())
    wait()
    return digest.tell(_run(), session, f"a{number}")

"""An approval in the console: judged and carried out in one transaction."""

from __future__ import annotations

import pytest

from admin.actor import COMMAND_LINE, Actor
from admin.factor_resets import execution, requests
from admin.factor_resets.requests import ResetRequestForm
from admin.factor_resets.rules import Proof, Reason, Verdict
from admin.operators import roles
from admin.operators.roles import OperatorRole
from assurance import enrolment
from assurance.second_factor import bind_totp
from broker.process import Process
from broker.texts.outside_request import texts
from directory.people import Person
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START


@pytest.fixture
def asked(process: Process) -> str:
    """The id of a request of Anna for Roos, who has an app."""
    with process.sessions() as sql, writing(sql):
        for name in ("roos", "anna", "bram"):
            sql.add(Person(id=name, display_name=name, created_at=START))
        sql.flush()
        for name in ("anna", "bram"):
            roles.assign(sql, name, {OperatorRole.HELPDESK}, START)
        seed = "JBSWY3DPEHPK3PXP"
        factor = bind_totp(sql, process.sealer, person_id="roos", seed=seed, label="", now=START)
        sql.flush()
        wish = ResetRequestForm(frozenset({factor.id}), Reason.LOST, Proof.IN_PERSON)
        return requests.ask(sql, "roos", wish, actor=Actor.operator("anna"), now=START).id


def approve(process: Process, reset_id: str, actor: Actor) -> Verdict:
    with process.sessions() as sql, texts(), writing(sql):
        return execution.approve(sql, process, reset_id, actor=actor, now=START)


def test_a_colleague_approves_and_the_factors_end(process: Process, asked: str) -> None:
    assert approve(process, asked, Actor.operator("anna")) is Verdict.OWN
    assert approve(process, asked, Actor.operator("bram")) is Verdict.GRANTED
    assert approve(process, asked, Actor.operator("bram")) is Verdict.DECIDED
    with process.sessions() as sql:
        assert enrolment.of_person(sql, "roos", START) == []
        (event,) = audit.recent(sql, tags=[EventTag.FACTOR_RESET])
    told = (event.person_id, event.details["approved_by"], event.details["way"])
    assert told == ("anna", "bram", "console")
    assert (event.details["request"], event.details["proof"]) == (asked, "in_person")


def test_nobody_approves_without_logging_in(process: Process, asked: str) -> None:
    with pytest.raises(ValueError, match="logged in"):
        approve(process, asked, COMMAND_LINE)

"""A change form is sent, taken up and decided on, each once; what was written stays sealed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.change_forms import forms
from admin.change_forms.forms import FormAround, FormRefused
from admin.operators import roles
from admin.operators.roles import OperatorRole
from directory import change_forms
from directory.change_forms import FormKind, FormState
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START
from tests.databases import make_database
from tests.deliveries import waiting_in
from tests.keys_for_tests import make_sealer

OTHER, NOBODY = FormKind.OTHER, FormKind.NO_ADMINISTRATOR


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(make_database(tmp_path), expire_on_commit=False) as made:
        with writing(made):
            made.add(Organisation(id="bakery", kvk="90001201", name="De Korenmolen"))
            for name in ("jan", "roos", "olga"):
                made.add(
                    Person(
                        id=name,
                        display_name=name,
                        email=f"{name}@x.example",
                        created_at=START,
                    )
                )
            made.flush()
            for name, role in (("jan", Role.ADMINISTRATOR), ("roos", Role.MEMBER)):
                made.add(
                    Membership(
                        id=name, person_id=name, organisation_id="bakery", role=role, since=START
                    )
                )
            roles.assign(made, "olga", {OperatorRole.HELPDESK}, START)
        yield made


def around(actor: Actor) -> FormAround:
    return FormAround(actor, make_sealer(), START, "https://login.example")


def send(session: Session, kind: FormKind = OTHER, text: str = "Geheim", by: str = "jan") -> str:
    with writing(session):
        return forms.send(session, around(Actor.administrator(by)), "bakery", kind, text).id


def decide(session: Session, form_id: str, *, is_done: bool = True, by: str = "olga") -> None:
    with writing(session):
        operator = around(Actor.operator(by))
        forms.decide(session, operator, form_id, is_done=is_done, answer="Wij belden u.")


def state(session: Session, form_id: str) -> FormState:
    found = change_forms.one(session, form_id)
    assert found is not None
    return found.state


def test_it_is_followed_from_the_sending_to_the_answer(session: Session) -> None:
    form_id = send(session)
    form = change_forms.one(session, form_id)
    assert form is not None and b"Geheim" not in form.asked
    assert forms.what_is_asked(form, make_sealer()) == "Geheim"
    with writing(session):
        forms.take(session, around(Actor.operator("olga")), form_id)
    assert state(session, form_id) is FormState.TAKEN
    decide(session, form_id)
    assert state(session, form_id) is FormState.DONE
    tags = [EventTag.FORM_SENT, EventTag.FORM_TAKEN, EventTag.FORM_DECIDED]
    events = audit.recent(session, tags=tags)
    assert [event.tag for event in reversed(events)] == tags
    assert {event.reference for event in events} == {form.reference}
    mails = waiting_in(session, make_sealer())
    assert sorted((mail.recipient, mail.subject) for mail in mails) == [
        ("jan@x.example", "Uw formulier is afgehandeld"),
        ("jan@x.example", "Wij ontvingen uw formulier"),
        ("olga@x.example", "Er wacht een wijzigingsformulier"),
    ]
    assert not any("Geheim" in mail.text for mail in mails)
    assert any(mail.text.endswith("> Wij belden u.\n") for mail in mails)


@pytest.mark.parametrize(
    ("kind", "text", "by", "why"),
    [
        (OTHER, " ", "jan", "empty"),
        (OTHER, "x" * 2001, "jan", "too_long"),
        (OTHER, "x", "roos", "not_for_you"),
        (OTHER, "x", "olga", "not_for_you"),
        (NOBODY, "x", "jan", "not_for_you"),
        (NOBODY, "x", "roos", "not_for_you"),  # there is one
    ],
)
def test_what_cannot_be_sent_is_not(
    session: Session, kind: FormKind, text: str, by: str, why: str
) -> None:
    with pytest.raises(FormRefused) as refused:
        send(session, kind, text, by)
    assert refused.value.why == why and change_forms.waiting(session) == []


def test_a_user_asks_for_an_administrator_where_none_is_left(session: Session) -> None:
    with writing(session):
        session.get_one(Membership, "jan").since = START - timedelta(days=6 * 365)
    form_id = send(session, NOBODY, by="roos")
    assert state(session, form_id) is FormState.OPEN


def test_of_one_kind_one_waits_at_a_time(session: Session) -> None:
    form_id = send(session)
    with pytest.raises(FormRefused) as refused:
        send(session)
    assert refused.value.why == "twice"
    decide(session, form_id, is_done=False)
    assert state(session, form_id) is FormState.REFUSED
    assert send(session) != form_id


def test_who_sent_it_withdraws_it_and_nobody_else(session: Session) -> None:
    form_id = send(session)
    with pytest.raises(FormRefused), writing(session):
        forms.withdraw(session, around(Actor.administrator("roos")), form_id)
    with writing(session):
        forms.withdraw(session, around(Actor.administrator("jan")), form_id)
    assert state(session, form_id) is FormState.WITHDRAWN
    with pytest.raises(FormRefused) as refused:
        decide(session, form_id)
    assert refused.value.why == "over"


def test_nobody_decides_on_the_own_form(session: Session) -> None:
    form_id = send(session)
    with pytest.raises(FormRefused) as refused:
        decide(session, form_id, by="jan")
    assert refused.value.why == "own" and state(session, form_id) is FormState.OPEN

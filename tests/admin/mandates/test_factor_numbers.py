"""What an administrator reads of the factors of others: the last signs of a number, no more."""

from __future__ import annotations

from sqlalchemy.orm import Session

from admin.mandates import factor_numbers
from assurance import second_factor
from assurance.factors import BoundBy
from directory.people import Person
from state.db import writing
from tests.clocks import START
from tests.keys_for_tests import make_sealer


def test_only_the_end_of_a_number_is_told(session: Session, roos: Person) -> None:
    sealer = make_sealer()
    with writing(session):
        second_factor.bind_sms(
            session,
            sealer,
            person_id=roos.id,
            number="+31612345678",
            bound_by=BoundBy.SELF,
            now=START,
        )
    assert factor_numbers.of_people(session, [roos.id, "nobody"]) == {roos.id: "sms …78"}

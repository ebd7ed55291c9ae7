"""Which organisation is meant with a KvK number."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from admin.chains import intermediaries
from admin.chains.intermediaries import IntermediaryLack, NoIntermediary, kvk_of
from directory.organisations import Establishment, Organisation
from state.db import writing
from tests.clocks import START

L = IntermediaryLack


@pytest.mark.parametrize(
    "text",
    [
        "90001542",
        " 9000 1542 ",
        "9000.1542",
        "KvK 90001542",
        "kvk-nummer: 90001542",
        "KVKnr90001542",
    ],
)
def test_a_number_is_read_as_people_write_it(text: str) -> None:
    assert kvk_of(text) == "90001542"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", L.NO_NUMBER),
        ("kantoor", L.NO_NUMBER),
        ("9000154", L.NO_NUMBER),
        ("900015421", L.RSIN),
        ("٩٠٠٠١٥٤٢", L.NO_NUMBER),
        ("0000 9001 5421", L.BRANCH),
    ],
)
def test_M_07_what_is_no_number_of_a_whole_company_names_nobody(
    text: str, why: IntermediaryLack
) -> None:
    with pytest.raises(NoIntermediary) as refused:
        kvk_of(text)
    assert refused.value.why is why


@pytest.mark.parametrize(
    ("kvk", "why"),
    [("90001201", L.SELF), ("90009999", L.UNKNOWN), ("90001639", L.UNKNOWN), ("90001542", None)],
    ids=["itself", "nobody", "suspended", "good twin"],
)
def test_an_intermediary_is_another_that_is_known(
    session: Session, bakery: str, kvk: str, why: IntermediaryLack | None
) -> None:
    with writing(session):
        session.get_one(Organisation, "garden").suspended_at = START
    if why is None:
        assert intermediaries.find(session, kvk, other_than=bakery).id == "office"
        return
    with pytest.raises(NoIntermediary) as refused:
        intermediaries.find(session, kvk, other_than=bakery)
    assert refused.value.why is why


def test_its_addresses_are_those_of_branches_that_are_there(session: Session, bakery: str) -> None:
    with writing(session):
        for number, address, ended in (
            ("1", "Kade 30", None),
            ("2", "Laan 1", START),
            ("3", None, None),
        ):
            session.add(
                Establishment(
                    number=f"00009001542{number}",
                    organisation_id="office",
                    name="Kantoor",
                    address=address,
                    ended_at=ended,
                )
            )
    card = intermediaries.find(session, "90001542", other_than=bakery)
    assert (card.addresses, card.number) == (("Kantoor, Kade 30",), "9000 1542")

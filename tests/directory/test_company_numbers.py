"""A KvK number is read as people write it, and what is another number is called by its name."""

from __future__ import annotations

import pytest

from directory import company_numbers
from directory.company_numbers import NoCompanyNumber, NumberFault


@pytest.mark.parametrize(
    "typed",
    [
        "90001201",
        " 9000 1201 ",
        "9000.1201",
        "9000-1201",
        "9000\N{EN DASH}1201",
        "9000\N{NO-BREAK SPACE}1201",
        "KvK 9000 1201",
        "kvk-nummer: 90001201",
        "KVKnr. 90001201",
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str) -> None:
    assert company_numbers.read(typed) == "90001201"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", NumberFault.EMPTY),
        ("  ", NumberFault.EMPTY),
        ("KvK", NumberFault.EMPTY),
        ("000012345678", NumberFault.BRANCH),
        ("0000 1234 5678", NumberFault.BRANCH),
        ("123456782", NumberFault.RSIN),
        ("9000120", NumberFault.NO_NUMBER),
        ("9000120123", NumberFault.NO_NUMBER),
        ("NL123456782B01", NumberFault.NO_NUMBER),
        ("\N{FULLWIDTH DIGIT NINE}0001201", NumberFault.NO_NUMBER),
        ("9000/1201", NumberFault.NO_NUMBER),
        ("90001201" + " " * 200 + "1", NumberFault.NO_NUMBER),
    ],
)
def test_what_is_no_kvk_number_is_told_apart(typed: str, why: NumberFault) -> None:
    with pytest.raises(NoCompanyNumber) as refused:
        company_numbers.read(typed)
    assert refused.value.why is why

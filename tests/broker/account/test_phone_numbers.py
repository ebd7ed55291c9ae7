"""The code that proves a phone number belongs to one session and one number."""

from __future__ import annotations

from dataclasses import replace

from assurance.levels import AssuranceLevel
from broker.account.access import AccountContext
from broker.account.phone_numbers import _code_hash
from broker.console.sessions import ConsoleSession
from directory.consoles import MINE
from directory.people import Person
from tests.broker.runtimes import make_runtime
from tests.clocks import START

NUMBER = "+31612345678"


def test_a_code_for_another_number_or_from_another_session_is_another_code() -> None:
    person = Person(id="jan", display_name="Jan", created_at=START)
    session = ConsoleSession(
        make_runtime(), MINE, "grant-1", person, AssuranceLevel.EH3, START, START
    )
    who, other = AccountContext(session), AccountContext(replace(session, grant_id="grant-2"))
    code = _code_hash(who, NUMBER, "123456")
    assert code == _code_hash(who, NUMBER, "123456")
    others = {
        _code_hash(who, NUMBER, "123457"),
        _code_hash(who, "+31612345679", "123456"),
        _code_hash(other, NUMBER, "123456"),
    }
    assert len({code, *others}) == 4
    assert "123456" not in code and NUMBER not in code

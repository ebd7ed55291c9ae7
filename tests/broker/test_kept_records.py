"""What is kept between two requests is read by the release before and after: a login that was
under way during an update goes on, and a session lasts.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from broker.journey.login import Login
from broker.oidc.userinfo import KeptClaims
from providers.interface import Identity
from providers.login_facts import LoginFacts
from state.record_json import RecordJson, Unreadable, line
from tests.broker.examples import SERVICE, a_request, a_result, an_identity
from tests.clocks import START
from tests.filled import filled

KINDS = (Login, KeptClaims, LoginFacts)
BARE: tuple[Any, ...] = (
    Login("id", "AB12CD34", "browser", a_request(), START, START),
    KeptClaims({}, a_result(), 1),
    LoginFacts(an_identity(), SERVICE, None),
)


@pytest.mark.parametrize("one", [*map(filled, KINDS), *BARE], ids=lambda one: type(one).__name__)
def test_a_record_is_written_and_read_as_release_0_1_does(one: Any) -> None:
    ours, theirs = RecordJson(type(one)), TypeAdapter(type(one))
    written = ours.write(one)
    assert written == theirs.dump_json(one)
    assert ours.read(written) == one
    assert theirs.validate_json(written) == one


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_member_that_is_not_known_is_passed_over(kind: type) -> None:
    one, ours = filled(kind), RecordJson(kind)
    newer = {**json.loads(ours.write(one)), "of_a_later_release": 1}
    assert ours.read(json.dumps(newer).encode()) == one


def test_a_member_that_was_not_there_yet_is_as_the_record_has_it_by_itself() -> None:
    ours = RecordJson(Identity)
    older = json.loads(ours.write(an_identity()))
    del older["there"], older["evidence"], older["said"]
    read = ours.read(json.dumps(older).encode())
    assert (read.there, read.evidence, read.said) == ((), None, None)


@pytest.mark.parametrize(
    "spoiled",
    [b"", b"{}", b"[]", b"nothing", b'{"identity": 1}', b'{"service_uuid": "\xff"}', b"\xff"],
)
def test_what_is_no_such_record_is_said_without_its_values(spoiled: bytes) -> None:
    with pytest.raises(Unreadable, match="no LoginFacts of this version"):
        RecordJson(LoginFacts).read(spoiled)


def test_a_level_or_word_that_nobody_knows_is_no_record() -> None:
    ours = RecordJson(LoginFacts)
    written = ours.write(LoginFacts(an_identity(), SERVICE, None))
    for known, unknown in ((b'"authentication":30', b'"authentication":31'), (b"Z", b"z9")):
        assert known in written
        with pytest.raises(Unreadable):
            ours.read(written.replace(known, unknown))


def test_what_was_worked_out_from_a_record_is_not_written() -> None:
    one = an_identity()
    assert one.lasting is not None
    assert b"lasting" not in RecordJson(Identity).write(one)


@pytest.mark.parametrize(
    "values",
    [
        ("answer", "accepted", None, 12, {"asked": "EH3", "number": 1, "passive": True}),
        ("answer", "refused", "audience", 0, {"seen": 'é\u2028\x85\x0b\x1c\n"\\'}),
        ("answer", "refused", None, 0, {"seen": "plain\x1c\x1d\x1e\x0c\r\n", "max_age": 10**30}),
        ("answer", "refused", None, 0, {"seen": "\ud7ff\U0001f600", "half": 0.5}),
    ],
)
def test_a_step_of_a_trace_is_one_line_whatever_it_holds(values: tuple[Any, ...]) -> None:
    written = line(values)
    assert len(written.splitlines()) == 1 and written.isascii()
    assert json.loads(written) == list(values)

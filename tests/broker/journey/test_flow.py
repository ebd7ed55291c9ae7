"""The journey as claims about every login in every circumstance."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assurance.accepted_factor import AcceptedFactor
from assurance.levels import AssuranceLevel
from assurance.step_up import LocalFactor, Missing, Nothing, Unreachable, Upstream
from broker.downstream import DownstreamName, LoginRequest, RefusalCode
from broker.journey.flow import JOURNEY, JourneyContext, Step, open_row
from broker.journey.login import Ended, Login
from broker.journey.login_methods import LoginMethod
from consent.documents import Answer, AskedDocument
from directory.people import MeansStatus
from providers.interface import Identity

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ORDER = [row.step for row in JOURNEY]
EH2, EH3 = AssuranceLevel.EH2, AssuranceLevel.EH3


REACHED = Nothing()


@dataclass(frozen=True)
class Meets:
    """Implements ``broker.journey.flow.JourneyContext`` with plain facts."""

    method: LoginMethod | None = LoginMethod.MAKELAAR
    provider_is_usable: bool = True
    means_status: MeansStatus = MeansStatus.ACTIVE
    missing: Missing = REACHED
    needs_authority: bool = True
    consent_is_given: bool = True
    factors: tuple[str, ...] = ()


REQUEST = LoginRequest(DownstreamName.OIDC, "portal", "service", EH3)
DOCUMENT = AskedDocument("Opdracht", "Tekst", "https://portal.example/a", "0" * 64, "text/plain", 9)
ASKING = replace(REQUEST, document=DOCUMENT)
ANSWER = Answer(DOCUMENT.shown, True, "", False, NOW)
CONFIRMED = AcceptedFactor("factor", "totp", NOW)
IDENTITY = Identity("makelaar", "subject", EH3, EH3, NOW)
NEW = Login("login", "reference", "browser", REQUEST, NOW, NOW)
DONE = replace(
    NEW, provider_id="makelaar", identity=IDENTITY, person_id="person", authority_settled=True
)
SIGNS = replace(DONE, request=ASKING)
ENDED = Ended(RefusalCode.CANCELLED, "cancelled_at_makelaar")

logins = some.builds(
    replace,
    some.just(NEW),
    provider_id=some.sampled_from([None, "makelaar"]),
    identity=some.sampled_from([None, IDENTITY]),
    person_id=some.sampled_from([None, "person"]),
    must_replace=some.booleans(),
    too_low=some.booleans(),
    not_understood=some.booleans(),
    authority_settled=some.booleans(),
    ended=some.sampled_from([None, ENDED]),
    consent=some.sampled_from([None, "shown"]),
    request=some.sampled_from([REQUEST, ASKING]),
    answer=some.sampled_from([None, ANSWER, replace(ANSWER, shown="another")]),
    confirmed=some.sampled_from([None, CONFIRMED]),
)
# Where the makelaar could not give the level no answer helps: the user leaves, or starts afresh.
open_logins = logins.filter(lambda login: login.ended is None and not login.lacks_level)
circumstances = some.builds(
    Meets,
    method=some.sampled_from([None, *LoginMethod]),
    provider_is_usable=some.booleans(),
    means_status=some.sampled_from(list(MeansStatus)),
    missing=some.sampled_from(
        [Nothing(), LocalFactor(EH3, EH2), Upstream(EH3, EH2), Unreachable(EH3, EH2)]
    ),
    needs_authority=some.booleans(),
    consent_is_given=some.booleans(),
    factors=some.sampled_from([(), ("factor",)]),
)


def answered(step: Step, login: Login, context: Meets) -> tuple[Login, Meets]:
    """The facts after this question got a good answer, and nothing else happened."""
    match step:
        case Step.CHOOSE_METHOD:
            return login, replace(context, method=LoginMethod.MAKELAAR)
        case Step.CHOOSE_PROVIDER:
            return replace(login, provider_id="makelaar"), replace(context, provider_is_usable=True)
        case Step.AUTHENTICATE | Step.GIVE_PASSWORD:
            return replace(login, identity=IDENTITY), context
        case Step.BIND_ACCOUNT:
            return replace(login, person_id="person"), context
        case Step.REPLACE_PASSWORD:
            return replace(login, must_replace=False), context
        case Step.MEANS_STATUS:
            return login, replace(context, means_status=MeansStatus.ACTIVE)
        case Step.STEP_UP:
            return login, replace(context, missing=Nothing())
        case Step.CHOOSE_MANDATE:
            return replace(login, authority_settled=True), context
        case Step.ASK_CONSENT:
            return login, replace(context, consent_is_given=True)
        case Step.APPROVE:
            return replace(login, answer=ANSWER, confirmed=None), context
        case Step.CONFIRM:
            return replace(login, confirmed=CONFIRMED), context
        case _:
            return login, context


@given(logins, circumstances)
def test_an_answer_is_given_only_when_every_question_is_answered(
    login: Login, context: Meets
) -> None:
    is_complete = (
        login.ended is None
        and context.method is not None
        and (
            context.method is LoginMethod.ACCOUNT
            or (login.provider_id is not None and context.provider_is_usable)
        )
        and login.identity is not None
        and not login.must_replace
        and login.person_id is not None
        and context.means_status is MeansStatus.ACTIVE
        and not login.lacks_level
        and isinstance(context.missing, Nothing)
        and (login.authority_settled or not context.needs_authority)
        and context.consent_is_given
        and (
            login.request.document is None
            or (login.answer == ANSWER and (login.confirmed is not None or not context.factors))
        )
    )
    assert (open_row(login, context).step is Step.RESPOND) == is_complete


@given(logins, circumstances)
def test_a_login_that_ended_shows_its_end_whatever_else_is_true(
    login: Login, context: Meets
) -> None:
    assert (open_row(login, context).step is Step.ENDED) == (login.ended is not None)


@given(open_logins, circumstances)
def test_an_answer_never_opens_an_earlier_question(login: Login, context: Meets) -> None:
    before = open_row(login, context).step
    after = open_row(*answered(before, login, context)).step
    assert before is Step.RESPOND or ORDER.index(after) > ORDER.index(before)


@given(open_logins, circumstances)
def test_every_journey_comes_to_an_answer(login: Login, context: Meets) -> None:
    for _ in JOURNEY:
        login, context = answered(open_row(login, context).step, login, context)
    assert open_row(login, context).step is Step.RESPOND


@given(logins.filter(lambda login: login.ended is None), circumstances)
def test_a_level_that_was_too_low_leads_to_no_mandate_consent_or_answer(
    login: Login, context: Meets
) -> None:
    for lacking in ({"too_low": True}, {"not_understood": True}):
        step = open_row(replace(login, **lacking), context).step
        assert ORDER.index(step) <= ORDER.index(Step.STEP_UP)


@given(logins, circumstances)
def test_the_step_is_the_first_open_row(login: Login, context: Meets) -> None:
    index = ORDER.index(open_row(login, context).step)
    assert JOURNEY[index].is_open(login, context)
    assert not any(row.is_open(login, context) for row in JOURNEY[:index])


@given(logins, circumstances)
def test_rows_that_need_a_fact_come_behind_the_row_that_gets_it(
    login: Login, context: Meets
) -> None:
    """Nobody is asked for a mandate before it is known who it is, and so on."""
    found = open_row(login, context).step
    if ORDER.index(found) > ORDER.index(Step.CHOOSE_METHOD):
        assert context.method is not None
    if (
        ORDER.index(found) > ORDER.index(Step.CHOOSE_PROVIDER)
        and context.method is LoginMethod.MAKELAAR
    ):
        assert login.provider_id is not None and context.provider_is_usable
    if ORDER.index(found) > ORDER.index(Step.STEP_UP):
        assert login.identity is not None and login.person_id is not None
        assert not login.must_replace
        assert context.means_status is MeansStatus.ACTIVE


@given(logins, circumstances)
def test_an_account_meets_no_makelaar_and_a_makelaar_no_password(
    login: Login, context: Meets
) -> None:
    step = open_row(login, context).step
    if step in (Step.CHOOSE_PROVIDER, Step.AUTHENTICATE):
        assert context.method is LoginMethod.MAKELAAR
    if step is Step.GIVE_PASSWORD:
        assert context.method is LoginMethod.ACCOUNT and login.identity is None


class Asked:
    """Circumstances that tell which of them were looked up."""

    def __init__(self, context: Meets) -> None:
        self._meets = context
        self.names: set[str] = set()

    def __getattr__(self, name: str) -> object:
        self.names.add(name)
        return getattr(self._meets, name)


@given(logins, circumstances)
def test_nothing_is_looked_up_for_rows_behind_the_open_one(login: Login, context: Meets) -> None:
    asked = Asked(context)
    step = open_row(login, asked).step  # type: ignore[arg-type]
    if ORDER.index(step) < ORDER.index(Step.ASK_CONSENT):
        assert "consent_is_given" not in asked.names
    if ORDER.index(step) < ORDER.index(Step.CHOOSE_MANDATE):
        assert "needs_authority" not in asked.names
    if ORDER.index(step) < ORDER.index(Step.MEANS_STATUS):
        assert "means_status" not in asked.names
    if step is Step.ENDED:
        assert asked.names == set()


@pytest.mark.parametrize(
    ("login", "context", "step"),
    [
        (NEW, Meets(method=None), Step.CHOOSE_METHOD),
        (NEW, Meets(method=LoginMethod.ACCOUNT), Step.GIVE_PASSWORD),
        (replace(DONE, provider_id="sluis"), Meets(method=LoginMethod.ACCOUNT), Step.RESPOND),
        (replace(DONE, must_replace=True), Meets(), Step.REPLACE_PASSWORD),
        (NEW, Meets(), Step.CHOOSE_PROVIDER),
        (DONE, Meets(provider_is_usable=False), Step.CHOOSE_PROVIDER),
        (replace(NEW, provider_id="makelaar"), Meets(), Step.AUTHENTICATE),
        (replace(NEW, provider_id="makelaar", too_low=True), Meets(), Step.STEP_UP),
        (replace(NEW, provider_id="makelaar", not_understood=True), Meets(), Step.STEP_UP),
        (replace(DONE, person_id=None), Meets(), Step.BIND_ACCOUNT),
        (DONE, Meets(means_status=MeansStatus.BLOCKED), Step.MEANS_STATUS),
        (DONE, Meets(missing=LocalFactor(EH3, EH2)), Step.STEP_UP),
        (replace(DONE, authority_settled=False), Meets(), Step.CHOOSE_MANDATE),
        (replace(DONE, authority_settled=False), Meets(needs_authority=False), Step.RESPOND),
        (DONE, Meets(consent_is_given=False), Step.ASK_CONSENT),
        (DONE, Meets(), Step.RESPOND),
        (replace(DONE, ended=ENDED), Meets(), Step.ENDED),
        (SIGNS, Meets(), Step.APPROVE),
        (replace(SIGNS, answer=replace(ANSWER, shown="another")), Meets(), Step.APPROVE),
        (replace(SIGNS, answer=ANSWER), Meets(), Step.RESPOND),  # its makelaar asked for it
        (replace(SIGNS, answer=ANSWER), Meets(factors=("factor",)), Step.CONFIRM),
        (replace(SIGNS, answer=ANSWER, confirmed=CONFIRMED), Meets(factors=("f",)), Step.RESPOND),
    ],
)
def test_the_journey_by_example(login: Login, context: JourneyContext, step: Step) -> None:
    assert open_row(login, context).step is step


def test_O_21_what_prompt_none_says_at_each_question() -> None:
    said = {row.step: row.under_passive for row in JOURNEY}
    assert said[Step.CHOOSE_PROVIDER] is RefusalCode.LOGIN_REQUIRED
    assert said[Step.CHOOSE_METHOD] is RefusalCode.LOGIN_REQUIRED
    assert said[Step.GIVE_PASSWORD] is RefusalCode.LOGIN_REQUIRED
    assert said[Step.REPLACE_PASSWORD] is RefusalCode.INTERACTION_REQUIRED
    assert said[Step.AUTHENTICATE] is RefusalCode.LOGIN_REQUIRED
    assert said[Step.STEP_UP] is RefusalCode.LOGIN_REQUIRED
    assert said[Step.CHOOSE_MANDATE] is RefusalCode.INTERACTION_REQUIRED
    assert said[Step.ASK_CONSENT] is RefusalCode.CONSENT_REQUIRED
    assert open_row(NEW, Meets()).under_passive is RefusalCode.LOGIN_REQUIRED


def test_every_step_has_one_row_and_the_last_is_the_answer() -> None:
    assert sorted(ORDER) == sorted(Step)
    assert ORDER[0] is Step.ENDED
    assert ORDER[-1] is Step.RESPOND


def test_the_facts_of_a_login_are_frozen() -> None:
    """A step cannot change a login in passing: it gives another one."""
    for field in fields(Login):
        with pytest.raises(AttributeError):
            setattr(NEW, field.name, None)

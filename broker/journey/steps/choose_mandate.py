"""On whose behalf? Chosen among what the register or the makelaar says (A10); without any, how to
get one (A12).
"""

from __future__ import annotations

from broker.downstream import LoginRefused, RefusalCode
from broker.journey import instrumentation
from broker.journey.dispatch import Advance, Show, StepOutcome, Turn
from broker.journey.login import Stopped
from broker.journey.pages.choose_mandate import (
    LONGEST_SEARCH,
    SELF,
    ChooseMandatePage,
    MandateChoice,
)
from broker.journey.pages.mandate_missing import AskedOrganisation, MandateMissingPage
from broker.journey.steps.ask_administrators import ask_administrators
from broker.journey.steps.current_party import key_of_current, key_of_last
from broker.journey.steps.frame import frame, service_facts
from broker.journey.steps.mandate_choices import shown_choices
from consent import requests
from consent.authority import Authority, RefusalReason
from consent.requests import MandateRequest, RequestState
from directory.organisations import Organisation
from directory.services import MandateRule
from state.copies import replace
from state.trace import Fact

LEAVE = "leave"
MISSING = Stopped(RefusalCode.MANDATE_MISSING, "mandate_missing")
BELOW = Stopped(RefusalCode.MANDATE_MISSING, "login_below_mandate")


def enter(turn: Turn) -> StepOutcome:
    """The only way to act needs no question; several do; none leads to the administrators."""
    usable = turn.context.options.usable
    if not usable and not _allows_self(turn):
        instrumentation.mandate_checked("none")
        return _missing(turn)
    if len(usable) == 1 and not _allows_self(turn) and not turn.login.request.choose_again:
        return _settle(turn, usable[0].authority)
    if not usable and not turn.context.options.refused:
        return _settle(turn, None)
    return _choose(turn)


def answer(turn: Turn) -> StepOutcome:
    """Take the choice, or the request to the administrators."""
    usable = turn.context.options.usable
    if turn.form.get("action") == LEAVE or (not usable and not _allows_self(turn)):
        return _ask(turn)
    chosen = turn.form.get("choice", "")
    if chosen == SELF and _allows_self(turn):
        return _settle(turn, None)
    for option in usable:
        if option.key == chosen:
            return _settle(turn, option.authority)
    return _choose(turn, error=True)


def _allows_self(turn: Turn) -> bool:
    return turn.context.service.mandate is MandateRule.OPTIONAL


def _settle(turn: Turn, authority: Authority | None) -> StepOutcome:
    return Advance(replace(turn.login, authority=authority, authority_settled=True))


def _choose(turn: Turn, *, error: bool = False) -> StepOutcome:
    options = turn.context.options
    current = key_of_current(turn, options.usable)
    choices = shown_choices(turn, options)
    page = ChooseMandatePage(
        frame=frame(turn),
        usable=_marked(choices.usable, current),
        refused=choices.refused,
        allows_self=_allows_self(turn),
        person=turn.context.person.display_name,
        last=key_of_last(turn, options.usable) if current is None else None,
        search=turn.query.get("q", "").strip()[:LONGEST_SEARCH],
        error=error,
    )
    return Show(page, status=422 if error else 200)


def _marked(choices: tuple[MandateChoice, ...], current: str | None) -> tuple[MandateChoice, ...]:
    """Each choice with whether it holds now, and whether there is another way to the same
    organisation.
    """
    direct = {choice.number for choice in choices if choice.intermediary is None}
    chained = {choice.number for choice in choices if choice.intermediary is not None}
    return tuple(
        replace(
            choice,
            is_current=choice.key == current,
            is_double=choice.number in direct & chained,
        )
        for choice in choices
    )


def _missing(turn: Turn, *, error: bool = False) -> StepOutcome:
    places = _places(turn)
    asked_now = turn.login.mandate_requested_for
    page = MandateMissingPage(
        frame=frame(turn),
        facts=service_facts(turn),
        refused=shown_choices(turn, turn.context.options).refused,
        organisations=places,
        sent_to=next((place.name for place in places if place.id == asked_now), None),
        hears=bool(turn.context.person.email),
        error=error,
    )
    reasons = {r.reason.value for r in turn.context.options.refused}
    found: dict[str, Fact] = {"mandates": ", ".join(sorted(reasons)) or "none"}
    return Show(page, status=422 if error else 403, stopped=_stopped(turn), found=found)


def _places(turn: Turn) -> tuple[AskedOrganisation, ...]:
    """The organisations of this person, each with what became of an earlier request."""
    session, person_id = turn.rt.session, turn.login.person_id
    assert person_id is not None
    earlier = requests.last_of(session, person_id, turn.login.request.service_uuid)
    return tuple(
        _place(turn, place, earlier.get(place.id))
        for place in requests.organisations_to_ask(session, person_id, turn.now)
    )


def _place(turn: Turn, place: Organisation, earlier: MandateRequest | None) -> AskedOrganisation:
    state = earlier.state if earlier is not None else None
    deciders = requests.administrators_of(turn.rt.session, place.id, turn.now)
    return AskedOrganisation(
        id=place.id,
        name=place.name,
        number=f"KvK {place.kvk[:4]} {place.kvk[4:]}",
        administrators=tuple(person.display_name for person in deciders)
        if place.shares_administrators
        else (),
        asked_at=earlier.asked_at if earlier and state is RequestState.OPEN else None,
        refused_at=earlier.decided_at if earlier and state is RequestState.REFUSED else None,
        refused_because=earlier.refusal_reason if earlier else None,
    )


def _ask(turn: Turn) -> StepOutcome:
    """Send the request, or go back to the portal without a mandate."""
    if turn.form.get("action") == LEAVE:
        stopped = _stopped(turn)
        raise LoginRefused(stopped.code, stopped.reason, "no usable mandate")
    place = ask_administrators(turn)
    if place is None:
        return _missing(turn, error=True)
    return Advance(replace(turn.login, mandate_requested_for=place.id))


def _stopped(turn: Turn) -> Stopped:
    """A mandate helps, unless there is one and the login is what falls short."""
    reasons = {refusal.reason for refusal in turn.context.options.refused}
    return BELOW if reasons == {RefusalReason.LOGIN_LEVEL} else MISSING

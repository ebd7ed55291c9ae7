"""The makelaar that is known without asking: whose word counts, and when nobody's does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from werkzeug.wrappers import Response

from assurance.levels import AssuranceLevel
from broker.downstream import LoginRequest
from broker.journey.dispatch import Turn
from broker.journey.steps import provider_hints
from broker.web import cookies
from broker.web.cookies import PROVIDERS, RememberedProvider
from providers.registry import ProviderRecord
from tests.broker.facts import (
    OTHER_UUID,
    REQUEST,
    UUID,
    a_configuration,
    a_login,
    a_makelaar,
    a_runtime,
    a_service,
    a_turn,
    asking,
)
from tests.clocks import START

POLDER, ZEKERWEG = a_makelaar("polder"), a_makelaar("zekerweg")
TWO = (POLDER, ZEKERWEG)
PAUSED = a_makelaar("polder", state="paused")
LOW = a_makelaar("polder", AssuranceLevel.EH2)

Hint = Callable[[Turn], ProviderRecord | None]


def turn(
    request: LoginRequest = REQUEST,
    makelaars: tuple[ProviderRecord, ...] = TWO,
    service: Mapping[str, Any] | None = None,
    earlier: dict[str, str] | None = None,
    **login: Any,
) -> Turn:
    rt = a_runtime(configuration=a_configuration([a_service(**(service or {}))], makelaars))
    return a_turn(rt, a_login(request, **login), cookies=earlier)


def chose(provider_id: str, service: str = UUID, at: datetime = START) -> dict[str, str]:
    """The cookie of a browser that chose this makelaar there."""
    response = Response()
    cookies.remember_providers(response, {service: RememberedProvider(provider_id, at)}, 90)
    value = response.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    return {PROVIDERS: value}


def named(record: ProviderRecord | None) -> str | None:
    return record.id if record is not None else None


@pytest.mark.parametrize(
    ("makelaars", "service", "ids"),
    [
        (TWO, {}, ["polder", "zekerweg"]),
        ((PAUSED, ZEKERWEG), {}, ["zekerweg"]),
        ((LOW, ZEKERWEG), {}, ["zekerweg"]),
        (TWO, {"makelaars": ["zekerweg"]}, ["zekerweg"]),
        (TWO, {"makelaars": []}, []),
    ],
)
def test_those_are_usable_that_are_live_admitted_and_give_the_level(
    makelaars: tuple[ProviderRecord, ...], service: dict[str, Any], ids: list[str]
) -> None:
    context = turn(REQUEST, makelaars, service).context
    assert [r.id for r in makelaars if context.makelaars.usable(r.id)] == ids


@pytest.mark.parametrize(
    ("hint", "makelaars", "known"),
    [
        ("zekerweg", TWO, "zekerweg"),
        ("nobody", TWO, None),
        (None, TWO, None),
        ("polder", (PAUSED, ZEKERWEG), None),
        ("polder", (LOW, ZEKERWEG), None),
    ],
)
def test_a_portal_may_name_a_makelaar_that_can_be_chosen(
    hint: str | None, makelaars: tuple[ProviderRecord, ...], known: str | None
) -> None:
    assert named(provider_hints.hinted(turn(asking(provider_hint=hint), makelaars))) == known


@pytest.mark.parametrize(
    ("earlier", "change", "makelaars", "known"),
    [
        (chose("zekerweg"), {}, TWO, "zekerweg"),
        (chose("zekerweg", OTHER_UUID), {}, TWO, None),  # remembered per service
        (chose("zekerweg", at=START - timedelta(days=89)), {}, TWO, "zekerweg"),
        (chose("zekerweg", at=START - timedelta(days=90)), {}, TWO, None),
        (chose("polder"), {}, (PAUSED, ZEKERWEG), None),
        (chose("gone"), {}, TWO, None),
        (chose("zekerweg"), {"force_authn": True}, TWO, None),
        ({}, {}, TWO, None),
        ({PROVIDERS: "nonsense"}, {}, TWO, None),
    ],
)
def test_an_earlier_choice_for_this_service_counts_unless_a_new_login_is_forced(
    earlier: dict[str, str],
    change: dict[str, Any],
    makelaars: tuple[ProviderRecord, ...],
    known: str | None,
) -> None:
    found = provider_hints.remembered(turn(asking(**change), makelaars, earlier=earlier))
    assert named(found) == known


@pytest.mark.parametrize(
    ("makelaars", "service", "known"),
    [
        ((POLDER,), {}, "polder"),
        (TWO, {}, None),
        (TWO, {"makelaars": ["zekerweg"]}, "zekerweg"),
        # The user should see why the other one cannot be chosen now.
        ((PAUSED, ZEKERWEG), {}, None),
        ((PAUSED,), {}, None),
        ((), {}, None),
    ],
)
def test_the_only_one_needs_no_question(
    makelaars: tuple[ProviderRecord, ...], service: dict[str, Any], known: str | None
) -> None:
    assert named(provider_hints.only_one(turn(REQUEST, makelaars, service))) == known


@pytest.mark.parametrize("hint", [provider_hints.hinted, provider_hints.remembered])
@pytest.mark.parametrize(
    ("request_", "login"),
    [({"choose_again": True}, {}), ({}, {"provider_id": "polder"})],
)
def test_who_wants_to_choose_is_asked(
    hint: Hint, request_: dict[str, Any], login: dict[str, Any]
) -> None:
    asked = asking(provider_hint="zekerweg", **request_)
    assert hint(turn(asked, earlier=chose("zekerweg"), **login)) is None
    assert provider_hints.only_one(turn(asked, (POLDER,), **login)) is None
    assert hint(turn(asking(provider_hint="zekerweg"), earlier=chose("zekerweg"))) == ZEKERWEG

"""Answers at the assertion consumer service: whose they are and how often (S-44 … S-46, S-54, S-57,
S-80).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urljoin

import pytest
from werkzeug.test import Client

from admin.app import create_app
from broker.journey import login_store
from broker.start import start
from tests.broker.examples import an_identity
from tests.providers.saml.edits import put
from tests.providers.saml.in_world import (
    ACS,
    CONSENT,
    EXPIRED,
    OURS,
    REJECTED,
    UNSOLICITED,
    UNUSABLE,
    Fields,
    Visit,
    accepted,
    goes_on,
    is_open,
    made,
    rejections,
    response_to,
    turned_away,
    visit,
)
from tests.providers.saml.maker import Recipe, spoilt
from tests.world import ADDRESSES, InProcessOutgoing, World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


# Whose answer it is.


def test_S_44_the_answer_to_a_login_of_another_browser_logs_nobody_in(world: World) -> None:
    thief, victim = visit(world), world.browser()
    page = thief.bring(browser=victim)
    assert page.status == 403
    assert "andere browser" in page.text
    assert not victim.cookies(ADDRESSES.broker)
    assert not any(url.startswith(ADDRESSES.portal) for url in victim.visited)
    accepted(visit(world))  # the good twin: the browser that asked


def test_S_44_S_54_the_answer_of_one_login_does_not_fit_another(world: World) -> None:
    thief, victim = visit(world), visit(world, person="sanne")
    mixed = [("SAMLResponse", thief.message), ("RelayState", victim.relay_state)]
    turned_away(victim.bring(mixed), *REJECTED)
    assert rejections(world)[-1].reason == "unsolicited"
    assert not is_open(victim)
    accepted(thief)


def test_S_54_the_answer_of_another_makelaar_is_refused(world: World) -> None:
    asked = made(world)
    assert asked.request is not None
    raw = response_to(world, str(asked.request.get("ID")), Recipe(), makelaar="Stilwater")
    turned_away(asked.bring(with_message(asked, raw)), *OURS)  # it may be our entity_id
    event = rejections(world)[-1]
    assert (event.reason, event.provider_id) == ("issuer_mismatch", "polderpoort")
    accepted(made(world))


def with_message(asked: Visit, raw: bytes) -> Fields:
    import base64

    value = base64.b64encode(raw).decode()
    return [("SAMLResponse", value), ("RelayState", asked.relay_state)]


def polderpoort(world: World, **changes: str) -> str:
    """Its registration, changed."""
    text = (world.demo.registrations / "30-makelaars.yaml").read_text(encoding="utf-8")
    first = text.split("---")[0]
    more = "".join(f"{name}: {value}\n" for name, value in changes.items())
    return first + more


def test_S_57_a_makelaar_that_was_paused_meanwhile_is_refused(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    world = make_world(tmp_path_factory.mktemp("world"))
    twin, asked = visit(world), visit(world)
    accepted(twin)
    world.apply(polderpoort(world, state="paused"))
    turned_away(asked.bring(), *UNUSABLE)
    assert rejections(world)[-1].reason == "provider_not_live"
    assert not is_open(asked)


def test_S_57_a_makelaar_that_the_service_gave_up_meanwhile_is_refused(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    world = make_world(tmp_path_factory.mktemp("world"))
    asked = visit(world)
    text = (world.demo.registrations / "20-services.yaml").read_text(encoding="utf-8")
    world.apply(text.split("---")[0] + "makelaars: [veerhuis]\n")
    turned_away(asked.bring(), *UNUSABLE)
    assert rejections(world)[-1].reason == "provider_not_allowed_for_service"


# How often.


def another_instance(world: World) -> World:
    """A second process on the same database: its own connections, keys and configuration."""
    parts = start(world.process.settings, world.clock, outgoing=InProcessOutgoing(world.wire))
    parts.holder.refresh()
    return World(world.demo, parts, create_app(parts), world.wire, world.clock)


def post_to(instance: World, fields: Fields) -> tuple[int, str]:
    """Status, and where the browser is sent."""
    answer = Client(instance.app).post("/saml/acs", base_url=ADDRESSES.broker, data=dict(fields))
    return answer.status_code, urljoin(ACS, answer.headers.get("Location", ""))


def test_S_45_a_response_is_taken_once(world: World) -> None:
    first = visit(world)
    assert first.bring().heading == CONSENT
    turned_away(first.bring(), 409, "SLS-1011")  # same browser, which is led on
    turned_away(first.bring(browser=world.browser()), *UNSOLICITED)  # another one
    assert post_to(another_instance(world), first.fields)[0] == 400  # another process
    goes_on(first)
    turned_away(first.bring(), *EXPIRED)  # when the login is over
    assert post_to(another_instance(world), first.fields)[0] == 410  # after a restart
    again = visit(world)
    mixed = [("SAMLResponse", first.message), ("RelayState", again.relay_state)]
    turned_away(again.bring(mixed), *REJECTED)  # in another login


def test_S_45_another_process_takes_the_response_as_well_as_the_first(world: World) -> None:
    first = visit(world)
    status, url = post_to(another_instance(world), first.fields)
    assert status == 303
    goes_on(first, url)


def test_S_45_ids_that_were_seen_are_refused_in_another_login(world: World) -> None:
    """A makelaar that uses one response ID twice, for two requests."""
    accepted(made(world, spoilt(put(".", "ID", "_once"))))
    second = made(world, spoilt(put(".", "ID", "_once"), put("saml:Assertion", "ID", "_other")))
    turned_away(second.bring(), *REJECTED)
    assert rejections(world)[-1].reason == "replayed"
    assert not is_open(second)


def test_S_46_many_at_once_are_one_login(world: World) -> None:
    twin, asked = another_instance(world), visit(world)
    with ThreadPoolExecutor(10) as pool:
        jobs = [
            pool.submit(post_to, instance, asked.fields)
            for _ in range(10)
            for instance in (world, twin)
        ]
        answers = [job.result() for job in jobs]
    statuses = [status for status, _ in answers]
    assert statuses.count(303) == 1, statuses
    assert set(statuses) <= {303, 400, 409}
    goes_on(asked, next(url for status, url in answers if status == 303))


def test_S_80_a_login_is_closed_by_the_first_response_that_fails(world: World) -> None:
    asked = made(world)
    good = asked.fields
    broken = [("SAMLResponse", good[0][1][:-8]), good[1]]
    turned_away(asked.bring(broken), *REJECTED)
    assert not is_open(asked)
    before = len(rejections(world))
    for fields in (broken, broken, good):
        turned_away(asked.bring(fields), *UNSOLICITED)
    assert len(rejections(world)) == before
    accepted(made(world))


def test_S_45_a_login_that_knows_who_it_is_takes_no_second_answer(world: World) -> None:
    """Whatever an older version or a mistake of ours left of departures in it."""
    rt, asked = world.runtime, visit(world)
    at = login_store.key(asked.relay_state.partition(".")[0])
    kept = login_store.parse(rt.store.get(at), rt.sealer)
    assert kept is not None and kept.login.sent
    known = replace(kept.login, provider_id="polderpoort", identity=an_identity())
    assert rt.store.batch([login_store.swap(kept, known, rt.sealer, world.clock())]) == [True]
    turned_away(asked.bring(), *REJECTED)
    assert rejections(world)[-1].reason == "already_answered"

"""UserInfo says the claims of the login once more, while its grant stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from broker.downstream import NewGrant
from broker.oidc import jwt
from broker.oidc.userinfo import KeptClaims, NotBelieved, UserInfo, keep, opened, userinfo
from broker.runtime import Runtime
from broker.sso import grants
from broker.texts import reasons as explanations
from directory.people import ExternalIdentity, Person, subject_hash
from directory.services import OidcClient, Service
from providers.registry import ProviderRecord
from state.db import writing
from tests.broker.examples import (
    GRANT,
    SERVICE,
    L,
    a_client,
    a_record,
    a_request,
    a_result,
    a_service,
    an_authority,
)
from tests.broker.runtimes import close, make_configuration, make_runtime
from tests.clocks import START, FakeClock
from tests.keys_for_tests import make_sealer

SEALER = make_sealer()
RESULT = a_result(request=a_request(level=L.EH3))
CLAIMS = {"sub": "pseudonym", "name": "Jan de Vries"}
NAMED = a_client(claims=[{"name": "name", "purpose": {"nl": "Om u", "en": "To you"}}])
KEPT = KeptClaims(CLAIMS, RESULT, int(START.timestamp()))


@pytest.fixture
def rt(tmp_path: Path) -> Iterator[Runtime]:
    """One login, whose claims were kept."""
    made = make_runtime(
        make_configuration(
            clients=(NAMED,),
            services=(a_service(mandate="none"),),
            providers=(a_record(),),
        ),
        directory=tmp_path,
        clock=FakeClock(),
    )
    facts = NewGrant(GRANT, "portal", "jan", SERVICE, START + timedelta(hours=1))
    with writing(made.session) as session:
        session.add(Person(id="jan", display_name="Jan de Vries", created_at=START))
        session.flush()
        session.add(
            ExternalIdentity(
                provider_id="zekerweg",
                subject_hash=subject_hash(made.sealer, "zekerweg", "jan-at-zekerweg"),
                person_id="jan",
                created_at=START,
            )
        )
        grants.insert(session, facts, START)
    made.store.batch([keep(made.sealer, KEPT, 3600)])
    yield made
    close(made)


def token(rt: Runtime, **changes: Any) -> str:
    base: dict[str, Any] = {"issuer": rt.base_url, "client": a_client(), "sub": "pseudonym"}
    more: dict[str, Any] = {"keyring": rt.configuration.keyring, "grant_id": GRANT, "now": START}
    return jwt.access_token(**{**base, **more, **changes})


def test_it_says_the_claims_to_the_client_of_the_token(rt: Runtime) -> None:
    assert userinfo(rt, token(rt), START) == UserInfo("portal", CLAIMS)


def test_what_is_kept_cannot_be_read_in_the_store(rt: Runtime) -> None:
    put = keep(rt.sealer, KEPT, 600)
    assert put.ttl == 600
    assert b"Jan" not in put.value


def test_what_is_kept_comes_back_as_it_was() -> None:
    result = a_result(authority=an_authority(), request=a_request(max_age=60))
    kept = replace(KEPT, result=result)
    assert opened(SEALER, keep(SEALER, kept, 60).value) == kept


def test_what_another_version_of_the_program_kept_is_nothing() -> None:
    for kept in (b"{}", b'{"claims": {}, "result": {"login_id": "x"}}', b"no JSON"):
        assert opened(SEALER, SEALER.seal(kept, "userinfo")) is None
    assert opened(SEALER, b"nonsense") is None
    assert opened(SEALER, None) is None


def test_what_was_kept_before_codes_lay_beside_it_is_still_said() -> None:
    """An access token of before an update opens the same after it."""
    whole = SEALER.open(keep(SEALER, KEPT, 60).value, "userinfo")
    older = {name: value for name, value in json.loads(whole).items() if name != "issued_at"}
    found = opened(SEALER, SEALER.seal(json.dumps(older).encode(), "userinfo"))
    assert found == replace(KEPT, issued_at=0)


@pytest.mark.parametrize(
    "changes",
    [
        {"client": a_client(client_id="withdrawn")},
        {"sub": "of somebody else"},
        {"grant_id": "0" * 26},
        {"issuer": "https://elders.example"},
        {"now": START - timedelta(hours=1)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_token_that_is_not_of_this_login_says_nothing(
    rt: Runtime, changes: dict[str, Any]
) -> None:
    assert userinfo(rt, token(rt, **changes), START) is None


def test_it_ends_with_its_grant_and_with_what_was_kept(rt: Runtime) -> None:
    good = token(rt)
    kept = rt.store.take(f"userinfo:{GRANT}")
    assert kept is not None
    assert userinfo(rt, good, START) is None
    rt.store.put(f"userinfo:{GRANT}", kept, 600)
    assert userinfo(rt, good, START) is not None
    with writing(rt.session) as session:
        assert grants.revoke(session, GRANT, START)
    with pytest.raises(NotBelieved) as ended:
        userinfo(rt, good, START)
    assert (ended.value.reason, ended.value.reference) == ("login_ended", RESULT.reference)


@pytest.mark.parametrize(
    "makelaars",
    [(a_record(state="paused"),), (a_record(level_ceiling="EH2"),), ()],
    ids=["paused", "lowered", "gone"],
)
def test_it_ends_when_its_makelaar_is_trusted_less(
    rt: Runtime, makelaars: tuple[ProviderRecord, ...]
) -> None:
    good = token(rt)
    services = (a_service(mandate="none"),)
    rt.holder.fixed = make_configuration(  # type: ignore[attr-defined]
        clients=(NAMED,), services=services, providers=makelaars
    )
    with pytest.raises(NotBelieved) as fallen:
        userinfo(rt, good, START)
    assert fallen.value.reference == RESULT.reference
    assert explanations.find(fallen.value.reason) is not None


@pytest.mark.parametrize(
    ("client", "service"),
    [
        (a_client(), a_service(mandate="none")),
        (NAMED, a_service(mandate="none", consent="none")),
    ],
    ids=["not released", "no page about it"],
)
def test_what_the_portal_may_not_have_any_more_is_not_said(
    rt: Runtime, client: OidcClient, service: Service
) -> None:
    good = token(rt)
    rt.holder.fixed = make_configuration(  # type: ignore[attr-defined]
        clients=(client,), services=(service,), providers=(a_record(),)
    )
    assert userinfo(rt, good, START) == UserInfo("portal", {"sub": "pseudonym"})


@pytest.mark.parametrize(("seconds", "later", "lives"), [(60, 59, True), (60, 60, False)])
def test_a_token_lives_no_longer_than_the_portal_is_registered_for_now(
    rt: Runtime, seconds: int, later: int, lives: bool
) -> None:
    good = token(rt)
    rt.holder.fixed = make_configuration(  # type: ignore[attr-defined]
        clients=(NAMED.model_copy(update={"access_token_seconds": seconds}),),
        services=(a_service(mandate="none"),),
        providers=(a_record(),),
    )
    assert (userinfo(rt, good, START + timedelta(seconds=later)) is not None) is lives

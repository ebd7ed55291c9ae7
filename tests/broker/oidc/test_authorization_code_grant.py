"""A code is redeemed once, by its own client, with the address and the verifier of its request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from sqlalchemy import select, update

from broker.downstream import NewGrant
from broker.oidc import authorization_code, userinfo
from broker.oidc.authorization_code_grant import redeem
from broker.oidc.client_authentication import Authenticated
from broker.oidc.errors import TokenError
from broker.oidc.parameters import Parameters
from broker.oidc.reply_to import OidcReplyTo
from broker.oidc.userinfo import KeptClaims
from broker.runtime import Runtime
from broker.sso import grants
from directory.people import ExternalIdentity, Person, subject_hash
from state.audit import AuditRow, EventTag
from state.db import writing
from state.ephemeral import AddOnce
from tests.broker.examples import (
    CALLBACK,
    GRANT,
    SERVICE,
    a_client,
    a_record,
    a_request,
    a_result,
    a_service,
)
from tests.broker.runtimes import bare_app, close, make_configuration, make_runtime
from tests.clocks import START, FakeClock

VERIFIER = "v" * 43
ANOTHER = "99999999-2222-4333-8444-555555555555"
CHALLENGE = create_s256_code_challenge(VERIFIER)
WHO = Authenticated(a_client())
CODE = f"{GRANT}.{'c' * 43}"
GOOD = {"code": CODE, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}


@dataclass(frozen=True)
class Issued:
    """A login whose code waits."""

    rt: Runtime

    def put(self, challenge: str | None = CHALLENGE) -> None:
        result = a_result(request=a_request(OidcReplyTo(CALLBACK, challenge=challenge, nonce="n")))
        kept = KeptClaims({"sub": "pseudonym"}, result, int(START.timestamp()))
        asked = result.request
        fit = authorization_code.fit(
            self.rt.sealer,
            CODE,
            client_id=asked.client_id,
            redirect_uri=CALLBACK,
            challenge=challenge,
        )
        self.rt.store.batch(
            [authorization_code.put(CODE, fit), userinfo.keep(self.rt.sealer, kept, 3660)]
        )

    def redeem(
        self, who: Authenticated = WHO, later: int = 0, **changes: str | None
    ) -> dict[str, Any]:
        pairs = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
        with bare_app(self.rt).test_request_context():
            now = START + timedelta(seconds=later)
            return redeem(self.rt, Parameters(pairs.items()), who, now)

    def refused(
        self, who: Authenticated = WHO, later: int = 0, **changes: str | None
    ) -> TokenError:
        with pytest.raises(TokenError) as refused:
            self.redeem(who, later, **changes)
        return refused.value

    def is_live(self) -> bool:
        return grants.live(self.rt.session, GRANT, START) is not None


@pytest.fixture
def issued(tmp_path: Path) -> Iterator[Issued]:
    configuration = make_configuration(
        clients=(a_client(),), services=(a_service(mandate="none"),), providers=(a_record(),)
    )
    made = Issued(make_runtime(configuration, directory=tmp_path, clock=FakeClock()))
    facts = NewGrant(GRANT, "portal", "jan", SERVICE, START + timedelta(hours=1))
    with writing(made.rt.session) as session:
        session.add(Person(id="jan", display_name="Jan de Vries", created_at=START))
        session.flush()
        identity = a_result().facts.identity
        hashed = subject_hash(made.rt.sealer, identity.provider_id, identity.subject)
        session.add(
            ExternalIdentity(
                provider_id=identity.provider_id,
                subject_hash=hashed,
                person_id="jan",
                created_at=START,
            )
        )
        grants.insert(session, facts, START)
    made.put()
    yield made
    close(made.rt)


def test_a_code_gives_both_tokens_once(issued: Issued) -> None:
    found = issued.redeem()
    assert set(found) == {"access_token", "token_type", "expires_in", "scope", "id_token"}
    assert (found["token_type"], found["expires_in"]) == ("Bearer", 3600)
    assert issued.is_live()


def test_a_code_that_comes_twice_ends_what_the_first_one_gave_and_is_written_down(
    issued: Issued,
) -> None:
    issued.redeem()
    again = issued.refused()
    assert (again.error, again.found) == ("invalid_grant", {"seen": "used before"})
    assert not issued.is_live()
    assert issued.refused().error == "invalid_grant"
    tags = issued.rt.session.scalars(select(AuditRow.tag)).all()
    assert tags == [EventTag.CODE_REUSED]


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"code": "another"}, "unknown, or too old"),
        ({"code": f"{GRANT}.{'d' * 43}"}, "unknown, or too old"),
        ({"redirect_uri": f"{CALLBACK}/"}, "another redirect_uri than at /authorize"),
        ({"redirect_uri": None}, "another redirect_uri than at /authorize"),
        ({"code_verifier": None}, "code_challenge or code_verifier alone"),
        ({"code_verifier": "w" * 43}, "another code_verifier"),
        ({"code_verifier": CHALLENGE}, "another code_verifier"),
    ],
)
def test_a_code_fits_its_request_or_is_refused_and_then_still_works(
    issued: Issued, changes: dict[str, str | None], seen: str
) -> None:
    refused = issued.refused(**changes)
    assert (refused.error, refused.found) == ("invalid_grant", {"seen": seen})
    assert seen not in refused.description, "for the trace alone"
    assert issued.redeem()["id_token"]


def test_a_code_of_another_client_is_refused(issued: Issued) -> None:
    other = Authenticated(a_client(client_id="another"))
    refused = issued.refused(other)
    assert (refused.error, refused.found) == ("invalid_grant", {"seen": "of another portal"})


LOWERED: list[dict[str, Any]] = [
    {"providers": (a_record(state="paused"),)},
    {"providers": (a_record(level_ceiling="EH2"),)},
    {"providers": ()},
    {"services": (a_service(mandate="none", makelaars=["polderpoort"]),)},
    {"services": (a_service(mandate="none", level="EH4"),)},
    {"services": (a_service(mandate="required"),)},
    {"clients": (a_client(services=(ANOTHER,)),)},
]
WHY: list[str] = [
    "provider_not_live",
    "level_lowered",
    "provider_not_live",
    "provider_not_allowed_for_service",
    "service_asks_more",
    "mandate_missing",
    "service_not_offered",
]


@pytest.mark.parametrize(("change", "why"), list(zip(LOWERED, WHY, strict=True)))
def test_a_code_gives_nothing_once_its_login_would_be_worth_less_and_the_trace_says_why(
    issued: Issued, change: dict[str, Any], why: str
) -> None:
    base = {
        "clients": (a_client(),),
        "services": (a_service(mandate="none"),),
        "providers": (a_record(),),
    }
    issued.rt.holder.fixed = make_configuration(**{**base, **change})  # type: ignore[attr-defined]
    refused = issued.refused()
    assert (refused.error, refused.reason) == ("invalid_grant", why)
    issued.rt.holder.fixed = make_configuration(**base)  # type: ignore[attr-defined]
    assert issued.redeem()["id_token"]


def test_a_code_gives_nothing_once_its_identity_is_somebody_elses(issued: Issued) -> None:
    """Which ends no grant: the database is asked as at userinfo."""
    with writing(issued.rt.session) as session:
        session.add(Person(id="piet", display_name="Piet", created_at=START))
        session.flush()
        session.execute(update(ExternalIdentity).values(person_id="piet"))
    refused = issued.refused()
    assert (refused.error, refused.reason) == ("invalid_grant", "identity_moved")
    with writing(issued.rt.session) as session:
        session.execute(update(ExternalIdentity).values(person_id="jan"))
    assert issued.redeem()["id_token"]


def test_a_code_gives_nothing_at_an_address_that_was_taken_away(issued: Issued) -> None:
    moved = a_client(redirect_uris=(f"{CALLBACK}/verhuisd",))
    refused = issued.refused(Authenticated(moved))
    assert (refused.error, refused.reason) == ("invalid_grant", "portal_address")
    assert issued.redeem()["id_token"]


@pytest.mark.parametrize("later", [72, -12])
def test_a_code_that_is_over_by_our_clock_is_refused(issued: Issued, later: int) -> None:
    assert issued.refused(later=later).error == "invalid_grant"


@pytest.mark.parametrize(
    ("challenge", "verifier", "fits"),
    [
        (None, None, True),
        (None, VERIFIER, False),  # a downgrade (RFC 9700 §4.8.2)
        (create_s256_code_challenge("v" * 42), "v" * 42, False),
        (create_s256_code_challenge("v" * 128), "v" * 128, True),
        (create_s256_code_challenge("v" * 129), "v" * 129, False),
        (create_s256_code_challenge("v" * 42 + "+"), "v" * 42 + "+", False),
    ],
)
def test_a_verifier_belongs_to_a_challenge_and_has_43_to_128_characters(
    issued: Issued, challenge: str | None, verifier: str | None, fits: bool
) -> None:
    issued.put(challenge)
    proved = {"token_endpoint_auth_method": "client_secret_basic", "secret_sha256": ("0" * 64,)}
    may_go_without = Authenticated(a_client(require_pkce=False, **proved))
    if fits:
        assert issued.redeem(may_go_without, code_verifier=verifier)["access_token"]
    else:
        assert issued.refused(may_go_without, code_verifier=verifier).error == "invalid_grant"


def test_a_revoked_login_and_a_service_that_left_give_nothing(issued: Issued) -> None:
    without = replace(issued.rt, holder=make_runtime(make_configuration()).holder)
    assert Issued(without).refused().error == "invalid_grant"
    with writing(issued.rt.session) as session:
        assert grants.revoke(session, GRANT, START)
    refused = issued.refused()
    assert (refused.error, refused.reason) == ("invalid_grant", "login_ended")


def test_an_assertion_that_was_seen_is_refused_before_the_code_is_touched(issued: Issued) -> None:
    seen = Authenticated(a_client(), AddOnce("jti:x", 60))
    issued.rt.store.add_once("jti:x", 60)
    refused = issued.refused(seen)
    assert (refused.error, refused.status) == ("invalid_client", 401)
    assert issued.redeem()["access_token"]


def test_an_assertion_counts_as_seen_also_where_nothing_is_redeemed(issued: Issued) -> None:
    seen = Authenticated(a_client(), AddOnce("jti:x", 60))
    assert issued.refused(seen, code="another").error == "invalid_grant"
    assert issued.refused(seen, code="another").error == "invalid_client"
    assert issued.refused(seen).error == "invalid_client"
    fresh = Authenticated(a_client(), AddOnce("jti:y", 60))
    assert issued.redeem(fresh)["access_token"]


@pytest.mark.parametrize("part", ["standing.fault_of_code", "jwt.id_token"])
def test_a_part_that_fails_does_not_make_the_next_try_look_stolen(
    issued: Issued, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(f"broker.oidc.authorization_code_grant.{part}", fail)
    with pytest.raises(RuntimeError):
        issued.redeem()
    monkeypatch.undo()
    assert issued.redeem()["access_token"]
    assert issued.is_live()


def test_a_code_without_what_was_kept_with_it_gives_nothing(issued: Issued) -> None:
    kept = issued.rt.store.take(f"userinfo:{GRANT}")
    assert kept is not None
    assert issued.refused().error == "invalid_grant"
    issued.rt.store.put(f"userinfo:{GRANT}", kept, 60)
    assert issued.redeem()["access_token"]


def test_a_code_must_be_there(issued: Issued) -> None:
    assert issued.refused(code="").error == "invalid_request"

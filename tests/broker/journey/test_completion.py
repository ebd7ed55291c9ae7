"""The last look: what was lowered or ended while the last request of a login was under way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy.orm import Session

from assurance import second_factor
from assurance.accepted_factor import AcceptedFactor
from assurance.levels import AssuranceLevel
from broker.configuration import Configuration
from broker.downstream import LoginRefused
from broker.journey import completion, login_store
from broker.journey.login import Login
from broker.journey.login_methods import LoginMethod
from broker.oidc.reply_to import OidcReplyTo
from broker.runtime import Runtime
from broker.sso import standing
from consent.documents import Answer, AskedDocument
from directory import people
from directory.people import ExternalIdentity, Person
from providers import accounts
from providers.accounts import Account, Right
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.broker.facts import (
    IDENTITY,
    PORTAL,
    UUID,
    a_configuration,
    a_context,
    a_login,
    a_makelaar,
    a_page,
    a_runtime,
    a_service,
    asking,
)
from tests.clocks import START

L = AssuranceLevel
SERVICE: dict[str, Any] = {"level": "EH2", "consent": "none"}
DOCUMENT = AskedDocument(
    "Opdracht 12", "Tekst", "https://portaal.example/a", "4f2a" * 16, "text/plain", 9
)
OTHER_TEXT = replace(DOCUMENT, summary="Andere tekst")
APP = AcceptedFactor("app", "totp", START)


def agreed(document: AskedDocument) -> Answer:
    return Answer(document.shown, True, "", False, START)


@dataclass
class Registered:
    """In the place of a ``ConfigurationHolder``: what is read there may change."""

    current: Configuration


@dataclass
class Finishing:
    """A login of Roos at EH3 that has every answer, at a service that asks EH2."""

    rt: Runtime
    registered: Registered
    person_id: str

    @property
    def sql(self) -> Session:
        return self.rt.session

    def ends(
        self,
        *,
        makelaar: dict[str, Any] | None = None,
        service: dict[str, Any] | None = None,
        document: AskedDocument | None = None,
        **facts: Any,
    ) -> str | None:
        """Why the portal gets no code; ``makelaar`` and ``service``: as they are registered by the
        time of the last look.
        """
        to = OidcReplyTo(PORTAL.redirect_uris[0]).stored()
        asked = asking(level=L.EH2, document=document, reply_to=to)
        login = a_login(
            asked,
            **{
                "identity": IDENTITY,
                "provider_id": "polder",
                "person_id": self.person_id,
                **facts,
            },
        )
        context = a_context(self.rt, login)
        assert context.reached  # looked at by the steps before
        now = a_configuration(
            [a_service(**{**SERVICE, **(service or {})})], [a_makelaar(**(makelaar or {}))]
        )
        self.rt.store.batch(login_store.first_put(login, self.rt.sealer, START))
        self.registered.current = now
        with a_page(rt=self.rt):
            try:
                answer = completion.succeed(self.rt, login, context)
            except LoginRefused as refused:  # by the protocol, before anything was put anywhere
                assert self.rt.store.get(login_store.key(login.id)) is not None
                return refused.public_key
        return self._why(answer.headers["Location"], login)

    def _why(self, place: str, login: Login) -> str | None:
        told = dict(parse_qsl(urlsplit(place).query))
        refused = audit.recent(self.sql, tags=[EventTag.LOGIN_REFUSED], reference=login.reference)
        assert ("code" in told) is not bool(refused)
        assert ("error" in told) is bool(refused)
        return refused[0].reason if refused else None


@pytest.fixture
def finishing(session: Session) -> Iterator[Finishing]:
    lifts = a_makelaar(local_factor_lifts=True)
    registered = Registered(a_configuration([a_service(**SERVICE)], [lifts]))
    rt = replace(a_runtime(session), holder=cast(Any, registered))
    known = people.find_or_create(
        session,
        rt.sealer,
        provider_id=IDENTITY.provider_id,
        subject=IDENTITY.subject,
        display_name="Roos Willems",
        email=None,
        now=START,
    )
    with writing(session) as sql:
        factor = second_factor.bind_totp(
            sql, rt.sealer, person_id=known.person_id, seed="JBSWY3DPEHPK3PXP", label="", now=START
        )
        factor.id = APP.factor_id
    yield Finishing(rt, registered, known.person_id)


@pytest.mark.parametrize(
    ("lowered", "why"),
    [
        ({}, None),
        ({"makelaar": {"ceiling": L.EH3}}, None),
        ({"makelaar": {"state": "paused"}}, "makelaar_paused"),
        ({"makelaar": {"name": "another"}}, "makelaar_paused"),
        ({"service": {"makelaars": ["zekerweg"]}}, "makelaar_paused"),
        ({"service": {"makelaars": ["polder"]}}, None),
        ({"makelaar": {"ceiling": L.EH2}}, standing.LEVEL_LOWERED),  # EH3 was promised
        ({"service": {"level": "EH4"}}, standing.LEVEL_LOWERED),
        ({"service": {"uuid": UUID.replace("1", "2")}}, standing.SERVICE_GONE),
    ],
)
def test_registrations_count_as_they_are_when_the_answer_is_given(
    finishing: Finishing, lowered: dict[str, Any], why: str | None
) -> None:
    assert finishing.ends(**lowered) == why


def test_a_factor_counts_while_it_stands(finishing: Finishing) -> None:
    lifts = {"ceiling": L.EH4, "local_factor_lifts": True}
    weak = replace(IDENTITY, proofing=L.EH2_PLUS, authentication=L.EH2)
    used = {"identity": weak, "factor": APP, "makelaar": lifts}
    with writing(finishing.sql) as sql:
        sql.get_one(second_factor.Factor, APP.factor_id).ended_at = START
    assert finishing.ends(**used) == "factor_ended"


def test_an_identity_counts_while_it_is_this_persons(finishing: Finishing) -> None:
    with writing(finishing.sql) as sql:
        sql.add(Person(id="other", display_name="Other", created_at=START))
        sql.flush()
        for identity in sql.query(ExternalIdentity):
            identity.person_id = "other"
    assert finishing.ends() == "identity_moved"


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"answer": agreed(DOCUMENT)}, None),  # the makelaar asked two factors in this login
        ({"answer": agreed(DOCUMENT), "confirmed": APP}, None),
        ({"answer": None}, "document_unconfirmed"),
        ({"answer": agreed(OTHER_TEXT)}, "document_unconfirmed"),
        ({"answer": agreed(OTHER_TEXT), "confirmed": APP}, "document_unconfirmed"),
        (
            {
                "answer": agreed(DOCUMENT),
                "identity": replace(IDENTITY, proofing=L.EH2, authentication=L.EH2),
            },
            "document_unconfirmed",
        ),
        (
            {
                "answer": agreed(DOCUMENT),
                "confirmed": APP,
                "identity": replace(IDENTITY, proofing=L.EH2, authentication=L.EH2),
            },
            None,
        ),
        (
            {"answer": agreed(DOCUMENT), "confirmed": AcceptedFactor("gone", "totp", START)},
            "factor_ended",
        ),
    ],
)
def test_an_answer_is_about_this_document_and_confirmed_with_what_stands(
    finishing: Finishing, facts: dict[str, Any], why: str | None
) -> None:
    assert finishing.ends(document=DOCUMENT, **facts) == why


TOWN, ELSEWHERE = "00000001234567890000", "00000004000000001000"


@pytest.mark.parametrize(
    ("restricted_to", "why"),
    [
        (None, None),
        (TOWN, None),
        (ELSEWHERE, standing.MEANS_RESTRICTED),
    ],
)
def test_M_06_a_restricted_means_counts_at_its_provider_when_the_answer_is_given(
    finishing: Finishing, restricted_to: str | None, why: str | None
) -> None:
    account = Account(
        person_id=finishing.person_id,
        user_name="roos",
        level=L.EH2,
        created_at=START,
        provider_oin=restricted_to,
    )
    with writing(finishing.sql) as sql:
        sql.add(account)
    identity = accounts.identity_of(Right(account.id, finishing.person_id, L.EH2, False), START)
    ended = finishing.ends(
        service={"own_means": True, "provider_oin": TOWN},
        identity=identity,
        provider_id=None,
        method=LoginMethod.ACCOUNT,
    )
    assert ended == why

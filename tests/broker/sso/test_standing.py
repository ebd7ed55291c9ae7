"""What a login of before is worth now: one table of what was lowered, asked of a token's login."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, cast

import pytest
from sqlalchemy.orm import Session

from assurance import second_factor
from assurance.accepted_factor import AcceptedFactor
from assurance.levels import AssuranceLevel
from broker.downstream import LoginResult
from broker.runtime import Runtime
from broker.sso import standing
from broker.texts import reasons as explanations
from consent.authority import Authority, AuthorityKind, Party, PartyIdType, RefusalReason
from directory.people import ExternalIdentity, Person, subject_hash
from directory.services import OidcClient
from providers import worth
from providers.accounts import PROVIDER_ID, Account
from providers.interface import Identity
from providers.login_facts import LoginFacts
from state.db import writing
from tests.broker.examples import a_result
from tests.broker.facts import (
    PORTAL,
    UUID,
    Holds,
    a_configuration,
    a_makelaar,
    a_runtime,
    a_service,
    asking,
)
from tests.clocks import START

L: Final = AssuranceLevel
BAKERY: Final = Party(PartyIdType.KVK, "90001201")
AT_MAKELAAR: Final = Identity("polder", "roos-there", L.EH2, L.EH2, START, said=L.EH2.loa)
WITH_MEANS: Final = Identity(PROVIDER_ID, "account", L.EH3, L.EH2, START, own_means=L.EH3)
WITH_MAIL: Final = Identity(PROVIDER_ID, "account", L.EMAIL, L.EMAIL, START)
TRUSTED: Final[dict[str, Any]] = {
    "ceiling": L.EH3,
    "local_factor_lifts": True,
    "speaks_for": ["90001201"],
}
OFFERS: Final[dict[str, Any]] = {"level": "EH2", "own_means": True, "email_accounts": True}


@dataclass
class Held:
    """A login of Roos that stands, with an app of hers."""

    rt: Runtime
    app_id: str

    @property
    def sql(self) -> Session:
        return self.rt.session

    def result(self, identity: Identity, level: AssuranceLevel, *, factor: bool) -> LoginResult:
        accepted = AcceptedFactor(self.app_id, "totp", START) if factor else None
        return a_result(
            person_id="roos",
            level=level,
            request=asking(level=min(level, L.EH2)),
            facts=LoginFacts(identity, UUID, accepted),
        )

    def fault(
        self,
        result: LoginResult,
        makelaar: dict[str, Any] | None = None,
        service: dict[str, Any] | None = None,
        portal: dict[str, Any] | None = None,
    ) -> str | None:
        """Why it is worth nothing, with these changes of the registrations."""
        now = a_configuration(
            [a_service(**{**OFFERS, **(service or {})})],
            [a_makelaar(**{**TRUSTED, **(makelaar or {})})],
        )
        asking_now = OidcClient.model_validate({**PORTAL.model_dump(), **(portal or {})})
        now = replace(now, relying_parties={asking_now.client_id: asking_now})
        rt = replace(self.rt, holder=cast(Any, Holds(now)))
        return standing.fault(rt, self.sql, result, START)


@pytest.fixture
def held(session: Session, roos: Person) -> Held:
    rt = a_runtime(session, a_configuration())
    with writing(session):
        session.add_all(
            [
                ExternalIdentity(
                    provider_id="polder",
                    subject_hash=subject_hash(rt.sealer, "polder", AT_MAKELAAR.subject),
                    person_id=roos.id,
                    created_at=START,
                ),
                Account(
                    id="account",
                    person_id=roos.id,
                    user_name="roos",
                    level=L.EH3,
                    created_at=START,
                ),
            ]
        )
        app = second_factor.bind_totp(
            session, rt.sealer, person_id=roos.id, seed="JBSWY3DPEHPK3PXP", label="", now=START
        )
    return Held(rt, app.id)


@pytest.mark.parametrize(
    ("makelaar", "service", "reason"),
    [
        ({}, {}, None),
        ({"ceiling": L.EH2}, {}, None),  # a factor of ours did the rest
        ({"local_factor_lifts": False}, {}, standing.LEVEL_LOWERED),
        ({"levels": {L.EH2.loa: "EMAIL"}}, {}, standing.LEVEL_LOWERED),
        ({"state": "paused"}, {}, standing.MAKELAAR_GONE),
        ({"name": "another"}, {}, standing.MAKELAAR_GONE),
        ({}, {"local_second_factor": False}, standing.LEVEL_LOWERED),
        ({}, {"second_factors": ["passkey"]}, standing.LEVEL_LOWERED),
        ({}, {"second_factors": ["totp"]}, None),
        ({}, {"makelaars": ["zekerweg"]}, standing.NOT_ADMITTED),
        ({}, {"makelaars": ["polder"]}, None),
        ({}, {"uuid": "99999999-2222-4333-8444-555555555555"}, standing.SERVICE_GONE),
        ({}, {"level": "EH3"}, standing.SERVICE_ASKS_MORE),
        ({}, {"level": "EH2+"}, None),
        ({}, {"mandate": "required"}, standing.MANDATE_ASKED),
        ({}, {"mandate": "optional"}, None),
    ],
)
def test_a_login_with_a_factor_of_ours_obeys_makelaar_and_service(
    held: Held, makelaar: dict[str, Any], service: dict[str, Any], reason: str | None
) -> None:
    made = held.result(AT_MAKELAAR, L.EH2_PLUS, factor=True)
    assert held.fault(made, makelaar, service) == reason


def test_a_login_ends_with_the_factor_that_lifted_it(held: Held) -> None:
    made = held.result(AT_MAKELAAR, L.EH2_PLUS, factor=True)
    with writing(held.sql) as sql:
        factor = sql.get_one(second_factor.Factor, held.app_id)
        factor.ended_at = START
    assert held.fault(made) == standing.LEVEL_LOWERED
    assert held.fault(held.result(AT_MAKELAAR, L.EH2, factor=False)) is None


@pytest.mark.parametrize(
    ("speaks_for", "reason"),
    [(["90001201"], None), ([], worth.NOT_TRUSTED), (["90001542"], worth.NOT_TRUSTED)],
)
def test_a_mandate_that_a_makelaar_asserted_ends_with_what_it_may_assert(
    held: Held, speaks_for: list[str], reason: str | None
) -> None:
    asserted = Authority(BAKERY, AuthorityKind.DIRECT, L.EH2, "https://polder.example")
    identity = replace(AT_MAKELAAR, authority=(asserted,))
    made = replace(held.result(identity, L.EH2, factor=False), authority=asserted)
    assert held.fault(made, {"speaks_for": speaks_for}) == reason


def lower(account: Account) -> None:
    account.level = L.EH2


def change_password(account: Account) -> None:
    account.password_changed_at = START.replace(year=START.year + 1)


def end(account: Account) -> None:
    account.ended_at = START


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda _: None, None),
        (lower, standing.LEVEL_LOWERED),
        (change_password, standing.ACCOUNT_CHANGED),
        (end, standing.ACCOUNT_CHANGED),
    ],
)
def test_a_login_with_a_means_of_ours_obeys_its_account(
    held: Held, change: Callable[[Account], None], reason: str | None
) -> None:
    made = held.result(WITH_MEANS, L.EH3, factor=True)
    with writing(held.sql) as sql:
        change(sql.get_one(Account, "account"))
    assert held.fault(made) == reason


@pytest.mark.parametrize(
    ("identity", "service", "reason"),
    [
        (WITH_MEANS, {"email_accounts": False}, None),
        (WITH_MEANS, {"own_means": False}, None),  # taken as an e-mail account is
        (WITH_MEANS, {"own_means": False, "email_accounts": False}, standing.NOT_ADMITTED),
        (WITH_MEANS, {"local_second_factor": False}, None),  # it belongs to the means
        (WITH_MAIL, {"own_means": False}, None),
        (WITH_MAIL, {"email_accounts": False}, standing.NOT_ADMITTED),
    ],
)
def test_an_account_counts_where_the_service_offers_its_kind(
    held: Held, identity: Identity, service: dict[str, Any], reason: str | None
) -> None:
    is_means = identity is WITH_MEANS
    with writing(held.sql) as sql:
        sql.get_one(Account, "account").level = L.EH3 if is_means else L.EMAIL
    made = held.result(identity, L.EH3 if is_means else L.EMAIL, factor=is_means)
    assert held.fault(made, service=service) == reason


def test_a_login_of_somebody_who_is_blocked_or_whose_identity_moved_is_worth_nothing(
    held: Held,
) -> None:
    made = held.result(AT_MAKELAAR, L.EH2, factor=False)
    assert held.fault(made) is None
    with writing(held.sql) as sql:
        sql.add(Person(id="other", display_name="Other", created_at=START))
        sql.flush()
        sql.query(ExternalIdentity).one().person_id = "other"
    assert held.fault(made) == standing.IDENTITY_MOVED
    with writing(held.sql) as sql:
        sql.get_one(Person, "roos").blocked_at = START
    assert held.fault(made) == standing.PERSON_GONE


def test_a_login_for_an_organisation_is_none_for_a_service_that_asks_one(held: Held) -> None:
    asserted = Authority(BAKERY, AuthorityKind.DIRECT, L.EH2, "https://polder.example")
    identity = replace(AT_MAKELAAR, authority=(asserted,))
    made = replace(held.result(identity, L.EH2, factor=False), authority=asserted)
    assert held.fault(made, service={"mandate": "required"}) is None


def test_an_email_account_acts_for_an_organisation_where_the_service_takes_it(held: Held) -> None:
    """What a login needs here is what the journey asked of it: less than of a makelaar."""
    with writing(held.sql) as sql:
        sql.get_one(Account, "account").level = L.EMAIL
    made = held.result(WITH_MAIL, L.EMAIL, factor=False)
    made = replace(made, request=asking(level=L.EH2))
    assert held.fault(made) is None
    assert held.fault(made, service={"email_accounts": False}) == standing.NOT_ADMITTED


@pytest.mark.parametrize(
    ("minutes", "reason"), [(None, None), (1, None), (0, "means_not_activated")]
)
def test_a_login_ends_with_the_means_at_its_makelaar(
    held: Held, minutes: int | None, reason: str | None
) -> None:
    ends = None if minutes is None else START + timedelta(minutes=minutes)
    with writing(held.sql) as sql:
        sql.query(ExternalIdentity).one().means_active_until = ends
    assert held.fault(held.result(AT_MAKELAAR, L.EH2, factor=False)) == reason


@pytest.mark.parametrize(
    ("portal", "reason"),
    [
        ({}, None),
        ({"services": ["99999999-2222-4333-8444-555555555555"]}, standing.NOT_OFFERED),
        ({"client_id": "another"}, standing.NOT_OFFERED),
    ],
)
def test_a_login_ends_where_its_portal_offers_the_service_no_more(
    held: Held, portal: dict[str, Any], reason: str | None
) -> None:
    made = held.result(AT_MAKELAAR, L.EH2, factor=False)
    assert held.fault(made, portal=portal) == reason


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (RefusalReason.EXPIRED, standing.MANDATE_ENDED),  # another word of a message
        (RefusalReason.NOT_TRUSTED, worth.NOT_TRUSTED),
        (RefusalReason.SUSPENDED, "organisation_suspended"),  # the mandate is not to blame
        (RefusalReason.BRANCH_ENDED, "branch_ended"),
        (standing.LEVEL_LOWERED, standing.LEVEL_LOWERED),
    ],
)
def test_what_became_of_a_mandate_is_explained_as_that(fault: str, told: str) -> None:
    assert standing.explained(str(fault)) == told
    assert explanations.find(told) is not None

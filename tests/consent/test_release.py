"""What leaves for a portal: pseudonym and level, the rest as registered; consent to just that."""

from __future__ import annotations

from dataclasses import replace

from assurance.levels import AssuranceLevel
from consent import register as consents
from consent import release
from consent.authority import Authority, AuthorityKind, Party, PartyIdType
from directory.fields import LocalizedText
from directory.services import ConsentRule, OidcClient, ReleasedClaim
from tests.clocks import START
from tests.consent.conftest import SERVICE, Register
from tests.keys_for_tests import make_sealer

PURPOSE = LocalizedText(nl="Om u te helpen", en="To help you")
AUTHORITY = Authority(
    represented=Party(PartyIdType.KVK, "90001201", "De Korenmolen"),
    kind=AuthorityKind.DIRECT,
    level=AssuranceLevel.EH3,
    source="urn:register",
)


def client(*claims: str) -> OidcClient:
    return OidcClient(
        client_id="portal",
        name=LocalizedText(nl="Portaal", en="Portal"),
        services=(SERVICE,),
        redirect_uris=("https://portal.example/callback",),
        claims=tuple(ReleasedClaim(name=name, purpose=PURPOSE) for name in claims),
    )


def items(*claims: str, **changes: object) -> tuple[release.ReleaseItem, ...]:
    facts: dict[str, object] = {
        "relying_party": client(*claims),
        "rule": ConsentRule.ASK,
        "wanted": None,
        "display_name": "Jan de Vries",
        "email": None,
        "authority": AUTHORITY,
        "level": AssuranceLevel.EH3,
        "makelaar": "Polderpoort",
    }
    return release.items(**{**facts, **changes})  # type: ignore[arg-type]


def names(found: tuple[release.ReleaseItem, ...]) -> list[str]:
    return [item.claim for item in found]


def test_pseudonym_and_level_always_leave_and_nothing_else_unasked() -> None:
    assert names(items()) == ["sub", "acr"]


def test_every_claim_that_may_be_registered_can_leave_and_no_other() -> None:
    everything = items(*release.CLAIMS, "bsn", email="jan@x.example")
    assert set(names(everything)) == {"sub", "acr"} | release.CLAIMS


def test_what_is_registered_and_has_a_value_leaves() -> None:
    assert names(items("represents", "mandate", "name", "email")) == [
        "sub",
        "acr",
        "represents",
        "mandate",
        "name",
    ]


def test_a_portal_may_ask_for_less_than_it_is_registered_for() -> None:
    assert names(items("represents", "name", wanted=("represents",))) == [
        "sub",
        "acr",
        "represents",
    ]


def test_a_portal_that_asks_nothing_gets_nothing_of_it() -> None:
    assert names(items("represents", "name", wanted=())) == ["sub", "acr"]


def test_who_sees_no_page_is_not_named() -> None:
    claims = ("represents", "name", "email")
    facts = {"email": "jan@voorbeeld.example"}
    assert names(items(*claims, rule=ConsentRule.NONE, **facts)) == ["sub", "acr", "represents"]
    for rule in (ConsentRule.ASK, ConsentRule.INFORM):
        assert names(items(*claims, rule=rule, **facts))[2:] == list(claims)


def test_without_authority_there_is_nobody_represented() -> None:
    assert names(items("represents", "mandate", authority=None)) == ["sub", "acr"]


def test_another_value_is_another_fingerprint() -> None:
    sealer = make_sealer()
    one = release.fingerprint(sealer, items("represents"))
    assert one == release.fingerprint(sealer, items("represents"))
    other = replace(AUTHORITY, represented=Party(PartyIdType.KVK, "90001639", "Groenrijk"))
    assert one != release.fingerprint(sealer, items("represents", authority=other))
    assert one != release.fingerprint(sealer, items("represents", "name"))
    assert one != release.fingerprint(sealer, items("represents", level=AssuranceLevel.EH4))


def test_consent_covers_exactly_what_was_shown_until_it_is_withdrawn(register: Register) -> None:
    session = register.session
    asked = {"person_id": "jan", "client_id": "portal", "service_uuid": SERVICE}
    assert not consents.covers(session, shown="a", **asked)
    consents.give(session, shown="a", now=START, **asked)
    consents.give(session, shown="a", now=START, **asked)
    session.flush()
    assert consents.covers(session, shown="a", **asked)
    assert not consents.covers(session, shown="b", **asked)
    assert not consents.covers(session, shown="a", **{**asked, "person_id": "piet"})
    assert not consents.covers(session, shown="a", **{**asked, "client_id": "other"})
    row = session.query(consents.Consent).one()
    assert not consents.withdraw(session, "piet", row.id, START)
    assert consents.withdraw(session, "jan", row.id, START)
    session.flush()
    assert not consents.covers(session, shown="a", **asked)

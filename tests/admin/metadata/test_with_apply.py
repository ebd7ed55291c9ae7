"""Files name the source of metadata; what is followed from there is kept beside them."""

from __future__ import annotations

import pytest

from admin.registrations.export import export
from admin.registrations.pruning import Prune
from state import party_metadata, registrations
from state.registrations import Kind
from tests.admin.metadata.conftest import Installed, fingerprint_of
from tests.admin.metadata.publishing import URL, document, makelaar
from tests.admin.registrations.documents import PORTAL, ROBIN, SERVICE, outcomes
from tests.broker.saml import portals
from tests.keys_for_tests import make_sealer

TLS = {"metadata_trust_tls": True}


def test_an_unchanged_document_does_not_undo_a_refresh(installed: Installed) -> None:
    installed.begin(**TLS)
    installed.look(document("next"))
    calls = len(installed.party.seen)
    installed.party.put(document("makelaar"))
    (outcome,) = installed.register(makelaar(**TLS))
    assert (outcome.word, outcome.differences) == ("unchanged", ())
    assert len(installed.party.seen) == calls  # apply asks nobody
    installed.process.holder.refresh()
    assert installed.signs("next") and not installed.signs("makelaar")


def test_a_changed_document_of_the_same_source_keeps_the_copy(installed: Installed) -> None:
    installed.begin(**TLS)
    installed.look(document("next"))
    (outcome,) = installed.register({**makelaar(**TLS), "name": "Polder"})
    assert [one.field for one in outcome.differences] == ["name"]
    installed.process.holder.refresh()
    assert installed.signs("next")


def test_the_registration_holds_the_source_and_not_the_copy(installed: Installed) -> None:
    installed.begin(**TLS)
    with installed.process.sessions() as session:
        row = registrations.standing(session, Kind.IDENTITY_PROVIDER, "polderpoort")
        assert row is not None
        assert row.document["saml"]["metadata_url"] == URL
        assert "metadata" not in row.document["saml"]
        told = export(session, make_sealer(), actor=ROBIN, now=installed.clock())
    assert URL in told and "EntityDescriptor" not in told


@pytest.mark.parametrize("dry_run", [True, False])
def test_other_metadata_say_what_they_replace(installed: Installed, dry_run: bool) -> None:
    installed.begin(**TLS)
    installed.look(document("next"))
    given = makelaar(metadata=document("third", sso="https://m2.example/sso"))
    (outcome,) = installed.register(given, dry_run=dry_run)
    told = {(one.field, one.old, one.new) for one in outcome.differences}
    olds = [old for field, old, _ in told if field == "saml.metadata key" and old]
    news = [new for field, _, new in told if field == "saml.metadata key" and new]
    assert len(olds) == len(news) == 1
    assert fingerprint_of("next")[:16] in olds[0] and fingerprint_of("third")[:16] in news[0]
    added = [new for field, _, new in told if field == "saml.metadata address" and new]
    assert any("https://m2.example/sso" in one for one in added)
    installed.process.holder.refresh()
    assert installed.signs("next") is dry_run and installed.signs("third") is not dry_run


def test_another_source_replaces_the_copy_at_once(installed: Installed) -> None:
    installed.begin(**TLS)
    installed.look(document("next"))
    other = "https://makelaar.example/other.xml"
    installed.party.put(document("third"), other)
    installed.register(makelaar(metadata_url=other, **TLS))
    installed.process.holder.refresh()
    assert installed.signs("third")
    assert installed.row().withdrawn == []


def test_metadata_given_beside_the_address_hold_until_newer_come(installed: Installed) -> None:
    given = document("makelaar")
    installed.register(makelaar(metadata_url=URL, metadata=given, **TLS))
    assert installed.party.seen == []
    installed.process.holder.refresh()
    assert installed.signs("makelaar")
    installed.look(document("next"), after=1)
    assert installed.signs("next")
    installed.register(makelaar(metadata_url=URL, metadata=document("third"), **TLS))
    installed.process.holder.refresh()
    assert installed.signs("third")  # what is given anew is meant


def test_with_a_registration_its_copy_leaves(installed: Installed) -> None:
    """Who comes back under the same name begins with what is published then."""
    installed.begin(**TLS)
    installed.look(document("next"))
    with installed.process.sessions() as session:
        gone = Prune(of_files=False, kinds=frozenset({Kind.IDENTITY_PROVIDER}), also_used=True)
        outcomes(session, installed.process.settings, installed.folder, SERVICE, prune=gone)
        assert party_metadata.origins(session) == {}
    installed.begin(document("third"), **TLS)
    assert installed.signs("third") and not installed.signs("next")


def test_a_portal_is_followed_like_a_makelaar(installed: Installed) -> None:
    url = "https://waterkaart.example/metadata"
    portal = {key: PORTAL[key] for key in ("kind", "client_id", "name", "services")}
    portal["saml"] = {"entity_id": portals.ENTITY, "metadata_url": url, **TLS}
    installed.party.put(portals.metadata(), url)
    installed.register(SERVICE, portal)
    installed.process.holder.refresh()

    def answers() -> str:
        found = installed.process.holder.current.saml_portals[portals.ENTITY]
        return found.saml.metadata or ""

    assert portals.ACS in answers()
    moved = portals.metadata(addresses=portals.acs("https://waterkaart.example/nieuw"))
    installed.party.put(moved, url)
    look = installed.look()
    assert look is not None and look.judgement.changes.addresses_removed
    assert "https://waterkaart.example/nieuw" in answers() and portals.ACS not in answers()
    installed.party.put(moved.replace("https://waterkaart.example/nieuw", "javascript:x"), url)
    refused = installed.look()
    assert refused is not None and refused.judgement.reason == "unfit"
    assert "https://waterkaart.example/nieuw" in answers()

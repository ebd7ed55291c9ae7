"""What waits is shown, and taken on the word of an operator."""

from __future__ import annotations

import pytest

from admin.actor import Actor
from admin.metadata import approval
from admin.metadata.approval import CannotBeTaken, NothingWaits, ReasonMissing, Waiting
from admin.metadata.parties import known_party
from admin.registrations.documents import DocumentsRefused
from providers.saml.wire.metadata_changes import MetadataVerdict
from state import audit, party_metadata
from state.audit import EventTag
from state.registrations import Kind
from tests.admin.metadata.conftest import Installed, fingerprint_of
from tests.admin.metadata.publishing import document, makelaar

NAME = "polderpoort"
ROBIN = Actor.operator("robin")


def waiting(installed: Installed) -> Waiting:
    with installed.process.sessions() as session:
        known = known_party(session, Kind.IDENTITY_PROVIDER, NAME)
        row = party_metadata.row_of(session, Kind.IDENTITY_PROVIDER, NAME)
        assert known is not None and row is not None
        found = approval.waiting(known, row)
        assert found is not None
        return found


def approve(installed: Installed, digest: str, because: str = "Gebeld met de makelaar") -> None:
    installed.in_session(
        lambda session: approval.approve(
            session,
            Kind.IDENTITY_PROVIDER,
            NAME,
            digest=digest,
            actor=ROBIN,
            now=installed.clock(),
            check=installed.process.outgoing.check,
            because=because,
        )
    )
    installed.process.holder.refresh()


def test_what_waits_is_taken_and_told_by_whom(installed: Installed) -> None:
    installed.begin()
    installed.look(document("next"))
    found = waiting(installed)
    assert [key.fingerprint for key in found.changes.keys_added] == [fingerprint_of("next")]
    assert [key.fingerprint for key in found.changes.keys_removed] == [fingerprint_of("makelaar")]
    approve(installed, found.digest)
    assert installed.signs("next") and not installed.signs("makelaar")
    with installed.process.sessions() as session:
        (event,) = audit.recent(session, tags=[EventTag.METADATA_APPROVED])
    assert (event.person_id, event.provider_id) == ("robin", NAME)
    assert event.reason == "not_vouched"
    assert (event.details["by"], event.details["keys_added"]) == ("operator", 1)
    assert event.details["because"] == "Gebeld met de makelaar"
    with pytest.raises(NothingWaits):
        approve(installed, found.digest)


def test_only_what_was_shown_is_taken(installed: Installed) -> None:
    installed.begin()
    installed.look(document("next"))
    shown = waiting(installed)
    installed.look(document("thief"))
    with pytest.raises(NothingWaits):
        approve(installed, shown.digest)
    assert not installed.signs("thief")
    approve(installed, waiting(installed).digest)
    assert installed.signs("thief")


def test_what_would_stop_logins_by_now_is_not_taken(installed: Installed) -> None:
    installed.begin()
    installed.look(document("next", until=7200))
    found = waiting(installed)
    installed.clock.advance(86400)
    with pytest.raises(CannotBeTaken, match="validUntil"):
        approve(installed, found.digest)
    assert installed.signs("makelaar")


def test_what_waited_of_another_source_is_not_taken(installed: Installed) -> None:
    installed.begin()
    installed.look(document("next"))
    found = waiting(installed)
    installed.party.put(document("makelaar"), "https://makelaar.example/other.xml")
    installed.register(makelaar(metadata_url="https://makelaar.example/other.xml"))
    with pytest.raises(NothingWaits):
        approve(installed, found.digest)


def test_an_unchanged_document_approves_nothing(installed: Installed) -> None:
    """A pipeline that applies every night must not stand in for an operator."""
    installed.begin()
    installed.look(document("next"))
    assert [one.word for one in installed.register(makelaar())] == ["unchanged"]
    installed.process.holder.refresh()
    assert not installed.signs("next")
    assert waiting(installed)


def test_what_apply_could_not_read_leaves_what_is_kept(installed: Installed) -> None:
    installed.begin()
    installed.party.put("<html/>", "https://makelaar.example/other.xml")
    with pytest.raises(DocumentsRefused):
        installed.register(makelaar(metadata_url="https://makelaar.example/other.xml"))
    assert installed.signs("makelaar")


def reject(installed: Installed, digest: str, because: str = "Niet aangekondigd") -> None:
    installed.in_session(
        lambda session: approval.reject(
            session,
            Kind.IDENTITY_PROVIDER,
            NAME,
            digest=digest,
            actor=ROBIN,
            now=installed.clock(),
            because=because,
        )
    )


def reconsider(installed: Installed) -> None:
    installed.in_session(
        lambda session: approval.reconsider(
            session, Kind.IDENTITY_PROVIDER, NAME, actor=ROBIN, now=installed.clock()
        )
    )


def nothing_waits(installed: Installed) -> bool:
    return installed.row().waiting is None


def test_what_was_rejected_does_not_wait_again_however_often_it_is_made_anew(
    installed: Installed,
) -> None:
    installed.begin()
    installed.look(document("next"))
    reject(installed, waiting(installed).digest)
    assert nothing_waits(installed) and installed.signs("makelaar")
    for hour in range(1, 4):
        look = installed.look(document("next", until=86400 + hour * 3600))
        assert look is not None
        assert look.judgement.verdict is MetadataVerdict.REJECTED
        assert nothing_waits(installed) and not installed.signs("next")
    with installed.process.sessions() as session:
        (event,) = audit.recent(session, tags=[EventTag.METADATA_REJECTED])
        assert len(audit.recent(session, tags=[EventTag.METADATA_WAITS])) == 1
    assert (event.person_id, event.provider_id) == ("robin", NAME)
    assert event.details["because"] == "Niet aangekondigd"


def test_a_server_that_says_not_modified_still_says_what_was_rejected(
    installed: Installed,
) -> None:
    installed.begin()
    installed.party.put(document("next"), etag='"2"')
    installed.look()
    reject(installed, waiting(installed).digest)
    look = installed.look()
    assert look is not None and look.judgement.verdict is MetadataVerdict.REJECTED
    assert installed.party.seen[-1][1]["If-None-Match"] == '"2"'


def test_something_else_than_what_was_rejected_waits(installed: Installed) -> None:
    installed.begin()
    installed.look(document("next"))
    reject(installed, waiting(installed).digest)
    installed.look(document("thief"))
    found = waiting(installed)
    assert [key.fingerprint for key in found.changes.keys_added] == [fingerprint_of("thief")]


def test_a_rejection_is_over_when_the_address_went_back(installed: Installed) -> None:
    installed.begin()
    installed.look(document("next"))
    reject(installed, waiting(installed).digest)
    installed.look(document("makelaar"))
    assert installed.row().rejected is None
    installed.look(document("next"))
    assert waiting(installed)


def test_what_was_rejected_can_be_reconsidered_and_taken(installed: Installed) -> None:
    installed.begin()
    with pytest.raises(NothingWaits):
        reconsider(installed)
    installed.look(document("next"))
    reject(installed, waiting(installed).digest)
    reconsider(installed)
    found = waiting(installed)
    assert found.reason == "reconsidered"
    approve(installed, found.digest)
    assert installed.signs("next") and installed.row().rejected is None
    with installed.process.sessions() as session:
        assert len(audit.recent(session, tags=[EventTag.METADATA_RECONSIDERED])) == 1


def test_only_what_was_shown_is_rejected(installed: Installed) -> None:
    installed.begin()
    installed.look(document("next"))
    shown = waiting(installed)
    installed.look(document("thief"))
    with pytest.raises(NothingWaits):
        reject(installed, shown.digest)
    assert waiting(installed)


@pytest.mark.parametrize("because", ["", "x" * 501])
def test_an_operator_says_why(installed: Installed, because: str) -> None:
    installed.begin()
    installed.look(document("next"))
    digest = waiting(installed).digest
    for do in (approve, reject):
        with pytest.raises(ReasonMissing):
            do(installed, digest, because)
    assert waiting(installed) and not installed.signs("next")


def test_another_source_forgets_what_was_rejected(installed: Installed) -> None:
    installed.begin()
    installed.look(document("next"))
    reject(installed, waiting(installed).digest)
    installed.party.put(document("makelaar"), "https://makelaar.example/other.xml")
    installed.register(makelaar(metadata_url="https://makelaar.example/other.xml"))
    assert installed.row().rejected is None
    with pytest.raises(NothingWaits):
        reconsider(installed)

"""What a makelaar publishes is followed: taken, left to wait or refused; never at the cost of a
login.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from lxml import etree
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from admin.metadata import refreshing
from keys.certificates import to_pem
from providers.saml.wire.metadata_changes import MetadataVerdict as Verdict
from state import audit, party_metadata
from state.addresses import OutgoingRefused
from state.audit import EventTag
from state.outgoing import HttpAnswer, OutgoingFailed
from state.registrations import Kind
from tests.admin.metadata.conftest import Installed, fingerprint_of
from tests.admin.metadata.publishing import URL, YEAR, document, makelaar
from tests.providers.saml.maker import NAMES, certificate
from tests.providers.saml.signing import Signing, sign

PEM = to_pem(certificate("federation"))
SIGNED: dict[str, Any] = {"metadata_signing_certificate": PEM}
TLS: dict[str, Any] = {"metadata_trust_tls": True}


def by(signer: str | None, *keys: str, **more: Any) -> str:
    return document(*keys, signer=signer, **more)


def events(installed: Installed) -> list[tuple[str, str | None]]:
    tags = [tag for tag in EventTag if tag.startswith("metadata.")]
    with installed.process.sessions() as session:
        return [(str(one.tag), one.reason) for one in audit.recent(session, tags=tags)][::-1]


@pytest.mark.parametrize(
    ("saml", "signer"), [(SIGNED, "federation"), (TLS, None)], ids=["signed", "over TLS"]
)
def test_a_new_key_is_taken_where_it_is_vouched_for(
    installed: Installed, saml: dict[str, Any], signer: str | None
) -> None:
    installed.begin(by(signer, "makelaar"), **saml)
    look = installed.look(by(signer, "makelaar", "next"))
    assert look is not None and look.judgement.verdict is Verdict.TAKEN
    assert installed.signs("next") and installed.signs("makelaar")
    assert events(installed) == [("metadata.taken", None)]


def test_a_withdrawn_key_counts_no_more(installed: Installed) -> None:
    installed.begin(by("federation", "makelaar", "next"), **SIGNED)
    assert installed.signs("makelaar")
    installed.look(by("federation", "next"))
    assert installed.signs("next") and not installed.signs("makelaar")
    replaced, *keys = installed.row().withdrawn
    assert keys == [fingerprint_of("makelaar")] and replaced.startswith("facts:")


def test_another_process_withdraws_it_at_its_next_look_at_the_configuration(
    installed: Installed,
) -> None:
    from broker.start import start

    installed.begin(by("federation", "makelaar", "next"), **SIGNED)
    other = start(installed.process.settings, installed.clock)
    other.holder.refresh()
    before: Any = other.holder.current.adapters["polderpoort"]
    assert certificate("makelaar") in before._metadata.signing
    installed.look(by("federation", "next"))
    other.holder.refresh()  # what its thread does every five seconds
    after: Any = other.holder.current.adapters["polderpoort"]
    assert certificate("makelaar") not in after._metadata.signing
    other.engine.dispose()


def test_what_nobody_vouches_for_waits_and_the_old_key_counts_on(installed: Installed) -> None:
    installed.begin()
    with capture_logs() as logs:
        look = installed.look(document("next"))
    assert look is not None
    assert (look.judgement.verdict, look.judgement.reason) == (Verdict.WAITS, "not_vouched")
    assert installed.signs("makelaar") and not installed.signs("next")
    assert [one["event"] for one in logs if one["log_level"] == "warning"] == ["metadata.waits"]
    assert events(installed) == [("metadata.waits", "not_vouched")]
    since = installed.row().waiting_since
    installed.look()  # the same again is no news
    assert events(installed) == [("metadata.waits", "not_vouched")]
    assert installed.row().waiting_since == since
    installed.look(document("next", "third"))  # this is
    assert len(events(installed)) == 2


def test_what_waits_is_dropped_when_the_makelaar_takes_it_back(installed: Installed) -> None:
    installed.begin()
    installed.look(document("next"))
    assert installed.row().waiting is not None
    installed.look(document("makelaar"))
    assert installed.row().waiting is None


def test_a_cache_that_is_behind_drops_nothing_that_waits(installed: Installed) -> None:
    installed.begin(document("makelaar", created=0))
    installed.look(document("next", created=60))
    since = installed.row().waiting_since
    look = installed.look(document("makelaar", created=-60))
    assert look is not None and look.judgement.verdict is Verdict.SAME
    assert installed.row().waiting_since == since is not None
    installed.look(document("next", created=60))
    assert events(installed) == [("metadata.waits", "not_vouched")]


def test_what_waits_is_taken_once_the_registration_believes_the_address(
    installed: Installed,
) -> None:
    """Also where the server only says that nothing changed since."""
    installed.begin()
    installed.party.put(document("next"), etag='"2"')
    installed.look()
    assert not installed.signs("next")
    installed.register(makelaar(**TLS))
    look = installed.look()
    assert look is not None and look.judgement.verdict is Verdict.TAKEN
    assert installed.party.seen[-1][1]["If-None-Match"] == '"2"'
    assert installed.signs("next")


def test_the_same_keys_for_longer_need_nobody(installed: Installed) -> None:
    installed.begin(document("makelaar", until=7200))
    look = installed.look(document("makelaar", until=10800), after=3600)
    assert look is not None and look.judgement.verdict is Verdict.RENEWED
    installed.clock.advance(4000)  # past the first end
    adapter: Any = installed.process.holder.current.adapters["polderpoort"]
    assert not adapter._metadata.has_ended(installed.clock())
    assert events(installed) == []


def test_who_holds_the_address_alone_ends_no_logins_by_an_end_that_comes_soon(
    installed: Installed,
) -> None:
    """What nobody vouches for waits, also that it would be over in a minute."""
    installed.begin()
    look = installed.look(document("makelaar", until=3660))
    assert look is not None and look.judgement.verdict is Verdict.WAITS
    installed.clock.advance(3660)
    adapter: Any = installed.process.holder.current.adapters["polderpoort"]
    assert not adapter._metadata.has_ended(installed.clock())
    installed.register(makelaar(**TLS))
    look = installed.look(document("makelaar", until=YEAR))
    assert look is not None and look.judgement.verdict is Verdict.RENEWED


def test_a_server_that_knows_validators_is_asked_only_for_what_is_newer(
    installed: Installed,
) -> None:
    installed.begin()
    installed.party.put(document("makelaar"), etag='W/"1"')
    installed.look()
    assert "If-None-Match" not in installed.party.seen[-1][1]
    look = installed.look()
    assert installed.party.seen[-1][1]["If-None-Match"] == 'W/"1"'
    assert look is not None and look.judgement.verdict is Verdict.RENEWED
    assert installed.row().checked_at == installed.clock()
    installed.party.put(document("makelaar"), etag="a\r\nb")
    installed.look()
    installed.look()
    assert "If-None-Match" not in installed.party.seen[-1][1]  # no validator that could be sent


def refused_by(installed: Installed, published: Any) -> str:
    """The word for why it was not taken; nothing changed for logins."""
    before = installed.row().document
    look = installed.look(published, after=7200)
    assert look is not None and look.judgement.verdict is Verdict.REFUSED
    assert look.trouble
    row = installed.row()
    assert (row.document, row.reason) == (before, look.judgement.reason)
    assert row.failures >= 1 and row.failing_since is not None
    assert installed.signs("makelaar")
    return look.judgement.reason


@pytest.mark.parametrize(
    ("published", "reason"),
    [
        (OutgoingFailed("timeout"), "timeout"),
        (OutgoingFailed("redirected"), "redirected"),
        (OutgoingFailed("too_large"), "too_large"),
        (OutgoingFailed("tls_expired"), "tls_expired"),
        (OutgoingRefused("address"), "address"),
        (HttpAnswer(500, {}, b""), "status_5xx"),
        (HttpAnswer(404, {}, b""), "status_4xx"),
        (HttpAnswer(304, {}, b""), "status_3xx"),
        (HttpAnswer(200, {}, b"\xff\xfe\xff"), "encoding"),
        ("", "not_well_formed"),
        ("<html><body>Onderhoud</body></html>", "root"),
        (document("makelaar", entity_id="https://other.example"), "entity_other"),
        (document("makelaar", until=1), "ended"),
        (document("makelaar").replace("SingleSignOnService", "OtherService"), "addresses"),
        (document(), "certificates"),
    ],
)
def test_what_cannot_be_used_leaves_logins_as_they_are(
    installed: Installed, published: Any, reason: str
) -> None:
    installed.begin()
    assert refused_by(installed, published) == reason
    assert events(installed) == [("metadata.refused", reason)]
    look = installed.look(document("makelaar"), after=14400)
    assert look is not None and look.judgement.verdict is Verdict.RENEWED
    row = installed.row()
    assert (row.failures, row.failing_since, row.reason, row.trouble) == (0, None, None, None)


def test_metadata_that_were_changed_on_their_way_are_refused(installed: Installed) -> None:
    whole = by("federation", "makelaar")
    installed.begin(whole, **SIGNED)
    assert refused_by(installed, whole.replace("HTTP-Redirect", "Other")) == "signature_invalid"


def test_metadata_without_the_registered_binding_are_refused(installed: Installed) -> None:
    installed.begin(**TLS)
    assert refused_by(installed, document("makelaar").replace("HTTP-Redirect", "Other")) == "unfit"
    assert "saml.request_binding: it is redirect" in (installed.row().trouble or "")


def test_who_fails_is_asked_less_and_less_and_tells_it_once(installed: Installed) -> None:
    installed.begin()
    installed.party.put(OutgoingFailed("no_answer"))
    for failures in range(1, 8):
        installed.clock.now = installed.row().due_at or installed.clock.now
        assert len(refreshing.refresh_due(installed.process)) == 1
        row = installed.row()
        assert row.failures == failures and row.due_at is not None
        pause = row.due_at - installed.clock()
        longest = min(timedelta(minutes=5) * 2 ** (failures - 1), timedelta(hours=4))
        assert longest / 2 <= pause <= longest
    assert events(installed) == [("metadata.refused", "no_answer")]


def test_the_last_good_copy_holds_until_its_own_end_and_no_longer(installed: Installed) -> None:
    installed.begin(document("makelaar", until=86400))
    installed.party.put(OutgoingFailed("no_answer"))
    installed.look(after=80000)
    adapter: Any = installed.process.holder.current.adapters["polderpoort"]
    assert not adapter._metadata.has_ended(installed.clock())
    installed.look(after=10000)
    assert adapter._metadata.has_ended(installed.clock())


def test_of_two_processes_one_looks(installed: Installed) -> None:
    installed.begin()
    before = len(installed.party.seen)
    installed.clock.advance(7200)
    assert len(refreshing.refresh_due(installed.process)) == 1
    assert refreshing.refresh_due(installed.process) == []
    assert len(installed.party.seen) == before + 1


def test_nothing_is_written_over_what_was_applied_meanwhile(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed.begin(**TLS)
    looked = refreshing._looked

    def slow(*arguments: Any) -> Any:
        found = looked(*arguments)
        installed.party.put(document("third"))
        installed.register(makelaar(**TLS, metadata_url=URL, metadata=document("third")))
        return found

    monkeypatch.setattr(refreshing, "_looked", slow)
    assert installed.look(document("next")) is None
    installed.process.holder.refresh()
    assert installed.signs("third") and not installed.signs("next")


def test_what_waits_is_not_swapped_while_it_is_judged(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server says that nothing changed, so what waited is judged; another worker put something
    else in its place.
    """
    installed.begin()
    installed.party.put(document("next"), etag='"2"')
    installed.look()
    installed.register(makelaar(**TLS))
    looked = refreshing._looked

    def slow(*arguments: Any) -> Any:
        found = looked(*arguments)

        def swap(session: Session) -> None:
            row = party_metadata.row_of(session, Kind.IDENTITY_PROVIDER, "polderpoort", lock=True)
            assert row is not None
            row.waiting = document("thief")

        installed.in_session(swap)
        return found

    monkeypatch.setattr(refreshing, "_looked", slow)
    assert installed.look() is None
    assert not installed.signs("thief")


def test_a_fault_in_one_look_is_logged_and_leaves_the_others(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    installed.begin()
    monkeypatch.setattr(refreshing, "_looked", broken)
    with capture_logs() as logs:
        look = installed.look()
    assert look is not None and look.judgement.reason == "our_error"
    assert [(one["event"], one["error"]) for one in logs] == [
        ("metadata.not_looked_at", "RuntimeError")
    ]


def test_a_registration_of_before_this_version_is_followed_too(installed: Installed) -> None:
    """Its metadata stand in the document, as apply fetched them then."""
    of_then = document("makelaar", until=YEAR - 1)
    installed.register(makelaar(metadata_url=URL, metadata=of_then))
    installed.in_session(
        lambda session: party_metadata.forget(session, Kind.IDENTITY_PROVIDER, "polderpoort")
    )
    assert installed.settle() == 1
    assert installed.settle() == 0
    installed.party.put(document("makelaar", until=YEAR))
    look = installed.look()
    assert look is not None and look.judgement.verdict is Verdict.RENEWED
    assert installed.signs("makelaar")


def test_a_query_service_is_followed_like_an_address(installed: Installed) -> None:
    at = "https://mdq.example/entities/https%3A%2F%2Fmakelaar.example%2Fmetadata"
    installed.party.put(by("federation", "makelaar"), at)
    installed.register(makelaar(metadata_query="https://mdq.example", **SIGNED))
    installed.process.holder.refresh()
    installed.party.put(by("federation", "next"), at)
    assert installed.look() is not None
    assert installed.signs("next") and not installed.signs("makelaar")


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_what_products_serve_in_other_encodings_is_followed(
    installed: Installed, codec: str
) -> None:
    """Entra ID serves a byte order mark; others declare an encoding of their own."""
    installed.begin(**TLS)
    name = codec.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{name}"?><!-- Coöperatie -->{document("next")}'
    look = installed.look(HttpAnswer(200, {}, text.encode(codec)))
    assert look is not None and look.judgement.verdict is Verdict.TAKEN
    assert installed.signs("next")


def test_a_list_that_a_federation_signed_is_followed(installed: Installed) -> None:
    installed.begin(by("federation", "makelaar"), **SIGNED)
    entities = document("other", entity_id="https://a.example") + document("next")
    root = etree.fromstring(
        f'<md:EntitiesDescriptor xmlns:md="{NAMES["md"]}" ID="_list" cacheDuration="PT2H">'
        f"{entities}</md:EntitiesDescriptor>"
    )
    sign(root, Signing(key="federation"))
    whole = etree.tostring(root).decode()
    look = installed.look(whole)
    assert look is not None and look.judgement.verdict is Verdict.TAKEN
    assert installed.signs("next") and not installed.signs("other")
    assert installed.look(after=6000) is None  # the list says two hours
    other = whole.replace('entityID="https://a.example"', 'entityID="https://b.example"')
    assert installed.look(other) is not None
    assert installed.row().reason == "signature_invalid"


def test_cache_duration_is_obeyed(installed: Installed) -> None:
    installed.begin(document("makelaar", cache="PT6H"))
    assert installed.look(after=5 * 3600) is None
    assert installed.look(after=3600) is not None

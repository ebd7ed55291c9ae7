"""Metadata that come by themselves and must not be believed (A-05, X-10): what is hostile is
refused or waits, what was kept holds on, and its good twin is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from admin.metadata import taking
from keys.certificates import to_pem
from providers.saml.wire.metadata_changes import MetadataVerdict
from state.outgoing import HttpAnswer, OutgoingFailed
from tests.admin.conftest import process, settings
from tests.admin.metadata.conftest import Installed, fingerprint_of, installed
from tests.admin.metadata.publishing import document, makelaar
from tests.providers.saml.maker import NAMES, certificate

__all__ = ["installed", "process", "settings"]
PINNED: Final = {"metadata_signing_certificate": to_pem(certificate("federation"))}
MINUTE: Final = 60.0


def good(*keys: str, signer: str | None = "federation", created: float = 0) -> str:
    return document(*(keys or ("makelaar",)), signer=signer, created=created)


def declared(text: str, dtd: str) -> str:
    return f"<!DOCTYPE md:EntityDescriptor [{dtd}]>{text}"


def listed(*entities: str) -> str:
    inner = "".join(entities)
    return f'<md:EntitiesDescriptor xmlns:md="{NAMES["md"]}">{inner}</md:EntitiesDescriptor>'


def thousands() -> str:
    return listed(*(f'<md:EntityDescriptor entityID="https://e{n}"/>' for n in range(10_000)))


def with_reader(text: str) -> str:
    """A file of ours, asked for by XInclude."""
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
    return text.replace("</md:IDPSSODescriptor>", f"{include}</md:IDPSSODescriptor>")


NEWER: Final = good("makelaar", "next", created=MINUTE)
HOSTILE: Final = [
    pytest.param(declared(NEWER, ""), "dtd", id="A-05 a document type"),
    pytest.param(
        declared(NEWER, '<!ENTITY x SYSTEM "file:///etc/passwd">'), "dtd", id="A-05 a file of ours"
    ),
    pytest.param(declared(NEWER, '<!ENTITY a "aa"><!ENTITY b "&a;&a;">'), "dtd", id="A-05 a bomb"),
    pytest.param(with_reader(NEWER), "signature_invalid", id="A-05 XInclude"),
    pytest.param(NEWER + " " * 50 * 1024 * 1024, "too_large", id="A-05 fifty megabytes"),
    pytest.param(thousands(), "entity", id="A-05 ten thousand others"),
    pytest.param(
        good("makelaar", "next", signer=None, created=MINUTE),
        "signature_missing",
        id="A-05 nobody signed",
    ),
    pytest.param(
        good("makelaar", "next", signer="thief", created=MINUTE),
        "signature_invalid",
        id="A-05 somebody else signed",
    ),
    pytest.param(
        good("makelaar", "next", signer="makelaar", created=MINUTE),
        "signature_invalid",
        id="A-05 the makelaar itself signed",
    ),
    pytest.param(
        NEWER.replace("</md:IDPSSODescriptor>", "<!-- x --></md:IDPSSODescriptor>").replace(
            'use="signing"', 'use="encryption"', 1
        ),
        "signature_invalid",
        id="A-05 a key put in",
    ),
    pytest.param(
        NEWER.replace("/sso/POST", "/sso/thief"), "signature_invalid", id="A-05 an address put in"
    ),
    pytest.param(
        document("makelaar", "next", signer="federation", until=-1), "ended", id="A-05 over"
    ),
    pytest.param(good("makelaar", "old", created=-MINUTE), "older", id="A-05 of before"),
    pytest.param(
        document("next", entity_id="https://other.example", signer="federation"),
        "entity_other",
        id="A-05 of another entity",
    ),
    pytest.param(
        document("next", entity_id="https://makelaar.example/metadatа", signer="federation"),
        "entity_other",
        id="A-05 look-alike entity",
    ),
    pytest.param(listed(good("makelaar"), good("thief")), "id", id="A-05 two of one entity"),
    pytest.param(
        document("next", sso="javascript:alert(1)//", signer="federation", created=MINUTE),
        "addresses",
        id="A-05 a script as address",
    ),
    pytest.param("", "not_well_formed", id="X-10 shrunk to nothing"),
    pytest.param(
        document(signer="federation", created=MINUTE), "certificates", id="X-10 without a key"
    ),
    pytest.param("<html><title>Storing</title></html>", "root", id="X-10 a page of the server"),
    pytest.param(NEWER[: len(NEWER) // 2], "not_well_formed", id="X-10 half of it"),
    pytest.param(OutgoingFailed("no_answer"), "no_answer", id="X-10 unreachable"),
    pytest.param(OutgoingFailed("redirected"), "redirected", id="X-10 sent on"),
    pytest.param(HttpAnswer(503, {}, b""), "status_5xx", id="X-10 in error"),
]


@pytest.mark.parametrize(("published", "reason"), HOSTILE)
def test_hostile_metadata_change_nothing_and_their_good_twin_does(
    installed: Installed, published: str | HttpAnswer | Exception, reason: str
) -> None:
    installed.begin(good(), **PINNED)
    kept = installed.row().document
    look = installed.look(published)
    assert look is not None and look.judgement.verdict is MetadataVerdict.REFUSED
    assert look.judgement.reason == reason
    assert installed.row().document == kept
    assert installed.signs("makelaar")
    for name in ("next", "thief", "old"):
        assert not installed.signs(name)
    twin = installed.look(NEWER)
    assert twin is not None and twin.judgement.verdict is MetadataVerdict.TAKEN
    assert installed.signs("makelaar") and installed.signs("next")


@pytest.mark.parametrize(
    "published",
    [
        pytest.param(lambda: document("thief"), id="A-05 a key swapped"),
        pytest.param(lambda: document("makelaar", "thief"), id="A-05 a key more"),
        pytest.param(
            lambda: document("makelaar", sso="https://thief.example/sso"), id="A-05 an address"
        ),
        pytest.param(lambda: document("makelaar", signer="thief"), id="A-05 signed by a stranger"),
    ],
)
def test_what_nobody_vouches_for_is_put_before_an_operator(
    installed: Installed, published: Callable[[], str]
) -> None:
    """Who got hold of the address, and not of the makelaar."""
    installed.begin(document("makelaar"))
    text = published()
    look = installed.look(text)
    assert look is not None
    if "Signature" in text:  # the same keys and addresses: a signature that nobody asked for
        assert look.judgement.verdict is MetadataVerdict.RENEWED
    else:
        assert look.judgement.verdict is MetadataVerdict.WAITS
    adapter = installed.process.holder.current.adapters["polderpoort"]
    assert "thief" not in str(vars(adapter)["_metadata"].sso)
    assert installed.signs("makelaar") and not installed.signs("thief")


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
def test_A_05_a_signed_copy_of_before_a_key_was_withdrawn_brings_it_not_back(
    installed: Installed, dated: bool
) -> None:
    """The key was stolen and withdrawn; whoever has it also kept the metadata of then."""

    def signed(*keys: str, created: float) -> str:
        when = {"created": created} if dated else {}
        return document(*keys, signer="federation", **when)

    installed.begin(signed("makelaar", "stolen", created=0), **PINNED)
    assert installed.signs("stolen")
    installed.look(signed("makelaar", created=MINUTE))
    assert not installed.signs("stolen")
    look = installed.look(signed("makelaar", "stolen", created=0))
    assert look is not None
    told = (look.judgement.verdict, look.judgement.reason)
    refused = (MetadataVerdict.REFUSED, "older")
    assert told == (refused if dated else (MetadataVerdict.WAITS, "key_returned"))
    assert installed.signs("makelaar") and not installed.signs("stolen")
    installed.look(signed("makelaar", "next", created=2 * MINUTE))
    assert installed.signs("next") and not installed.signs("stolen")


def test_A_05_a_withdrawn_key_is_remembered_however_often_the_rest_changes(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else who kept a document of before waits until it was forgotten, and brings the key back."""
    monkeypatch.setattr(taking, "MOST_WITHDRAWN", 2)
    old = document("makelaar", "next", signer="federation")
    installed.begin(old, **PINNED)
    installed.look(document("next", signer="federation"))
    for number in range(4):
        url = f"https://makelaar.example/{number}"
        look = installed.look(document("next", sso=url, signer="federation"))
        assert look is not None and look.judgement.verdict is MetadataVerdict.TAKEN
    *marks, key = installed.row().withdrawn
    assert key == fingerprint_of("makelaar")
    assert len(marks) == 2
    look = installed.look(old)
    assert look is not None
    assert (look.judgement.verdict, look.judgement.reason) == (
        MetadataVerdict.WAITS,
        "key_returned",
    )
    assert not installed.signs("makelaar")


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
def test_A_05_a_signed_copy_of_before_an_address_was_given_up_brings_it_not_back(
    installed: Installed, dated: bool
) -> None:
    """Somebody has the host of before by now, and the metadata of then are still signed."""

    def signed(host: str, created: float) -> str:
        when = {"created": created} if dated else {}
        return document("makelaar", sso=f"https://{host}.example/sso", signer="federation", **when)

    def goes_to() -> str:
        return str(vars(installed.process.holder.current.adapters["polderpoort"])["_metadata"].sso)

    installed.begin(signed("vroeger", 0), **PINNED)
    installed.look(signed("nu", MINUTE))
    assert "nu.example" in goes_to()
    look = installed.look(signed("vroeger", 0))
    assert look is not None
    told = (look.judgement.verdict, look.judgement.reason)
    refused = (MetadataVerdict.REFUSED, "older")
    assert told == (refused if dated else (MetadataVerdict.WAITS, "returned"))
    assert "nu.example" in goes_to()
    installed.look(signed("straks", 2 * MINUTE))
    assert "straks.example" in goes_to(), "what is new is taken"


def test_X_10_the_last_good_copy_counts_until_its_own_end_and_then_the_makelaar_is_off(
    installed: Installed,
) -> None:
    installed.begin(document("makelaar", until=3 * 86400, signer="federation"), **PINNED)
    installed.party.put(OutgoingFailed("no_answer"))
    adapter = vars(installed.process.holder.current.adapters["polderpoort"])
    for _ in range(2):
        installed.look(after=86400)
        assert not adapter["_metadata"].has_ended(installed.clock())
    installed.look(after=86400)
    assert adapter["_metadata"].has_ended(installed.clock())
    installed.look(document("makelaar", until=10 * 86400, signer="federation"), after=86400)
    adapter = vars(installed.process.holder.current.adapters["polderpoort"])
    assert not adapter["_metadata"].has_ended(installed.clock())


def test_A_05_metadata_of_an_entity_that_another_record_has_are_never_taken_over(
    installed: Installed,
) -> None:
    other = "https://tweede.example/metadata"
    installed.begin(document("makelaar"), metadata_trust_tls=True)
    second = makelaar("tweede", metadata=document("second", entity_id=other), entity_id=other)
    installed.register(makelaar(metadata_trust_tls=True), {**second, "name": "Tweede"})
    look = installed.look(document("thief", entity_id=other))
    assert look is not None and look.judgement.reason == "entity_other"
    installed.process.holder.refresh()
    assert installed.signs("makelaar") and not installed.signs("thief")
    found = vars(installed.process.holder.current.adapters["tweede"])["_metadata"]
    assert found.signing == (certificate("second"),)

"""Hostile and broken answers by artifact (S-24, S-76, S-78), brought by GET and by POST, each
beside its good twin. The Response inside is that of the other tables, which run over both bindings
(``tests.providers.saml.verdicts``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from providers.interface import ProviderRefused
from state.outgoing import HttpAnswer
from tests.clocks import START
from tests.providers.saml.back_channel import (
    NAMES,
    Around,
    BackChannel,
    answer,
    artifact,
    brought,
    fetched,
    metadata,
    resolution_service,
)
from tests.providers.saml.maker import (
    SUBJECT,
    Recipe,
    Words,
    assertion_xml,
    callback,
    instant,
    provider_for,
    remembered,
)
from tests.providers.saml.signing import DS, MORE, Signing

by_both = pytest.mark.parametrize("method", ["GET", "POST"])
OTHER = "https://other.example/metadata"


def refused(answering: Any, method: str, value: str | None = None, **settings: Any) -> Any:
    """Why it is refused, and what was sent for it; the good twin is let in."""
    assert fetched(method=method).subject == SUBJECT
    there = BackChannel(answering)
    provider = provider_for(metadata(), outgoing=there, response_binding="artifact", **settings)
    with pytest.raises(ProviderRefused) as caught:
        provider.finish(remembered(), brought(value, method))
    return caught.value.reason, there


def good(**changes: Any) -> Around:
    return replace(Around(Recipe().tree()), **changes)


@by_both
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(artifact(OTHER), "artifact_source", id="S-78 of another makelaar"),
        pytest.param(artifact(OTHER.upper()), "artifact_source", id="S-78 of an unknown source"),
        pytest.param(
            artifact(index=1), "artifact_endpoint", id="S-78 an endpoint that it does not have"
        ),
        pytest.param(artifact(kind=b"\x00\x01"), "artifact_malformed", id="S-78 of type 1"),
        pytest.param(artifact(kind=b"\x04\x00"), "artifact_malformed", id="S-78 of type 0x0400"),
        pytest.param(artifact(handle=b"short"), "artifact_malformed", id="S-78 too short"),
        pytest.param(artifact(handle=b"x" * 21), "artifact_malformed", id="S-78 too long"),
        pytest.param("A" * 100_000, "artifact_malformed", id="S-78 very long"),
        pytest.param("geen base64!", "artifact_malformed", id="S-78 no base64"),
        pytest.param("", "message_missing", id="S-78 empty"),
    ],
)
def test_nobody_is_called_for_an_artifact_of_somebody_else(
    value: str, reason: str, method: str
) -> None:
    found, there = refused(good(), method, value)
    assert found == reason
    assert there.calls == []


def elsewhere(*parts: etree._Element) -> Callable[[etree._Element], None]:
    """Before the status, in Extensions."""

    def edit(message: etree._Element) -> None:
        extensions = etree.Element(f"{{{NAMES['samlp']}}}Extensions")
        extensions.extend(parts)
        message.insert(1, extensions)

    return edit


def in_detail(part: etree._Element) -> Callable[[etree._Element], None]:
    def edit(message: etree._Element) -> None:
        status = message.find("samlp:Status", NAMES)
        assert status is not None
        etree.SubElement(status, f"{{{NAMES['samlp']}}}StatusDetail").append(part)

    return edit


def twice(message: etree._Element) -> None:
    second = etree.fromstring(etree.tostring(message[-1]))
    for number, one in enumerate(second.iter()):
        if one.get("ID"):
            one.set("ID", f"_second{number}")
    message.append(second)


def as_assertion(message: etree._Element) -> None:
    message.replace(message[-1], assertion_xml("somebody"))


def changed(message: etree._Element) -> None:
    name = message.find(".//saml:NameID", NAMES)
    assert name is not None
    name.text = "somebody-else"


@by_both
@pytest.mark.parametrize(
    ("around", "reason"),
    [
        pytest.param(good(response=None), "artifact_unknown", id="S-78 used, or unknown"),
        pytest.param(
            good(before=[lambda m: m.set("InResponseTo", "_another")]),
            "unsolicited",
            id="S-78 for another question",
        ),
        pytest.param(
            good(before=[lambda m: m.attrib.pop("InResponseTo")]),
            "unsolicited",
            id="S-78 for no question",
        ),
        pytest.param(
            good(before=[lambda m: m.set("InResponseTo", "_the-request")]),
            "unsolicited",
            id="S-78 for the AuthnRequest",
        ),
        pytest.param(good(signing=None), "signature_missing", id="S-24 S-78 unsigned"),
        pytest.param(
            good(signing=Signing(key="thief")), "signature_invalid", id="S-78 of another key"
        ),
        pytest.param(
            good(signing=Signing(method=DS + "rsa-sha1")), "signature_algorithm", id="S-78 SHA-1"
        ),
        pytest.param(
            good(signing=Signing(method=MORE + "hmac-sha256", secret=b"x" * 32)),
            "signature_algorithm",
            id="S-78 HMAC",
        ),
        pytest.param(good(signing=Signing(uri="")), "signature_reference", id="S-78 of it all"),
        pytest.param(
            good(signing=Signing(uri="#_the-response")), "signature_reference", id="S-78 of a part"
        ),
        pytest.param(good(after=[changed]), "signature_invalid", id="S-78 changed when signed"),
        pytest.param(good(issuer=OTHER), "issuer_mismatch", id="S-78 of another issuer"),
        pytest.param(
            good(before=[lambda m: m.remove(m[0])]), "issuer_mismatch", id="S-78 of no issuer"
        ),
        pytest.param(
            good(before=[lambda m: m.set("Version", "1.1")]), "version", id="S-78 SAML 1.1"
        ),
        pytest.param(
            good(at=START + timedelta(minutes=10)), "issue_instant", id="S-78 from the future"
        ),
        pytest.param(
            good(at=START - timedelta(minutes=10)), "issue_instant", id="S-78 made too early"
        ),
        pytest.param(good(before=[twice]), "schema", id="S-78 two answers"),
        pytest.param(good(before=[as_assertion]), "not_a_response", id="S-78 a bare assertion"),
        pytest.param(
            good(before=[elsewhere(assertion_xml("somebody"))]),
            "assertion_elsewhere",
            id="S-78 an assertion beside it",
        ),
        pytest.param(
            good(response=None, before=[in_detail(Recipe().tree())]),
            "artifact_unknown",
            id="S-78 the answer in the detail of a status",
        ),
        pytest.param(
            good(before=[in_detail(Recipe(words=Words(subject="x", name="second")).tree())]),
            "assertion_elsewhere",
            id="S-78 another answer there",
        ),
        pytest.param(
            good(before=[lambda m: m.set("Surprise", "x")]), "schema", id="S-78 not of the schema"
        ),
        pytest.param(
            good(after=[lambda m: m[-1].set("ID", "_resolved")]), "id", id="S-78 one ID twice"
        ),
        pytest.param(
            good(header='<x:Pay xmlns:x="urn:x" s:mustUnderstand="1"/>'),
            "soap_header",
            id="S-78 a header that must be understood",
        ),
    ],
)  # fmt: skip
def test_an_artifact_response_that_is_not_as_agreed(
    around: Around, reason: str, method: str
) -> None:
    found, there = refused(around, method)
    assert found == reason
    assert len(there.calls) == 1


@by_both
def test_S_78_who_demands_no_signature_around_it_still_checks_one(method: str) -> None:
    lenient = {"require_signed_artifact_response": False}
    assert fetched(Recipe(), Around(signing=None), method=method, **lenient).subject == SUBJECT
    found, _ = refused(good(signing=Signing(key="thief")), method, **lenient)
    assert found == "signature_invalid"


@by_both
@pytest.mark.parametrize(
    "message",
    [
        pytest.param('<samlp:Response xmlns:samlp="{samlp}"/>', id="a Response without cover"),
        pytest.param('<samlp:ArtifactResolve xmlns:samlp="{samlp}"/>', id="our own question"),
        pytest.param('<x xmlns="urn:x"/>', id="something else"),
    ],
)
def test_S_78_another_message_in_the_body(message: str, method: str) -> None:
    found, _ = refused(answer(message.format(**NAMES)), method)
    assert found == "not_a_response"


@by_both
def test_S_78_what_only_a_parser_wants_is_refused(method: str) -> None:
    many = "".join(f"<x{n}/>" for n in range(3000))
    found, _ = refused(answer(f"<many>{many}</many>"), method)
    assert found == "too_many_elements"
    found, _ = refused(answer("<?php x?><a/>"), method)
    assert found == "processing_instruction"


@by_both
def test_S_78_an_artifact_response_of_another_makelaar_covers_nothing(method: str) -> None:
    """Both are registered; each signs with its own key."""
    theirs = good(signing=Signing(key="other-makelaar"), issuer=OTHER)
    found, _ = refused(theirs, method)
    assert found == "issuer_mismatch"


def test_S_76_who_answers_by_reference_does_not_answer_by_post() -> None:
    """And the other way around: the record says which."""
    by_reference = provider_for(metadata(), response_binding="artifact")
    for method in ("GET", "POST"):
        with pytest.raises(ProviderRefused) as caught:
            by_reference.finish(remembered(), callback(Recipe().raw(), method=method))
        assert (caught.value.reason, caught.value.measured["line"]) == (
            "binding",
            "response_binding: post",
        )
    by_post = provider_for(metadata())
    assert by_post.finish(remembered(), callback(Recipe().raw())).subject == SUBJECT
    for method in ("GET", "POST"):
        with pytest.raises(ProviderRefused) as caught:
            by_post.finish(remembered(), brought(method=method))
        assert (caught.value.reason, caught.value.measured["line"]) == (
            "binding",
            "response_binding: artifact",
        )


@by_both
@pytest.mark.parametrize("name", ["SAMLResponse", "SAMLRequest"])
def test_S_75_a_message_beside_the_artifact(name: str, method: str) -> None:
    assert fetched(method=method).subject == SUBJECT
    there = BackChannel(good())
    provider = provider_for(metadata(), outgoing=there, response_binding="artifact")
    with pytest.raises(ProviderRefused) as caught:
        provider.finish(remembered(), brought(method=method, **{name: "eA=="}))
    assert caught.value.reason == "binding"
    assert there.calls == []


@by_both
def test_S_75_an_artifact_that_comes_twice(method: str) -> None:
    there = BackChannel(good())
    provider = provider_for(metadata(), outgoing=there, response_binding="artifact")
    one = brought(method=method)
    with pytest.raises(ProviderRefused) as caught:
        provider.finish(remembered(), replace(one, parameters=(*one.parameters, one.parameters[0])))
    assert caught.value.reason == "repeated_parameter"
    assert there.calls == []


@by_both
def test_S_78_nothing_large_is_read(method: str) -> None:
    """The client stops at the cap; what a test hands over whole is refused by size all the same."""
    body = b"<a>" + b"x" * 400_000 + b"</a>"
    found, _ = refused(HttpAnswer(200, {}, body), method)
    assert found == "too_large"


def test_S_78_an_answer_that_is_old_when_it_is_fetched() -> None:
    """The Response inside is as old as it says, whatever was made around it."""
    late = [lambda r: r.set("IssueInstant", instant(-600))]
    assert fetched(Recipe()).subject == SUBJECT
    with pytest.raises(ProviderRefused) as caught:
        fetched(Recipe(before=late))
    assert caught.value.reason == "issue_instant"


def test_S_78_an_endpoint_of_another_makelaar_is_never_called() -> None:
    """Two makelaars with one index each: the index counts in the metadata of who was asked."""
    theirs = metadata(resolution_service("https://other.example/artifact", 7), entity_id=OTHER)
    assert b"other.example/artifact" in theirs
    there = BackChannel(good())
    provider = provider_for(metadata(), outgoing=there, response_binding="artifact")
    for value in (artifact(OTHER, index=7), artifact(index=7)):
        with pytest.raises(ProviderRefused):
            provider.finish(remembered(), brought(value))
    assert there.calls == []

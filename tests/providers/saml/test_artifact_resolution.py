"""Answers by reference: what is sent for them, what may come back, and whose trouble it is when it
does not. The hostile ones: ``tests/attacks/test_saml_artifacts.py``.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.verifier import XMLVerifier

from keys.keyring import KeyUse
from keys.xml.schema import check_protocol
from providers.interface import ProviderRefused, ProviderUnavailable
from providers.trouble import Side, Trouble
from state.addresses import OutgoingRefused
from state.outgoing import HttpAnswer, OutgoingFailed
from tests.clocks import START
from tests.keys_for_tests import make_keyring
from tests.providers.saml.back_channel import (
    NAMES,
    RESOLUTION,
    STATUS,
    Around,
    BackChannel,
    answer,
    artifact,
    brought,
    fault,
    fetched,
    metadata,
    resolution_service,
)
from tests.providers.saml.maker import (
    SP,
    SUBJECT,
    Recipe,
    instant,
    provider_for,
    remembered,
)

BY_ARTIFACT: dict[str, Any] = {"response_binding": "artifact"}
UNSIGNED = Recipe(signs="assertion")


def asked_for(
    there: BackChannel, value: str | None = None, document: bytes | None = None, **settings: Any
) -> str:
    """Who it is, of an answer that this back channel gives."""
    provider = provider_for(document or metadata(), outgoing=there, **BY_ARTIFACT, **settings)
    return provider.finish(remembered(), brought(value)).subject


def good() -> BackChannel:
    return BackChannel(Around(Recipe().tree()))


def in_trouble(there: BackChannel, trouble: Trouble, **settings: Any) -> dict[str, str | int]:
    with pytest.raises(ProviderUnavailable) as caught:
        asked_for(there, **settings)
    assert caught.value.trouble is trouble
    assert len(there.calls) <= 1
    return dict(caught.value.measured)


def test_what_is_sent_for_an_artifact() -> None:
    there = good()
    assert asked_for(there) == SUBJECT
    ((url, headers, document),) = there.calls
    assert (url, there.parties) == (RESOLUTION, ["polderpoort"])
    assert headers["Content-Type"] == "text/xml; charset=utf-8"
    assert headers["SOAPAction"] == '"http://www.oasis-open.org/committees/security"'
    root = etree.fromstring(document)
    assert root.tag == "{http://schemas.xmlsoap.org/soap/envelope/}Envelope"
    message = there.asked
    check_protocol(message)
    assert message.tag == f"{{{NAMES['samlp']}}}ArtifactResolve"
    assert (message.get("Version"), message.get("Destination")) == ("2.0", RESOLUTION)
    assert message.get("IssueInstant") == "2026-11-02T09:00:00Z"
    assert message.findtext("saml:Issuer", None, NAMES) == SP
    assert message.findtext("samlp:Artifact", None, NAMES) == artifact()


def test_others_verify_what_is_sent() -> None:
    there = good()
    asked_for(there)
    key = make_keyring().active(KeyUse.SAML_SIGNING, "RSA")
    assert key.certificate is not None
    pem = key.certificate.public_bytes(Encoding.PEM).decode()
    document = etree.tostring(there.asked)
    verified = XMLVerifier().verify(document, x509_cert=pem, id_attribute="ID")
    found = verified[0] if isinstance(verified, list) else verified
    assert found.signed_xml is not None
    assert found.signed_xml.findtext("samlp:Artifact", None, NAMES) == artifact()


def test_each_question_has_an_id_of_its_own() -> None:
    there = good()
    asked_for(there)
    first = there.asked.get("ID")
    asked_for(there)
    assert there.asked.get("ID") != first


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answer_comes_by_reference_in_an_address_and_in_a_form(method: str) -> None:
    assert fetched(method=method).subject == SUBJECT


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda v: v.replace("+", " "), id="a plus sign that was not escaped"),
        pytest.param(lambda v: f" {v[:40]}\r\n{v[40:]}\n", id="lines of a form"),
    ],
)
def test_how_browsers_and_products_bring_an_artifact(change: Any) -> None:
    value = artifact(handle=b"\xfb\xef\xbe" * 6 + b"ab")
    assert "+" in value
    there = good()
    assert asked_for(there, change(value)) == SUBJECT
    assert there.asked.findtext("samlp:Artifact", None, NAMES) == value


@pytest.mark.parametrize(
    ("recipe", "settings"),
    [
        (Recipe(), {}),
        (UNSIGNED, {}),  # the ArtifactResponse covers the Response inside (eTD)
        (UNSIGNED, {"require_signed": "assertion"}),
        (Recipe(signs="none"), {"require_signed": "response"}),
        (Recipe(signs="response"), {"require_signed": "response"}),
    ],
)
def test_what_a_signed_artifact_response_covers(recipe: Recipe, settings: dict[str, Any]) -> None:
    assert fetched(recipe, **settings).subject == SUBJECT


@pytest.mark.parametrize("signs", ["assertion", "none", "response"])
def test_around_which_nothing_is_signed_covers_nothing(signs: str) -> None:
    """Where the record allows that, the Response must prove itself as by POST."""
    lenient = {"require_signed_artifact_response": False}
    assert fetched(Recipe(), Around(signing=None), **lenient).subject == SUBJECT
    with pytest.raises(ProviderRefused) as caught:
        fetched(Recipe(signs=signs), Around(signing=None), **lenient)
    assert caught.value.reason == "signature_missing"


def test_an_assertion_must_be_signed_itself_where_the_record_says_so() -> None:
    with pytest.raises(ProviderRefused) as caught:
        fetched(Recipe(signs="none"), require_signed="assertion")
    assert caught.value.reason == "signature_missing"
    assert caught.value.measured["element"] == "Assertion"


def test_the_setting_is_told_where_only_the_answer_inside_is_signed() -> None:
    with pytest.raises(ProviderRefused) as caught:
        fetched(Recipe(), Around(signing=None))
    told = dict(caught.value.measured)
    assert (caught.value.reason, told["element"]) == ("signature_missing", "ArtifactResponse")
    assert told["line"] == "require_signed_artifact_response: false"
    assert told["seen"] == "Response, Assertion"


def test_what_is_fetched_is_younger_than_what_the_browser_brought() -> None:
    """A makelaar makes its answer while we wait, and clocks may be equal to the second."""
    moment = START + timedelta(seconds=3)
    recipe = Recipe(before=[lambda r: r.set("IssueInstant", instant(3))])
    there = BackChannel(Around(recipe.tree(), at=moment))
    provider = provider_for(metadata(), outgoing=there, skew_seconds=0, **BY_ARTIFACT)
    object.__setattr__(provider._resolution, "seconds", iter((10.0, 14.0)).__next__)
    assert provider.finish(remembered(), brought()).subject == SUBJECT
    object.__setattr__(provider._resolution, "seconds", iter((10.0, 12.0)).__next__)
    with pytest.raises(ProviderRefused) as caught:
        provider.finish(remembered(), brought())
    assert caught.value.reason == "issue_instant"


def test_an_answer_of_dotnet_begins_with_a_byte_order_mark() -> None:
    def marked(asked: etree._Element) -> HttpAnswer:
        plain = Around(Recipe().tree())(asked)
        return HttpAnswer(200, plain.headers, b"\xef\xbb\xbf" + plain.body)

    assert asked_for(BackChannel(marked)) == SUBJECT


def test_a_header_that_need_not_be_understood_is_passed_over() -> None:
    around = Around(header='<x:Trace xmlns:x="urn:x" s:mustUnderstand="0">7</x:Trace>')
    assert fetched(Recipe(), around).subject == SUBJECT


def test_the_endpoint_is_that_of_the_index() -> None:
    there = good()
    second = resolution_service("https://makelaar.example/second", 1)
    document = metadata(resolution_service(), second)
    assert asked_for(there, artifact(index=1), document) == SUBJECT
    assert there.calls[0][0] == "https://makelaar.example/second"


@pytest.mark.parametrize(
    "services",
    [
        pytest.param([resolution_service(binding="HTTP-POST")], id="of another binding"),
        pytest.param([resolution_service(index="x")], id="an index that is no number"),
        pytest.param([resolution_service(index=70000)], id="an index that is too large"),
        pytest.param([resolution_service("ftp://makelaar.example/x")], id="no address to call"),
        pytest.param(
            [resolution_service(), resolution_service("https://makelaar.example/b")],
            id="two with one index",
        ),
    ],
)
def test_metadata_that_name_no_usable_endpoint_are_no_less_metadata(services: list[str]) -> None:
    """Who answers by POST is not judged by it; who answers by reference hears what is missing."""
    there = good()
    with pytest.raises(ProviderRefused) as caught:
        asked_for(there, document=metadata(*services))
    assert caught.value.reason == "artifact_endpoint"
    assert there.calls == []


@pytest.mark.parametrize(
    ("answering", "trouble", "side"),
    [
        (OutgoingFailed("timeout"), Trouble.UNAVAILABLE, Side.THEIRS),
        (OutgoingFailed("refused"), Trouble.UNAVAILABLE, Side.THEIRS),
        (OutgoingFailed("circuit_open", 20, "timeout"), Trouble.UNAVAILABLE, Side.THEIRS),
        (OutgoingFailed("too_large"), Trouble.ANSWER, Side.THEIRS),
        (OutgoingFailed("redirected"), Trouble.ANSWER, Side.THEIRS),
        (OutgoingFailed("name_not_found"), Trouble.NAME, Side.BETWEEN),
        (OutgoingFailed("tls_name"), Trouble.TLS_NAME, Side.BETWEEN),
        (OutgoingFailed("tls_client"), Trouble.TLS_CLIENT, Side.BETWEEN),
        (OutgoingFailed("tls_untrusted"), Trouble.UNTRUSTED, Side.OURS),
        (OutgoingRefused("address", "10.0.0.1"), Trouble.FORBIDDEN, Side.OURS),
        (HttpAnswer(503, {}, b""), Trouble.UNAVAILABLE, Side.THEIRS),
        (HttpAnswer(500, {}, b"<html>oops</html>"), Trouble.UNAVAILABLE, Side.THEIRS),
        (HttpAnswer(429, {"retry-after": "30"}, b""), Trouble.BUSY, Side.THEIRS),
        (HttpAnswer(403, {}, b""), Trouble.ENDPOINT_REFUSED, Side.BETWEEN),
        (HttpAnswer(415, {}, b""), Trouble.ANSWER, Side.THEIRS),
        (HttpAnswer(200, {}, b"<html><p>Onderhoud</html>"), Trouble.ANSWER, Side.THEIRS),
        (HttpAnswer(200, {}, b"<!DOCTYPE html><html/>"), Trouble.ANSWER, Side.THEIRS),
        (HttpAnswer(200, {}, b""), Trouble.ANSWER, Side.THEIRS),
        (fault("s:Server", "database"), Trouble.UNAVAILABLE, Side.THEIRS),
        (fault("s:Client", "signature"), Trouble.REQUEST_REFUSED, Side.BETWEEN),
        (fault("s:Client", "signature", 200), Trouble.REQUEST_REFUSED, Side.BETWEEN),
        (fault("s:VersionMismatch", ""), Trouble.REQUEST_REFUSED, Side.BETWEEN),
    ],
)
def test_trouble_has_the_words_of_other_calls(answering: Any, trouble: Trouble, side: Side) -> None:
    measured = in_trouble(BackChannel(answering), trouble)
    assert trouble.side is side
    if not isinstance(answering, OutgoingRefused | OutgoingFailed):
        assert (measured["endpoint"], measured["called"]) == (
            "ArtifactResolutionService",
            RESOLUTION,
        )


def test_a_fault_is_told_without_what_may_be_of_a_person() -> None:
    there = BackChannel(fault("s:Client", "no 123456789 of jan@x.example known"))
    measured = in_trouble(there, Trouble.REQUEST_REFUSED)
    assert measured["makelaar_error"] == "Client"
    assert measured["makelaar_says"] == "no … of … known"
    assert measured["http_status"] == 500


@pytest.mark.parametrize(
    ("code", "trouble"),
    [("Requester", Trouble.REQUEST_REFUSED), ("Responder", Trouble.UNAVAILABLE)],
)
def test_a_status_of_the_artifact_response_is_about_our_question(
    code: str, trouble: Trouble
) -> None:
    status = (
        f'<samlp:StatusCode Value="{STATUS}{code}"/><samlp:StatusMessage>no</samlp:StatusMessage>'
    )
    measured = in_trouble(BackChannel(Around(status=status)), trouble)
    assert (measured["status_code"], measured["status_message"]) == (code, "no")


def test_the_status_of_a_login_is_that_of_the_response_inside() -> None:
    def refused(response: etree._Element) -> None:
        response.find("samlp:Status/samlp:StatusCode", NAMES).set(  # type: ignore[union-attr]
            "Value", f"{STATUS}Responder"
        )
        response.remove(response.find("saml:Assertion", NAMES))  # type: ignore[arg-type]

    with pytest.raises(ProviderRefused) as caught:
        fetched(Recipe(before=[refused], signs="none"))
    assert caught.value.reason == "status_not_success"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat

    from tests.keys_for_tests import rsa_key
    from tests.providers.saml.maker import certificate

    cert, key = tmp_path / "sluis.crt", tmp_path / "sluis.key"
    cert.write_bytes(certificate("us").public_bytes(Encoding.PEM))
    pem = rsa_key("us").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key.write_bytes(pem)
    return str(cert), str(key)


def test_our_certificate_is_shown_where_the_record_names_one(files: tuple[str, str]) -> None:
    there = good()
    assert asked_for(there) == SUBJECT and there.shown == []
    cert, key = files
    assert asked_for(there, tls_certificate_file=cert, tls_key_file=key) == SUBJECT
    (shown,) = there.shown
    assert (str(shown.certificate_file), str(shown.key_file)) == files


@pytest.mark.parametrize("error", [FileNotFoundError(), PermissionError(), ValueError("no PEM")])
def test_without_our_certificate_nobody_is_called(error: Exception) -> None:
    there = good()

    def broken(_: object) -> Any:
        raise error

    there._showing = broken
    measured = in_trouble(there, Trouble.CERTIFICATE_FILE, tls_certificate_file="/etc/sluis/x.pem")
    assert there.calls == []
    assert (measured["setting"], measured["registered"]) == (
        "saml.tls_certificate_file",
        "/etc/sluis/x.pem",
    )


def test_an_artifact_is_told_by_nobody() -> None:
    """A refusal tells its shape, and no part of the handle."""
    with pytest.raises(ProviderRefused) as caught:
        asked_for(good(), artifact("https://other.example/"))
    told = str(caught.value.measured) + caught.value.detail
    assert base64.b64decode(artifact())[24:].hex() not in told and artifact() not in told


def test_a_message_in_place_of_soap_is_not_read() -> None:
    whole = etree.tostring(Around(Recipe().tree()).message(etree.fromstring('<a ID="_x"/>')))
    in_trouble(BackChannel(HttpAnswer(200, {}, whole)), Trouble.ANSWER)
    in_trouble(BackChannel(answer("")), Trouble.ANSWER)

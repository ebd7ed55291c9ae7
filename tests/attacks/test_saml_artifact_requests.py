"""What arrives at our ArtifactResolutionService that nobody can trust: a fault, a trace, and the
answer stays for whom it is. Each beside the question that is answered (S-78, I-03, I-05, I-11).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from lxml import etree

from sandbox.wire import Answer
from state import trace
from tests.broker.saml.artifact_portal import (
    ARTIFACT,
    ONLY,
    RESOLUTION,
    SOAP,
    XML,
    ArtifactPortal,
    envelope,
    make_artifact_world,
)
from tests.broker.saml.portals import NAMES, SAML, SAMLP, signed
from tests.world import World

CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_artifact_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(world: World) -> ArtifactPortal:
    return ArtifactPortal(world)


@pytest.fixture
def artifact(portal: ArtifactPortal) -> str:
    """Of a login that is finished, and whose answer waits."""
    portal.walk(portal.by_redirect(portal.asked({"ProtocolBinding": ARTIFACT})))
    return portal.artifact


def faulted(portal: ArtifactPortal, answer: Answer, reason: str, code: str = "Client") -> None:
    """A fault of SOAP with a reference, behind which the trace says what was wrong."""
    assert answer.status == 500, answer.body
    assert answer.header("Content-Type") == "text/xml; charset=utf-8"
    assert answer.header("Cache-Control") == "no-store"
    root = etree.fromstring(answer.body)
    assert root.tag == f"{{{SOAP}}}Envelope"
    (fault,) = root[0]
    assert fault.tag == f"{{{SOAP}}}Fault"
    assert fault.findtext("faultcode") == f"soapenv:{code}"
    found = CODE.search(fault.findtext("faultstring") or "")
    assert found is not None
    with portal.world.session() as session:
        reference = found.group().replace("-", "")
        (row,) = session.query(trace.Trace).filter_by(reference=reference).all()
        steps = trace.record_of(row).steps
    assert steps[-1].reason == reason


def still_there(portal: ArtifactPortal, artifact: str) -> None:
    assert portal.fetched(artifact).response is not None


@pytest.mark.parametrize(
    ("key", "changes", "reason"),
    [
        pytest.param(None, {}, "saml_signature", id="I-03 S-78 unsigned"),
        pytest.param("thief", {}, "saml_signature", id="S-78 of another key"),
        pytest.param(
            "portal", {"Destination": "https://other.example/"}, "saml_destination",
            id="I-05 for another party",
        ),
        pytest.param(
            "portal", {"IssueInstant": "2020-01-01T00:00:00Z"}, "saml_time", id="I-05 old"
        ),
        pytest.param(
            "portal", {"IssueInstant": "2099-01-01T00:00:00Z"}, "saml_time",
            id="I-05 from the future",
        ),
        pytest.param("portal", {"Version": "1.1"}, "saml_unreadable", id="S-60 SAML 1.1"),
        pytest.param("portal", {"ID": None}, "saml_unreadable", id="S-60 without ID"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_trusted(
    portal: ArtifactPortal,
    artifact: str,
    key: str | None,
    changes: dict[str, str | None],
    reason: str,
) -> None:
    if key is None or "ID" in changes:
        answer = portal.asks(artifact, None, **changes)
    else:
        answer = portal.asks(artifact, key, **changes)
    faulted(portal, answer, reason)
    still_there(portal, artifact)


def test_S_78_who_is_not_registered_gets_a_fault(portal: ArtifactPortal, artifact: str) -> None:
    stranger = ArtifactPortal(portal.world, "urn:niemand")
    faulted(portal, stranger.asks(artifact), "saml_portal_unknown")
    still_there(portal, artifact)


def test_S_78_who_need_not_sign_requests_signs_what_fetches(world: World) -> None:
    portal = ArtifactPortal(world, ONLY)
    portal.walk(portal.by_redirect(portal.asked(), key=None))
    artifact = portal.artifact
    faulted(portal, portal.asks(artifact, None), "saml_signature")
    still_there(portal, artifact)


def changed(message: bytes) -> bytes:
    """The artifact of somebody else under a right signature."""
    return re.sub(rb"<samlp:Artifact>.", b"<samlp:Artifact>B", message)


def test_S_21_a_question_that_was_changed(portal: ArtifactPortal, artifact: str) -> None:
    message = signed(portal.question(artifact))
    assert changed(message) != message
    faulted(portal, portal.sent(changed(message)), "saml_signature")
    still_there(portal, artifact)


def wrapped(message: bytes) -> bytes:
    """The signed question inside one that asks for something else."""
    root = etree.fromstring(message)
    outer = etree.fromstring(message)
    outer.set("ID", "_outer")
    signature = outer.find("ds:Signature", NAMES)
    assert signature is not None
    outer.remove(signature)
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    extensions.append(etree.fromstring('<x:x xmlns:x="urn:x"/>'))
    extensions[0].append(root)
    outer.insert(1, extensions)
    return bytes(etree.tostring(outer))


def test_S_01_a_question_wrapped_in_another(portal: ArtifactPortal, artifact: str) -> None:
    message = wrapped(signed(portal.question(artifact)))
    faulted(portal, portal.sent(message), "saml_signature")
    still_there(portal, artifact)


Body = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(lambda m: m, "Client", id="no envelope"),
        pytest.param(lambda m: envelope(m + m), "Client", id="two questions"),
        pytest.param(lambda m: envelope(b""), "Client", id="an empty body"),
        pytest.param(lambda m: b"", "Client", id="nothing"),
        pytest.param(lambda m: b"geen xml", "Client", id="no XML"),
        pytest.param(
            lambda m: b'<!DOCTYPE x [<!ENTITY e "x">]>' + envelope(m), "Client", id="a DTD"
        ),
        pytest.param(
            lambda m: envelope(m, space="http://www.w3.org/2003/05/soap-envelope"),
            "VersionMismatch",
            id="SOAP 1.2",
        ),
        pytest.param(
            lambda m: envelope(
                m, '<s:Header><x:Pay xmlns:x="urn:x" s:mustUnderstand="1"/></s:Header>'
            ),
            "MustUnderstand",
            id="a header that must be understood",
        ),
        pytest.param(lambda m: envelope(m) + b" " * 100_000, "Client", id="I-11 S-72 too large"),
        pytest.param(
            lambda m: envelope(b"<a>" + b"<b/>" * 400 + b"</a>"), "Client", id="I-11 too many"
        ),
        pytest.param(
            lambda m: envelope(m.replace(b"ArtifactResolve", b"AuthnRequest")),
            "Client",
            id="another message",
        ),
        pytest.param(
            lambda m: envelope(b"<s:Fault><faultcode>s:Server</faultcode></s:Fault>"),
            "Client",
            id="a fault",
        ),
    ],
)
def test_S_74_what_is_no_question(
    portal: ArtifactPortal, artifact: str, body: Body, code: str
) -> None:
    message = signed(portal.question(artifact))
    faulted(portal, portal.bare_soap(body(message)), "saml_unreadable", code)
    still_there(portal, artifact)


@pytest.mark.parametrize(
    "kind", ["text/xml", "application/xml", "application/soap+xml", "text/xml; charset=UTF-8"]
)
def test_what_products_call_xml_is_read(portal: ArtifactPortal, artifact: str, kind: str) -> None:
    body = envelope(signed(portal.question(artifact)))
    assert portal.bare_soap(body, {**XML, "Content-Type": kind}).status == 200


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "application/json"]
)
def test_S_76_what_a_page_can_send_is_not_read(
    portal: ArtifactPortal, artifact: str, kind: str
) -> None:
    body = envelope(signed(portal.question(artifact)))
    answer = portal.bare_soap(body, {**XML, "Content-Type": kind})
    assert answer.status == 415
    still_there(portal, artifact)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_S_76_only_post_is_served(portal: ArtifactPortal, artifact: str, method: str) -> None:
    answer = portal.world.wire.request(method, RESOLUTION)
    assert answer.status == 405
    still_there(portal, artifact)


def test_without_destination_a_question_over_soap_is_answered(
    portal: ArtifactPortal, artifact: str
) -> None:
    """Nobody carried it: it came on the connection of the portal (Core §3.2.1)."""
    assert portal.asks(artifact, Destination=None).status == 200


def test_a_clock_may_differ_by_minutes(portal: ArtifactPortal, artifact: str) -> None:
    ahead = portal.world.clock() + timedelta(minutes=2)
    answer = portal.asks(artifact, IssueInstant=ahead.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert answer.status == 200
    assert SAML in answer.body.decode()

"""pysaml2 as an oracle: what Sluis accepts pysaml2 accepts too, where it can judge it, so that we
may be stricter and are never laxer; what Sluis makes pysaml2 reads; what pysaml2 makes Sluis takes.
"""

from __future__ import annotations

import base64
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from assurance.levels import AssuranceLevel
from broker.saml import messages
from broker.saml.authn_request import parse
from broker.saml.metadata import idp_metadata
from broker.saml.portal_metadata import read_portal_metadata
from broker.saml.request_target import request_target
from keys.keyring import KeyUse
from providers.interface import AuthenticationRequest, Departure
from providers.saml.metadata import read_metadata, sp_metadata
from tests.attacks.test_saml_fuzz import REFUSALS, WORDS
from tests.broker.examples import ISSUER, SERVICE, a_record, a_service
from tests.broker.saml.portals import IDP, SSO, a_portal
from tests.keys_for_tests import make_keyring
from tests.providers.saml.edits import add, drop, put
from tests.providers.saml.maker import (
    ACS,
    REQUEST_ID,
    SP,
    Recipe,
    callback,
    certificate,
    metadata_of,
    provider_for,
    remembered,
    spoilt,
    tampered,
)
from tests.providers.saml.maker import (
    WORDS as PLAIN_WORDS,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
saml2 = pytest.importorskip("saml2")

from tests.oracle import parties  # noqa: E402
from tests.oracle.answers import answer_at  # noqa: E402
from tests.oracle.parties import MAKELAAR, MAKELAAR_SSO, PORTAL, PORTAL_ACS  # noqa: E402

SLO = "https://login.example/saml/slo"
REDIRECT: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
AT: Final = datetime.now(UTC).replace(microsecond=0)
LOA3: Final = "urn:etoegang:core:assurance-class:loa3"
L = AssuranceLevel


class _Clock:
    """The module ``time`` as pysaml2 reads it, at one moment: a crowded machine runs these tests
    minutes after their messages were made.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def gmtime(self, at: float | None = None) -> time.struct_time:
        return time.gmtime(AT.timestamp() if at is None else at)


class _Then(datetime):
    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return AT


@pytest.fixture(autouse=True)
def at_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saml2.time_util.time", _Clock())
    monkeypatch.setattr("saml2.time_util.datetime", _Then)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pysaml2")


@pytest.fixture(autouse=True)
def _files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saml2.sigver.make_temp", parties.written_in(folder))


# Responses: the same one, judged by both.


@cache
def ourselves(folder: Path, **wanted: Any) -> Any:
    """pysaml2 in our place, with the metadata of the same makelaar."""
    endpoints = {"assertion_consumer_service": [(ACS, POST)]}
    known = metadata_of(certificate())
    return parties.portal(folder, known, entity_id=SP, endpoints=endpoints, **wanted)


def sluis_accepts(recipe: Recipe, raw: bytes | None = None) -> bool:
    provider = provider_for(**recipe.settings)
    try:
        provider.finish(remembered(at=AT), callback(raw or recipe.raw(), AT))
    except REFUSALS:
        return False
    return True


def pysaml2_accepts(folder: Path, raw: bytes, signs: str = "both") -> bool:
    """``signs``: what must be signed, as the makelaar's record says it here."""
    wanted = {
        "want_assertions_signed": signs in ("both", "assertion"),
        "want_response_signed": signs in ("both", "response"),
    }
    value = base64.b64encode(raw).decode()
    try:
        found = ourselves(folder, **wanted).parse_authn_request_response(
            value, POST, outstanding={REQUEST_ID: "/"}
        )
    except Exception:  # it refuses with whatever it meets
        return False
    return found is not None and found.name_id is not None


def now(recipe: Recipe) -> Recipe:
    return replace(recipe, words=replace(PLAIN_WORDS, at=AT))


def without_comments(raw: bytes) -> bytes:
    """As we read it: they cut no word in two, and nothing that is signed holds them."""
    return bytes(etree.tostring(etree.fromstring(raw, etree.XMLParser(remove_comments=True))))


def later(seconds: int) -> str:
    return (AT + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


CONDITIONS: Final = "saml:Assertion/saml:Conditions"
GOOD: Final[dict[str, Recipe]] = {
    "both signed": Recipe(),
    "the assertion": Recipe(signs="assertion", settings={"require_signed": "assertion"}),
    "the response": Recipe(signs="response", settings={"require_signed": "response"}),
    "without a Destination": spoilt(
        put(".", "Destination", None),
        signs="assertion",
        settings={"require_signed": "assertion"},
    ),
    "a session that ends": spoilt(
        put("saml:Assertion/saml:AuthnStatement", "SessionNotOnOrAfter", later(3600))
    ),
    "another audience beside ours": spoilt(
        add(
            f"{CONDITIONS}/saml:AudienceRestriction",
            "<saml:Audience>https://other.example</saml:Audience>",
        )
    ),
}
BAD: Final[dict[str, Recipe]] = {
    "nothing signed": Recipe(signs="none"),
    "changed after signing": tampered(put("saml:Assertion", "ID", "_other")),
    "another issuer": replace(Recipe(), words=replace(PLAIN_WORDS, issuer="https://x.example")),
    "another request": replace(Recipe(), words=replace(PLAIN_WORDS, request="_other")),
    "another audience": replace(Recipe(), words=replace(PLAIN_WORDS, sp="https://x.example")),
    "ended": spoilt(put(CONDITIONS, "NotOnOrAfter", later(-3600))),
    "not begun": spoilt(put(CONDITIONS, "NotBefore", later(3600))),
    "another destination": spoilt(put(".", "Destination", "https://x.example/acs")),
}
# Where we are stricter on purpose: pysaml2 takes them.
STRICTER: Final[dict[str, Recipe]] = {
    "no Conditions": spoilt(drop(CONDITIONS)),
    "no Destination under a signature": spoilt(put(".", "Destination", None)),
    "a confirmation without an end": spoilt(
        put(
            "saml:Assertion/saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData",
            "NotOnOrAfter",
            None,
        )
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_what_sluis_accepts_pysaml2_accepts(folder: Path, case: str) -> None:
    recipe = now(GOOD[case])
    raw = recipe.raw()
    assert sluis_accepts(recipe, raw)
    assert pysaml2_accepts(folder, raw, recipe.signs)


@pytest.mark.parametrize("case", BAD)
def test_what_pysaml2_refuses_sluis_refuses(folder: Path, case: str) -> None:
    recipe = now(BAD[case])
    if case.startswith("another ") and case != "another destination":
        recipe = replace(BAD[case], words=replace(BAD[case].words, at=AT))
    raw = recipe.raw()
    assert not pysaml2_accepts(folder, raw)
    assert not sluis_accepts(recipe, raw)


@pytest.mark.parametrize("case", STRICTER)
def test_sluis_may_be_stricter(case: str) -> None:
    assert not sluis_accepts(now(STRICTER[case]))


def test_whatever_is_changed_sluis_is_never_laxer(folder: Path) -> None:
    recipe = now(GOOD["the assertion"])
    raw = recipe.raw()
    assert sluis_accepts(recipe, raw) and pysaml2_accepts(folder, raw, "assertion")

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        place=st.integers(0, len(raw) - 1),
        length=st.integers(0, 6),
        put_in=st.one_of(st.just(b""), st.sampled_from([b" ", b"\n", b"&#65;", b"<!---->"]), WORDS),
    )
    def changed(place: int, length: int, put_in: bytes) -> None:
        other = raw[:place] + put_in + raw[place + length :]
        if sluis_accepts(recipe, other):
            assert pysaml2_accepts(folder, without_comments(other), "assertion"), other

    changed()


# Requests: ours at a makelaar of pysaml2, and those of its portal at ours.


def leave(binding: str, **more: Any) -> Departure:
    known = metadata_of(certificate()).replace(
        b"https://makelaar.example/sso/Redirect?tenant=1", MAKELAAR_SSO.encode()
    )
    known = known.replace(b"https://makelaar.example/sso/POST?tenant=1", MAKELAAR_SSO.encode())
    provider = provider_for(known, request_binding=binding, **more)
    ask = AuthenticationRequest("a-login.1", L.EH3, SERVICE, "Meldportaal")
    return provider.begin(ask, AT)


@pytest.mark.parametrize("named", [False, True], ids=["plain", "with a KeyName"])
def test_pysaml2_takes_our_request_by_post(folder: Path, named: bool) -> None:
    server = parties.makelaar(folder, sp_metadata(make_keyring(), SP, ACS, SLO))
    departure = leave("post", sends_key_name=named)
    assert departure.fields is not None
    found = server.parse_authn_request(departure.fields["SAMLRequest"], POST)
    assert (found.message.issuer.text, found.message.destination) == (SP, MAKELAAR_SSO)
    spoiled = base64.b64decode(departure.fields["SAMLRequest"]).replace(ACS.encode(), b"https://x/")
    with pytest.raises(Exception):  # noqa: B017
        server.parse_authn_request(base64.b64encode(spoiled).decode(), POST)


def test_pysaml2_takes_our_request_by_redirect(folder: Path) -> None:
    server = parties.makelaar(folder, sp_metadata(make_keyring(), SP, ACS, SLO))
    sent = {n: v[0] for n, v in parse_qs(urlsplit(leave("redirect").url).query).items()}
    signature = {
        "relay_state": sent["RelayState"],
        "sigalg": sent["SigAlg"],
        "signature": sent["Signature"],
    }
    found = server.parse_authn_request(sent["SAMLRequest"], REDIRECT, **signature)
    assert found.message.issuer.text == SP
    with pytest.raises(Exception):  # noqa: B017
        server.parse_authn_request(
            sent["SAMLRequest"], REDIRECT, **{**signature, "relay_state": "another"}
        )


@pytest.mark.parametrize("binding", [REDIRECT, POST], ids=["redirect", "post"])
def test_sluis_takes_the_request_of_a_portal_of_pysaml2(folder: Path, binding: str) -> None:
    client = parties.portal(folder, idp_metadata(make_keyring(), ISSUER))
    portal = a_portal(
        parties.metadata_of(client).decode(),
        client_id="oracle",
        saml={"entity_id": PORTAL, "require_signed_requests": True},
    )
    _, arguments = client.prepare_for_authenticate(
        entityid=IDP, relay_state="kaart", binding=binding, sign=True, sigalg=parties.RSA_SHA256
    )
    if binding == REDIRECT:
        query = urlsplit(dict(arguments["headers"])["Location"]).query
        received = messages.from_redirect(query.encode())
    else:
        value = base64.b64encode(parties.message_in(arguments, "SAMLRequest")).decode()
        received = messages.from_post([("SAMLRequest", value), ("RelayState", "kaart")])
    target = request_target(received, {PORTAL: portal}, sso_url=SSO, now=AT)
    assert target.acs_url == PORTAL_ACS
    services, makelaar = {SERVICE: a_service(level="EH2")}, a_record()
    asked = parse(target, services, {makelaar.id: makelaar}, idp_entity_id=IDP, now=AT)
    assert asked.service_uuid == SERVICE


# Answers: of a makelaar of pysaml2 to us, and ours at its portal.


@pytest.mark.parametrize(
    ("response", "assertion", "demanded"),
    [(True, True, "both"), (True, False, "response"), (False, True, "assertion")],
)
def test_sluis_takes_the_answer_of_a_makelaar_of_pysaml2(
    folder: Path, response: bool, assertion: bool, demanded: str
) -> None:
    server = parties.makelaar(folder, sp_metadata(make_keyring(), SP, ACS, SLO))
    name = saml2.saml.NameID(format=saml2.saml.NAMEID_FORMAT_PERSISTENT, text="robin-1")
    made = server.create_authn_response(
        identity={"urn:etoegang:1.9:attribute:FirstName": ["Robin"]},
        in_response_to=REQUEST_ID,
        destination=ACS,
        sp_entity_id=SP,
        name_id=name,
        authn={"class_ref": LOA3, "authn_instant": int(AT.timestamp())},
        sign_response=response,
        sign_assertion=assertion,
    )
    provider = provider_for(
        parties.metadata_of(server), entity_id=MAKELAAR, require_signed=demanded
    )
    raw = str(made).encode()
    received = AT
    found = provider.finish(remembered(at=AT), callback(raw, received))
    assert (found.subject, found.authentication) == ("robin-1", L.EH3)
    with pytest.raises(REFUSALS):
        provider.finish(remembered(at=AT), callback(raw.replace(b"robin-1", b"robin-2"), received))


@pytest.mark.parametrize("named", [False, True], ids=["plain", "with a KeyName"])
def test_a_portal_of_pysaml2_takes_our_answer(folder: Path, named: bool) -> None:
    client = parties.portal(
        folder,
        idp_metadata(make_keyring(), ISSUER),
        want_assertions_signed=True,
        want_response_signed=True,
    )
    raw = answer_at(AT, parties.metadata_of(client).decode(), named=named)
    value = base64.b64encode(raw).decode()
    found = client.parse_authn_request_response(value, POST, outstanding={"_asked": "/"})
    assert found.in_response_to == "_asked"
    assert found.name_id.format == saml2.saml.NAMEID_FORMAT_PERSISTENT
    assert len(list(etree.fromstring(raw).iter("{*}KeyName"))) == (2 if named else 0)
    changed = base64.b64encode(raw.replace(b"_asked", b"_other")).decode()
    with pytest.raises(Exception):  # noqa: B017
        client.parse_authn_request_response(changed, POST, outstanding={"_other": "/"})


# Metadata: each reads what the other publishes.


def test_sluis_reads_the_metadata_of_pysaml2(folder: Path) -> None:
    server = parties.makelaar(folder, sp_metadata(make_keyring(), SP, ACS, SLO))
    makelaar = read_metadata(parties.metadata_of(server), entity_id=MAKELAAR)
    assert (makelaar.entity_id, makelaar.location(POST)) == (MAKELAAR, MAKELAAR_SSO)
    assert makelaar.location(REDIRECT) == MAKELAAR_SSO
    client = parties.portal(folder, idp_metadata(make_keyring(), ISSUER))
    portal = read_portal_metadata(parties.metadata_of(client).decode(), PORTAL)
    assert [one.url for one in portal.answers] == [PORTAL_ACS]
    assert portal.signs_requests and len(portal.signing) == 1


def test_pysaml2_reads_our_metadata(folder: Path) -> None:
    known = parties.portal(folder, idp_metadata(make_keyring(), ISSUER)).metadata
    ours = make_keyring().active(KeyUse.SAML_IDP_SIGNING, "RSA").certificate
    assert ours is not None and len(known.certs(IDP, "idpsso", "signing")) == 1
    (service,) = known.service(IDP, "idpsso_descriptor", "single_sign_on_service", POST)
    assert service["location"] == SSO

"""What a makelaar is asked follows from its record, setting by setting; and a record that says
nothing asks what it always asked.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from assurance.levels import AssuranceLevel
from keys.xml.schema import check_protocol
from providers.interface import ProviderRefused
from providers.saml.request import requested_contexts
from tests.providers.saml.edits import AUTHN, put
from tests.providers.saml.maker import (
    ACS,
    NAMES,
    SERVICE,
    SUBJECT,
    Recipe,
    finish,
    instant,
    record_of,
    remembered,
    spoilt,
)
from tests.providers.saml.test_request import LOA, leave, request_in

L = AssuranceLevel
PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
OWN: Final = {"wachtwoord": L.EH2, "sms": L.EH2_PLUS, "app": L.EH3, "pas": L.EH3}


def children(settings: dict[str, Any], **asked: Any) -> list[str]:
    """The names of what the request holds, which fits the schema."""
    request = request_in(leave(settings, **asked))
    check_protocol(request)
    return [str(child.tag).rpartition("}")[2] for child in request]


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({}, None),
        ({"format": "none"}, None),
        ({"format": "persistent"}, {"Format": PERSISTENT}),
        ({"allow_create": True}, {"AllowCreate": "true"}),
        (
            {"format": "emailAddress", "allow_create": True},
            {
                "Format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
                "AllowCreate": "true",
            },
        ),
        ({"format": "urn:x:own"}, {"Format": "urn:x:own"}),
    ],
)  # fmt: skip
def test_which_name_is_asked(policy: dict[str, Any], said: dict[str, str] | None) -> None:
    settings = {"name_id_policy": policy}
    request = request_in(leave(settings))
    check_protocol(request)
    found = request.find("samlp:NameIDPolicy", NAMES)
    assert (None if found is None else dict(found.attrib)) == said
    order = ["Issuer", "Extensions", "NameIDPolicy", "RequestedAuthnContext"]
    assert children(settings) == [name for name in order if said or name != "NameIDPolicy"]


@pytest.mark.parametrize(
    ("comparison", "level", "own", "names"),
    [
        ("minimum", L.EH2_PLUS, {}, (LOA + "loa2plus",)),
        ("minimum", L.EH3, OWN, ("app",)),
        ("exact", L.EH2_PLUS, OWN, ("sms", "app", "pas")),
        ("exact", L.EH3, OWN, ("app", "pas")),
        ("exact", L.EH4, OWN, (LOA + "loa4",)),
        ("exact", L.EH3, {}, (LOA + "loa3",)),
        ("better", L.EH3, OWN, ("sms",)),
        ("better", L.EH2, OWN, ()),
        ("better", L.EH4, {}, (LOA + "loa3",)),
        ("none", L.EH3, OWN, ()),
    ],
)
def test_how_a_level_is_asked(
    comparison: str, level: L, own: dict[str, L], names: tuple[str, ...]
) -> None:
    record = record_of(levels=own, authn_context_comparison=comparison)
    assert requested_contexts(level, record) == names
    request = request_in(
        leave({"levels": own, "authn_context_comparison": comparison}, level=level)
    )
    check_protocol(request)
    asked = request.find("samlp:RequestedAuthnContext", NAMES)
    if not names:
        assert asked is None
        return
    assert asked is not None
    assert (asked.get("Comparison"), [one.text for one in asked]) == (comparison, list(names))


@pytest.mark.parametrize("comparison", ["minimum", "exact", "better"])
def test_a_record_names_the_classes_of_a_level_itself(comparison: str) -> None:
    record = record_of(
        levels=OWN,
        authn_context_comparison=comparison,
        authn_context_classes={"EH2+": ("urn:x:1", "urn:x:2")},
    )
    assert requested_contexts(L.EH2_PLUS, record) == ("urn:x:1", "urn:x:2")
    assert requested_contexts(L.EH4, record) != ("urn:x:1", "urn:x:2")
    with pytest.raises(ValidationError, match="unknown assurance level"):
        record_of(authn_context_classes={"EH9": ("urn:x",)})


@pytest.mark.parametrize(
    ("names", "word"),
    [
        ("etd", LOA + "loa3"),
        ("eidas", "http://eidas.europa.eu/LoA/substantial"),
        ("digid", "urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard"),
    ],
)
def test_a_level_without_a_name_of_its_own_has_that_of_a_scheme(names: str, word: str) -> None:
    assert requested_contexts(L.EH3, record_of(authn_context_names=names)) == (word,)
    assert requested_contexts(L.EH3, record_of(authn_context_names=names, levels=OWN)) == ("app",)


def test_a_new_login_can_be_asked_always_and_an_older_one_is_then_refused() -> None:
    always = {"force_authn": "always"}
    assert request_in(leave()).get("ForceAuthn") is None
    left = leave(always)
    assert request_in(left).get("ForceAuthn") == "true"
    assert left.remembered.values["fresh"] == "true"
    old = spoilt(put(AUTHN, "AuthnInstant", instant(-600)), settings=always)
    assert finish(old).subject == SUBJECT  # where nobody asked for a new one
    asked = remembered(**dict(left.remembered.values))
    assert finish(Recipe(settings=always), asked=asked).subject == SUBJECT
    with pytest.raises(ProviderRefused, match="authn_instant"):
        finish(old, asked=asked)


def test_our_name_is_sent_where_the_record_gives_one() -> None:
    assert request_in(leave()).get("ProviderName") is None
    named = request_in(leave({"provider_name": "Gemeente <Voorbeeld>"}))
    check_protocol(named)
    assert named.get("ProviderName") == "Gemeente <Voorbeeld>"


@pytest.mark.parametrize("index", [None, 0, 7])
def test_where_the_answer_goes_is_an_address_or_an_index(index: int | None) -> None:
    more = {"attribute_consuming_service_index": index}
    service = {} if index is None else {"AttributeConsumingServiceIndex": str(index)}
    address = {
        "AssertionConsumerServiceURL": ACS,
        "ProtocolBinding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
    }
    usual = {"ID", "Version", "IssueInstant", "Destination"}
    for acs, words in (("url", address), ("index", {"AssertionConsumerServiceIndex": "0"})):
        request = request_in(leave({"acs": acs, **more}))
        check_protocol(request)
        said = {name: value for name, value in request.attrib.items() if name not in usual}
        assert said == {**words, **service}
    for wrong in (-1, 65536):
        with pytest.raises(ValidationError):
            record_of(attribute_consuming_service_index=wrong)


def test_what_schemes_are_told_is_for_those_that_understand_it() -> None:
    values = "samlp:Extensions/saml:Attribute/saml:AttributeValue"
    assert request_in(leave()).findtext(values, None, NAMES) == SERVICE
    assert "Extensions" not in children({"extensions": "none"})
    eidas = request_in(leave({"extensions": "eidas"}))
    check_protocol(eidas)
    (extensions,) = eidas.findall("samlp:Extensions", NAMES)
    names = {"eidas": "http://eidas.europa.eu/saml-extensions"}
    assert extensions.findtext("eidas:SPType", None, names) == "public"
    asked = extensions.findall("eidas:RequestedAttributes/eidas:RequestedAttribute", names)
    assert [one.get("Name") for one in asked] == [
        f"http://eidas.europa.eu/attributes/naturalperson/{name}"
        for name in ("PersonIdentifier", "CurrentFamilyName", "CurrentGivenName", "DateOfBirth")
    ]
    assert {one.get("isRequired") for one in asked} == {"true"}
    assert SERVICE not in "".join(extensions.itertext())


def test_a_request_can_go_unsigned() -> None:
    unsigned = {"sign_requests": False}
    query = parse_qs(urlsplit(leave(unsigned).url).query)
    assert set(query) == {"tenant", "SAMLRequest", "RelayState"}
    assert set(parse_qs(urlsplit(leave().url).query)) == {*query, "SigAlg", "Signature"}
    assert "Signature" not in children({**unsigned, "request_binding": "post"})
    assert "Signature" in children({"request_binding": "post"})

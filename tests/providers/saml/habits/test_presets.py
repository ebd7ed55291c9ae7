"""Presets: each product's own answer is accepted with its preset and nothing more than a mapping of
its classes; what it is asked is checked field by field. Known from the documentation of each
product and its messages.
"""

from __future__ import annotations

from typing import Any, Final, get_args

import pytest
from lxml import etree

from providers.interface import Departure, ProviderRefused
from providers.saml.presets import PRESETS
from providers.saml_settings import SamlSettings
from tests.providers.saml.back_channel import Around, BackChannel, brought, metadata
from tests.providers.saml.habits.messages import (
    AC,
    DIGID,
    EHERKENNING,
    EIDAS,
    ENTRA,
    GOOGLE,
    KEYCLOAK,
    OKTA,
    PINGFEDERATE,
    PRODUCTS,
    SHIBBOLETH,
    SIMPLESAMLPHP,
    Product,
)
from tests.providers.saml.habits.messages import AD_FS as ADFS
from tests.providers.saml.maker import (
    ACS,
    ENTITY_ID,
    NAMES,
    callback,
    provider_for,
    record_of,
    remembered,
)
from tests.providers.saml.test_request import leave, request_in

PERSISTENT: Final = {"Format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"}
CREATED: Final = {**PERSISTENT, "AllowCreate": "true"}
LOA2: Final = ["urn:etoegang:core:assurance-class:loa2"]
URL: Final = {
    "AssertionConsumerServiceURL": ACS,
    "ProtocolBinding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
}
INDEX: Final = {"AssertionConsumerServiceIndex": "1"}  # of the consumer of artifacts
BY_NAME = pytest.mark.parametrize("product", PRODUCTS, ids=lambda one: one.preset)


def accepted(product: Product, **more: Any) -> str:
    """Who the product says it is, as its preset has it answer."""
    settings = {**product.record(), **more}
    asked = remembered(product.asked)
    if {**PRESETS[product.preset], **more}.get("response_binding") != "artifact":
        return provider_for(**settings).finish(asked, callback(product.raw())).subject
    there = BackChannel(Around(etree.fromstring(product.raw())))
    provider = provider_for(metadata(), outgoing=there, **settings)
    return provider.finish(asked, brought()).subject


@BY_NAME
def test_the_answer_of_each_product_is_accepted_with_its_preset(product: Product) -> None:
    who = accepted(product)
    assert product.subject in who


def test_every_preset_has_its_message_and_is_offered() -> None:
    assert [product.preset for product in PRODUCTS] == list(PRESETS)
    offered = SamlSettings.model_fields["preset"].annotation
    assert {word for part in get_args(offered) for word in get_args(part)} == set(PRESETS)


@pytest.mark.parametrize("product", [one for one in PRODUCTS if one.signs != "both"],
                         ids=lambda one: one.preset)  # fmt: skip
def test_without_its_preset_a_single_signature_is_refused(product: Product) -> None:
    with pytest.raises(ProviderRefused) as refused:
        accepted(product, require_signed="both", max_validity_seconds=7200, response_binding="post",
                 allow_cbc=True, allow_cbc_signed_inside=True)  # fmt: skip
    assert refused.value.reason in ("signature_missing", "decryption_failed")


@pytest.mark.parametrize(
    ("product", "consumer", "more", "policy", "comparison", "classes", "kind"),
    [
        (ENTRA, URL, {}, PERSISTENT, "exact", [AC + "Password", AC + "X509"], "redirect"),
        (ADFS, URL, {}, None, "exact", [AC + "PasswordProtectedTransport"], "redirect"),
        (KEYCLOAK, URL, {}, CREATED, "minimum", [AC + "unspecified"], "redirect"),
        (SHIBBOLETH, URL, {}, CREATED, "exact", [AC + "PasswordProtectedTransport"], "redirect"),
        (SIMPLESAMLPHP, URL, {}, CREATED, "minimum", LOA2, "redirect"),
        (OKTA, URL, {}, None, None, [], "redirect"),
        (GOOGLE, URL, {}, None, None, [], "redirect"),
        (PINGFEDERATE, URL, {}, None, "exact", [AC + "Password"], "redirect"),
        (
            EHERKENNING,
            INDEX,
            {},
            None,
            "minimum",
            ["urn:etoegang:core:assurance-class:loa3"],
            "post",
        ),
        (DIGID, INDEX, {}, None, "minimum", [AC + "MobileTwoFactorContract"], "post"),
        (
            EIDAS,
            URL,
            {"ForceAuthn": "true"},
            {
                "Format": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
                "AllowCreate": "true",
            },
            "minimum",
            ["http://eidas.europa.eu/LoA/substantial"],
            "post",
        ),
    ],
    ids=lambda one: getattr(one, "preset", None),
)
def test_what_each_product_is_asked(
    product: Product,
    consumer: dict[str, str],
    more: dict[str, str],
    policy: dict[str, str] | None,
    comparison: str | None,
    classes: list[str],
    kind: str,
) -> None:
    departure = leave(product.record(), level=product.asked)
    request = request_in(departure)
    assert binding_of(departure) == kind
    fixed = ("ID", "Version", "IssueInstant", "Destination")
    said = {name: value for name, value in request.attrib.items() if name not in fixed}
    assert said == {**consumer, **more}
    asked = request.find("samlp:NameIDPolicy", NAMES)
    assert (None if asked is None else dict(asked.attrib)) == policy
    context = request.find("samlp:RequestedAuthnContext", NAMES)
    assert (None if context is None else context.get("Comparison")) == comparison
    assert [one.text for one in (() if context is None else context)] == classes
    extensions = request.find("samlp:Extensions", NAMES)
    assert (extensions is not None) is (product is EIDAS)
    assert is_signed(departure, request)


def binding_of(departure: Departure) -> str:
    return "post" if departure.fields else "redirect"


def is_signed(departure: Departure, request: etree._Element) -> bool:
    return "Signature=" in departure.url or request.find("ds:Signature", NAMES) is not None


def test_what_a_record_says_itself_holds() -> None:
    filled = record_of(preset="entra").saml
    assert filled is not None
    assert (filled.max_validity_seconds, filled.require_signed) == (4200, "assertion")
    own = record_of(
        preset="entra",
        max_validity_seconds=600,
        require_signed="both",
        name_id_policy={"allow_create": True},
    ).saml
    assert own is not None
    assert (own.max_validity_seconds, own.require_signed) == (600, "both")
    assert (own.name_id_policy.format, own.name_id_policy.allow_create) == ("persistent", True)
    assert own.extensions == "none"


@pytest.mark.parametrize("preset", [None, *PRESETS])
def test_what_is_kept_of_a_record_means_the_same_when_it_is_read_again(preset: str | None) -> None:
    """As registrations are stored and exported: everything that holds stands there."""
    own = {"preset": preset} if preset else {}
    record = record_of(**own, name_id_policy={"format": "none"}, extensions="service")
    kept = record.model_dump(mode="json", exclude_none=True, by_alias=True)
    assert type(record).model_validate(kept) == record
    assert kept["saml"]["extensions"] == "service"
    for name, value in PRESETS.get(preset or "", {}).items():
        if name not in ("extensions", "name_id_policy"):
            assert kept["saml"][name] == value


def test_a_record_without_preset_is_as_it_always_was() -> None:
    plain = SamlSettings(entity_id=ENTITY_ID)
    assert (plain.extensions, plain.acs, plain.authn_context_comparison) == (
        "service",
        "url",
        "minimum",
    )
    assert (plain.require_signed, plain.max_validity_seconds, plain.sign_requests) == (
        "both",
        3600,
        True,
    )
    assert not (
        plain.allow_cbc or plain.allow_cbc_signed_inside or plain.name_id_policy.allow_create
    )


@pytest.mark.parametrize("preset", ["Entra", "unknown", ["entra"], {"x": 1}])
def test_an_unknown_preset_is_a_mistake(preset: Any) -> None:
    with pytest.raises(ValueError, match="preset"):
        SamlSettings.model_validate({"entity_id": ENTITY_ID, "preset": preset})


def test_every_setting_is_described() -> None:
    for name, field in SamlSettings.model_fields.items():
        assert field.description, name

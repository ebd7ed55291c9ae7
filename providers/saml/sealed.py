"""What a makelaar encrypted for us: an assertion, or a part of one."""

from __future__ import annotations

from typing import Final

from lxml import etree

from keys.saml_keys import for_decrypting
from keys.xml.encryption import decrypt_element, is_cbc
from keys.xml.guard import XmlRefused
from providers.saml.conditions import ExpectedResponse
from providers.saml.wire.names import saml
from providers.saml_settings import SamlSettings

_WHOLE: Final = "Assertion"  # what is not covered may be under AES-CBC if it proves itself


def opened(
    sealed: etree._Element, name: str, expected: ExpectedResponse, *, covered: bool
) -> etree._Element:
    """The element of SAML with this name, and no other. ``covered``: what is encrypted was signed,
    or what is inside will prove itself. Raises XmlRefused.
    """
    settings = expected.settings
    allowed = settings.allow_cbc and covered
    keys = for_decrypting(expected.keyring)
    try:
        found = decrypt_element(
            sealed,
            keys,
            allow_cbc=allowed,
            recipient=expected.sp_entity_id,
            own_only=settings.speaks.own_keys_only,
        )
    except XmlRefused as refused:
        if (
            refused.reason != "encryption_algorithm"
            or allowed
            or not is_cbc(sealed)
            or (name != _WHOLE and not covered)
        ):
            raise
        more = _what_allows_it(settings, refused.measured, covered=covered)
        raise XmlRefused(refused.reason, **{**refused.measured, **more}) from None
    if found.tag != saml(name):
        raise XmlRefused("decryption_failed")
    return found


def _what_allows_it(
    settings: SamlSettings, measured: dict[str, str | int], *, covered: bool
) -> dict[str, str]:
    """The settings for AES-CBC, as this makelaar signs."""
    if covered:
        return {"setting": "saml.allow_cbc", "line": "allow_cbc: true"}
    line = "allow_cbc_signed_inside: true"
    return {
        "expected": f"{measured['expected']}, or a signed Response",
        "setting": "saml.allow_cbc_signed_inside",
        "line": line if settings.allow_cbc else f"allow_cbc: true, {line}",
    }

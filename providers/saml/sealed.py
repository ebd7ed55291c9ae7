"""What a makelaar encrypted for us: an assertion, or the name of its subject."""

from __future__ import annotations

from lxml import etree

from keys.keyring import KeyRing, KeyUse
from keys.xml.encryption import decrypt_element
from keys.xml.guard import XmlRefused
from providers.saml.names import saml


def opened(
    sealed: etree._Element, name: str, *, keyring: KeyRing, recipient: str, allow_cbc: bool
) -> etree._Element:
    """The element of SAML with this name, and no other. ``recipient``: our entity id. Raises
    XmlRefused.
    """
    keys = keyring.published(KeyUse.SAML_ENCRYPTION)
    found = decrypt_element(sealed, keys, allow_cbc=allow_cbc, recipient=recipient)
    if found.tag != saml(name):
        raise XmlRefused("decryption_failed")
    return found

"""What products of makelaars are asked and may send, as data: one row each. A row fills in what a
registration leaves out, so the registration that is kept says everything that holds; so does the
dialect that it names (``providers.saml.dialects``).

Where a product can be set up in more ways than one, the row is how it comes out of the box.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from providers.saml.dialects.table import DIALECTS

_PERSISTENT: Final = {"format": "persistent", "allow_create": True}
_ORDINARY: Final = {"dialect": "saml2int", "allow_cbc": True}
_MICROSOFT: Final = {
    **_ORDINARY,
    "require_signed": "assertion",
    "allow_cbc_signed_inside": True,
    "authn_context_comparison": "exact",
}

PRESETS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        # Conditions last 70 minutes, and a pairwise name is given where it is asked.
        "entra": {
            **_MICROSOFT,
            "name_id_policy": {"format": "persistent"},
            "max_validity_seconds": 4200,
        },
        # A NameIDPolicy that no claim rule fulfils ends in an error (MSIS7070): none is sent.
        "adfs": _MICROSOFT,
        "keycloak": {**_ORDINARY, "require_signed": "response", "name_id_policy": _PERSISTENT},
        # Other comparisons take rules that few have written.
        "shibboleth": {
            **_ORDINARY,
            "require_signed": "response",
            "authn_context_comparison": "exact",
            "name_id_policy": _PERSISTENT,
        },
        "simplesamlphp": {**_ORDINARY, "require_signed": "both", "name_id_policy": _PERSISTENT},
        # Answers PasswordProtectedTransport, whatever is asked.
        "okta": {**_ORDINARY, "require_signed": "both", "authn_context_comparison": "none"},
        # Signs the assertion, encrypts nothing, answers ``unspecified``.
        "google": {
            "dialect": "saml2int",
            "require_signed": "assertion",
            "authn_context_comparison": "none",
        },
        "pingfederate": {
            **_ORDINARY,
            "require_signed": "response",
            "authn_context_comparison": "exact",
        },
        # DV–HM 1.13: the service is an index of our metadata, no NameIDPolicy, one class; answers
        # by artifact alone, in a signed ArtifactResponse.
        "eherkenning": {
            "dialect": "etd",
            "request_binding": "post",
            "response_binding": "artifact",
            "require_signed_artifact_response": True,
            "require_signed": "assertion",
            "sends_key_name": True,
            "encryption_key_shown": "next",
        },
        # DigiD and TVS: classes of DigiD, the consumer by index, answers by artifact alone.
        "digid": {
            "dialect": "st-saml",
            "request_binding": "post",
            "response_binding": "artifact",
            "require_signed_artifact_response": True,
            "require_signed": "assertion",
            "sends_key_name": True,
        },
        # eIDAS SAML Message Format 1.2: always a new login, a signed response with an encrypted
        # assertion, and the person by PersonIdentifier.
        "eidas": {
            "dialect": "eidas",
            "request_binding": "post",
            "require_signed": "response",
            "require_encrypted_assertion": True,
            "force_authn": "always",
            "name_id_policy": {"format": "unspecified", "allow_create": True},
        },
    }
)


def filled_in(document: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a makelaar with what its preset says where it says nothing itself, and its
    dialect where neither does. An unknown preset or dialect fills in nothing.
    """
    name = document.get("preset")
    preset = PRESETS.get(name, {}) if isinstance(name, str) else {}
    spoken = document.get("dialect", preset.get("dialect"))
    dialect = DIALECTS.get(spoken) if isinstance(spoken, str) else None
    whole = {**(dialect.settings if dialect else {}), **preset, **document}
    for field, known in preset.items():
        own = document.get(field)
        if isinstance(known, Mapping) and isinstance(own, Mapping):
            whole[field] = {**known, **own}
    return whole

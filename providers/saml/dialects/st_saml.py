"""DigiD and TVS: ST-SAML 1.0 of Logius. What eHerkenning says is passed on under its own names, but
for who acts and for whom.
"""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from providers.saml.dialects.dialect import PersonKind
from providers.saml.dialects.etd import ETD
from providers.saml.wire.names import (
    ACTING_SUBJECT_GDI,
    LEGAL_SUBJECT_GDI,
    REQUEST_SERVICE_UUID,
    SERVICE_UUID,
)

_KIND: Final = "urn:nl-eid-gdi:1.0:id:"
_PSEUDONYM: Final = PersonKind(f"{_KIND}Pseudonym", re.compile(r"[!-~]{1,256}"))
_BSN: Final = PersonKind(f"{_KIND}legacy-BSN", re.compile(r"[0-9]{9}"), elevenproof=True)

ST_SAML: Final = replace(
    ETD,
    name="st-saml",
    title="ST-SAML 1.0 (DigiD, TVS)",
    levels=("digid", "eidas"),
    acting=(ACTING_SUBJECT_GDI,),
    acting_kinds=MappingProxyType(
        {
            f"{_KIND}Pseudonym": _PSEUDONYM,
            f"{_KIND}pseudonym": _PSEUDONYM,  # as NL GOV spells it
            f"{_KIND}legacy-BSN": _BSN,
            f"{_KIND}BSN": _BSN,
            **ETD.acting_kinds,
        }
    ),
    legal=(LEGAL_SUBJECT_GDI,),
    service_uuids=(REQUEST_SERVICE_UUID, SERVICE_UUID),
    settings=MappingProxyType({**ETD.settings, "authn_context_names": "digid"}),
)

"""eHerkenning: the DV–HM interface 1.13 of Elektronische Toegangsdiensten (attribute catalogue)."""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from consent.authority import PartyIdType
from providers.saml.dialects.dialect import PSEUDONYM_OF_ETD, PersonKind, SamlDialect
from providers.saml.wire.names import (
    ACTING_SUBJECT,
    BRANCH,
    COMPANY_NAME,
    FAMILY_NAME,
    FIRST_NAME,
    INTERMEDIARY,
    INTERMEDIARY_NAME,
    INTERMEDIARY_SUBJECT,
    KVK_QUALIFIER,
    LEGAL_SUBJECT,
    REPRESENTATION,
    RSIN_QUALIFIER,
    SERVICE_ID,
    SERVICE_UUID,
)

_ANY: Final = re.compile(r"[!-~]{1,4096}")
# Polymorphic: encrypted anew at each login, so of nobody who comes back.
_POLYMORPHIC: Final = {
    kind: PersonKind(kind, _ANY, is_lasting=False)
    for kind in (
        "urn:etoegang:1.12:EntityConcernedID:PseudoID",
        "urn:etoegang:1.12:EntityConcernedID:BSN",
    )
}

ETD: Final = SamlDialect(
    name="etd",
    title="eHerkenning DV–HM 1.13",
    levels=("etd", "eidas"),
    acting=(ACTING_SUBJECT,),
    acting_kinds=MappingProxyType(
        {
            "urn:etoegang:1.13:EntityConcernedID:Pseudo": PSEUDONYM_OF_ETD,
            "urn:etoegang:1.9:EntityConcernedID:Pseudo": PSEUDONYM_OF_ETD,
            **_POLYMORPHIC,
        }
    ),
    legal=(LEGAL_SUBJECT,),
    legal_kinds=MappingProxyType(
        {KVK_QUALIFIER: PartyIdType.KVK, RSIN_QUALIFIER: PartyIdType.RSIN}
    ),
    # The scheme's text and its metadata spell this differently; the last is its newer form.
    intermediary=(*INTERMEDIARY, INTERMEDIARY_SUBJECT),
    intermediary_kinds=("KvKnr", "KvK"),
    intermediary_names=(INTERMEDIARY_NAME,),
    company_names=(COMPANY_NAME,),
    representation=(REPRESENTATION,),
    branch=BRANCH,
    service_uuids=(SERVICE_UUID,),
    service_ids=(SERVICE_ID,),
    first_names=(FIRST_NAME,),
    family_names=(FAMILY_NAME,),
    sealed=True,
    own_keys_only=True,
    keeps_advice=True,
    service_fits=True,
    asks_by_index=True,
    settings=MappingProxyType(
        {"extensions": "none", "subject": "acting", "acs": "index", "allow_cbc": True}
    ),
)

# A makelaar whose record names no dialect: the names of eTD, in the clear, and nothing besides.
UNNAMED: Final = replace(
    ETD,
    name="unnamed",
    title="eTD, in the clear",
    intermediary=INTERMEDIARY,
    sealed=False,
    own_keys_only=False,
    keeps_advice=False,
    service_fits=False,
    asks_by_index=False,
    settings=MappingProxyType({}),
)

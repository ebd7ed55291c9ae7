"""What the attributes of an assertion mean, for the page: Dutch texts."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

# The end of a name → what it means; the first that fits counts.
MEANINGS: Final = MappingProxyType(
    {
        "attribute:loa": "Het niveau van deze login, in de woorden van eHerkenning.",
        "attribute:idp": "De makelaar waar de persoon inlogde.",
        "attribute:provider_level": "Het niveau dat de makelaar gaf.",
        "attribute:proofing_level": "Hoe zeker is wie het inlogmiddel kreeg.",
        "attribute:second_factor": "Wie een tweede factor vroeg: de makelaar, Sluis of niemand.",
        "ServiceUUID": "De dienst waarvoor is ingelogd.",
        "ServiceID": "De dienst, zoals eHerkenning haar noemt.",
        "IntermediateEntityID:KvKnr": "Het KvK-nummer van het kantoor dat voor een klant handelt.",
        "IntermediateEntityID:RSIN": "Het RSIN van het kantoor dat voor een klant handelt.",
        "EntityConcernedID:KvKnr": "Het KvK-nummer van de organisatie namens wie iemand komt.",
        "EntityConcernedID:RSIN": "Het RSIN van de organisatie namens wie iemand komt.",
        "attribute-represented:CompanyName": "De naam van die organisatie.",
        "attribute-intermediate:CompanyName": "De naam van het kantoor.",
        "ServiceRestriction:Vestigingsnr": "De vestiging waartoe de machtiging zich beperkt.",
        "attribute:mandate_level": "Het niveau waarvoor de machtiging geldt.",
        "attribute:mandate_kind": "De soort: gewoon, of via een keten.",
        "attribute:mandate_register": "Het register waarin de machtiging staat.",
        "attribute:mandate_valid_until": "Tot wanneer de machtiging geldt.",
        "2.16.840.1.113730.3.1.241": "De naam van de persoon (displayName).",
        "0.9.2342.19200300.100.1.3": "Het e-mailadres van de persoon (mail).",
    }
)


def meaning(name: str) -> str | None:
    """Of this attribute; None where this portal does not know it."""
    return next((text for end, text in MEANINGS.items() if name.endswith(end)), None)

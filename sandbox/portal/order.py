"""The document that the portal asks people to agree to: an order for a soil survey."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

TITLE: Final = "Opdracht bodemonderzoek Molenweg 8"
TEXT: Final = """\
Opdracht bodemonderzoek Molenweg 8

De opdrachtgever laat de bodem aan de Molenweg 8 onderzoeken, zoals de meldplicht vraagt.
Het onderzoek kost 1.284,50 euro en is binnen zes weken klaar.

Dit document bestaat alleen in de demo.
"""
DIGEST: Final = hashlib.sha256(TEXT.encode()).hexdigest()
SHORT: Final = " ".join(DIGEST[start : start + 4].upper() for start in range(0, 16, 4))
PATH: Final = "/documenten/opdracht-molenweg-8"


def details(portal: str) -> list[dict[str, Any]]:
    """What is asked, as an authorization detail."""
    return [
        {
            "type": "urn:sluis:document",
            "title": TITLE,
            "summary": "U geeft opdracht voor een bodemonderzoek. Uw organisatie betaalt.",
            "locale": "nl",
            "amount": {"value": "1284.50", "currency": "EUR"},
            "may_deposit": True,
            "document": {
                "url": portal + PATH,
                "digest": f"sha-256:{DIGEST}",
                "media_type": "text/plain",
                "size": len(TEXT.encode()),
            },
        }
    ]


def is_answered(asked: str, told: Any) -> bool:
    """Is this an answer to exactly what was asked?"""
    if not isinstance(told, list) or len(told) != 1 or not isinstance(told[0], dict):
        return False
    rest = {name: value for name, value in told[0].items() if name != "answer"}
    return [rest] == json.loads(asked) and isinstance(told[0].get("answer"), dict)

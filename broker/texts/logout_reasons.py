"""Explanations of what goes wrong with messages about logging out, of portals and of makelaars
(``broker.texts.reasons``).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from broker.texts.explanation import Explanation, Fixer, _

_CLOSE: Final = _("Sluit de browser om zeker te zijn. Meld het aan de helpdesk van de website.")

OF_LOGOUTS: Final[Mapping[str, Explanation]] = MappingProxyType(
    {
        "logout_unreadable": Explanation(
            _("Een bericht over uitloggen is niet te lezen, of voldoet niet aan SAML 2.0."),
            _("Kijk bij de stap wat er is gezien. Geef dat aan wie het bericht stuurde."),
            Fixer.PORTAL,
            _CLOSE,
        ),
        "logout_party_unknown": Explanation(
            _("Een bericht over uitloggen noemt een entityID (Issuer) die hier niet bekend is."),
            _(
                "Vergelijk de Issuer bij deze stap met saml.entity_id van portalen en makelaars, "
                "en kijk of hun metadata nog gelden."
            ),
            Fixer.PORTAL,
            _CLOSE,
        ),
        "logout_signature": Explanation(
            _(
                "Een bericht over uitloggen is niet getekend, of niet met een sleutel uit de "
                "metadata."
            ),
            _(
                "Vraag of de partij een nieuw certificaat heeft, en registreer dan haar nieuwe "
                "metadata. Zonder handtekening wordt niemand uitgelogd."
            ),
            Fixer.PORTAL,
            _CLOSE,
            (
                Explanation(
                    _(
                        "Een bericht over uitloggen is anders getekend dan mag. In %(element)s "
                        "staat: %(seen)s."
                    ),
                    _("Laat de partij zo ondertekenen: %(expected)s."),
                    Fixer.PORTAL,
                    _CLOSE,
                ),
            ),
        ),
        "logout_request": Explanation(
            _("Een verzoek om uit te loggen klopt niet. De partij kreeg dat te horen."),
            _("Lees bij de stap wat er is gezegd, en geef dat aan wie het verzoek stuurde."),
            Fixer.PORTAL,
            _CLOSE,
        ),
        "logout_answer": Explanation(
            _("Een partij gaf op ons verzoek om uit te loggen een antwoord dat niet klopt."),
            _("Kijk bij de stap wat er is gezien. De gebruiker ziet die partij als nog open."),
            Fixer.PORTAL,
            _CLOSE,
        ),
        "logout_token": Explanation(
            _("Een makelaar meldde een uitloggen met een logout token dat niet klopt."),
            _("Kijk bij de stap wat er is gezien, en geef dat aan de makelaar."),
            Fixer.MAKELAAR,
            _CLOSE,
        ),
    }
)

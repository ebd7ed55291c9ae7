"""Explanations of what goes wrong with requests of portals that speak SAML
(``broker.texts.reasons``).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from broker.texts.explanation import TRY_AGAIN, Explanation, Fixer, _

_PORTAL_ERRS: Final = _(
    "Er zit een fout in de website waar u vandaan komt. Meld het daar aan de helpdesk."
)
OF_SAML_PORTALS: Final[Mapping[str, Explanation]] = MappingProxyType(
    {
        "saml_portal_unknown": Explanation(
            _("De website noemt een entityID (Issuer) die hier niet is geregistreerd."),
            _(
                "Vergelijk de Issuer die bij deze stap staat met saml.entity_id van de portalen."
                " Staat hij er nog maar net? Probeer het na tien seconden opnieuw."
            ),
            Fixer.PORTAL,
            _("Wij kennen de website niet waar u vandaan komt. Meld het daar aan de helpdesk."),
        ),
        "saml_address": Explanation(
            _("De website vraagt een antwoord op een adres dat niet in haar metadata staat."),
            _("Laat de website een adres uit haar metadata sturen, of registreer nieuwe metadata."),
            Fixer.PORTAL,
            _PORTAL_ERRS,
            (
                Explanation(
                    _("Waar het antwoord naartoe moet, is niet te bepalen: %(failure)s."),
                    _("Laat de website dat verbeteren, of registreer haar nieuwe metadata."),
                    Fixer.PORTAL,
                    _PORTAL_ERRS,
                ),
            ),
        ),
        "saml_signature": Explanation(
            _("De handtekening van de website ontbreekt, of klopt niet met haar metadata."),
            _(
                "Vraag of de website een nieuw certificaat heeft. "
                "Registreer dan haar nieuwe metadata."
            ),
            Fixer.PORTAL,
            _PORTAL_ERRS,
            (
                Explanation(
                    _("De website ondertekent anders dan mag. In %(element)s staat: %(seen)s."),
                    _("Laat de website zo ondertekenen: %(expected)s."),
                    Fixer.PORTAL,
                    _PORTAL_ERRS,
                ),
                Explanation(
                    _(
                        "De website tekende met certificaat %(signed_by)s. In haar metadata "
                        "staat: %(trusted)s."
                    ),
                    _("Is dat haar nieuwe certificaat? Registreer dan haar nieuwe metadata."),
                    Fixer.PORTAL,
                    _PORTAL_ERRS,
                ),
            ),
        ),
        "saml_destination": Explanation(
            _("Het verzoek van de website is voor een andere inlogdienst gemaakt."),
            _("Laat de website het adres uit onze metadata gebruiken."),
            Fixer.PORTAL,
            _("Er zit een fout in de website waar u vandaan komt. Meld het daar aan de helpdesk."),
        ),
        "saml_time": Explanation(
            _("Het verzoek kwam te laat, of de klok van de website loopt verkeerd."),
            _(
                "Kijk bij de stap hoeveel de klok verschilt. "
                "Bij minuten of uren: laat hem gelijkzetten."
            ),
            Fixer.PORTAL,
            TRY_AGAIN,
            (
                Explanation(
                    _("In %(element)s van het verzoek staat geen tijd in UTC: %(seen)s."),
                    _("Laat de website de tijd zo schrijven: %(expected)s."),
                    Fixer.PORTAL,
                    _PORTAL_ERRS,
                ),
            ),
        ),
        "saml_again": Explanation(
            _("Hetzelfde verzoek kwam twee keer, vaak door herladen of teruggaan."),
            _("Gebeurt het vaak? Vraag de website of zij elk verzoek een nieuw ID geeft."),
            Fixer.USER,
            TRY_AGAIN,
        ),
        "saml_start_off": Explanation(
            _("Een link begint hier een login bij een portaal dat dat niet toestaat."),
            _("Klopt de client_id, en mag het? Zet dan saml.idp_initiated aan bij het portaal."),
            Fixer.PORTAL,
            _("Die link werkt niet. Ga zelf naar de website van de dienst en log daar in."),
        ),
        "saml_start": Explanation(
            _("In een link die hier een login begint, staat iets dat niet mag."),
            _("Laat wie de link maakte nakijken wat bij deze stap staat."),
            Fixer.PORTAL,
            _("Die link klopt niet. Ga zelf naar de website van de dienst en log daar in."),
        ),
        "encryption_key_missing": Explanation(
            _(
                "Het antwoord moet versleuteld zijn. "
                "De website heeft daarvoor geen geldige sleutel."
            ),
            _("Registreer nieuwe metadata van de website, met een geldig certificaat."),
            Fixer.PORTAL,
            _("Er zit een fout in de website waar u vandaan komt. Meld het daar aan de helpdesk."),
        ),
    }
)

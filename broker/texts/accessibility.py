"""The accessibility statement of Sluis, as ``docs/accessibility.md`` has it in English: what it was
measured against, when, how, and what was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from flask_babel import lazy_gettext as _


@dataclass(frozen=True)
class Shortcoming:
    """Where a page falls short. ``criterion``: its number in WCAG 2.2; ``name``: what it is called
    there, ``what``: what people meet, and what they can do.
    """

    criterion: str
    name: str
    what: str


STANDARD: Final = "WCAG 2.2"
MEASURED_ON: Final = date(2026, 11, 30)
FINDINGS: Final = (
    Shortcoming(
        "2.2.1",
        _("tijdlimiet"),
        _(
            "In Beheer en in Mijn inlogmiddelen logt u na hooguit %(hours)s opnieuw in. Dat is "
            "voor uw veiligheid, en u kunt die tijd niet verlengen. De pagina zegt tot wanneer en "
            "waarschuwt 2 minuten vooraf. Wat u in stappen aanvroeg, is bewaard."
        ),
    ),
)
STATEMENT: Final[tuple[tuple[str, str], ...]] = (
    (
        "",
        _(
            "Iedereen moet deze website kunnen gebruiken: met een toetsenbord, met een "
            "schermlezer, met grote letters en zonder JavaScript. "
            "Alleen een passkey heeft JavaScript nodig."
        ),
    ),
    (
        _("Hoe ver zijn wij?"),
        _(
            "Deze website voldoet gedeeltelijk aan WCAG 2.2, niveau A en AA. Die richtlijnen "
            "horen bij de norm EN 301 549. Wat nog niet goed is, staat hieronder."
        ),
    ),
    (
        _("Hoeveel tijd heeft u?"),
        _(
            "Inloggen mag %(login)s duren. De pagina zegt tot wanneer, en waarschuwt 2 minuten "
            "vooraf. Met de knop Geef mij meer tijd krijgt u weer %(login)s, meer dan tien keer. "
            "Bent u ingelogd? Dan telt de tijd opnieuw bij elke pagina die u opent. "
            "Een code werkt 10 minuten of korter; u kunt een nieuwe vragen."
        ),
    ),
    (
        _("Hoe is dat gemeten?"),
        _(
            "Gemeten op %(measured)s. Bij elke wijziging kijkt een programma naar alle pagina's: "
            "in het Nederlands en in het Engels, groot en op een telefoon. Het probeert ook in te "
            "loggen met alleen een toetsenbord. Mensen met een beperking en een onafhankelijk "
            "bureau hebben nog niet gekeken."
        ),
    ),
)
CONTACT: Final = (
    _("Lukt iets niet?"),
    _(
        "Meld het aan de helpdesk. Die staat onderaan deze pagina, of bij de dienst waarbij u "
        "inlogt. Zeg erbij op welke pagina het was en wat u gebruikte. Krijgt u geen goed "
        "antwoord? Dan kunt u een klacht indienen bij de Nationale ombudsman."
    ),
)

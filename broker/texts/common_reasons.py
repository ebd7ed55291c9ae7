"""Explanations that several reasons share."""

from __future__ import annotations

from typing import Final

from broker.texts.explanation import AT_MAKELAAR, TRY_AGAIN, WITH_US, Explanation, Fixer, _
from broker.texts.makelaar_reasons import OTHER_DIALECT

NOT_ASKED: Final = Explanation(
    _("Het antwoord hoort niet bij de vraag, of kwam twee keer."),
    _("Gebeurt het vaak? Vraag de makelaar waarom antwoorden herhaald worden."),
    Fixer.MAKELAAR,
    TRY_AGAIN,
)
NOT_OURS: Final = Explanation(
    _("Het antwoord van de makelaar noemt niet onze vraag."),
    _(
        "Gebeurt het vaak? Vraag de makelaar of hij onze vraag vergeet, door zijn adres of zijn "
        "cookies. Of hebben mensen een bladwijzer van zijn inlogpagina?"
    ),
    Fixer.MAKELAAR,
    TRY_AGAIN,
)
CLIENT: Final = Explanation(
    _("De makelaar wisselde de code niet in."),
    _("Controleer client-id, sleutel en antwoordadres in de registratie bij de makelaar."),
    Fixer.OPERATOR,
    WITH_US,
)
AUTHORITY: Final = Explanation(
    _("De makelaar noemt een organisatie of machtiging op een manier die niet klopt."),
    _("Stuur de makelaar deze referentie en vraag om de machtiging na te kijken."),
    Fixer.MAKELAAR,
    AT_MAKELAAR,
    (
        OTHER_DIALECT,
        Explanation(
            _("Wat de makelaar over de machtiging zegt, begrijpen wij niet: %(seen)s."),
            _("Laat de makelaar %(element)s nakijken, en geef hem deze referentie en de tijd."),
            Fixer.MAKELAAR,
            AT_MAKELAAR,
        ),
    ),
)
STOPPED: Final = Explanation(_("De gebruiker stopte zelf."), _("Niets."), Fixer.NOBODY, TRY_AGAIN)
AWAY: Final = Explanation(
    _("De makelaar gaf geen antwoord, of zei dat hij zelf een storing heeft."),
    _("Kijk op de statuspagina van de makelaar. Zet hem op pauze als het langer duurt."),
    Fixer.MAKELAAR,
    _("Uw makelaar heeft een storing. Probeer het later, of kies een andere makelaar."),
)
_PORTAL_ERRS: Final = _(
    "Er zit een fout in de website waar u vandaan komt. Meld het daar aan de helpdesk."
)
_WE_EXPECT: Final = _("Geef de makers van de website door wat wij verwachten: %(expected)s.")
REQUEST: Final = Explanation(
    _("De website stuurde een verzoek dat niet klopt."),
    _("Geef de makers van de website de zin die bij deze stap staat."),
    Fixer.PORTAL,
    _PORTAL_ERRS,
    (
        Explanation(
            _("Een onderdeel van het verzoek klopt niet. In %(element)s staat: %(seen)s."),
            _WE_EXPECT,
            Fixer.PORTAL,
            _PORTAL_ERRS,
        ),
        Explanation(
            _("Een onderdeel van het verzoek van de website klopt niet: %(element)s."),
            _WE_EXPECT,
            Fixer.PORTAL,
            _PORTAL_ERRS,
        ),
    ),
)
PROOF: Final = Explanation(
    _("De website bewees niet wie zij is."),
    _("Vergelijk het geheim of de sleutel van de website met haar registratie hier."),
    Fixer.PORTAL,
    _("Er zit een fout in de website waar u vandaan komt. Meld het daar aan de helpdesk."),
)

"""Why a website that wanted a login without a page (``prompt=none``; ``IsPassive`` in SAML) did not
get one: a rule each, with where it is set.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from broker.texts.explanation import TRY_AGAIN, Explanation, Fixer, _


def _told(cause: str, remedy: str, fixer: Fixer = Fixer.PORTAL) -> Explanation:
    return Explanation(cause, remedy, fixer, TRY_AGAIN)


_ASK: Final = _("Niets: de website hoort daarna gewoon te laten inloggen.")
OF_PASSIVE: Final[Mapping[str, Explanation]] = MappingProxyType(
    {
        "passive": _told(
            _("De website vroeg om in te loggen zonder pagina's, en dat kon niet."),
            _ASK,
        ),
        "other_user": _told(
            _("De website vroeg om iemand, en iemand anders is ingelogd."),
            _ASK,
        ),
        "passive_no_session": _told(
            _("Zonder pagina's: in deze browser is niemand ingelogd, of de sessie is voorbij."),
            _ASK,
        ),
        "passive_not_accepted": _told(
            _("Zonder pagina's: deze dienst neemt geen eerdere login aan."),
            _("Is dat wel de bedoeling? Zet groepen in accepts_sessions_of van de dienst."),
            Fixer.OPERATOR,
        ),
        "passive_other_group": _told(
            _("Zonder pagina's: de eerdere login is van een groep diensten die hier niet telt."),
            _("Vergelijk session_group van die dienst met accepts_sessions_of van deze."),
            Fixer.OPERATOR,
        ),
        "passive_forced": _told(
            _("Zonder pagina's: de website vroeg tegelijk om een nieuwe login."),
            _("Vraag met prompt=none of IsPassive niet ook max_age=0 of ForceAuthn."),
        ),
        "passive_too_old": _told(
            _("Zonder pagina's: de login is ouder dan de max_age die de website vraagt."),
            _("Niets, of laat de website een hogere max_age vragen."),
        ),
        "passive_highest_level": _told(
            _("Zonder pagina's: voor niveau EH4 logt de gebruiker altijd opnieuw in."),
            _("Niets, of laat de website een lager niveau vragen."),
        ),
        "passive_other_service": _told(
            _("Zonder pagina's: de makelaar gaf de machtiging voor een andere dienst."),
            _ASK,
        ),
        "passive_factor_too_old": _told(
            _("Zonder pagina's: de tweede controle is te lang geleden voor deze dienst."),
            _("Niets, of verhoog second_factor_reuse_minutes van de dienst."),
            Fixer.OPERATOR,
        ),
        "passive_worthless": _told(
            _(
                "Zonder pagina's: de eerdere login is nu niets meer waard. De makelaar, zijn "
                "registratie of het account veranderde sindsdien."
            ),
            _ASK,
        ),
        "passive_not_admitted": _told(
            _("Zonder pagina's: de makelaar of het account van de eerdere login telt hier niet."),
            _(
                "Kijk bij makelaars en accounts van de dienst, en bij services, state en "
                "level_ceiling van de makelaar."
            ),
            Fixer.OPERATOR,
        ),
        "passive_other_person": _told(
            _("Zonder pagina's: de makelaar bedoelt met deze login nu iemand anders."),
            _ASK,
        ),
        "passive_nothing_to_choose": _told(
            _("Zonder pagina's: de website vroeg om een keuze, en er is niets te kiezen."),
            _("Vraag met prompt=none niet ook select_account."),
        ),
        "passive_password": _told(
            _("Zonder pagina's: de gebruiker moet eerst een nieuw wachtwoord kiezen."),
            _ASK,
        ),
        "passive_means": _told(
            _("Zonder pagina's: het inlogmiddel werkt nu niet, en dat staat op een pagina."),
            _ASK,
        ),
        "passive_level": _told(
            _("Zonder pagina's: de eerdere login haalt het niveau niet dat nu nodig is."),
            _("Niets, of vergelijk level van de dienst met de acr_values van de website."),
        ),
        "passive_mandate": _told(
            _("Zonder pagina's: de gebruiker moet kiezen namens wie, of mag dat voor niemand."),
            _ASK,
        ),
        "passive_consent": _told(
            _("Zonder pagina's: de gebruiker moet zien en goedvinden wat wordt doorgegeven."),
            _ASK,
        ),
        "passive_document": _told(
            _("Zonder pagina's: op een document geeft de gebruiker zelf antwoord."),
            _("Vraag een document nooit met prompt=none."),
        ),
        "passive_confirm": _told(
            _("Zonder pagina's: voor een antwoord op een document is een nieuwe code nodig."),
            _("Vraag een document nooit met prompt=none."),
        ),
    }
)

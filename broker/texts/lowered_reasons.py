"""Explanations of what lost its worth since a login began: while it went on, or when what it gave
was used later.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from broker.texts.explanation import TRY_AGAIN, Explanation, Fixer, _

OF_LOWERED: Final[Mapping[str, Explanation]] = MappingProxyType(
    {
        "account_blocked": Explanation(
            _("De gebruiker is geblokkeerd sinds deze login begon."),
            _("Laat de beheerder van de organisatie de blokkade nakijken."),
            Fixer.ADMINISTRATOR,
            _("Vraag de beheerder van uw organisatie waarom u bent geblokkeerd."),
        ),
        "account_ended": Explanation(
            _("Het eigen account van de gebruiker is beëindigd."),
            _("Laat de gebruiker met een ander inlogmiddel inloggen, of geef een nieuw account."),
            Fixer.OPERATOR,
            _("Uw account bestaat niet meer. Vraag uw organisatie om een nieuw account."),
        ),
        "account_changed": Explanation(
            _("Sinds deze login begon is het wachtwoord veranderd, of is het account beëindigd."),
            _("Niets: opnieuw inloggen met het nieuwe wachtwoord is genoeg."),
            Fixer.USER,
            _("Uw wachtwoord is net veranderd. Log opnieuw in met het nieuwe wachtwoord."),
        ),
        "identity_moved": Explanation(
            _("Het inlogmiddel bij de makelaar hoort sinds kort bij iemand anders."),
            _("Kijk wie de koppeling van dit inlogmiddel veranderde, en of dat klopt."),
            Fixer.OPERATOR,
            TRY_AGAIN,
        ),
        "level_lowered": Explanation(
            _("Het niveau dat deze login waard is, is verlaagd sinds de gebruiker inlogde."),
            _("Kijk wat er veranderde aan de dienst, de makelaar of de tweede factor."),
            Fixer.OPERATOR,
            _("Met dit inlogmiddel kunt u hier niet meer inloggen. Begin opnieuw bij de website."),
        ),
        "service_gone": Explanation(
            _("De dienst is niet meer geregistreerd."),
            _("Kijk of de dienst met opzet is weggehaald. Zo niet: registreer de dienst opnieuw."),
            Fixer.OPERATOR,
            _("Bij deze dienst kunt u niet meer inloggen. Vraag de dienst wat u nu kunt doen."),
        ),
        "portal_gone": Explanation(
            _("De website is niet meer geregistreerd sinds deze login begon."),
            _("Kijk of de website met opzet is weggehaald. Zo niet: registreer haar opnieuw."),
            Fixer.OPERATOR,
            _("Deze website is hier niet meer aangesloten. Vraag de dienst waar u nu inlogt."),
        ),
        "portal_address_gone": Explanation(
            _(
                "Het antwoordadres van de website werd tijdens het inloggen weggehaald, "
                "of haar metadata gelden niet meer."
            ),
            _(
                "Vergelijk de adressen in de registratie met die van de website. "
                "Haal de metadata op."
            ),
            Fixer.OPERATOR,
            _("De website is net veranderd. Begin daar opnieuw met inloggen."),
        ),
        "login_ended": Explanation(
            _("De login was al beëindigd: door uitloggen, een blokkade of een intrekking."),
            _("Kijk bij de gebeurtenissen onder deze code en van deze persoon waarom."),
            Fixer.USER,
            TRY_AGAIN,
        ),
        "mandate_ended": Explanation(
            _("De machtiging is ingetrokken, afgelopen of beperkt sinds de gebruiker inlogde."),
            _("Kijk bij de machtigingen van de organisatie wat er veranderde."),
            Fixer.ADMINISTRATOR,
            _("Uw machtiging geldt niet meer. Vraag de beheerder van uw organisatie."),
        ),
        "branch_ended": Explanation(
            _("De vestiging waarvoor de machtiging geldt, is er niet meer sinds de login."),
            _("Geef een machtiging voor een vestiging van nu, of voor de hele organisatie."),
            Fixer.ADMINISTRATOR,
            _("Uw vestiging staat hier niet meer. Vraag de beheerder van uw organisatie."),
        ),
        "organisation_suspended": Explanation(
            _("De organisatie is afgesloten sinds de gebruiker inlogde. De machtiging niet."),
            _(
                "Kijk in het auditlog van de organisatie: verliet zij het Handelsregister, of is "
                "zij hier opgezegd? Was dat een vergissing: sluis organisation restore."
            ),
            Fixer.OPERATOR,
            _("Namens deze organisatie kan niemand meer inloggen. Vraag de helpdesk waarom."),
        ),
        "organisation_renumbered": Explanation(
            _("De organisatie heeft een ander nummer, of ging op in een andere, sinds de login."),
            _("Niets: wie opnieuw inlogt, doet dat met het nummer van nu."),
            Fixer.USER,
            _("Uw organisatie heeft een ander nummer. Log opnieuw in."),
        ),
        "service_asks_more": Explanation(
            _("De dienst vraagt een hoger niveau sinds de gebruiker inlogde."),
            _("Niets, als dat de bedoeling was: opnieuw inloggen op dat niveau is genoeg."),
            Fixer.USER,
            _("De dienst vraagt nu een hoger niveau. Log opnieuw in."),
        ),
        "service_not_offered": Explanation(
            _("De dienst staat niet meer bij de diensten van de website waar de login voor was."),
            _("Kijk bij services in de registratie van de website of dat de bedoeling was."),
            Fixer.OPERATOR,
            _("Deze website biedt de dienst niet meer aan. Vraag de dienst waar u nu inlogt."),
        ),
        "factor_ended": Explanation(
            _("De tweede factor werd tijdens het inloggen verwijderd."),
            _("Niets: opnieuw inloggen met een andere tweede factor is genoeg."),
            Fixer.USER,
            _("Uw tweede factor is net verwijderd. Log opnieuw in met een andere."),
        ),
        "session_ended": Explanation(
            _("De sessie waarop de login bouwde, eindigde voordat het antwoord klaar was."),
            _("Niets: opnieuw inloggen is genoeg."),
            Fixer.USER,
            TRY_AGAIN,
        ),
        "logged_out_everywhere": Explanation(
            _("De gebruiker logde overal uit toen deze login nog bezig was."),
            _(
                "Niets: opnieuw inloggen is genoeg. "
                "Was het de gebruiker niet? Kijk dan wie inlogde."
            ),
            Fixer.USER,
            TRY_AGAIN,
        ),
    }
)  # fmt: skip

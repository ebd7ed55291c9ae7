"""Explanations of what a makelaar said in place of an answer, by the status of its message, its own
words first (``broker.texts.reasons``).
"""

from __future__ import annotations

from typing import Final

from broker.texts.explanation import WITH_US, Explanation, Fixer, _

SAID_NO: Final = "makelaar_refused"
_SAYS: Final = _('De makelaar meldt %(status_code)s: "%(status_message)s".')
_SAYS_CODE: Final = _("De makelaar meldt %(status_code)s.")


def _with_status(whole: Explanation) -> Explanation:
    """Its words go before ours."""
    parts = (_SAYS, _SAYS_CODE)
    closer = tuple(
        Explanation(said, whole.remedy, whole.fixer, whole.answer, page=whole.page)
        for said in parts
    )
    return Explanation(
        whole.cause, whole.remedy, whole.fixer, whole.answer, closer, page=whole.page
    )


STATUS: Final = {
    reason: _with_status(explanation)
    for reason, explanation in {
        "status_not_success": Explanation(
            _("De makelaar zegt dat inloggen daar niet lukte."),
            _("Geef de makelaar deze referentie, de tijd en zijn melding. Hij weet waarom."),
            Fixer.MAKELAAR,
            _("Inloggen lukte niet bij uw makelaar. Neem daar contact op."),
            page=SAID_NO,
        ),
        "makelaar_denied": Explanation(
            _("De makelaar weigert deze login (RequestDenied)."),
            _("Vraag de makelaar of deze dienst daar is toegelaten, en of de gebruiker dat is."),
            Fixer.MAKELAAR,
            _("Uw makelaar staat deze login niet toe. Neem daar contact op."),
            page=SAID_NO,
        ),
        "makelaar_knows_nobody": Explanation(
            _("De makelaar kent deze gebruiker niet (UnknownPrincipal)."),
            _("Laat de gebruiker een andere makelaar kiezen, of bij deze navragen."),
            Fixer.USER,
            _("Deze makelaar kent u niet. Kies een andere, of neem daar contact op."),
            page=SAID_NO,
        ),
        "makelaar_has_no_login": Explanation(
            _("De makelaar kan deze gebruiker nu nergens laten inloggen."),
            _("Kijk op de statuspagina van de makelaar. Zet hem op pauze als het langer duurt."),
            Fixer.MAKELAAR,
            _("Uw makelaar heeft een storing. Probeer het later, of kies een andere makelaar."),
            page=SAID_NO,
        ),
        "makelaar_binding": Explanation(
            _("De makelaar kan niet antwoorden zoals wij vragen (UnsupportedBinding)."),
            _(
                "Zet saml.response_binding in zijn registratie op het andere: post of artifact. "
                "Helpt dat niet? Doe dat ook met saml.request_binding: post of redirect."
            ),
            Fixer.OPERATOR,
            WITH_US,
        ),
        "makelaar_name": Explanation(
            _("De makelaar geeft niet de naam van de gebruiker die wij vragen."),
            _(
                "Laat de makelaar die naam instellen. Of zet saml.name_id_policy.format in zijn "
                "registratie op een die hij heeft, of op none: dan kiest hij."
            ),
            Fixer.OPERATOR,
            WITH_US,
        ),
        "makelaar_request": Explanation(
            _("De makelaar begrijpt ons verzoek niet, of verwacht een ander."),
            _(
                "Vergelijk de registratie van de makelaar met de onze bij hem: metadata, entity-id "
                "en de woorden in levels. Vraag hem wat hij in het verzoek mist."
            ),
            Fixer.OPERATOR,
            WITH_US,
        ),
    }.items()
}

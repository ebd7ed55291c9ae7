"""Texts by key: what an error means to its reader, with a stable code."""

from __future__ import annotations

from flask_babel import lazy_gettext

from broker.texts.error_text import (
    NOT_LOGGED_IN,
    PORTAL_ERROR,
    START_AGAIN,
    TELL_PORTAL,
    ErrorText,
)
from broker.texts.saml_errors import OF_SAML

__all__ = ["ERRORS", "ErrorText"]

_ = lazy_gettext
ERRORS = {
    "login_expired": ErrorText(
        "SLS-1001",
        _("Inloggen duurde te lang"),
        _("Voor uw veiligheid mag inloggen niet te lang duren. U bent niet ingelogd."),
        START_AGAIN,
    ),
    "login_gave_way": ErrorText(
        "SLS-1006",
        _("U begon daarna opnieuw met inloggen"),
        _(
            "In deze browser begon u vaak opnieuw. Daarom stopten wij de oudste pogingen, "
            "ook die in dit tabblad."
        ),
        _("Ga verder in het tabblad waar u het laatst begon, of begin opnieuw bij de website."),
    ),
    "login_cancelled": ErrorText(
        "SLS-1007",
        _("U bent gestopt met inloggen"),
        _("Deze pagina werkt maar één keer. U bent niet ingelogd. Er is niets misgegaan."),
        _("Wilt u toch inloggen? Begin opnieuw bij de website van de dienst."),
    ),
    "login_refused": ErrorText(
        "SLS-1008",
        NOT_LOGGED_IN,
        _("Deze poging is voorbij. U bent niet ingelogd."),
        START_AGAIN,
    ),
    "login_unknown": ErrorText(
        "SLS-1009",
        _("Deze pagina is van een oude poging om in te loggen"),
        _(
            "Misschien opende u een bladwijzer of een oude link, of bewaart uw browser geen "
            "cookies. Inloggen begint altijd bij de website van de dienst."
        ),
        _(
            "Ga naar de website van de dienst en log daar in. Maak een bladwijzer van die website, "
            "niet van deze pagina."
        ),
    ),
    "login_elsewhere": ErrorText(
        "SLS-1002",
        _("Wij herkennen uw browser niet"),
        _(
            "U begon met inloggen in een andere browser of op een ander apparaat, "
            "of uw browser bewaart geen cookies."
        ),
        _(
            "Ga verder in de browser waar u begon. Of zet cookies aan en "
            "begin hier opnieuw bij de website van de dienst."
        ),
    ),
    "login_finished": ErrorText(
        "SLS-1003",
        _("U bent al klaar met inloggen"),
        _("Deze pagina werkt maar één keer. Er is niets misgegaan."),
        _("Ga terug naar de website van de dienst."),
    ),
    "login_replaced": ErrorText(
        "SLS-1004",
        _("U bent in een ander tabblad verder gegaan"),
        _("Wij gaan verder waar u het laatst was."),
        _("Ga naar het andere tabblad, of ververs deze pagina."),
    ),
    "service_gone": ErrorText(
        "SLS-1005",
        NOT_LOGGED_IN,
        _("De dienst waarbij u wilde inloggen is er niet meer."),
        START_AGAIN,
    ),
    "portal_gone": ErrorText(
        "SLS-1014",
        NOT_LOGGED_IN,
        _("De website waar u vandaan komt, is hier niet meer aangesloten."),
        _("Vraag de helpdesk van de dienst waar u nu inlogt."),
    ),
    "portal_address_gone": ErrorText(
        "SLS-1015",
        NOT_LOGGED_IN,
        _(
            "De website waar u vandaan komt, is net veranderd. Wij kunnen u er niet naar terugbrengen."
        ),
        START_AGAIN,
    ),
    "login_loop": ErrorText(
        "SLS-1010",
        _("U komt in een kringetje terecht"),
        _(
            "De website stuurt u steeds opnieuw hierheen om in te loggen. "
            "Wij stoppen, zodat u niet blijft ronddraaien."
        ),
        _(
            "Sluit alle vensters van uw browser en wacht een minuut. "
            "Log daarna opnieuw in bij de website. Zet cookies aan voor die website."
        ),
    ),
    "answer_taken": ErrorText(
        "SLS-1011",
        _("U bent al verder met inloggen"),
        _("Wij kregen dit antwoord van uw makelaar al. Er is niets misgegaan."),
        _("Ga verder met inloggen."),
    ),
    "answer_late": ErrorText(
        "SLS-1012",
        _("Inloggen bij uw makelaar duurde te lang"),
        _("Voor uw veiligheid telt het antwoord van uw makelaar niet meer."),
        _("Ga verder met inloggen. U logt dan opnieuw in bij uw makelaar."),
    ),
    "unsolicited_answer": ErrorText(
        "SLS-2101",
        NOT_LOGGED_IN,
        _(
            "Wij kregen een antwoord van een makelaar waar wij niet om vroegen. U bent niet ingelogd."
        ),
        START_AGAIN,
    ),
    "message_rejected": ErrorText(
        "SLS-2104",
        NOT_LOGGED_IN,
        _(
            "Het antwoord van uw makelaar was niet geldig. Dat komt niet door u. "
            "Er zijn geen gegevens doorgegeven."
        ),
        _(
            "Ga terug naar de website waar u vandaan kwam en log daar opnieuw in. Lukt het weer "
            "niet? Kies dan een andere makelaar, als u daar ook een inlogmiddel heeft."
        ),
    ),
    "makelaar_paused": ErrorText(
        "SLS-2105",
        NOT_LOGGED_IN,
        _("Uw makelaar kan bij deze dienst nu niet worden gebruikt."),
        _("Log opnieuw in en kies een andere makelaar."),
    ),
    "makelaar_misregistered": ErrorText(
        "SLS-2106",
        _("Er klopt iets niet in onze instellingen voor uw makelaar"),
        _(
            "Daarom konden wij het antwoord van uw makelaar niet gebruiken. Dat komt niet door u. "
            "Er zijn geen gegevens doorgegeven."
        ),
        _(
            "Geef de code op deze pagina door aan de helpdesk. Wij lossen het op. Opnieuw proberen "
            "helpt nu niet."
        ),
    ),
    "makelaar_refused": ErrorText(
        "SLS-2107",
        _("Inloggen lukte niet bij uw makelaar"),
        _("Uw makelaar liet u niet inloggen. Er zijn geen gegevens doorgegeven."),
        _(
            "Log opnieuw in, of kies een andere makelaar. Gebeurt het weer? Vraag uw makelaar om hulp."
        ),
    ),
    "answer_gone": ErrorText(
        "SLS-2108",
        _("Uw makelaar heeft het antwoord niet meer"),
        _(
            "Dat gebeurt als u een pagina herlaadt of teruggaat, of als het te lang duurt. "
            "U bent niet ingelogd. Er zijn geen gegevens doorgegeven."
        ),
        START_AGAIN,
    ),
    "account_blocked": ErrorText(
        "SLS-3101",
        _("Uw inlogmiddel is geblokkeerd"),
        _("U kunt er nu niet mee inloggen."),
        _("Vraag de beheerder van uw organisatie om hulp."),
    ),
    "mandate_missing": ErrorText(
        "SLS-3102",
        _("U heeft geen machtiging"),
        _("Uw machtiging is net gestopt."),
        _("Vraag de beheerder van uw organisatie om een nieuwe machtiging."),
    ),
    "unknown_client": ErrorText(
        "SLS-4001",
        PORTAL_ERROR,
        _("Wij kennen de website niet waar u vandaan komt."),
        TELL_PORTAL,
        _(
            "De client_id in het verzoek ontbreekt, of is hier niet geregistreerd. "
            "Geef de code aan de beheerder van deze inlogdienst. Die ziet wat er is gestuurd."
        ),
    ),
    "redirect_uri_mismatch": ErrorText(
        "SLS-4002",
        PORTAL_ERROR,
        _("Het adres waar u hierna naartoe zou gaan, is bij ons niet bekend."),
        TELL_PORTAL,
        _(
            "De redirect_uri in het verzoek is niet gelijk aan een adres in de registratie. "
            "Elk teken telt, ook een schuine streep aan het einde. Geef de code aan de beheerder "
            "van deze inlogdienst. Die ziet wat er is gestuurd en wat er is geregistreerd."
        ),
    ),
    "invalid_request": ErrorText(
        "SLS-4003",
        PORTAL_ERROR,
        _("Er ontbreekt iets aan het verzoek, of er staat iets te veel."),
        TELL_PORTAL,
    ),
    "request_gone": ErrorText(
        "SLS-1013",
        _("Deze aanvraag om in te loggen is voorbij"),
        _(
            "De website vroeg deze login vooraf aan. Dat werkt één keer, en kort. "
            "U bent niet ingelogd."
        ),
        START_AGAIN,
    ),
    **OF_SAML,
    "https_required": ErrorText(
        "SLS-4010",
        _("De verbinding was niet beveiligd"),
        _("Deze aanvraag kwam over http. Daarom is er niets mee gedaan."),
        _("Gebruik het adres dat met https begint."),
    ),
    "wrong_host": ErrorText(
        "SLS-4011",
        _("Dit adres is niet goed"),
        _("Deze inlogdienst werkt alleen onder haar eigen naam. Er is niets mee gedaan."),
        TELL_PORTAL,
    ),
    "csrf": ErrorText(
        "SLS-4004",
        _("Deze pagina is verlopen"),
        _("Uw browser stuurde het formulier te laat, of bewaart geen cookies."),
        _("Ga een pagina terug, ververs de pagina en probeer het opnieuw. Zet cookies aan."),
    ),
    "other_tab": ErrorText(
        "SLS-4012",
        _("In deze browser staat nu iets anders open"),
        _(
            "U opende intussen een andere link of brief, of vulde iets anders in. Er is niets gedaan."
        ),
        _(
            "Sluit dit tabblad en ga verder in het andere. Of open de link of brief hiervan opnieuw."
        ),
    ),
    "not_found": ErrorText(
        "SLS-4005",
        _("Deze pagina bestaat niet"),
        _("Misschien is het adres verkeerd overgenomen."),
        START_AGAIN,
    ),
    "method_not_allowed": ErrorText(
        "SLS-4006",
        _("Dit adres werkt zo niet"),
        _("Deze pagina kunt u niet zomaar openen."),
        START_AGAIN,
    ),
    "too_large": ErrorText(
        "SLS-4007", NOT_LOGGED_IN, _("Wij kregen te veel gegevens in één keer."), START_AGAIN
    ),
    "too_many_requests": ErrorText(
        "SLS-4008",
        _("Te veel pogingen"),
        _("U probeerde het vaak achter elkaar."),
        _("Wacht een minuut en probeer het opnieuw."),
    ),
    "not_allowed": ErrorText(
        "SLS-4009",
        _("Dit mag u niet doen"),
        _("U bent geen beheerder van deze organisatie, of niet meer."),
        _("Ga terug naar het overzicht."),
    ),
    "store_unavailable": ErrorText(
        "SLS-5001",
        _("Er is een storing"),
        _("Inloggen lukt nu niet. Dat komt niet door u."),
        _("Wacht een paar minuten en probeer het opnieuw."),
    ),
    "proxy_misread": ErrorText(
        "SLS-5003",
        _("Deze website is niet goed ingesteld"),
        _(
            "De server denkt dat uw verbinding niet beveiligd is. Daarom gaat hij niet verder. "
            "Dat komt niet door u."
        ),
        _("Probeer het later opnieuw. Blijft dit zo? Meld het dan aan de helpdesk."),
    ),
    "server_error": ErrorText(
        "SLS-5002",
        _("Er ging iets mis"),
        _("Er ging bij ons iets mis. Dat komt niet door u."),
        _("Probeer het over een paar minuten opnieuw."),
    ),
}
# Errors that tell of what one makelaar did.
ABOUT_A_MAKELAAR = frozenset(
    {
        "message_rejected",
        "makelaar_paused",
        "makelaar_misregistered",
        "makelaar_refused",
        "answer_gone",
    }
)
# Errors of which an outage or maintenance may be the cause, here or at a makelaar.
_MAY_BE_EXPLAINED = frozenset(
    {
        "login_expired",
        "login_refused",
        "service_gone",
        "portal_gone",
        "portal_address_gone",
        "login_loop",
        "unsolicited_answer",
        "message_rejected",
        "makelaar_paused",
        "makelaar_misregistered",
        "makelaar_refused",
        "too_many_requests",
        "store_unavailable",
        "server_error",
    }
)


def may_be_explained(key: str) -> bool:
    """True where an announcement helps who reads this error."""
    return key in _MAY_BE_EXPLAINED or key not in ERRORS

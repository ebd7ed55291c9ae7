"""Explanations: what each machine reason of a login means, what helps, who can do that, and what
to answer the caller. For ``sluis trace`` and for the pages of the operator.

The texts are Dutch, the key of the translation; ``told`` gives them in the language of the reader.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final


def _(text: str) -> str:
    """Marks a text for translation; ``told`` translates it."""
    return text


class Fixer(enum.StrEnum):
    """Who can do something about it."""

    NOBODY = "nobody"
    USER = "user"
    ADMINISTRATOR = "administrator"  # of the user's organisation
    MAKELAAR = "makelaar"
    PORTAL = "portal"
    OPERATOR = "operator"  # of this installation


@dataclass(frozen=True)
class Explanation:
    """``answer`` is what may be said to the caller; it names no technique."""

    cause: str
    remedy: str
    fixer: Fixer
    answer: str


FIXERS: Final[Mapping[Fixer, str]] = {
    Fixer.NOBODY: _("Niemand: er is niets mis"),
    Fixer.USER: _("De gebruiker"),
    Fixer.ADMINISTRATOR: _("De beheerder van de organisatie"),
    Fixer.MAKELAAR: _("De makelaar"),
    Fixer.PORTAL: _("De website van de dienst"),
    Fixer.OPERATOR: _("De operator van deze installatie"),
}
_TRY_AGAIN: Final = _("U kunt opnieuw inloggen. Begin weer bij de website van de dienst.")
_AT_MAKELAAR: Final = _("Het ligt aan uw makelaar. Wij melden het daar. Probeer het later opnieuw.")
_WITH_US: Final = _("Het ligt aan ons. Wij lossen het op. Probeer het later opnieuw.")
_BAD_MESSAGE: Final = Explanation(
    _("Het antwoord van de makelaar houdt zich niet aan de afspraken."),
    _("Stuur de makelaar deze referentie, de tijd en de reden."),
    Fixer.MAKELAAR,
    _AT_MAKELAAR,
)
_BAD_SIGNATURE: Final = Explanation(
    _("De handtekening van de makelaar klopt niet met zijn geregistreerde sleutels."),
    _("Haal de metadata van de makelaar opnieuw op. Vraag of hij van sleutel wisselde."),
    Fixer.OPERATOR,
    _AT_MAKELAAR,
)
_WRONG_TIME: Final = Explanation(
    _("Het antwoord kwam te laat, of een klok loopt verkeerd."),
    _("Vergelijk de klok van de makelaar met die van deze server."),
    Fixer.MAKELAAR,
    _TRY_AGAIN,
)
_OTHER_PARTY: Final = _("Het antwoord van de makelaar is voor een andere partij bedoeld.")
_WRONG_NAME: Final = Explanation(
    _OTHER_PARTY,
    _("Vergelijk onze entity-id of client-id met die in de registratie bij de makelaar."),
    Fixer.MAKELAAR,
    _AT_MAKELAAR,
)
_WRONG_ADDRESS: Final = Explanation(
    _OTHER_PARTY,
    _("Vergelijk ons antwoordadres met dat in de registratie bij de makelaar."),
    Fixer.MAKELAAR,
    _AT_MAKELAAR,
)
_OTHER_ISSUER: Final = Explanation(
    _("Het antwoord komt van een andere afzender dan de makelaar die is gevraagd."),
    _("Vergelijk de entity-id of issuer van de makelaar met zijn registratie hier."),
    Fixer.OPERATOR,
    _AT_MAKELAAR,
)
_NOT_ASKED: Final = Explanation(
    _("Het antwoord hoort niet bij de vraag, of kwam twee keer."),
    _("Gebeurt het vaak? Vraag de makelaar waarom antwoorden herhaald worden."),
    Fixer.USER,
    _TRY_AGAIN,
)
_ENCRYPTION: Final = Explanation(
    _("De versleuteling van het antwoord klopt niet met wat is afgesproken."),
    _("Geef de makelaar onze nieuwste metadata, met de sleutel om mee te versleutelen."),
    Fixer.MAKELAAR,
    _AT_MAKELAAR,
)
_TOO_OLD: Final = Explanation(
    _("De makelaar gaf een eerdere login terug, terwijl een nieuwe is gevraagd."),
    _("Vraag de makelaar om ForceAuthn of max_age na te komen."),
    Fixer.MAKELAAR,
    _TRY_AGAIN,
)
_CLIENT: Final = Explanation(
    _("De makelaar wisselde de code niet in, of gaf geen bruikbaar token."),
    _("Controleer client-id, sleutel en antwoordadres in de registratie bij de makelaar."),
    Fixer.OPERATOR,
    _WITH_US,
)
_AUTHORITY: Final = Explanation(
    _("De makelaar noemt een organisatie of machtiging op een manier die niet klopt."),
    _("Stuur de makelaar deze referentie en vraag om de machtiging na te kijken."),
    Fixer.MAKELAAR,
    _AT_MAKELAAR,
)
_STOPPED: Final = Explanation(_("De gebruiker stopte zelf."), _("Niets."), Fixer.NOBODY, _TRY_AGAIN)
_LOW: Final = Explanation(
    _("Het niveau van het inlogmiddel is lager dan de dienst vraagt."),
    _("Laat de gebruiker een hoger inlogmiddel kiezen, of een tweede factor toevoegen."),
    Fixer.USER,
    _("Voor deze dienst heeft u een inlogmiddel van een hoger niveau nodig."),
)
_AWAY: Final = Explanation(
    _("De makelaar was niet bereikbaar of gaf een onbruikbaar antwoord."),
    _("Kijk op de statuspagina van de makelaar. Zet hem op pauze als het langer duurt."),
    Fixer.MAKELAAR,
    _("Uw makelaar heeft een storing. Probeer het later, of kies een andere makelaar."),
)
_REQUEST: Final = Explanation(
    _("De website stuurde een verzoek dat niet klopt."),
    _("Geef de makers van de website de zin die bij deze stap staat."),
    Fixer.PORTAL,
    _("Er zit een fout in de website waar u vandaan komt. Meld het daar aan de helpdesk."),
)
_PROOF: Final = Explanation(
    _("De website bewees niet wie zij is."),
    _("Vergelijk het geheim of de sleutel van de website met haar registratie hier."),
    Fixer.PORTAL,
    _("Er zit een fout in de website waar u vandaan komt. Meld het daar aan de helpdesk."),
)
_PASSIVE: Final = Explanation(
    _("De website vroeg om in te loggen zonder pagina's, en dat kon niet."),
    _("Niets: de website hoort daarna gewoon te laten inloggen."),
    Fixer.PORTAL,
    _TRY_AGAIN,
)
_GROUPS: Final = (
    (_BAD_SIGNATURE, "invalid key missing algorithm elsewhere reference shape transform", "signature_"),
    (_BAD_SIGNATURE, "token_signature token_key_unknown token_alg kid_missing", ""),
    (_WRONG_TIME, "expired not_yet_valid issue_instant validity_too_long conditions session", ""),
    (_WRONG_TIME, "token_expired token_not_yet_valid token_time token_too_old", ""),
    (_WRONG_TIME, "authentication_time", ""),
    (_WRONG_NAME, "audience token_audience token_azp", ""),
    (_WRONG_ADDRESS, "destination recipient redirect_uri_mismatch", ""),
    (_OTHER_ISSUER, "issuer_mismatch issuer_missing issuer_format token_issuer other_makelaar iss", ""),
    (_NOT_ASKED, "unsolicited replayed state_mismatch token_nonce already_answered", ""),
    (_ENCRYPTION, "assertion_not_encrypted decryption_failed encryption_algorithm", ""),
    (_ENCRYPTION, "encrypted_id encrypted_attribute token_encrypted", ""),
    (_TOO_OLD, "authn_instant authentication_too_old", ""),
    (_CLIENT, "code_refused code_malformed error_and_tokens no_id_token no_userinfo token_type token_hash", ""),
    (_CLIENT, "access_token_malformed userinfo_subject", ""),
    (_AUTHORITY, "branch intermediary legal_subject represents_malformed alt_sub", ""),
    (_BAD_MESSAGE, "assertion_count assertion_elsewhere attribute_values authn_context", ""),
    (_BAD_MESSAGE, "authn_statement base64 binding claim_malformed code_and_error confirmation", ""),
    (_BAD_MESSAGE, "confirmation_method dtd encoding header id message_missing namespace", ""),
    (_BAD_MESSAGE, "not_a_response not_well_formed processing_instruction schema status", ""),
    (_BAD_MESSAGE, "repeated_parameter response_mode subject subject_malformed version", ""),
    (_BAD_MESSAGE, "token_header token_malformed token_typ too_deep too_large", ""),
    (_BAD_MESSAGE, "too_many_attributes too_many_elements too_many_namespaces", ""),
    (_BAD_MESSAGE, "xml_version", ""),
    (_STOPPED, "cancelled cancelled_at_makelaar", ""),
    (_LOW, "level_unreachable level_too_low", ""),
    (_AWAY, "unavailable makelaar_unavailable", ""),
    (_PASSIVE, "passive other_user", ""),
    (_REQUEST, "portal_request token_request", ""),
    (_PROOF, "client_secret client_signature client_proof", ""),
)  # fmt: skip
_SINGLE: Final = {
    "level_above_all": Explanation(
        _("De website vraagt een hoger niveau dan een van de makelaars bij deze dienst kan geven."),
        _("Sluit een makelaar aan die dit niveau geeft, of laat de website een lager niveau vragen."),
        Fixer.OPERATOR,
        _("U kunt bij deze dienst nu niet inloggen. Het ligt niet aan u of uw inlogmiddel."),
    ),
    "portal_unknown": Explanation(
        _("De website noemt een client_id die hier niet is geregistreerd."),
        _("Vergelijk de client_id die bij deze stap staat met de registraties van portalen."),
        Fixer.PORTAL,
        _("Wij kennen de website niet waar u vandaan komt. Meld het daar aan de helpdesk."),
    ),
    "portal_address": Explanation(
        _("De website noemt een antwoordadres dat niet in haar registratie staat."),
        _("Laat de website het geregistreerde adres sturen, of voeg het gestuurde toe."),
        Fixer.PORTAL,
        _("Er zit een fout in de website waar u vandaan komt. Meld het daar aan de helpdesk."),
    ),
    "client_unknown": Explanation(
        _("Bij het ophalen van tokens noemde de website geen client_id die hier bekend is."),
        _("Vergelijk de client_id van de website met haar registratie hier."),
        Fixer.PORTAL,
        _("Er zit een fout in de website waar u vandaan komt. Meld het daar aan de helpdesk."),
    ),
    "client_method": Explanation(
        _("De website bewijst op een andere manier wie zij is dan is geregistreerd."),
        _("Stel token_endpoint_auth_method bij de website en in haar registratie gelijk in."),
        Fixer.PORTAL,
        _("Er zit een fout in de website waar u vandaan komt. Meld het daar aan de helpdesk."),
    ),
    "access_token": Explanation(
        _("Het access token is niet van ons, verlopen, of de login ervan is beëindigd."),
        _("Niets: de website hoort opnieuw te laten inloggen."),
        Fixer.PORTAL,
        _TRY_AGAIN,
    ),
    "status_not_success": Explanation(
        _("De makelaar zegt dat inloggen daar niet lukte."),
        _("Laat de gebruiker bij de makelaar navragen waarom."),
        Fixer.MAKELAAR,
        _("Inloggen lukte niet bij uw makelaar. Neem daar contact op."),
    ),
    "makelaar_error": Explanation(
        _("De makelaar gaf een foutmelding in plaats van een antwoord."),
        _("Zoek in de log op deze referentie en geef de fout door aan de makelaar."),
        Fixer.MAKELAAR,
        _AT_MAKELAAR,
    ),
    "service_mismatch": Explanation(
        _("De machtiging bij de makelaar geldt voor een andere dienst."),
        _("Vergelijk de ServiceUUID van de dienst met die bij de makelaar."),
        Fixer.ADMINISTRATOR,
        _("U heeft bij uw makelaar geen machtiging voor deze dienst."),
    ),
    "not_trusted": Explanation(
        _("De makelaar spreekt voor een organisatie waarvoor hij hier niet mag spreken."),
        _("Pas zo nodig de lijst met organisaties aan in de registratie van de makelaar."),
        Fixer.OPERATOR,
        _("Uw makelaar mag hier niet voor uw organisatie spreken."),
    ),
    "outgoing_refused": Explanation(
        _("Onze eigen regels verbieden het adres van de makelaar. Er is niets verstuurd."),
        _("Kijk bij de stap welke regel en welke instelling het is: meestal outgoing.allow."),
        Fixer.OPERATOR,
        _WITH_US,
    ),
    "outgoing_proxy": Explanation(
        _("Onze proxy werkt niet mee, dus de makelaar werd niet bereikt."),
        _("Kijk bij de stap wat er misging, en controleer outgoing.proxy en de proxy zelf."),
        Fixer.OPERATOR,
        _WITH_US,
    ),
    "outgoing_untrusted": Explanation(
        _("Het certificaat van de makelaar is van een uitgever die wij niet kennen."),
        _("Is het een eigen uitgever? Zet zijn certificaat in het bestand van outgoing.ca_file."),
        Fixer.OPERATOR,
        _WITH_US,
    ),
    "provider_not_live": Explanation(
        _("De makelaar werd tijdens het inloggen op pauze gezet of verwijderd."),
        _("Zet de makelaar weer aan als de storing voorbij is."),
        Fixer.OPERATOR,
        _("Uw makelaar kan nu niet worden gebruikt. Kies een andere makelaar."),
    ),
    "provider_not_allowed_for_service": Explanation(
        _("De dienst laat deze makelaar niet toe."),
        _("Pas zo nodig de lijst met makelaars aan in de registratie van de dienst."),
        Fixer.OPERATOR,
        _("U kunt bij deze dienst niet inloggen met deze makelaar."),
    ),
    "mandate_missing": Explanation(
        _("De gebruiker heeft geen machtiging die hier gebruikt kan worden."),
        _("Laat de beheerder van de organisatie een machtiging geven."),
        Fixer.ADMINISTRATOR,
        _("Vraag de beheerder van uw organisatie om een machtiging voor deze dienst."),
    ),
    "means_not_active": Explanation(
        _("Het inlogmiddel is geblokkeerd of nooit geactiveerd."),
        _("Laat de beheerder van de organisatie het inlogmiddel nakijken."),
        Fixer.ADMINISTRATOR,
        _("Vraag de beheerder van uw organisatie om uw inlogmiddel na te kijken."),
    ),
    "factor_locked": Explanation(
        _("De tweede factor zit op slot na te veel verkeerde codes."),
        _("Wacht tot het slot opengaat, of laat de gebruiker een andere tweede factor kiezen."),
        Fixer.USER,
        _("Uw code was te vaak fout. Wacht tot de tijd die op de pagina staat."),
    ),
    "account_blocked": Explanation(
        _("De gebruiker werd tijdens het inloggen geblokkeerd."),
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
    "document_over": Explanation(
        _("De dag waarvoor het document een antwoord vroeg, is voorbij."),
        _("Laat het portaal het document opnieuw vragen, met een latere dag."),
        Fixer.PORTAL,
        _("U kunt dit document niet meer beantwoorden. Vraag het portaal wat u nu kunt doen."),
    ),
    "document_unconfirmed": Explanation(
        _("Er was geen antwoord op het document dat met een code is bevestigd."),
        _("Laat de gebruiker opnieuw beginnen bij het portaal."),
        Fixer.USER,
        _("Uw antwoord is niet verstuurd. Begin opnieuw bij het portaal."),
    ),
    "account_changed": Explanation(
        _("Het wachtwoord van het account werd tijdens het inloggen veranderd."),
        _("Niets: opnieuw inloggen met het nieuwe wachtwoord is genoeg."),
        Fixer.USER,
        _("Uw wachtwoord is net veranderd. Log opnieuw in met het nieuwe wachtwoord."),
    ),
    "identity_moved": Explanation(
        _("Het inlogmiddel bij de makelaar hoort sinds kort bij iemand anders."),
        _("Kijk wie de koppeling van dit inlogmiddel veranderde, en of dat klopt."),
        Fixer.OPERATOR,
        _TRY_AGAIN,
    ),
    "level_lowered": Explanation(
        _("Het niveau dat deze login waard is, werd tijdens het inloggen verlaagd."),
        _("Kijk welke registratie van de dienst of de makelaar net is veranderd."),
        Fixer.OPERATOR,
        _("Met dit inlogmiddel kunt u hier niet meer inloggen. Begin opnieuw bij de website."),
    ),
    "service_gone": Explanation(
        _("De dienst is niet meer geregistreerd."),
        _("Kijk of de dienst met opzet is weggehaald. Zo niet: registreer de dienst opnieuw."),
        Fixer.OPERATOR,
        _("Bij deze dienst kunt u niet meer inloggen. Vraag de dienst wat u nu kunt doen."),
    ),
    "level_unknown": Explanation(
        _("Wij kennen het woord niet meer waarmee de makelaar het niveau noemde."),
        _("Zet dat woord in levels van de makelaar, met het niveau dat het betekent."),
        Fixer.OPERATOR,
        _WITH_US,
    ),
    "factor_ended": Explanation(
        _("De tweede factor werd tijdens het inloggen verwijderd."),
        _("Niets: opnieuw inloggen met een andere tweede factor is genoeg."),
        Fixer.USER,
        _("Uw tweede factor is net verwijderd. Log opnieuw in met een andere."),
    ),
    "other_person": Explanation(
        _("Bij de makelaar logde iemand anders in dan wie voor een hoger niveau ging."),
        _("Laat de gebruiker bij de makelaar uitloggen en opnieuw beginnen."),
        Fixer.USER,
        _("Log uit bij uw makelaar en begin opnieuw bij de website van de dienst."),
    ),
    "session_ended": Explanation(
        _("De sessie waarop de login bouwde, eindigde voordat het antwoord klaar was."),
        _("Niets: opnieuw inloggen is genoeg."),
        Fixer.USER,
        _TRY_AGAIN,
    ),
    "login_expired": Explanation(
        _("De gebruiker was niet op tijd klaar."),
        _("Kijk bij welke stap de login bleef staan. Gebeurt het vaak? Dan is die stap te moeilijk."),
        Fixer.USER,
        _("Inloggen duurde te lang. Begin opnieuw bij de website van de dienst."),
    ),
    "gave_way": Explanation(
        _("De gebruiker begon in dezelfde browser vaak opnieuw. De oudste logins zijn vervallen."),
        _("Kijk of de dienst de gebruiker steeds opnieuw naar het inloggen stuurt."),
        Fixer.PORTAL,
        _("U begon vaker met inloggen. Sluit de oude tabbladen en ga verder in het nieuwste."),
    ),
}  # fmt: skip
_BY_REASON: Final[Mapping[str, Explanation]] = {
    **{prefix + word: told for told, words, prefix in _GROUPS for word in words.split()},
    **_SINGLE,
    "makelaar_paused": _SINGLE["provider_not_live"],
}


def find(reason: str | None) -> Explanation | None:
    """The explanation of a machine reason, in Dutch; None where nothing needs to be explained."""
    return _BY_REASON.get(reason or "")


def told(explanation: Explanation, translate: Callable[[str], str]) -> Explanation:
    """The same in the language of ``translate`` (a gettext function)."""
    return replace(
        explanation,
        cause=translate(explanation.cause),
        remedy=translate(explanation.remedy),
        answer=translate(explanation.answer),
    )

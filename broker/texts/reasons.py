"""Explanations: what each machine reason of a login means, what helps, who can do that, and what
to answer the caller. For ``sluis trace`` and for the pages of the operator.

The texts are Dutch, the key of the translation; ``told`` gives them in the language of the reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from broker.texts import page_reasons
from broker.texts.artifact_reasons import OF_ARTIFACTS
from broker.texts.common_reasons import (
    AUTHORITY,
    AWAY,
    CLIENT,
    NOT_ASKED,
    NOT_OURS,
    PROOF,
    REQUEST,
    STOPPED,
)
from broker.texts.encryption_reasons import OF_ENCRYPTION
from broker.texts.errors import ERRORS
from broker.texts.explanation import (
    AT_MAKELAAR,
    DOES_NOT_FIT,
    NOTHING,
    TRY_AGAIN,
    WITH_US,
    Explanation,
    Fixer,
    Measured,
    _,
    told,
)
from broker.texts.logout_reasons import OF_LOGOUTS
from broker.texts.lowered_reasons import OF_LOWERED
from broker.texts.makelaar_reasons import (
    BAD_MESSAGE,
    BAD_SIGNATURE,
    BINDING,
    ENCRYPTION,
    IDENTIFIER_CLEAR,
    IDENTIFIER_UNREAD,
    LEVEL_UNKNOWN,
    LOW,
    NOT_ENCRYPTED,
    NOT_SIGNED,
    OTHER_ALGORITHM,
    OTHER_ENCRYPTION,
    OTHER_ISSUER,
    WRONG_ADDRESS,
    WRONG_NAME,
)
from broker.texts.page_reasons import page_reason
from broker.texts.passive_reasons import OF_PASSIVE
from broker.texts.saml_reasons import OF_SAML_PORTALS
from broker.texts.status_reasons import STATUS
from broker.texts.time_reasons import NO_TIME_OF_LOGIN, TOO_OLD, VALID_TOO_LONG, WRONG_TIME
from broker.texts.trouble_reasons import OF_TROUBLES

__all__ = ["FIXERS", "OF_PASSIVE", "Explanation", "Fixer", "find", "page_of", "page_reason", "told"]


FIXERS: Final[Mapping[Fixer, str]] = {
    Fixer.NOBODY: _("Niemand: er is niets mis"),
    Fixer.USER: _("De gebruiker"),
    Fixer.ADMINISTRATOR: _("De beheerder van de organisatie"),
    Fixer.MAKELAAR: _("De makelaar"),
    Fixer.PORTAL: _("De website van de dienst"),
    Fixer.OPERATOR: _("De operator van deze installatie"),
}
REJECTED: Final = "message_rejected"  # pages, by who can mend what a makelaar sent
OURS: Final = "makelaar_misregistered"
UNUSABLE: Final = "makelaar_paused"
_GROUPS: Final = (
    (BAD_SIGNATURE, "invalid key algorithm transform", "signature_"),
    (BAD_MESSAGE, "elsewhere reference shape", "signature_"),
    (BAD_SIGNATURE, "token_signature token_key_unknown kid_missing", ""),
    (NOT_SIGNED, "signature_missing", ""),
    (OTHER_ALGORITHM, "token_alg", ""),
    (WRONG_TIME, "expired not_yet_valid issue_instant conditions session", ""),
    (WRONG_TIME, "token_expired token_not_yet_valid token_time token_too_old", ""),
    (WRONG_TIME, "authentication_time", ""),
    (NO_TIME_OF_LOGIN, "auth_time_missing", ""),
    (VALID_TOO_LONG, "validity_too_long", ""),
    (WRONG_NAME, "audience token_audience token_azp", ""),
    (WRONG_ADDRESS, "destination recipient redirect_uri_mismatch", ""),
    (OTHER_ISSUER, "issuer_mismatch issuer_missing issuer_format token_issuer other_makelaar iss", ""),
    (NOT_OURS, "unsolicited", ""),
    (NOT_ASKED, "replayed state_mismatch token_nonce already_answered", ""),
    (ENCRYPTION, "decryption_failed", ""),
    (BAD_MESSAGE, "encrypted_id encrypted_attribute", ""),
    (NOT_ENCRYPTED, "assertion_not_encrypted", ""),
    (IDENTIFIER_UNREAD, "identifier_unread", ""),
    (IDENTIFIER_CLEAR, "identifier_clear", ""),
    (OTHER_ENCRYPTION, "encryption_algorithm", ""),
    (TOO_OLD, "authn_instant authentication_too_old", ""),
    (CLIENT, "code_refused", ""),
    (BAD_MESSAGE, "code_malformed error_and_tokens no_id_token no_userinfo token_type token_hash", ""),
    (BAD_MESSAGE, "access_token_malformed userinfo_subject", ""),
    (AUTHORITY, "branch intermediary legal_subject represents_malformed alt_sub", ""),
    (BAD_MESSAGE, "assertion_count assertion_elsewhere attribute_values authn_context", ""),
    (BAD_MESSAGE, "authn_statement base64 claim_malformed code_and_error confirmation", ""),
    (BINDING, "binding", ""),
    (BAD_MESSAGE, "artifact_malformed soap soap_header soap_version", ""),
    (BAD_MESSAGE, "confirmation_method dtd encoding header id message_missing namespace", ""),
    (BAD_MESSAGE, "not_a_response not_well_formed processing_instruction schema status", ""),
    (BAD_MESSAGE, "repeated_parameter response_mode subject subject_malformed version", ""),
    (BAD_MESSAGE, "token_header token_malformed token_typ too_deep too_large", ""),
    (BAD_MESSAGE, "too_many_attributes too_many_elements too_many_namespaces xml_version", ""),
    (BAD_MESSAGE, "logout_event not_a_logout soap", ""),
    (STOPPED, "cancelled cancelled_at_makelaar", ""),
    (LOW, "level_unreachable level_too_low", ""),
    (AWAY, "unavailable makelaar_unavailable", ""),
    (REQUEST, "portal_request token_request", ""),
    (REQUEST, "saml_unreadable saml_request not_a_request deflate relay_state", ""),
    (PROOF, "client_secret client_signature client_proof", ""),
)  # fmt: skip
_SINGLE: Final = {
    "level_above_all": Explanation(
        _("De website vraagt een hoger niveau dan een van de makelaars bij deze dienst kan geven."),
        _("Sluit een makelaar aan die dit niveau geeft, of laat de website een lager niveau vragen."),
        Fixer.OPERATOR,
        _("U kunt bij deze dienst nu niet inloggen. Het ligt niet aan u of uw inlogmiddel."),
    ),
    "client_keys": Explanation(
        _("Wij konden de sleutels van de website niet ophalen. Zij bewees daarom niet wie zij is."),
        _("Zie bij deze stap wat haar jwks_uri gaf. Probeer het adres met sluis doctor."),
        Fixer.PORTAL,
        _("Er zit een fout in de website waar u vandaan komt. Meld het daar aan de helpdesk."),
    ),
    "portal_unknown": Explanation(
        _("De website noemt een client_id die hier niet is geregistreerd."),
        _(
            "Vergelijk de client_id die bij deze stap staat met de registraties van portalen."
            " Staat hij er nog maar net? Probeer het na tien seconden opnieuw."
        ),
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
        TRY_AGAIN,
    ),
    "makelaar_error": Explanation(
        _("De makelaar gaf een foutmelding in plaats van een antwoord."),
        _("Geef de makelaar de foutcode die bij deze stap staat."),
        Fixer.MAKELAAR,
        AT_MAKELAAR,
    ),
    "service_mismatch": Explanation(
        _("De machtiging bij de makelaar geldt voor een andere dienst."),
        _("Vergelijk de ServiceUUID van de dienst met die bij de makelaar."),
        Fixer.ADMINISTRATOR,
        _("U heeft bij uw makelaar geen machtiging voor deze dienst."),
        (
            Explanation(
                _("De machtiging bij de makelaar geldt voor %(seen)s. De dienst is %(expected)s."),
                _("Vergelijk de ServiceUUID van de dienst met die bij de makelaar."),
                Fixer.ADMINISTRATOR,
                _("U heeft bij uw makelaar geen machtiging voor deze dienst."),
            ),
        ),
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
        WITH_US,
    ),
    "outgoing_proxy": Explanation(
        _("Onze proxy werkt niet mee, dus de makelaar werd niet bereikt."),
        _("Kijk bij de stap wat er misging, en controleer outgoing.proxy en de proxy zelf."),
        Fixer.OPERATOR,
        WITH_US,
    ),
    "outgoing_untrusted": Explanation(
        _("Het certificaat van de makelaar is van een uitgever die wij niet kennen."),
        _("Is het een eigen uitgever? Zet zijn certificaat in het bestand van outgoing.ca_file."),
        Fixer.OPERATOR,
        WITH_US,
    ),
    "audience_untrusted": Explanation(
        _("Het token van de makelaar is ook voor anderen bedoeld, die hier niet zijn vertrouwd."),
        _("Vertrouwt u wie bij de stap staat? Zet die in oidc.trusted_audiences. Zo niet: vraag de makelaar."),
        Fixer.OPERATOR,
        DOES_NOT_FIT,
    ),
    "provider_not_live": Explanation(
        _("De makelaar is op pauze gezet of verwijderd sinds deze login begon."),
        _("Zet de makelaar weer aan als de storing voorbij is."),
        Fixer.OPERATOR,
        _("Uw makelaar kan nu niet worden gebruikt. Kies een andere makelaar."),
        page=UNUSABLE,
    ),
    "provider_not_allowed_for_service": Explanation(
        _("Deze makelaar mag bij deze dienst niet worden gekozen."),
        _("Kijk bij makelaars in de registratie van de dienst, en bij services in die van de makelaar."),
        Fixer.OPERATOR,
        _("U kunt bij deze dienst niet inloggen met deze makelaar."),
        page=UNUSABLE,
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
    "means_blocked": Explanation(
        _("De gebruiker is hier geblokkeerd."),
        _("Laat de beheerder van de organisatie de blokkade nakijken."),
        Fixer.ADMINISTRATOR,
        _("U bent hier geblokkeerd. Vraag de beheerder van uw organisatie waarom."),
    ),
    "means_restricted": Explanation(
        _("Het inlogmiddel is beperkt tot de diensten van één andere aanbieder."),
        _("Laat de beheerder het middel omzetten, of de gebruiker met een ander middel inloggen."),
        Fixer.ADMINISTRATOR,
        _(
            "Uw inlogmiddel is beperkt tot één aanbieder. Log in met een ander inlogmiddel, of "
            "vraag uw beheerder om het om te zetten."
        ),
    ),
    "means_not_activated": Explanation(
        _("Het inlogmiddel is niet op tijd geactiveerd."),
        _("Laat de beheerder van de organisatie een nieuwe activatiebrief aanvragen."),
        Fixer.ADMINISTRATOR,
        _("Uw activatiebrief is verlopen. Vraag uw beheerder om een nieuwe."),
    ),
    "login_below_mandate": Explanation(
        _("De gebruiker heeft een machtiging, maar logde in met een te laag niveau daarvoor."),
        _("Laat de gebruiker hoger inloggen, of de beheerder het inlogmiddel verhogen."),
        Fixer.ADMINISTRATOR,
        _(
            "Log in met een hoger niveau, of vraag de beheerder van uw organisatie om uw "
            "inlogmiddel te verhogen. Een nieuwe machtiging helpt niet."
        ),
    ),
    "factor_locked": Explanation(
        _("De tweede factor zit op slot na te veel verkeerde codes."),
        _("Wacht tot het slot opengaat, of laat de gebruiker een andere tweede factor kiezen."),
        Fixer.USER,
        _("Uw code was te vaak fout. Wacht tot de tijd die op de pagina staat."),
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
    "level_unknown": LEVEL_UNKNOWN,
    "other_person": Explanation(
        _("Bij de makelaar logde iemand anders in dan wie voor een hoger niveau ging."),
        _("Laat de gebruiker bij de makelaar uitloggen en opnieuw beginnen."),
        Fixer.USER,
        _("Log uit bij uw makelaar en begin opnieuw bij de website van de dienst."),
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
    **STATUS,
    **_SINGLE,
    **OF_LOWERED,
    **OF_TROUBLES,
    **OF_SAML_PORTALS,
    **OF_LOGOUTS,
    **OF_ARTIFACTS,
    **OF_ENCRYPTION,
    **OF_PASSIVE,
    "makelaar_paused": _SINGLE["provider_not_live"],
    **page_reasons.BY_REASON,
    **{page_reason(key): OF_SAML_PORTALS[key] for key in OF_SAML_PORTALS.keys() & ERRORS.keys()},
    **{page_reason(key): OF_LOGOUTS[key] for key in OF_LOGOUTS.keys() & ERRORS.keys()},
    page_reason("message_rejected"): BAD_MESSAGE,
    page_reason("answer_gone"): OF_ARTIFACTS["artifact_unknown"],
    page_reason("saml_unreadable"): REQUEST,
    page_reason("makelaar_paused"): _SINGLE["provider_not_live"],
    page_reason("account_blocked"): OF_LOWERED["account_blocked"],
    page_reason("portal_gone"): OF_LOWERED["portal_gone"],
    page_reason("portal_address_gone"): OF_LOWERED["portal_address_gone"],
    page_reason("mandate_missing"): _SINGLE["mandate_missing"],
    page_reason("unknown_client"): _SINGLE["portal_unknown"],
    page_reason("redirect_uri_mismatch"): _SINGLE["portal_address"],
}


def known() -> frozenset[str]:
    """Every machine reason that has an explanation."""
    return frozenset(_BY_REASON)


def find(reason: str | None, measured: Measured = NOTHING) -> Explanation | None:
    """The explanation of a machine reason, in Dutch, the closest for what was measured; None where
    nothing needs to be explained. ``told`` fills it in.
    """
    known = _BY_REASON.get(reason or "")
    return known.chosen(measured) if known is not None else None


def page_of(reason: str, measured: Measured = NOTHING) -> str:
    """The key of the page for a makelaar's answer that was refused (``broker.texts.errors``): whose
    it is to mend, the user reads as operators do.
    """
    found = find(reason, measured)
    if found is None:
        return REJECTED
    return found.page or (OURS if found.fixer is Fixer.OPERATOR else REJECTED)

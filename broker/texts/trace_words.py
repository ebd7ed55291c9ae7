"""Machine words of traces and audit events in words for people, in the language of the moment: for
the pages of the operator and for ``sluis trace``. What was measured: ``trace_values``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from flask_babel import format_decimal, gettext
from flask_babel import lazy_gettext as _

from broker.texts import reasons
from state.audit import EventTag
from state.trace import NOT_BEGUN, Fact


@dataclass(frozen=True)
class Explained:
    """What a reason means, in the language of the moment."""

    cause: str
    remedy: str
    who: str
    answer: str


STEPS: Final = {
    "received": _("Verzoek van het portaal"),
    "client": _("Portaal en dienst gecontroleerd"),
    "token": _("Tokens ophalen"),
    "par": _("Verzoek vooraf brengen"),
    "userinfo": _("Gegevens ophalen met een access token"),
    "method": _("Manier van inloggen gekozen"),
    "provider": _("Makelaar gekozen"),
    "password": _("Wachtwoord"),
    "new-password": _("Nieuw wachtwoord"),
    "authenticate": _("Naar de makelaar"),
    "answer": _("Antwoord van de makelaar"),
    "signature": _("Handtekening"),
    "conditions": _("Tijd, adres en ontvanger"),
    "level": _("Niveau van de makelaar"),
    "session": _("Eerdere login"),
    "account": _("Persoon gevonden"),
    "means": _("Inlogmiddel"),
    "step-up": _("Niveau en tweede factor"),
    "mandate": _("Machtiging"),
    "consent": _("Toestemming"),
    "document": _("Antwoord op een document"),
    "confirm": _("Code voor dat antwoord"),
    "respond": _("Antwoord aan het portaal"),
    "more-time": _("Meer tijd gevraagd"),
    "ended": _("Einde"),
    "page": _("Foutpagina"),
    "program": _("Foutmelding aan een programma"),
}
OUTCOMES: Final = {
    "answered": _("In orde"),
    "sent": _("Verzoek verstuurd"),
    "accepted": _("Gecontroleerd en goed"),
    "continued": _("Eerdere login gebruikt"),
    "cancelled": _("De gebruiker stopte"),
    "rejected": _("Afgekeurd"),
    "unavailable": _("Niet gelukt met deze makelaar"),
    "level_too_low": _("Het niveau was te laag"),
    "level_unknown": _("Wij kennen het niveau niet"),
    "refused": _("Geweigerd"),
    "expired": _("De tijd was om"),
    "not_asked": _("In orde, zonder vraag"),
    "failed": _("Ging hier mis"),
}
ENDINGS: Final = {  # of a whole login
    "success": _("Gelukt"),
    "refused": _("Mislukt"),
    "cancelled": _("Gestopt"),
    "expired": _("Verlopen"),
    NOT_BEGUN: _("Verzoek geweigerd"),
}
EVENTS: Final = {
    EventTag.MESSAGE_REJECTED: _("Antwoord van de makelaar afgekeurd"),
    EventTag.LOGIN_REFUSED: _("Login geweigerd"),
    EventTag.LOGIN_CANCELLED: _("Login gestopt"),
    EventTag.LOGIN_SUCCEEDED: _("Login gelukt"),
    EventTag.LOGIN_EXPIRED: _("Login verlopen"),
    EventTag.FACTOR_FAILED: _("Verkeerde code van een tweede factor"),
    EventTag.FACTOR_LOCKED: _("Tweede factor op slot na te veel verkeerde codes"),
    EventTag.MANDATE_REQUESTED: _("Machtiging gevraagd"),
    EventTag.MANDATE_GRANTED: _("Machtiging gegeven"),
    EventTag.MANDATE_REQUEST_REFUSED: _("Verzoek om een machtiging afgewezen"),
    EventTag.MANDATE_REVOKED: _("Machtiging ingetrokken"),
    EventTag.MANDATE_CHANGED: _("Einddatum van een machtiging veranderd"),
    EventTag.MANDATE_RESTORED: _("Intrekken van een machtiging ongedaan gemaakt"),
    EventTag.DOCUMENT_ANSWERED: _("Antwoord op een document gegeven"),
    EventTag.CONSENT_GIVEN: _("Toestemming gegeven"),
    EventTag.CONSENT_WITHDRAWN: _("Toestemming ingetrokken"),
    EventTag.LOGIN_DISOWNED: _("Login niet herkend door de persoon zelf"),
    EventTag.SESSION_ENDED: _("Sessie geëindigd"),
    EventTag.LOGOUT_PARTIAL: _("Uitloggen lukte niet overal"),
    EventTag.PARTY_SWITCHED: _("Andere organisatie gekozen"),
    EventTag.PASSWORD_CHANGED: _("Wachtwoord veranderd"),
    EventTag.ACCOUNT_PAUSED: _("Account even op slot na te veel verkeerde wachtwoorden"),
    EventTag.RECOVERY_CODE_USED: _("Herstelcode gebruikt"),
    EventTag.PASSKEY_COUNTER_BACK: _("Passkey geweigerd: de teller liep terug"),
    EventTag.SMS_STOPPED: _("Sms tegengehouden: het uur zat vol"),
    EventTag.CODE_REUSED: _("Code voor een tweede keer gebruikt"),
    EventTag.PASSWORD_RECOVERED: _("Wachtwoord vervangen via de link in de mail"),
    EventTag.RECOVERY_ASKED: _("Inloggegevens vergeten: link gevraagd"),
    EventTag.FACTOR_ADDED: _("Tweede factor toegevoegd"),
    EventTag.FACTOR_REMOVED: _("Tweede factor verwijderd"),
    EventTag.FACTOR_RENAMED: _("Tweede factor kreeg een andere naam"),
    EventTag.FACTOR_COUNTS: _("Tweede factor telt mee"),
    EventTag.FACTOR_WAITS: _("Tweede factor wacht op een code in een brief"),
    EventTag.FACTOR_RESET: _("Alle tweede factoren van iemand beëindigd"),
    EventTag.FACTOR_RESET_ASKED: _("Herstel van tweede factoren gevraagd"),
    EventTag.FACTOR_RESET_REJECTED: _("Herstel van tweede factoren afgewezen door een collega"),
    EventTag.FACTOR_RESET_WITHDRAWN: _("Herstel van tweede factoren ingetrokken door de aanvrager"),
    EventTag.FACTOR_RESET_EXPIRED: _("Herstel van tweede factoren verlopen zonder besluit"),
    EventTag.FACTOR_RESET_STALE: _(
        "Herstel van tweede factoren vervallen: er veranderde iets voor het besluit"
    ),
    EventTag.FACTOR_LETTER_SENT: _("Brief met een code verstuurd"),
    EventTag.MEANS_ASKED: _("Inlogmiddel aangevraagd"),
    EventTag.MEANS_IDENTIFIED: _("Identificatie voor een inlogmiddel vastgelegd"),
    EventTag.MEANS_APPROVED: _("Aanvraag van een inlogmiddel goedgekeurd"),
    EventTag.MEANS_REFUSED: _("Aanvraag van een inlogmiddel afgekeurd"),
    EventTag.IDENTITY_DOCUMENT_BROUGHT: _("Scan van identiteitsbewijs aangeleverd"),
    EventTag.IDENTITY_DOCUMENT_REFUSED: _("Bestand met een virus geweigerd"),
    EventTag.IDENTITY_DOCUMENT_SEEN: _("Scan van identiteitsbewijs bekeken"),
    EventTag.IDENTITY_DOCUMENT_ERASED: _("Scan van identiteitsbewijs gewist"),
    EventTag.MEANS_LETTER_SENT: _("Brief en e-mail met activatiecodes verstuurd"),
    EventTag.MEANS_ACTIVATED: _("Inlogmiddel geactiveerd"),
    EventTag.MEANS_CHANGED: _("Inlogmiddel gewijzigd"),
    EventTag.MEANS_ENDED: _("Inlogmiddel beëindigd"),
    EventTag.DEVICES_IMPORTED: _("Apparaten voor codes in voorraad genomen"),
    EventTag.CHAIN_MANDATE_GRANTED: _("Ketenmachtiging gegeven"),
    EventTag.CHAIN_MANDATE_CHANGED: _("Einddatum van een ketenmachtiging veranderd"),
    EventTag.CHAIN_MANDATE_REVOKED: _("Ketenmachtiging ingetrokken"),
    EventTag.CHAIN_MANDATE_RESTORED: _("Intrekken van een ketenmachtiging ongedaan gemaakt"),
    EventTag.CHAIN_MANDATE_LAPSED: _("Ketenmachtiging vervallen omdat zij niet is gebruikt"),
    EventTag.CHAIN_REQUEST_SENT: _("Ketenmachtiging gevraagd aan een klant"),
    EventTag.CHAIN_REQUEST_WITHDRAWN: _("Verzoek om een ketenmachtiging ingetrokken"),
    EventTag.CHAIN_REQUEST_GRANTED: _("Verzoek om een ketenmachtiging ingewilligd"),
    EventTag.CHAIN_REQUEST_REFUSED: _("Verzoek om een ketenmachtiging geweigerd"),
    EventTag.CHAIN_REQUEST_TAKEN_BACK: _("Ketenmachtiging teruggenomen met de link in de e-mail"),
    EventTag.CHAIN_REQUEST_LAPSED: _("Verzoek om een ketenmachtiging vervallen"),
    EventTag.MANDATE_LAPSED: _("Machtiging vervallen omdat zij niet is gebruikt"),
    EventTag.MANDATE_REQUEST_LAPSED: _("Verzoek om een machtiging vervallen zonder besluit"),
    EventTag.ADMINISTRATOR_EXTENDED: _("Rol van beheerder verlengd"),
    EventTag.INVITATION_SENT: _("Iemand uitgenodigd"),
    EventTag.INVITATION_WITHDRAWN: _("Uitnodiging ingetrokken"),
    EventTag.INVITATION_ACCEPTED: _("Uitnodiging aanvaard"),
    EventTag.ORGANISATION_CHANGED: _("Gegevens van een organisatie veranderd"),
    EventTag.ORGANISATION_RELINKED: _("Organisatie kreeg een ander KvK-nummer"),
    EventTag.BILLING_CHANGED: _("Facturatie van een organisatie veranderd"),
    EventTag.FORM_SENT: _("Wijzigingsformulier verstuurd"),
    EventTag.FORM_WITHDRAWN: _("Wijzigingsformulier ingetrokken"),
    EventTag.FORM_TAKEN: _("Wijzigingsformulier in behandeling genomen"),
    EventTag.FORM_DECIDED: _("Over een wijzigingsformulier beslist"),
    EventTag.GROUP_MADE: _("Groep gemaakt"),
    EventTag.GROUP_RENAMED: _("Groep kreeg een andere naam"),
    EventTag.GROUP_COMPANY_ADDED: _("Bedrijf bij een groep gebracht"),
    EventTag.GROUP_COMPANY_REMOVED: _("Bedrijf uit een groep gehaald"),
    EventTag.GROUP_MEMBER_ADDED: _("Iemand in een groep gezet"),
    EventTag.GROUP_MEMBER_REMOVED: _("Iemand uit een groep gehaald"),
    EventTag.GROUP_ROLE_CHANGED: _("Rol in een groep gewijzigd"),
    EventTag.CLIENTS_ALLOCATED: _("Klanten aan iemand toegewezen"),
    EventTag.MEMBERSHIP_ENDED: _("Iemand hoort niet meer bij een organisatie"),
    EventTag.IDENTITY_ENDED: _("Bekendheid bij een makelaar beëindigd"),
    EventTag.ACCOUNT_MADE: _("Account gemaakt"),
    EventTag.ACCOUNT_ENDED: _("Account beëindigd"),
    EventTag.ESTABLISHMENT_ENDED: _("Vestiging beëindigd"),
    EventTag.PERSON_BLOCKED: _("Iemand geblokkeerd"),
    EventTag.PERSON_UNBLOCKED: _("Blokkade van iemand opgeheven"),
    EventTag.ADDRESS_CHANGED: _("E-mailadres van iemand veranderd"),
    EventTag.PERSON_LOOKED_UP: _("Iemand opgezocht door een operator"),
    EventTag.OPERATOR_ADDED: _("Operator toegevoegd"),
    EventTag.OPERATOR_RECOVERED: _("Operator kreeg een nieuwe link om in te stellen"),
    EventTag.OPERATOR_SET_UP: _("Operator stelde wachtwoord en tweede factor in"),
    EventTag.OPERATOR_ENDED: _("Operator beëindigd"),
    EventTag.ACCESS_DENIED: _("Toegang geweigerd: de rol laat het niet toe"),
    EventTag.EXPORT_MADE: _("Uitvoer gemaakt"),
    EventTag.REGISTRATION_CHANGED: _("Registratie gemaakt of veranderd"),
    EventTag.REGISTRATION_REMOVED: _("Registratie verwijderd"),
    EventTag.METADATA_APPROVED: _("Wachtende metadata goedgekeurd"),
    EventTag.METADATA_REJECTED: _("Wachtende metadata afgewezen"),
    EventTag.METADATA_RECONSIDERED: _("Afgewezen metadata wachten weer op goedkeuring"),
    EventTag.METADATA_LOOK_ASKED: _("Gevraagd om nu naar metadata te kijken"),
    EventTag.KEY_CREATED: _("Sleutel gemaakt"),
    EventTag.KEY_ACTIVATED: _("Sleutel in gebruik genomen"),
    EventTag.KEY_RETIRING: _("Sleutel ondertekent niet meer, maar staat er nog"),
    EventTag.KEY_RETIRED: _("Sleutel teruggetrokken"),
    EventTag.MASTER_KEY_RESEALED: _("Geheimen onder een nieuwe hoofdsleutel gelegd"),
    EventTag.MASTER_KEY_DROPPED: _("Oude hoofdsleutel losgelaten"),
    EventTag.PERSON_FORGOTTEN: _("Iemand vergeten"),
    EventTag.AUDIT_PURGED: _("Oude gebeurtenissen van de audit opgeruimd"),
    EventTag.MESSAGE_GIVEN_UP: _("Bericht opgegeven"),
    EventTag.MESSAGE_RETRIED: _("Opgegeven bericht opnieuw aangeboden"),
    EventTag.ARTIFACT_REFUSED: _(
        "Antwoord niet gegeven: al opgehaald, van een andere website, of al uitgelogd"
    ),
}

MEASURED: Final = {
    "given": _("Gekregen niveau"),
    "asked": _("Gevraagd niveau"),
    "clock_seconds": _("Verschil van de klok, in seconden"),
    "allowed_seconds": _("Toegestaan verschil, in seconden"),
    "login_age_seconds": _("Zo lang geleden ingelogd, in seconden"),
    "expected": _("Verwacht"),
    "provider": _("Makelaar"),
    "how": _("Hoe gekozen"),
    "client": _("Portaal"),
    "service": _("Dienst"),
    "protocol": _("Protocol"),
    "second_factor": _("Tweede factor"),
    "mandate": _("Soort machtiging"),
    "status": _("Status"),
    "rule": _("Regel van de dienst"),
    "kept": _("Niet opnieuw vragen"),
    "number": _("Keer naar de makelaar"),
    "mandates": _("Waarom machtigingen hier niet gelden"),
    "method": _("Manier van inloggen"),
    "passive": _("Zonder pagina's"),
    "fresh": _("Nieuwe login gevraagd"),
    "max_age": _("Hoogste leeftijd van de login, in seconden"),
    "seen": _("Gezien"),
    "also": _("Ook in de weg"),
    "redis": _("Wat Redis zei"),
    "outgoing_rule": _("Regel voor uitgaande verzoeken"),
    "failure": _("Wat er misging"),
    "setting": _("Instelling"),
    "highest": _("Hoogste niveau van alle makelaars"),
    "sent": _("Gestuurd"),
    "registered": _("Geregistreerd"),
    "used": _("Gebruikt"),
    "told": _("Gezegd tegen het portaal"),
    "error": _("Foutcode voor het portaal"),
    "element": _("Onderdeel"),
    "word": _("Woord voor het niveau"),
    "line": _("Regel voor de registratie"),
    "asked_as": _("Gevraagd met het woord"),
    "keys": _("Sleutels die zijn geprobeerd"),
    "signed_by": _("Getekend met certificaat (begin van SHA-256)"),
    "trusted": _("Bekende certificaten (begin van SHA-256)"),
    "status_code": _("Status van de makelaar"),
    "status_message": _("Melding van de makelaar"),
    "waited_seconds": _("Zo lang onderweg, in seconden"),
    "late_seconds": _("Zo lang na het einde, in seconden"),
    "validity_seconds": _("Geldigheid, in seconden"),
    "age_seconds": _("Ouderdom van de login, in seconden"),
    "makelaar_error": _("Foutcode van de makelaar"),
    "makelaar_says": _("Uitleg van de makelaar daarbij"),
    "http_status": _("HTTP-status"),
    "endpoint": _("Welk adres van de makelaar"),
    "called": _("Aangeroepen"),
    "because": _("Waarom het daarvoor misging"),
    "differs": _("Waarin die twee verschillen"),
    "placeholder": _("Issuer met een open plek"),
    "auth_method": _("Hoe wij bewijzen wie wij zijn"),
    "client_id": _("Onze client-id bij de makelaar"),
    "alg": _("Algoritme"),
    "key_use": _("Waarvoor onze sleutel is"),
    "error_code": _("Foutcode op de pagina"),
    "detail": _("Bijzonderheid"),
    "http_method": _("HTTP-methode"),
    "path": _("Adres"),
    "below": _("Adres begint met"),
    "kept_by_browser": _("Cookies"),
    "browser": _("Browser"),
    "in_login": _("Tijdens een login met deze code"),
    "other_master_key": _("Verzegeld met een hoofdsleutel die dit proces niet heeft"),
    "sent_bytes": _("Gestuurd, in bytes"),
    "allowed_bytes": _("Toegestaan, in bytes"),
    "allowed_requests": _("Toegestaan aantal verzoeken"),
    "window_seconds": _("In zoveel seconden"),
    "hops": _("Ingesteld aantal proxy's"),
    "dialect": _("Dialect van dat woord"),
}


def measured(name: str) -> str:
    """What a value is about."""
    return str(MEASURED.get(name, name))


def after(milliseconds: int) -> str:
    """``+34 ms`` or ``+4,1 s``."""
    if milliseconds < 1000:
        return f"+{milliseconds} ms"
    return f"+{format_decimal(milliseconds / 1000, '0.0')} s"


def step(word: str) -> str:
    """The name of a step; the word itself where there is none."""
    return str(STEPS.get(word, word))


def outcome(word: str) -> str:
    """How a step ended."""
    return str(OUTCOMES.get(word, word))


def ending(word: str) -> str:
    """How a login ended; one that did not end yet is open."""
    return str(ENDINGS.get(word, _("Niet afgerond")))


def event(tag: EventTag) -> str:
    """What an audit event says."""
    return str(EVENTS.get(tag, tag.value))


def explained(
    reason: str | None, measured: Mapping[str, Fact] = MappingProxyType({})
) -> Explained | None:
    """What this reason means, what helps and who can do it; None where nothing needs it.
    ``measured``: of the step that went wrong.
    """
    known = reasons.find(reason, measured)
    if known is None:
        return None
    told = reasons.told(known, gettext, measured)
    return Explained(told.cause, told.remedy, gettext(reasons.FIXERS[told.fixer]), told.answer)

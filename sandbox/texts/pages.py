"""What the pages of the sandbox say, in English."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

_EVERYWHERE: Final = {
    "Naar de inhoud": "To the content",
    "Alles hier is verzonnen": "Everything here is invented",
    "In deze demo": "In this demo",
    "Nagebootst, bij Sluis": "Simulated, with Sluis",
    "Nagebootst": "Simulated",
    "Voorbeeldportaal": "Sample portal",
    "Testomgeving": "Test environment",
    "Dat kan niet": "That is not possible",
    "Begin opnieuw bij een portaal": "Begin again at a portal",
    "Ga verder": "Continue",
    "Annuleer": "Cancel",
    "Probeer het opnieuw": "Try again",
    "Terug naar het begin": "Back to the beginning",
    "Naar het begin": "To the beginning",
    "Log uit": "Log out",
    "die dienst is er niet": "that service does not exist",
    "die client is er niet": "that client does not exist",
    "deze inlogpagina is verlopen": "this login page has expired",
    "deze persoon is hier niet bekend": "this person is not known here",
}
_NAMES: Final = {
    "Bronhouderportaal": "Register holder portal",
    "Ondernemersloket Voorbeeldstad": "Exampletown business desk",
    "Subsidieloket Groen": "Green grants desk",
    "Waterloket De Voorbeeldpolder": "Example Polder water desk",
    "Streekarchief Voorbeeldland": "Example Region Archive",
    "Meldportaal Bodem": "Soil report portal",
    "Bodemkaart inzien": "View the soil map",
    "Lozing melden": "Report a discharge",
    "Grondwateronttrekking": "Groundwater abstraction",
    "Gevaarlijk afval melden": "Report hazardous waste",
    "Vergunning aanvragen": "Apply for a permit",
    "Ideeënbus voor ondernemers": "Ideas box for entrepreneurs",
    "Schouw doorgeven": "Report a ditch inspection",
    "Archief raadplegen": "Consult the archive",
}
_TRIES: Final = {
    "Kies {service}, dan {makelaar}, en wees {person}.": (
        "Choose {service}, then {makelaar}, and be {person}."
    ),
    "Alles gaat goed": "All goes well",
    "Het portaal laat zien wie u bent, namens wie, op welk niveau, en wat het controleerde.": (
        "The portal shows who you are, on whose behalf, at which level, and what it checked."
    ),
    "Een machtiging ontbreekt": "An authorisation is missing",
    "Stuur een verzoek. Geef daarna de machtiging, als Sanne Bakker via Polderpoort: {beheer}": (
        "Send a request. Then give the authorisation, as Sanne Bakker through Polderpoort: {beheer}"
    ),
    "Een tweede factor": "A second factor",
    "Sluis vraagt een code. De code van haar app staat hier: {codes}": (
        "Sluis asks for a code. The code of her app is here: {codes}"
    ),
    "Begin hiermee": "Begin with these",
    "Begin als {person}": "Begin as {person}",
    "Wees hier": "Be here",
    "via {makelaar}": "through {makelaar}",
    "met een account": "with an account",
    "komt er niet in": "does not get in",
    "alles gaat goed, namens Bakkerij De Korenmolen": (
        "all goes well, on behalf of Bakkerij De Korenmolen"
    ),
    "kiest uit vijf organisaties": "chooses from five organisations",
    "kiest zijn eigen kantoor of een klant": "chooses his own office or a client",
    "onbekend bij Sluis; haar makelaar staat voor haar in": (
        "unknown to Sluis; her identity provider vouches for her"
    ),
    "de machtiging is gisteren verlopen": "the authorisation expired yesterday",
    "het account is geblokkeerd": "the account is blocked",
    "de sms komt nooit aan": "the text message never arrives",
    "ziet dat haar machtiging bijna afloopt": "sees that her authorisation is about to end",
    "komt binnen met EH2": "gets in with EH2",
    "tweede factor: een code uit haar app": "second factor: a code from her app",
    "tweede factor: een code per sms": "second factor: a code by text message",
    "tweede factor: een code van een apparaat": "second factor: a code of a device",
    "de machtiging ontbreekt": "the authorisation is missing",
    "het niveau is te laag": "the level is too low",
    "het inlogmiddel is niet actief": "the login method is not active",
    "Brugwacht vraagt nu meer, voor EH3": "Brugwacht now asks for more, for EH3",
    "mag voor één vestiging; dat kan hier niet": (
        "may act for one branch; that is not possible here"
    ),
    "heeft als enige EH4": "is the only one with EH4",
    "met een inlogmiddel van de broker zelf": "with a login method of the broker itself",
    "met alleen een e-mailadres": "with an e-mail address only",
    "een portaal met een geheim in plaats van een sleutel": (
        "a portal with a secret instead of a key"
    ),
    "na een login bij Meldportaal Bodem: zonder makelaar": (
        "after a login at Soil report portal: without an identity provider"
    ),
    "het antwoord komt via de gateway": "the answer comes through the gateway",
}
_PORTAL: Final = {
    "Waar wilt u inloggen?": "Where do you want to log in?",
    "Dit is een nagebootst portaal. U logt in bij Sluis, als iemand die niet bestaat; daarna ziet "
    "u wat het portaal weet.": (
        "This is a simulated portal. You log in at Sluis, as somebody who does not exist; then you "
        "see what the portal knows."
    ),
    "Dit is een ander portaal. Wie net inlogde bij Meldportaal Bodem, hoeft hier niet opnieuw "
    "langs de makelaar.": (
        "This is another portal. Who just logged in at Soil report portal does not go to an "
        "identity provider again."
    ),
    "Dit is een ander portaal.": "This is another portal.",
    "Open {name}": "Open {name}",
    "Andere portalen": "Other portals",
    "Peilwijzer vraagt een login over SAML.": "Peilwijzer asks for a login over SAML.",
    "Naar het Bronhouderportaal": "To the Register holder portal",
    ", of een account met alleen een e-mailadres": (", or an account with an e-mail address only"),
    "machtiging nodig": "authorisation needed",
    "machtiging mag": "authorisation optional",
    "geen machtiging nodig": "no authorisation needed",
    "Geef opdracht voor een bodemonderzoek": "Order a soil survey",
    "Sluis vraagt of u akkoord gaat met een document, met een nieuwe code. Wees Roos Willems, via "
    "Brugwacht.": (
        "Sluis asks whether you agree to a document, with a fresh code. Be Roos Willems, through "
        "Brugwacht."
    ),
    "Lees de opdracht": "Read the order",
    "controlegetal {digest}": "check number {digest}",
    "Hulp bij inloggen": "Help with logging in",
    "Dit portaal bestaat alleen in de demo. Lukt inloggen niet? Lees op de pagina van Sluis wat u "
    "kunt doen.": (
        "This portal exists in the demo only. Does logging in fail? Read on the page of Sluis what "
        "you can do."
    ),
    "Staat daar een code, zoals K7QM-4RXT? Zoek die op in de operatorconsole, of met het commando "
    "sluis trace.": (
        "Is there a code, such as K7QM-4RXT? Look it up in the operator console, or with the "
        "command sluis trace."
    ),
    "Privacy": "Privacy",
    "Alle mensen, bedrijven en nummers in deze demo zijn verzonnen.": (
        "All people, companies and numbers in this demo are invented."
    ),
    "Dit portaal toont wat het van Sluis kreeg, en vergeet dat als de demo stopt.": (
        "This portal shows what it got from Sluis, and forgets that when the demo stops."
    ),
}
_LOGGED_IN: Final = {
    "U bent ingelogd": "You are logged in",
    "Dit gaf Sluis aan het portaal, voor {service}.": (
        "This is what Sluis gave the portal, for {service}."
    ),
    "Wie is er binnen?": "Who is in?",
    "Namens": "On behalf of",
    "niemand anders": "nobody else",
    "voor zichzelf": "for themselves",
    "KvK-nummer": "KvK number",
    "Alleen vestiging": "Branch only",
    "Via": "Through",
    "Ketenmachtiging: een kantoor handelt voor een klant": (
        "Chain authorisation: an office acts for a client"
    ),
    "Persoon": "Person",
    "Pseudoniem, alleen voor dit portaal": "Pseudonym, for this portal only",
    "account met e-mailadres": "account with an e-mail address",
    "Machtiging tot": "Authorisation until",
    "Controles": "Checks",
    "{count} van {count} goed": "{count} of {count} passed",
    "Kijk nu verder": "See next",
    "Kom namens een andere organisatie": "Act for another organisation",
    "Ga naar een ander portaal": "Go to another portal",
    "een dienst die deze login aanneemt, stuurt u niet opnieuw langs de makelaar": (
        "a service that accepts this login does not send you to an identity provider again"
    ),
    "Bekijk uw logins bij Sluis": "See your logins at Sluis",
    "daar logt u opnieuw in": "you log in again there",
    "ID-token, uitgepakt": "ID token, unpacked",
    "Inhoud van het ID-token": "Content of the ID token",
    "Wat betekenen deze namen?": "What do these names mean?",
}
_REFUSED: Final = {
    "U bent niet ingelogd": "You are not logged in",
    "Het portaal weigert dit antwoord": "The portal refuses this answer",
    "U bent niet ingelogd. Begin opnieuw, en gebruik daarbij één venster.": (
        "You are not logged in. Begin again, and use one window."
    ),
    "Voor wie dit portaal maakt": "For who makes this portal",
    "Zoek {code} op in de operatorconsole: daar staat elke stap, en wat er misging.": (
        "Look up {code} in the operator console: it has every step, and what went wrong."
    ),
    "Open de operatorconsole": "Open the operator console",
    "Wij vroegen niet om dit antwoord.": "We did not ask for this answer.",
    "Sluis wil de code niet inwisselen: {answer}": "Sluis does not redeem the code: {answer}",
    "{url} antwoordt met {status}": "{url} answers with {status}",
    "U bent gestopt met inloggen.": "You stopped logging in.",
    "Wilde u dat niet? Begin opnieuw.": "Did you not mean to? Begin again.",
    "U heeft geen machtiging voor deze dienst.": "You have no authorisation for this service.",
    "Log opnieuw in: Sluis kan uw beheerder vragen om een machtiging.": (
        "Log in again: Sluis can ask your administrator for an authorisation."
    ),
    "U gaf geen toestemming om uw gegevens door te geven.": (
        "You did not agree to pass on your data."
    ),
    "Zonder die gegevens kan deze dienst niet. Bedenkt u zich, begin dan opnieuw.": (
        "This service cannot do without those data. If you change your mind, begin again."
    ),
    "U mag hier niet inloggen.": "You may not log in here.",
    "Vraag de helpdesk wat u kunt doen.": "Ask the help desk what you can do.",
    "Het niveau van uw login is te laag voor deze dienst.": (
        "The level of your login is too low for this service."
    ),
    "Kies een makelaar of een inlogmiddel met een hoger niveau.": (
        "Choose an identity provider or a login method with a higher level."
    ),
    "U moet eerst nog iets doen bij Sluis.": "You first have to do something at Sluis.",
    "Het portaal vroeg om een login zonder pagina's, en dat kon niet. Begin opnieuw, gewoon.": (
        "The portal asked for a login without pages, and that was not possible. Begin again, as "
        "usual."
    ),
    "Het inloggen lukte niet. Dat komt niet door u.": (
        "Logging in failed. That is not because of you."
    ),
    "Probeer het opnieuw; kies desnoods een andere makelaar.": (
        "Try again; choose another identity provider if need be."
    ),
    "Sluis kan u nu niet helpen. Dat komt niet door u.": (
        "Sluis cannot help you now. That is not because of you."
    ),
    "Wacht even en probeer het opnieuw.": "Wait a moment and try again.",
    "Het portaal vroeg iets wat Sluis niet geeft.": (
        "The portal asked for something that Sluis does not give."
    ),
    "Wie dit portaal maakt, moet de vraag verbeteren. Hieronder staat wat Sluis zei.": (
        "Who makes this portal has to mend its question. Below is what Sluis said."
    ),
}
_MAKELAAR: Final = {
    "Makelaar": "Identity provider",
    "Makelaars": "Identity providers",
    "Nagebootste makelaar": "Simulated identity provider",
    "Log in bij {name}": "Log in at {name}",
    "{who} laat u inloggen met niveau {level} of hoger.": (
        "{who} asks you to log in with level {level} or higher."
    ),
    "{who} laat u inloggen.": "{who} asks you to log in.",
    "Een echte makelaar vraagt nu een wachtwoord en een code. Hier kiest u alleen wie u bent.": (
        "A real identity provider now asks for a password and a code. Here you only choose who you "
        "are."
    ),
    "Wie bent u?": "Who are you?",
    "Laat de makelaar iets fout doen": "Have the identity provider do something wrong",
    "Fout in het antwoord": "Fault in the answer",
    "Kies eerst een fout, en daarna wie u bent. Sluis hoort het antwoord dan te weigeren.": (
        "First choose a fault, then who you are. Sluis ought to refuse the answer."
    ),
    "Wie kan waar inloggen": "Who can log in where",
    "Begin bij een portaal; Sluis brengt u bij een van deze makelaars. Daar kiest u een naam: "
    "wachtwoorden en codes zijn er nagebootst.": (
        "Begin at a portal; Sluis brings you to one of these identity providers. There you choose "
        "a name: passwords and codes are simulated."
    ),
    "Naar het portaal": "To the portal",
    "t/m {level}": "up to {level}",
    "Deze makelaar is zelf een broker: zij stuurt u door naar {name}.": (
        "This identity provider is a broker itself: it sends you on to {name}."
    ),
    "Niemand": "Nobody",
    "Vul de sms-code in": "Enter the code of the text message",
    "De sms komt in deze test nooit aan. Annuleer, en zie wat Sluis en het portaal dan zeggen.": (
        "In this test the text message never arrives. Cancel, and see what Sluis and the portal "
        "then say."
    ),
    "Terug naar Sluis": "Back to Sluis",
    "Het antwoord gaat nu naar Sluis.": "The answer is on its way to Sluis.",
}
_POST: Final = {
    "Van iedereen in deze demo": "Of everybody in this demo",
    "Post van Sluis": "Post from Sluis",
    "Zo toont een mailprogramma dit": "How a mail program shows it",
    "E-mail {number}: {subject}": "E-mail {number}: {subject}",
    "E-mail, sms en brieven, de nieuwste eerst.": (
        "E-mail, text messages and letters, the newest first."
    ),
    "Codes van apps en apparaten": "Codes of apps and devices",
    "E-mail": "E-mail",
    "Sms": "Text message",
    "Brief": "Letter",
    "Facturatie": "Invoicing",
    "aan {recipient}, {moment}": "to {recipient}, {moment}",
    "Er is nog geen post. Ververs deze pagina als Sluis iets heeft gestuurd.": (
        "There is no post yet. Refresh this page when Sluis has sent something."
    ),
    "Codes van testpersonen": "Codes of test people",
    "Deze codes veranderen over {left} seconden.": "These codes change in {left} seconds.",
    "Ververs de codes": "Refresh the codes",
    "Apps en apparaten": "Apps and devices",
    "apparaat": "device",
    "app": "app",
    "Herstelcodes van {name}": "Recovery codes of {name}",
    "Codes per sms staan bij de post.": "Codes by text message are with the post.",
    "Naar de post": "To the post",
    "Een passkey maakt u zelf.": "You make a passkey yourself.",
    "Naar Mijn inlogmiddelen": "To My login methods",
}
ENGLISH: Final = MappingProxyType(
    {
        **_EVERYWHERE,
        **_NAMES,
        **_TRIES,
        **_PORTAL,
        **_LOGGED_IN,
        **_REFUSED,
        **_MAKELAAR,
        **_POST,
    }
)

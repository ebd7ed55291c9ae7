"""What ``make demo`` and the installation say in a terminal, in English."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

ENGLISH: Final = MappingProxyType(
    {
        # What happens.
        "Sleutels, metadata en registraties maken": "Making keys, metadata and registrations",
        "Broker, makelaars, portalen en postbus starten": (
            "Starting broker, identity providers, portals and postbus"
        ),
        "Operators maken: sluis operator create": "Making operators: sluis operator create",
        "Inloggen: {login}": "Logging in: {login}",
        "SAML aan beide kanten": "SAML on both sides",
        "Inloggen gelukt ({done}/{all}) na {seconds} seconden": (
            "Logged in ({done}/{all}) after {seconds} seconds"
        ),
        "{person} via {makelaar}, namens {company}, niveau {level}; {count} controles goed": (
            "{person} through {makelaar}, on behalf of {company}, level {level}; {count} checks "
            "passed"
        ),
        "Wat de processen zeiden, staat in {logs}": "What the processes said is in {logs}",
        "Is alles in orde?": "Is all well?",
        "Waarom een login mislukte, met de code van de pagina:": (
            "Why a login failed, with the code on the page:"
        ),
        "Stoppen: Ctrl-C.": "To stop: Ctrl-C.",
        "Gestopt.": "Stopped.",
        "Mislukt.": "Failed.",
        # What is in the way.
        "Poort {ports} is al in gebruik.": "Port {ports} is taken.",
        "Poorten {ports} zijn al in gebruik.": "Ports {ports} are taken.",
        "Stop wat daar draait (misschien een eerdere demo), of kies andere poorten met "
        "PORT_BASE:": (
            "Stop what runs there (perhaps an earlier demo), or choose other ports with PORT_BASE:"
        ),
        "In {place} draait al een demo.": "A demo is running in {place}.",
        "Die blijft zoals zij is. Stop haar eerst met Ctrl-C, of kies andere poorten met "
        "PORT_BASE:": (
            "It stays as it is. Stop it first with Ctrl-C, or choose other ports with PORT_BASE:"
        ),
        "PORT_BASE moet een getal zijn van {low} tot en met {high}, niet {value}. Het is de eerste "
        "van {count} poorten.": (
            "PORT_BASE has to be a number from {low} to {high}, not {value}. It is the first of "
            "{count} ports."
        ),
        "{place} is weg.": "{place} is gone.",
        "{place} is in gebruik.": "{place} is in use.",
        "Stop eerst die demo, met Ctrl-C.": "Stop that demo first, with Ctrl-C.",
        "Er was niets om weg te gooien.": "There was nothing to throw away.",
        # The installation.
        "Pakketten halen: {name}": "Fetching packages: {name}",
        "Pakketten installeren": "Installing packages",
        "{count} pakketten staan in .venv, na {seconds} seconden.": (
            "{count} packages are in .venv, after {seconds} seconds."
        ),
        "De installatie mislukte. Dit zei pip:": "The installation failed. This is what pip said:",
        "De pakketten komen in .venv. Dat duurt de eerste keer een paar minuten.": (
            "The packages go into .venv. The first time this takes a few minutes."
        ),
        # Addresses.
        "Adressen": "Addresses",
        "Portaal": "Portal",
        "hier begint een login": "a login begins here",
        "tweede portaal, deelt het inloggen": "second portal, shares the login",
        "portaal dat SAML praat": "portal that speaks SAML",
        "de broker, met de weg naar Mijn en Beheer": "the broker, with the way to Mijn and Beheer",
        "voor beheerders, log in als Sanne": "for administrators, log in as Sanne",
        "voor operators, log in als Robin": "for operators, log in as Robin",
        "eigen inlogmiddelen, ook een passkey": "own login methods, a passkey too",
        "{count} nagebootste makelaars": "{count} simulated identity providers",
        "staat voor Archief raadplegen": "stands before Consult the archive",
        "nog {count}: makelaars die zelf broker zijn, en een als Entra ID": (
            "{count} more: brokers themselves, and one like Entra ID"
        ),
        "mail, sms en brieven van de broker": "mail, text messages and letters of the broker",
        "van apps en apparaten van testpersonen": "of apps and devices of test people",
        "voor een portaal": "for a portal",
        "voor een SAML-makelaar": "for a SAML identity provider",
        "voor een SAML-portaal": "for a SAML portal",
        "Uw portaal": "Your portal",
        "vrij voor een portaal dat u zelf maakt": "free for a portal that you write",
        # People.
        "Testpersonen": "Test people",
        "Waar": "Where",
        "Niveau": "Level",
        "Wat u ziet": "What you see",
        "Gegevens": "Credentials",
        "account van de broker zelf": "account of the broker itself",
        "Bij een makelaar kiest u alleen de naam. Waar geen dienst staat: bij Meldportaal Bodem.": (
            "At an identity provider you only choose the name. Where no service is named: at Soil "
            "report portal."
        ),
        "naam {name}": "name {name}",
        "naam {name} of {email}": "name {name} or {email}",
        "wachtwoord {password}": "password {password}",
        "codes {address}": "codes {address}",
        "sms {address}": "text messages {address}",
        "rol inrichter": "role configurator",
        "rol helpdesk": "role helpdesk",
        # The next three things.
        "Probeer nu, vanaf {portal}": "Try now, from {portal}",
        # What takes more people. The console and the broker are in the language of the browser.
        "Daarna, met meer mensen": "After that, with more people",
        "Een nieuwe collega, tot en met het portaal": "A new colleague, as far as the portal",
        "Wees Sanne via Polderpoort bij {beheer}. Kies Groenrijk, Gebruikers, Voeg toe, met EH3, "
        "rol gebruiker en een app.": (
            "Be Sanne through Polderpoort at {beheer}. Choose Groenrijk, Users, Add, with EH3, "
            "role user and an app."
        ),
        "Robin legt vast wie de collega is en Ines keurt goed: {operator}": (
            "Robin records who the colleague is and Ines approves: {operator}"
        ),
        "Activeer met de codes uit brief en e-mail: {activate}. Die staan hier: {postbus}": (
            "Activate with the codes of letter and mail: {activate}. They are here: {postbus}"
        ),
        "Kies bij Meldportaal Bodem: Log in met uw account. De machtiging ontbreekt; stuur een "
        "verzoek.": (
            "At Soil report portal, choose: Log in with your account. The authorisation is "
            "missing; send a request."
        ),
        "Sanne behandelt het in Te doen. Log opnieuw in.": (
            "Sanne handles it in To do. Log in again."
        ),
        "Een klant trekt de machtiging in": "A client takes the authorisation back",
        "Log als Mo via Zekerweg in bij Meldportaal Bodem, namens Groenrijk.": (
            "As Mo, log in through Zekerweg at Soil report portal, on behalf of Groenrijk."
        ),
        "Wees Sanne bij {beheer}. Trek bij Groenrijk de ketenmachtiging van Yilmaz in.": (
            "Be Sanne at {beheer}. At Groenrijk, withdraw the chain authorisation of Yilmaz."
        ),
        "Log als Mo opnieuw in: bij Groenrijk staat waarom het niet meer kan.": (
            "As Mo, log in again: at Groenrijk it says why that is not possible any more."
        ),
        "Een klant zonder beheerder stemt in met een link": (
            "A client without an administrator agrees with a link"
        ),
        "Wees Sanne bij {beheer}. Vraag bij Yilmaz, Gevraagd aan klanten, KvK 90001747 "
        "om Meldportaal Bodem; verzin een e-mailadres.": (
            "Be Sanne at {beheer}. At Yilmaz, Asked of clients, ask KvK 90001747 for Soil report "
            "portal; make up an e-mail address."
        ),
        "Open de link in {postbus}, vul de code uit de volgende e-mail in en ga akkoord.": (
            "Open the link in {postbus}, fill in the code from the next e-mail and agree."
        ),
        "Log als Mo via Zekerweg in bij Meldportaal Bodem, namens Van Dijk.": (
            "As Mo, log in through Zekerweg at Soil report portal, on behalf of Van Dijk."
        ),
        "De link in de bevestiging trekt het weer in.": (
            "The link in the confirmation takes it back."
        ),
    }
)

"""Every address of the console of organisations: the least role, and what an administrator reads
there.
"""

from __future__ import annotations

import re

from directory.people import Role

ADMINISTRATOR, MEMBER = Role.ADMINISTRATOR, Role.MEMBER

INTERMEDIARY = "/ketenmachtigingen/<intermediary_id>"

CHAIN = "/ketenmachtiging/<draft_id>"

ASK = "/klantverzoek/<draft_id>"

IMPORT = "/importeren"

# What docs/beheer.md promises: the least role, and what an administrator reads there.
PAGES: dict[tuple[str, str], tuple[Role, int, str]] = {
    ("GET", ""): (MEMBER, 200, "Te doen"),
    ("GET", "/mijn"): (MEMBER, 200, "Mijn machtigingen"),
    ("POST", "/mijn/lijst"): (MEMBER, 200, ""),
    ("GET", "/profiel"): (MEMBER, 200, "Mijn profiel"),
    ("POST", "/bedrijf"): (MEMBER, 404, ""),  # without one that is theirs
    ("GET", "/verzoek/<request_id>"): (ADMINISTRATOR, 200, "Verzoek van Fatima Bouzid"),
    ("GET", "/verzoek/<request_id>/afwijzen"): (ADMINISTRATOR, 200, "Het verzoek van Fatima"),
    ("POST", "/verzoek/<request_id>/afwijzen"): (ADMINISTRATOR, 422, "Het verzoek van Fatima"),
    ("GET", "/machtigingen"): (ADMINISTRATOR, 200, "Machtigingen"),
    ("POST", "/machtigingen/lijst"): (ADMINISTRATOR, 200, ""),
    ("GET", "/machtiging/<mandate_id>"): (ADMINISTRATOR, 200, "Machtiging van Fatima Bouzid"),
    ("GET", "/machtiging/<mandate_id>/einddatum"): (ADMINISTRATOR, 200, "Tot wanneer mag Fatima"),
    ("POST", "/machtiging/<mandate_id>/einddatum"): (ADMINISTRATOR, 422, "Tot wanneer mag Fatima"),
    ("POST", "/machtiging/<mandate_id>/intrekken"): (ADMINISTRATOR, 200, "Machtigingen"),
    ("POST", "/machtiging/<mandate_id>/ongedaan"): (ADMINISTRATOR, 200, "Machtigingen"),
    ("GET", "/gebruikers"): (ADMINISTRATOR, 200, "Gebruikers"),
    ("POST", "/gebruikers/lijst"): (ADMINISTRATOR, 200, ""),
    ("GET", "/gebruikers/<person_id>"): (ADMINISTRATOR, 200, "Fatima Bouzid"),
    ("GET", "/logins"): (ADMINISTRATOR, 200, "Logins"),
    ("POST", "/logins/lijst"): (ADMINISTRATOR, 200, ""),
    ("GET", "/wijzigingen"): (ADMINISTRATOR, 200, "Wijzigingen"),
    ("POST", "/wijzigingen/lijst"): (ADMINISTRATOR, 200, ""),
    ("POST", "/gebruikers/<person_id>/brief"): (ADMINISTRATOR, 404, ""),  # who has no means of ours
    ("GET", "/gebruikers/<person_id>/opzeggen"): (ADMINISTRATOR, 404, ""),
    ("POST", "/gebruikers/<person_id>/opzeggen"): (ADMINISTRATOR, 404, ""),
    **{
        (method, f"/gebruikers/<person_id>/{what}"): (ADMINISTRATOR, 404, "")
        for what in ("wijzigen", "mobiel", "e-mail", "identiteitsbewijs")
        for method in ("GET", "POST")
    },
    ("GET", "/gebruikers/toevoegen"): (ADMINISTRATOR, 200, "Vraag een inlogmiddel aan"),
    ("POST", "/gebruikers/toevoegen"): (ADMINISTRATOR, 200, "Kies niveau en rol"),
    ("GET", "/gebruikers/toevoegen/<draft_id>/niveau"): (ADMINISTRATOR, 200, "Kies niveau"),
    ("POST", "/gebruikers/toevoegen/<draft_id>/niveau"): (ADMINISTRATOR, 422, "Kies niveau"),
    ("GET", "/gebruikers/toevoegen/<draft_id>/persoon"): (ADMINISTRATOR, 200, "Voor wie"),
    ("POST", "/gebruikers/toevoegen/<draft_id>/persoon"): (ADMINISTRATOR, 422, "Voor wie"),
    # Where the installation asks no identity documents.
    ("GET", "/gebruikers/toevoegen/<draft_id>/identiteitsbewijs"): (ADMINISTRATOR, 404, ""),
    ("POST", "/gebruikers/toevoegen/<draft_id>/identiteitsbewijs"): (ADMINISTRATOR, 404, ""),
    ("GET", "/gebruikers/toevoegen/<draft_id>/aflevering"): (ADMINISTRATOR, 200, "Waar gaat"),
    ("POST", "/gebruikers/toevoegen/<draft_id>/aflevering"): (ADMINISTRATOR, 422, "Waar gaat"),
    ("GET", "/gebruikers/toevoegen/<draft_id>/bedrijven"): (ADMINISTRATOR, 200, "Voor welke"),
    ("POST", "/gebruikers/toevoegen/<draft_id>/bedrijven"): (ADMINISTRATOR, 200, "Controleer"),
    ("GET", "/gebruikers/toevoegen/<draft_id>/controle"): (ADMINISTRATOR, 200, "Controleer"),
    ("POST", "/gebruikers/toevoegen/<draft_id>/controle"): (ADMINISTRATOR, 200, "Fatima Nieuw"),
    ("GET", "/gebruikers/<person_id>/rol"): (ADMINISTRATOR, 200, "Rol van Fatima Bouzid"),
    ("POST", "/gebruikers/<person_id>/rol"): (ADMINISTRATOR, 409, "Rol van Fatima Bouzid"),
    ("GET", "/uitnodigingen"): (ADMINISTRATOR, 200, "Uitnodigingen"),
    ("POST", "/uitnodigingen/lijst"): (ADMINISTRATOR, 200, ""),
    ("GET", "/uitnodigen"): (ADMINISTRATOR, 200, "Nodig iemand uit"),
    ("POST", "/uitnodigen"): (ADMINISTRATOR, 422, "Nodig iemand uit"),
    ("POST", "/uitnodigingen/<invitation_id>/opnieuw"): (ADMINISTRATOR, 200, "Uitnodigingen"),
    ("POST", "/uitnodigingen/<invitation_id>/intrekken"): (ADMINISTRATOR, 200, "Uitnodigingen"),
    ("GET", "/instellingen"): (ADMINISTRATOR, 200, "Instellingen"),
    ("POST", "/instellingen/vestigingsnummer"): (ADMINISTRATOR, 409, "Instellingen"),
    ("GET", "/instellingen/facturatie"): (ADMINISTRATOR, 200, "Facturatie"),
    ("GET", "/instellingen/facturatie/<what>"): (ADMINISTRATOR, 200, "Rekeningnummer wijzigen"),
    ("POST", "/instellingen/facturatie/<what>"): (ADMINISTRATOR, 422, "Rekeningnummer wijzigen"),
    ("GET", "/formulieren"): (MEMBER, 200, "Formulieren"),
    ("POST", "/formulieren/lijst"): (MEMBER, 200, ""),
    ("GET", "/formulieren/nieuw/<kind>"): (MEMBER, 200, "Iets anders"),
    ("POST", "/formulieren/nieuw/<kind>"): (MEMBER, 422, "Iets anders"),
    ("GET", "/formulieren/<form_id>"): (MEMBER, 200, "Iets anders"),
    ("POST", "/formulieren/<form_id>/intrekken"): (MEMBER, 200, "Iets anders"),
    ("GET", "/importeren"): (ADMINISTRATOR, 200, "Importeer een bestand"),
    ("GET", "/importeren/<kind>/sjabloon/<layout>"): (ADMINISTRATOR, 200, ""),
    ("POST", "/importeren/<kind>"): (ADMINISTRATOR, 422, "Importeer een bestand"),
    ("GET", "/importeren/<draft_id>/controle"): (ADMINISTRATOR, 200, "Controleer het bestand"),
    ("POST", "/importeren/<draft_id>/controle"): (ADMINISTRATOR, 409, "Controleer het bestand"),
    ("GET", "/importeren/<draft_id>/klaar"): (ADMINISTRATOR, 200, "Controleer het bestand"),
    ("GET", "/groepen"): (MEMBER, 200, "Groepen"),
    ("POST", "/groepen/lijst"): (MEMBER, 200, ""),
    ("GET", "/groepen/hulp"): (MEMBER, 200, "Eén groep per vestiging"),
    ("GET", "/groepen/nieuw"): (ADMINISTRATOR, 200, "Maak een groep"),
    ("POST", "/groepen/nieuw"): (ADMINISTRATOR, 422, "Maak een groep"),
    ("GET", "/groepen/<group_id>"): (MEMBER, 200, "Groep van Fatima"),
    ("POST", "/groepen/<group_id>/naam"): (MEMBER, 200, "Groep van Fatima"),  # says: not yours
    ("POST", "/groepen/<group_id>/bedrijf"): (ADMINISTRATOR, 200, "Groep van Fatima"),
    ("POST", "/groepen/<group_id>/bedrijf/<company_id>/weg"): (MEMBER, 200, "Groep"),
    ("GET", "/groepen/<group_id>/lid"): (ADMINISTRATOR, 200, "Voeg groepslid toe"),
    ("POST", "/groepen/<group_id>/lid"): (ADMINISTRATOR, 422, "Voeg groepslid toe"),
    ("GET", "/groepen/<group_id>/uitnodigen"): (ADMINISTRATOR, 200, "Groep van Fatima"),
    ("POST", "/groepen/<group_id>/uitnodigen"): (ADMINISTRATOR, 200, "Groep van Fatima"),
    ("POST", "/groepen/<group_id>/leden/<person_id>/weg"): (MEMBER, 200, "Groep van Fatima"),
    ("POST", "/groepen/<group_id>/leden/<person_id>/rol"): (MEMBER, 200, "Groep van Fatima"),
    ("GET", "/groepen/<group_id>/logins"): (MEMBER, 404, ""),  # for who is in it
    ("POST", "/groepen/<group_id>/logins/lijst"): (MEMBER, 404, ""),
    ("GET", "/mag-dit"): (ADMINISTRATOR, 200, "Mag dit?"),
    ("POST", "/geven"): (ADMINISTRATOR, 200, "Kies de diensten"),
    ("GET", "/geven/<draft_id>/diensten"): (ADMINISTRATOR, 200, "Kies de diensten"),
    ("POST", "/geven/<draft_id>/diensten"): (ADMINISTRATOR, 422, "Kies de diensten"),
    ("GET", "/geven/<draft_id>/gebruikers"): (ADMINISTRATOR, 200, "Kies de gebruikers"),
    ("POST", "/geven/<draft_id>/gebruikers"): (ADMINISTRATOR, 422, "Kies de gebruikers"),
    ("GET", "/geven/<draft_id>/einddatum"): (ADMINISTRATOR, 200, "Kies de einddatum"),
    ("POST", "/geven/<draft_id>/einddatum"): (ADMINISTRATOR, 422, "Kies de einddatum"),
    ("GET", "/geven/<draft_id>/controle"): (ADMINISTRATOR, 200, "Controleer de machtigingen"),
    ("POST", "/geven/<draft_id>/controle"): (ADMINISTRATOR, 409, "Controleer de machtigingen"),
    ("GET", "/geven/<draft_id>/klaar"): (ADMINISTRATOR, 200, "Controleer de machtigingen"),
    ("GET", "/ketenmachtigingen"): (ADMINISTRATOR, 200, "Ketenmachtigingen"),
    ("POST", "/ketenmachtigingen/lijst"): (ADMINISTRATOR, 200, ""),
    ("GET", f"{INTERMEDIARY}"): (ADMINISTRATOR, 200, "Kantoor van Fatima"),
    ("POST", f"{INTERMEDIARY}/intrekken"): (ADMINISTRATOR, 404, ""),  # without one of theirs
    ("POST", f"{INTERMEDIARY}/alles-intrekken"): (ADMINISTRATOR, 200, "Ketenmachtigingen"),
    ("POST", f"{INTERMEDIARY}/ongedaan"): (ADMINISTRATOR, 404, ""),
    ("GET", "/klanten"): (ADMINISTRATOR, 200, "Klanten"),
    ("POST", "/klanten/lijst"): (ADMINISTRATOR, 200, ""),
    ("GET", "/klanten/<client_id>"): (ADMINISTRATOR, 200, "Klant van Fatima"),
    ("POST", "/klanten/<client_id>/opgeven"): (ADMINISTRATOR, 200, "Klanten"),
    ("POST", "/klanten/<client_id>/ongedaan"): (ADMINISTRATOR, 404, ""),  # without one of theirs
    ("GET", "/ketenverzoek/<asked_id>"): (ADMINISTRATOR, 200, "Verzoek van Administratiekantoor"),
    ("POST", "/ketenverzoek/<asked_id>/weigeren"): (ADMINISTRATOR, 200, "Te doen"),
    ("GET", "/klantverzoeken"): (ADMINISTRATOR, 200, "Gevraagd aan klanten"),
    ("POST", "/klantverzoeken/lijst"): (ADMINISTRATOR, 200, ""),
    ("POST", "/klantverzoeken/<sent_id>/opnieuw"): (ADMINISTRATOR, 200, "Gevraagd aan klanten"),
    ("POST", "/klantverzoeken/<sent_id>/intrekken"): (ADMINISTRATOR, 200, "Gevraagd aan klanten"),
    ("POST", "/klantverzoek"): (ADMINISTRATOR, 200, "Voor welke klant wilt u handelen?"),
    ("GET", f"{ASK}/klant"): (ADMINISTRATOR, 200, "Voor welke klant wilt u handelen?"),
    ("POST", f"{ASK}/klant"): (ADMINISTRATOR, 422, "Voor welke klant wilt u handelen?"),
    ("GET", f"{ASK}/diensten"): (ADMINISTRATOR, 200, "Wat vraagt u?"),
    ("POST", f"{ASK}/diensten"): (ADMINISTRATOR, 422, "Wat vraagt u?"),
    ("GET", f"{ASK}/controle"): (ADMINISTRATOR, 200, "Controleer het verzoek"),
    ("POST", f"{ASK}/controle"): (ADMINISTRATOR, 200, "Gevraagd aan klanten"),
    ("GET", "/toewijzen"): (ADMINISTRATOR, 200, "Klanten toewijzen"),
    ("POST", "/toewijzen/lijst"): (ADMINISTRATOR, 200, ""),
    ("GET", "/toewijzen/<person_id>"): (ADMINISTRATOR, 200, "Voor welke klanten handelt Fatima"),
    ("POST", "/toewijzen/<person_id>"): (ADMINISTRATOR, 200, "Klanten toewijzen"),
    ("POST", "/ketenmachtiging"): (ADMINISTRATOR, 200, "Wie mag voor u handelen?"),
    ("GET", f"{CHAIN}/intermediair"): (ADMINISTRATOR, 200, "Wie mag voor u handelen?"),
    ("POST", f"{CHAIN}/intermediair"): (ADMINISTRATOR, 422, "Wie mag voor u handelen?"),
    ("GET", f"{CHAIN}/diensten"): (ADMINISTRATOR, 200, "Kies de diensten"),
    ("POST", f"{CHAIN}/diensten"): (ADMINISTRATOR, 422, "Kies de diensten"),
    ("GET", f"{CHAIN}/einddatum"): (ADMINISTRATOR, 200, "Kies de einddatum"),
    ("POST", f"{CHAIN}/einddatum"): (ADMINISTRATOR, 422, "Kies de einddatum"),
    ("GET", f"{CHAIN}/controle"): (ADMINISTRATOR, 200, "Controleer de ketenmachtigingen"),
    ("POST", f"{CHAIN}/controle"): (ADMINISTRATOR, 403, "Controleer de ketenmachtigingen"),
    ("GET", f"{CHAIN}/klaar"): (ADMINISTRATOR, 200, "Controleer de ketenmachtigingen"),
}

# A user finds the own ones alone, and asks nothing that administrators ask.
OF_ONESELF = {route for route in PAGES if re.match("/formulieren/[n<]", route[1])}

# A file of the own rows.
OWN_FILES = {("POST", f"{path}/lijst") for path in ("/mijn", "/formulieren", "/groepen")}

OPEN = {("POST", "/uitloggen"), ("GET", "/uitgelogd")}

OF_ONE = [route for route in PAGES if re.search("<(?!what|kind|layout)", route[1])]

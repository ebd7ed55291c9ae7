"""Who the test people are for and how they log in, in English. Names of services stand as the
English pages say them.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

ENGLISH: Final = MappingProxyType(
    {
        # What they show.
        "Alles in orde: ingelogd namens Bakkerij De Korenmolen. Daarna bij Waterloket: zonder "
        "makelaar": (
            "All is well: logged in on behalf of Bakkerij De Korenmolen. Then at Waterloket: "
            "without an identity provider"
        ),
        "Bij Lozing melden: machtiging ontbreekt": (
            "At Report a discharge: authorisation is missing"
        ),
        "Bij Lozing melden: niveau te laag": "At Report a discharge: level too low",
        "Beheerder van drie bedrijven: kiest uit vijf, twee daarvan via haar kantoor": (
            "Administrator of three companies: chooses from five, two of them through her office"
        ),
        "Intermediair: kiest eigen kantoor of een van twee klanten": (
            "Intermediary: chooses the own office or one of two clients"
        ),
        "Machtiging is gisteren verlopen": "Authorisation expired yesterday",
        "Bij Lozing melden: activatie is verlopen": "At Report a discharge: activation has expired",
        "Machtiging ontbreekt; lukt wel bij Lozing melden": (
            "Authorisation is missing; succeeds at Report a discharge"
        ),
        "Alleen voor één vestiging; lukt niet bij Grondwateronttrekking": (
            "For one branch only; fails at Groundwater abstraction"
        ),
        "De sms komt nooit aan; annuleert bij de makelaar": (
            "The text message never arrives; cancels at the identity provider"
        ),
        "Account is geblokkeerd": "Account is blocked",
        "Bij Bodemkaart inzien: ziet dat haar machtiging binnen twee maanden afloopt. Bij Mijn: "
        "krijgt haar mail in het Engels": (
            "At View the soil map: sees that her authorisation ends within two months. At Mijn: "
            "gets her mail in English"
        ),
        "Bij Lozing melden: tweede factor bij Sluis, daarna ingelogd": (
            "At Report a discharge: second factor at Sluis, then logged in"
        ),
        "Bij Lozing melden: code per sms van Sluis, zie de postbus": (
            "At Report a discharge: code by text message from Sluis, see the postbus"
        ),
        "Bij Lozing melden: code van een apparaat, zie de postbus": (
            "At Report a discharge: code of a device, see the postbus"
        ),
        "Bij Bodemkaart inzien: EH2; daarna bij Grondwateronttrekking: Brugwacht vraagt meer, "
        "EH3": (
            "At View the soil map: EH2; then at Groundwater abstraction: Brugwacht asks for more, "
            "EH3"
        ),
        "Zonder makelaar ingelogd bij Ideeënbus voor ondernemers, met zijn e-mailadres": (
            "Logged in without an identity provider at Ideas box for entrepreneurs, with his "
            "e-mail address"
        ),
        "Bij Vergunning aanvragen: ingelogd met een inlogmiddel van Sluis zelf": (
            "At Apply for a permit: logged in with a login method of Sluis itself"
        ),
        "Onbekend bij Sluis; de makelaar zelf staat in voor haar machtiging": (
            "Unknown to Sluis; the identity provider itself vouches for her authorisation"
        ),
        "Ziet in de operatorconsole wat er misging, en met sluis trace": (
            "Sees in the operator console what went wrong, and with sluis trace"
        ),
        "Keurt een aanvraag goed waarvoor Robin vastlegde wie iemand is": (
            "Approves a request for which Robin recorded who somebody is"
        ),
        # How they log in.
        "wachtwoord en app": "password and app",
        "wachtwoord en sms": "password and text message",
        "wachtwoord": "password",
        "pas met certificaat": "card with a certificate",
        "wachtwoord en code uit app": "password and code from an app",
        "code uit app bij Sluis": "code from an app at Sluis",
        "code per sms of herstelcode bij Sluis": "code by text message or recovery code at Sluis",
        "code van apparaat bij Sluis": "code of a device at Sluis",
        "e-mail": "e-mail",
        "{less} of {level}": "{less} or {level}",
    }
)

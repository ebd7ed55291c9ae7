"""The test people: which makelaar knows them, how strongly they log in, and what they show."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from sandbox.texts import said

EMAIL: Final = "urn:sluis:loa:email"  # what the broker says of an account with an e-mail address
LEVELS: Final = ("EH2", "EH2+", "EH3", "EH4")
ETD: Final = MappingProxyType(
    {
        "EH2": "urn:etoegang:core:assurance-class:loa2",
        "EH2+": "urn:etoegang:core:assurance-class:loa2plus",
        "EH3": "urn:etoegang:core:assurance-class:loa3",
        "EH4": "urn:etoegang:core:assurance-class:loa4",
    }
)
EIDAS: Final = MappingProxyType(
    {
        "EH2": "http://eid.logius.nl/LoA/basic",
        "EH2+": "http://eidas.europa.eu/LoA/low",
        "EH3": "http://eidas.europa.eu/LoA/substantial",
        "EH4": "http://eidas.europa.eu/LoA/high",
    }
)


def level_of(value: str) -> str | None:
    """``EH3`` for the eTD class or the eIDAS URI of EH3; None for what is unknown."""
    for level in LEVELS:
        if value in (level, ETD[level]) or value.lower() == EIDAS[level].lower():
            return level
    return None


def is_enough(level: str, asked: str) -> bool:
    return LEVELS.index(level) >= LEVELS.index(asked)


@dataclass(frozen=True)
class AssertedMandate:
    """A mandate that the makelaar vouches for. ``kvk`` 8 digits, ``branches`` 12 digits each."""

    kvk: str
    name: str
    level: str
    rsin: str | None = None
    branches: tuple[str, ...] = ()
    intermediary_kvk: str | None = None


@dataclass(frozen=True)
class Rung:
    """A level and what the makelaar asks for it, in words."""

    level: str
    factor: str


@dataclass(frozen=True)
class Login:
    """How one makelaar knows a person. ``less``: what it does when no more is asked."""

    makelaar: str
    subject: str
    level: str
    factor: str  # what the makelaar asks, in words
    code_never_arrives: bool = False
    mandate: AssertedMandate | None = None
    less: Rung | None = None

    def answered(self, asked: str | None) -> Rung:
        """What a login gives when this level is asked, or none: no more than is needed."""
        if self.less is not None and (asked is None or is_enough(self.less.level, asked)):
            return self.less
        return Rung(self.level, self.factor)

    def levels(self, language: str) -> str:
        """Every level that it can give, in words."""
        if self.less is None:
            return self.level
        both = "{less} of {level}"
        return said(both, language, less=self.less.level, level=self.level)


@dataclass(frozen=True)
class OwnAccount:
    """An account at the broker itself. ``email``: an address that is a user name as well."""

    user_name: str
    level: str
    factor: str
    email: str | None = None


@dataclass(frozen=True)
class TestPerson:
    """One invented person. ``shows``: what a login ends in, at Meldportaal Bodem if not said."""

    __test__ = False

    key: str
    name: str
    shows: str
    logins: tuple[Login, ...] = field(default=())
    account: OwnAccount | None = None


GROENRIJK: Final = AssertedMandate(
    kvk="90001639", name="Hoveniersbedrijf Groenrijk", level="EH3", rsin="800001643"
)

PEOPLE: Final = (
    TestPerson(
        "jan",
        "Jan de Vries",
        "Alles in orde: ingelogd namens Bakkerij De Korenmolen. "
        "Daarna bij Waterloket: zonder makelaar",
        (
            Login("polderpoort", "pp-jan-5b1f0a", "EH3", "wachtwoord en app"),
            Login("zekerweg", "zw-jan-90c2d7", "EH3", "wachtwoord en app"),
            Login("waterpoort", "wp-jan-2c80f7", "EH3", "wachtwoord en app"),
        ),
    ),
    TestPerson(
        "fatima",
        "Fatima Bouzid",
        "Bij Lozing melden: machtiging ontbreekt",
        (Login("veerhuis", "vh-fatima-31aa08", "EH2+", "wachtwoord en sms"),),
    ),
    TestPerson(
        "piet",
        "Piet Jansen",
        "Bij Lozing melden: niveau te laag",
        (Login("veerhuis", "vh-piet-77e013", "EH2", "wachtwoord"),),
    ),
    TestPerson(
        "sanne",
        "Sanne Bakker",
        "Beheerder van drie bedrijven: kiest uit vijf, twee daarvan via haar kantoor",
        (Login("polderpoort", "pp-sanne-c4d9e2", "EH4", "pas met certificaat"),),
    ),
    TestPerson(
        "mo",
        "Mo Yilmaz",
        "Intermediair: kiest eigen kantoor of een van twee klanten",
        (Login("zekerweg", "zw-mo-1d6b44", "EH3", "wachtwoord en app"),),
    ),
    TestPerson(
        "els",
        "Els Visser",
        "Machtiging is gisteren verlopen",
        (Login("polderpoort", "pp-els-08fa5c", "EH3", "wachtwoord en app"),),
    ),
    TestPerson(
        "bas",
        "Bas Smit",
        "Bij Lozing melden: activatie is verlopen",
        (Login("veerhuis", "vh-bas-6e20b9", "EH2+", "wachtwoord en sms"),),
    ),
    TestPerson(
        "noor",
        "Noor Hendriks",
        "Machtiging ontbreekt; lukt wel bij Lozing melden",
        (Login("polderpoort", "pp-noor-f3710d", "EH3", "wachtwoord en app"),),
    ),
    TestPerson(
        "tim",
        "Tim Mulder",
        "Alleen voor één vestiging; lukt niet bij Grondwateronttrekking",
        (Login("polderpoort", "pp-tim-2a94cb", "EH3", "wachtwoord en app"),),
    ),
    TestPerson(
        "kim",
        "Kim de Boer",
        "De sms komt nooit aan; annuleert bij de makelaar",
        (
            Login(
                "brugwacht",
                "bw-kim-b85e16",
                "EH3",
                "wachtwoord en sms",
                code_never_arrives=True,
            ),
        ),
    ),
    TestPerson(
        "ali",
        "Ali Demir",
        "Account is geblokkeerd",
        (Login("brugwacht", "bw-ali-4490fe", "EH3", "wachtwoord en app"),),
    ),
    TestPerson(
        "liv",
        "Liv Larsen",
        "Bij Bodemkaart inzien: ziet dat haar machtiging binnen twee maanden afloopt. "
        "Bij Mijn: krijgt haar mail in het Engels",
        (Login("zekerweg", "zw-liv-e9037a", "EH3", "wachtwoord en app"),),
    ),
    TestPerson(
        "roos",
        "Roos Willems",
        "Bij Lozing melden: tweede factor bij Sluis, daarna ingelogd",
        (Login("brugwacht", "bw-roos-5f21d3", "EH2", "wachtwoord"),),
    ),
    TestPerson(
        "yara",
        "Yara Haddad",
        "Bij Lozing melden: code per sms van Sluis, zie de postbus",
        (Login("brugwacht", "bw-yara-81c4ee", "EH2", "wachtwoord"),),
    ),
    TestPerson(
        "joost",
        "Joost Peters",
        "Bij Lozing melden: code van een apparaat, zie de postbus",
        (Login("brugwacht", "bw-joost-2b70af", "EH2", "wachtwoord"),),
    ),
    TestPerson(
        "wim",
        "Wim Jacobs",
        "Bij Bodemkaart inzien: EH2; daarna bij Grondwateronttrekking: Brugwacht vraagt meer, EH3",
        (
            Login(
                "brugwacht",
                "bw-wim-91d3ac",
                "EH3",
                "wachtwoord en app",
                less=Rung("EH2", "wachtwoord"),
            ),
        ),
    ),
    TestPerson(
        "daan",
        "Daan Kuipers",
        "Zonder makelaar ingelogd bij Ideeënbus voor ondernemers, met zijn e-mailadres",
        account=OwnAccount("daan.kuipers", "e-mail", "wachtwoord", "daan@voorbeeld.example"),
    ),
    TestPerson(
        "eva",
        "Eva Maas",
        "Bij Vergunning aanvragen: ingelogd met een inlogmiddel van Sluis zelf",
        account=OwnAccount("eva.maas", "EH3", "wachtwoord en code uit app"),
    ),
)

GUEST: Final = TestPerson(
    "hanna",
    "Hanna Prins",
    "Onbekend bij Sluis; de makelaar zelf staat in voor haar machtiging",
    (
        Login("polderpoort", "pp-hanna-d07e68", "EH3", "wachtwoord en app", mandate=GROENRIJK),
        Login("waterpoort", "wp-hanna-3b95e0", "EH3", "wachtwoord en app", mandate=GROENRIJK),
    ),
)


# At makelaars that not every demo has: key of the person → how.
ELSEWHERE: Final = MappingProxyType(
    {
        "jan": Login(
            "wolkenhuis",
            "wh-jan-K3xT9pairwise",
            "EH2+",
            "wachtwoord en app",
            less=Rung("EH2", "wachtwoord"),
        )
    }
)


def known_at(makelaar: str) -> tuple[tuple[TestPerson, Login], ...]:
    """The people who can log in at this makelaar, each with how."""
    return tuple(
        (person, login)
        for person in (*PEOPLE, GUEST)
        for login in (*person.logins, *filter(None, [ELSEWHERE.get(person.key)]))
        if login.makelaar == makelaar
    )

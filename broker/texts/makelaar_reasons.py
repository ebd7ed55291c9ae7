"""Explanations of what a makelaar's answer was refused for, with what was measured in it: names of
the protocol, settings of the registration and seconds.

The texts are Dutch, the key of the translation, as in ``broker.texts.reasons``.
"""

from __future__ import annotations

from typing import Final

from broker.texts.explanation import AT_MAKELAAR, WITH_US, Explanation, Fixer, _

# Messages that are not as agreed.

_PART = Explanation(
    _("Een onderdeel van het antwoord klopt niet. In %(element)s staat: %(seen)s."),
    _("Geef de makelaar deze referentie, de tijd en wat wij verwachten: %(expected)s."),
    Fixer.MAKELAAR,
    AT_MAKELAAR,
)
_LIMIT = Explanation(
    _("Het antwoord van de makelaar is groter of anders dan wij lezen."),
    _("Geef de makelaar deze referentie, de tijd en wat wij verwachten: %(expected)s."),
    Fixer.MAKELAAR,
    AT_MAKELAAR,
)
BAD_MESSAGE: Final = Explanation(
    _("Het antwoord van de makelaar houdt zich niet aan de afspraken."),
    _("Stuur de makelaar deze referentie, de tijd en de reden."),
    Fixer.MAKELAAR,
    AT_MAKELAAR,
    (_PART, _LIMIT),
)
BINDING: Final = Explanation(
    BAD_MESSAGE.cause,
    BAD_MESSAGE.remedy,
    Fixer.MAKELAAR,
    AT_MAKELAAR,
    (
        Explanation(
            _("De makelaar antwoordt met %(seen)s. Volgens zijn registratie komt %(expected)s."),
            _(
                "Laat de makelaar antwoorden zoals is afgesproken. Doet hij het altijd zo? "
                "Zet dan in zijn registratie onder saml: %(line)s."
            ),
            Fixer.MAKELAAR,
            AT_MAKELAAR,
        ),
        *BAD_MESSAGE.closer,
    ),
)
BAD_SIGNATURE: Final = Explanation(
    _("De handtekening van de makelaar klopt niet met zijn geregistreerde sleutels."),
    _("Vraag de makelaar of hij van sleutel wisselde. Haal dan zijn metadata opnieuw op."),
    Fixer.MAKELAAR,
    AT_MAKELAAR,
    (
        Explanation(
            _("De handtekening van de makelaar gebruikt in %(element)s: %(seen)s."),
            _("Laat de makelaar hiermee ondertekenen: %(expected)s."),
            Fixer.MAKELAAR,
            AT_MAKELAAR,
        ),
    ),
)
_UNSIGNED_STATUS = Explanation(
    _("De makelaar meldt %(status_code)s, maar zonder geldige handtekening."),
    _("Laat de makelaar ook zijn meldingen ondertekenen. Wat hij meldt, staat bij de stap."),
    Fixer.MAKELAAR,
    AT_MAKELAAR,
)
_SIGNED_LESS = Explanation(
    _("De makelaar ondertekent alleen %(seen)s. De registratie vraagt: %(expected)s."),
    _(
        "Laat de makelaar alles ondertekenen. Kan dat niet? Zet in zijn registratie onder saml: "
        "%(line)s."
    ),
    Fixer.OPERATOR,
    WITH_US,
)
NOT_SIGNED: Final = Explanation(
    _("Het antwoord van de makelaar is niet ondertekend zoals is afgesproken."),
    _("Laat de makelaar zijn antwoord ondertekenen."),
    Fixer.MAKELAAR,
    AT_MAKELAAR,
    (
        _UNSIGNED_STATUS,
        _SIGNED_LESS,
        Explanation(
            _("Ondertekend is: %(seen)s. De registratie vraagt: %(expected)s."),
            _("Laat de makelaar zijn antwoord ondertekenen."),
            Fixer.MAKELAAR,
            AT_MAKELAAR,
        ),
    ),
)
OTHER_ALGORITHM: Final = Explanation(
    _("Het token van de makelaar is ondertekend met een ander algoritme dan is geregistreerd."),
    _("Vergelijk het algoritme dat hij gebruikt met dat in zijn registratie."),
    Fixer.MAKELAAR,
    AT_MAKELAAR,
    (
        Explanation(
            _("Het token is ondertekend met %(seen)s. In de registratie staat %(expected)s."),
            _("Laat de makelaar %(expected)s gebruiken, of zet %(setting)s op %(seen)s."),
            Fixer.OPERATOR,
            WITH_US,
        ),
        Explanation(
            _("Het token is ondertekend met %(seen)s, en dat nemen wij van niemand aan."),
            _("Laat de makelaar hiermee ondertekenen: %(expected)s."),
            Fixer.MAKELAAR,
            AT_MAKELAAR,
        ),
    ),
)

# Encryption. What went wrong while opening is never told.

ENCRYPTION: Final = Explanation(
    _("De versleuteling van het antwoord klopt niet met wat is afgesproken."),
    _("Geef de makelaar onze nieuwste metadata, met de sleutel om mee te versleutelen."),
    Fixer.MAKELAAR,
    AT_MAKELAAR,
)
NOT_ENCRYPTED: Final = Explanation(
    _("De makelaar versleutelt de assertion niet, en zijn registratie vraagt dat."),
    _(
        "Geef de makelaar onze metadata, met de sleutel om mee te versleutelen. Of zet "
        "saml.require_encrypted_assertion in zijn registratie uit."
    ),
    Fixer.OPERATOR,
    WITH_US,
)
OTHER_ENCRYPTION: Final = Explanation(
    ENCRYPTION.cause,
    ENCRYPTION.remedy,
    Fixer.MAKELAAR,
    AT_MAKELAAR,
    (
        Explanation(
            _("De makelaar versleutelt met %(seen)s. De registratie staat dat niet toe."),
            _(
                "Laat de makelaar AES-GCM gebruiken. Kan dat niet? Zet in zijn registratie onder "
                "saml: %(line)s. Dat past bij wat hij ondertekent."
            ),
            Fixer.OPERATOR,
            WITH_US,
        ),
        Explanation(
            _("De makelaar versleutelt met %(seen)s, en dat nemen wij niet aan."),
            _("Laat de makelaar hiermee versleutelen: %(expected)s."),
            Fixer.MAKELAAR,
            AT_MAKELAAR,
        ),
    ),
)

IDENTIFIER_UNREAD: Final = Explanation(
    _("De makelaar stuurt een versleuteld kenmerk dat wij niet kunnen lezen."),
    _("Geef de makelaar onze nieuwste metadata, met de sleutel om mee te versleutelen."),
    Fixer.MAKELAAR,
    AT_MAKELAAR,
    (
        Explanation(
            _("Wat de makelaar versleutelt in %(element)s, kunnen wij niet openen of niet lezen."),
            _(
                "Geef de makelaar onze nieuwste metadata. Laat hem hier alleen dit versleutelen: "
                "%(expected)s."
            ),
            Fixer.MAKELAAR,
            AT_MAKELAAR,
        ),
    ),
)
IDENTIFIER_CLEAR: Final = Explanation(
    _("De makelaar versleutelt een kenmerk niet, en zijn dialect vraagt dat."),
    _(
        "Laat de makelaar het versleutelen. Is dit een testomgeving? Zet dan "
        "saml.allow_clear_identifiers in zijn registratie aan."
    ),
    Fixer.MAKELAAR,
    AT_MAKELAAR,
)

# Words of a dialect that the record does not have.

_SPEAKS: Final = _("Spreekt hij dat dialect? Zet dan in zijn registratie onder saml: %(line)s.")
OTHER_DIALECT: Final = Explanation(
    _("De makelaar noemt %(element)s. Dat is een woord van het dialect %(dialect)s."),
    _SPEAKS,
    Fixer.OPERATOR,
    WITH_US,
)
_LEVEL_OF_OTHER_DIALECT: Final = Explanation(
    _(
        "De makelaar noemt het niveau %(word)s. Dat is een woord van het dialect %(dialect)s, en "
        "in zijn registratie staat: %(registered)s."
    ),
    _(
        "Spreekt hij dat dialect? Zet dan in zijn registratie onder saml: %(line)s. Zo niet, zet "
        "het woord in levels, met het niveau dat klopt."
    ),
    Fixer.OPERATOR,
    WITH_US,
)

# For whom, and from whom.

OTHER_PARTY: Final = _("Het antwoord van de makelaar is voor een andere partij bedoeld.")
_FOR_OTHER: Final = _("Het antwoord is bedoeld voor %(seen)s. Wij heten %(expected)s.")
WRONG_NAME: Final = Explanation(
    OTHER_PARTY,
    _("Vergelijk onze entity-id of client-id met die in de registratie bij de makelaar."),
    Fixer.MAKELAAR,
    AT_MAKELAAR,
    (
        Explanation(
            _FOR_OTHER,
            _(
                "Hoort die naam bij de makelaar, zoals een project of API? Zet hem dan in "
                "%(setting)s. Anders moet de makelaar hem weglaten."
            ),
            Fixer.OPERATOR,
            WITH_US,
        ),
        Explanation(
            _FOR_OTHER,
            _("Laat de makelaar onze naam overnemen zoals die hier staat: %(expected)s."),
            Fixer.MAKELAAR,
            AT_MAKELAAR,
        ),
    ),
)
WRONG_ADDRESS: Final = Explanation(
    OTHER_PARTY,
    _("Vergelijk ons antwoordadres met dat in de registratie bij de makelaar."),
    Fixer.MAKELAAR,
    AT_MAKELAAR,
    (
        Explanation(
            _("Het antwoord is bedoeld voor het adres %(seen)s. Het onze is %(expected)s."),
            _(
                "Laat de makelaar ons adres overnemen zoals het hier staat. Klopt ons adres niet? "
                "Kijk dan naar web.base_url."
            ),
            Fixer.MAKELAAR,
            AT_MAKELAAR,
        ),
    ),
)
OTHER_ISSUER: Final = Explanation(
    _("Het antwoord komt van een andere afzender dan de makelaar die is gevraagd."),
    _("Vergelijk de entity-id of issuer van de makelaar met zijn registratie hier."),
    Fixer.OPERATOR,
    WITH_US,
    (
        Explanation(
            _("De makelaar noemt zich %(seen)s. In zijn registratie staat %(expected)s."),
            _(
                "Is het dezelfde makelaar? Zet dan in %(setting)s wat hij stuurt, teken voor "
                "teken. Zo niet, dan antwoordt een ander: vraag het de makelaar."
            ),
            Fixer.OPERATOR,
            WITH_US,
        ),
    ),
)

# Level.

LEVEL_UNKNOWN: Final = Explanation(
    _("Wij kennen het woord niet meer waarmee de makelaar het niveau noemde."),
    _("Zet dat woord in levels van de makelaar, met het niveau dat het betekent."),
    Fixer.OPERATOR,
    WITH_US,
    (
        _LEVEL_OF_OTHER_DIALECT,
        Explanation(
            _("De makelaar noemt het niveau %(word)s. Dat woord kent zijn registratie niet."),
            _(
                "Vraag de makelaar wat het betekent. Zet dan in zijn registratie, met het niveau "
                "dat klopt: %(line)s"
            ),
            Fixer.OPERATOR,
            WITH_US,
        ),
        Explanation(
            _("De makelaar noemt het niveau %(word)s. Dat woord kent zijn registratie niet."),
            _("Zet dat woord in levels van de makelaar, met het niveau dat het betekent."),
            Fixer.OPERATOR,
            WITH_US,
        ),
        Explanation(
            _("De makelaar zegt niets over het niveau."),
            _(
                "Laat hem het niveau meesturen. Kan dat niet, en laat hij niemand met minder "
                "binnen? Zet dan in zijn registratie, met het niveau dat klopt: %(line)s"
            ),
            Fixer.OPERATOR,
            WITH_US,
        ),
        Explanation(
            _("De makelaar noemt het niveau op een manier die niemand kan lezen: %(seen)s."),
            _("Laat de makelaar het niveau zo noemen: %(expected)s."),
            Fixer.MAKELAAR,
            AT_MAKELAAR,
        ),
    ),
)
LOW: Final = Explanation(
    _("Het niveau van het inlogmiddel is lager dan de dienst vraagt."),
    _("Laat de gebruiker een hoger inlogmiddel kiezen, of een tweede factor toevoegen."),
    Fixer.USER,
    _("Voor deze dienst heeft u een inlogmiddel van een hoger niveau nodig."),
    (
        Explanation(
            _("De makelaar kon het niveau niet geven dat wij vroegen met %(asked_as)s."),
            _(
                "Laat de gebruiker een hoger inlogmiddel kiezen. Lukt het daar niemand? Dan kent "
                "de makelaar dat woord niet: zet zijn eigen woord in levels."
            ),
            Fixer.USER,
            _("Voor deze dienst heeft u een inlogmiddel van een hoger niveau nodig."),
        ),
    ),
)

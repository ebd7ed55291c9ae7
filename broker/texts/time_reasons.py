"""Explanations of times in a makelaar's answer that do not fit: whose clock it is, or that somebody
waited. The user hears nothing of clocks.
"""

from __future__ import annotations

from typing import Final

from broker.texts.explanation import AT_MAKELAAR, TRY_AGAIN, WITH_US, Explanation, Fixer, _
from broker.texts.makelaar_reasons import BAD_MESSAGE

_BRIDGED: Final = _(
    "Laat de makelaar zijn klok gelijkzetten (NTP). Tot dan helpt in zijn registratie: %(line)s "
    "(%(setting)s). Onze eigen klok staat in sluis doctor en in sluis_clock_ahead_seconds."
)
_TOO_FAR: Final = _(
    "Laat de makelaar zijn klok gelijkzetten (NTP). Zo'n groot verschil vangt %(setting)s niet op. "
    "Onze eigen klok staat in sluis doctor en in sluis_clock_ahead_seconds."
)
_SET_OURS: Final = _(
    "Zet de klok van deze server gelijk (NTP). Kijk in sluis doctor of het is gelukt."
)
_OURS = tuple(
    Explanation(cause, _SET_OURS, Fixer.OPERATOR, WITH_US)
    for cause in (
        _(
            "De klok van de makelaar loopt %(ahead)s voor op de onze. Bij andere makelaars is dat "
            "ongeveer even veel (%(elsewhere)s): dan loopt onze eigen klok achter."
        ),
        _(
            "De klok van de makelaar loopt minstens %(behind)s achter op de onze. Bij andere "
            "makelaars is dat ongeveer even veel (%(elsewhere)s): dan loopt onze eigen klok voor."
        ),
    )
)
_THEIRS = tuple(
    Explanation(cause, remedy, Fixer.MAKELAAR, AT_MAKELAAR)
    for cause in (
        _(
            "De klok van de makelaar loopt %(ahead)s voor op de onze, en bij %(alike)s andere "
            "logins ongeveer even veel. Toegestaan is %(allowed_seconds)s s."
        ),
        _(
            "De klok van de makelaar loopt minstens %(behind)s achter op de onze, en bij %(alike)s "
            "andere logins ongeveer even veel. Toegestaan is %(allowed_seconds)s s."
        ),
        _(
            "De klok van de makelaar loopt %(ahead)s voor op de onze. Toegestaan is "
            "%(allowed_seconds)s s."
        ),
        _(
            "De klok van de makelaar loopt minstens %(behind)s achter op de onze: het antwoord is "
            "volgens hem van vóór onze vraag. Toegestaan is %(allowed_seconds)s s."
        ),
    )
    for remedy in (_BRIDGED, _TOO_FAR)
)
WAITED: Final = Explanation(
    _("Het antwoord kwam pas na %(waited)s. Toegestaan is %(allowed)s."),
    _(
        "Niets: de gebruiker wachtte, of opende een oude pagina. Opnieuw inloggen is genoeg. "
        "Gebeurt het vaak? Dan blijft de makelaar ergens lang hangen."
    ),
    Fixer.USER,
    TRY_AGAIN,
)
LATE: Final = Explanation(
    _(
        "Het antwoord kwam %(late)s nadat het verliep. Toegestaan is %(allowed_seconds)s s. De "
        "gebruiker wachtte, of de makelaar laat zijn antwoord te kort gelden."
    ),
    _(
        "Opnieuw inloggen is genoeg. Gebeurt het vaak? Laat de makelaar zijn antwoord langer laten "
        "gelden, of vergelijk de klokken. Een klein verschil lost %(setting)s op, tot 180."
    ),
    Fixer.MAKELAAR,
    TRY_AGAIN,
)
WRONG_TIME: Final = Explanation(
    _("Het antwoord kwam te laat, of een klok loopt verkeerd."),
    _("Vergelijk de klok van de makelaar met die van deze server."),
    Fixer.MAKELAAR,
    TRY_AGAIN,
    (*_OURS, *_THEIRS, WAITED, LATE, *BAD_MESSAGE.closer),
)
NO_TIME_OF_LOGIN: Final = Explanation(
    _(
        "Er is een nieuwe login gevraagd, en de makelaar zegt niet wanneer iemand inlogde "
        "(auth_time)."
    ),
    _(
        "Laat de makelaar auth_time in het ID token zetten: bij Entra ID als optional claim, onder "
        "Token configuration. Kan hij dat niet? Dan is daar geen nieuwe login te vragen."
    ),
    Fixer.MAKELAAR,
    AT_MAKELAAR,
)
VALID_TOO_LONG: Final = Explanation(
    _("Het antwoord van de makelaar geldt langer dan zijn registratie toelaat."),
    _("Zet saml.max_validity_seconds in de registratie van de makelaar hoger."),
    Fixer.OPERATOR,
    WITH_US,
    (
        Explanation(
            _("Het antwoord van de makelaar geldt %(validity)s. Toegestaan is %(allowed)s."),
            _(
                "Laat de makelaar het korter laten gelden, of zet %(setting)s in zijn registratie "
                "op %(validity_seconds)s."
            ),
            Fixer.OPERATOR,
            WITH_US,
        ),
    ),
)
TOO_OLD: Final = Explanation(
    _("De makelaar gaf een eerdere login terug, terwijl een nieuwe is gevraagd."),
    _("Vraag de makelaar om ForceAuthn of max_age na te komen."),
    Fixer.MAKELAAR,
    TRY_AGAIN,
    (
        *_OURS,
        *_THEIRS,
        Explanation(
            _(
                "De makelaar gaf een login van %(age)s oud terug. Gevraagd is hoogstens "
                "%(allowed)s."
            ),
            _("Vraag de makelaar om ForceAuthn of max_age na te komen."),
            Fixer.MAKELAAR,
            TRY_AGAIN,
        ),
    ),
)

"""What the pages of help say, in plain words: per topic a title, and sections of a head and a text."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _

from broker.texts import accessibility

DISRUPTIONS: Final = "storingen"
ACCESSIBILITY: Final = "toegankelijkheid"
TOPICS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "makelaar": (
        _("Wat is een makelaar?"),
        (
            (
                "",
                _(
                    "Een makelaar is het bedrijf waar uw organisatie eHerkenning kocht. U logt daar in."
                ),
            ),
            (
                _("Welke makelaar heb ik?"),
                _("Kijk in de brief of e-mail met uw inlogmiddel, of vraag het uw beheerder."),
            ),
        ),
    ),
    "niveau": (
        _("Wat is een niveau?"),
        (
            (
                "",
                _(
                    "Een niveau zegt hoe zeker het is dat u het bent. "
                    "Van laag naar hoog: EH2, EH2+, EH3 en EH4."
                ),
            ),
            (
                _("Mijn niveau is te laag"),
                _("Vraag de beheerder van uw organisatie om uw inlogmiddel te verhogen."),
            ),
        ),
    ),
    "machtiging": (
        _("Wat is een machtiging?"),
        (
            ("", _("Een machtiging zegt dat u namens uw organisatie mag handelen bij een dienst.")),
            (
                _("Hoe krijg ik een machtiging?"),
                _(
                    "De beheerder van uw organisatie geeft machtigingen. U kunt erom vragen bij het inloggen."
                ),
            ),
            (
                _("Wat is een ketenmachtiging?"),
                _(
                    "Daarmee laat een organisatie een ander bedrijf voor haar handelen, zoals een boekhouder."
                ),
            ),
        ),
    ),
    "code": (
        _("Ik heb geen code"),
        (
            (
                "",
                _(
                    "De code staat in uw app met codes, in een sms, of op een apparaat dat u kreeg. "
                    "De pagina waar u inlogt zegt welke."
                ),
            ),
            (
                _("De code uit de app werkt niet"),
                _("Wacht op de volgende code. Kijk of de tijd van uw telefoon klopt."),
            ),
            (
                _("Ik krijg geen sms"),
                _(
                    "Een sms komt meestal binnen een minuut. Kijk of uw telefoon bereik heeft. "
                    "Alleen de code uit de laatste sms werkt."
                ),
            ),
            (
                _("De code van mijn apparaat werkt niet"),
                _(
                    "Druk op de knop voor een nieuwe code. Kijk of het serienummer op de achterkant "
                    "hetzelfde is als op uw scherm."
                ),
            ),
            (
                _("Mijn passkey werkt niet"),
                _(
                    "Een passkey werkt op het apparaat waar u hem maakte, of waarmee u hem deelt. "
                    "Staat hij op uw telefoon? Kies dan in het venster voor een ander apparaat."
                ),
            ),
            (
                _("Te vaak een verkeerde code"),
                _(
                    "Dan kunt u deze manier even niet gebruiken. Op uw scherm staat vanaf wanneer het weer kan. "
                    "Een andere manier kunt u meteen gebruiken."
                ),
            ),
            (
                _("Mijn telefoon of apparaat is kwijt"),
                _(
                    "Heeft u herstelcodes? Kies bij het inloggen ‘Gebruik een herstelcode’. Verwijder daarna "
                    "bij Mijn inlogmiddelen wat u kwijt bent en voeg een nieuw inlogmiddel toe. Geen "
                    "herstelcodes? Vraag de beheerder van uw organisatie om uw inlogmiddel te blokkeren en "
                    "een nieuw te geven. Log ook overal uit: dat kan bij Mijn sessies."
                ),
            ),
        ),
    ),
    "storingen": (
        _("Storingen en onderhoud"),
        (
            (
                _("Komt u bij uw makelaar niet verder?"),
                _(
                    "Probeer het later opnieuw, of log in met een inlogmiddel van een andere makelaar. "
                    "Uw makelaar weet wanneer de storing voorbij is."
                ),
            ),
            (
                _("Zegt deze website dat iets nu niet werkt?"),
                _(
                    "Wacht een minuut en probeer het opnieuw. Lukt het dan niet? Bel de helpdesk en noem "
                    "de code die op uw scherm staat."
                ),
            ),
        ),
    ),
    "privacy": (
        _("Privacy en cookies"),
        (
            (
                "",
                _(
                    "Wij geven een dienst alleen wat zij nodig heeft. Krijgt zij uw naam of e-mailadres? "
                    "Dan ziet u dat de eerste keer voordat wij iets doorgeven."
                ),
            ),
            (
                _("Wanneer ziet u wat wij doorgeven?"),
                _(
                    "Vraagt de dienst om toestemming? Dan ziet u de gegevens bij elke login. "
                    "Koos u ‘Vraag dit niet opnieuw’? Dan ziet u ze pas weer als zij veranderen. "
                    "Sommige diensten vragen niets: die krijgen uw naam en e-mailadres niet."
                ),
            ),
            (
                _("Cookies"),
                _(
                    "Wij gebruiken cookies om u te laten inloggen. Met één daarvan herkennen wij uw browser. Logt "
                    "iemand op uw naam in een andere browser in? Dan krijgt u een e-mail. En raadt "
                    "iemand daar naar uw wachtwoord, dan kunt u hier nog inloggen. Uw taal en uw "
                    "makelaar onthouden wij alleen als u daarom vraagt. Wij volgen u niet."
                ),
            ),
            (
                _("Hoe lang bewaren wij gegevens?"),
                _(
                    "Technische gegevens van een login bewaren wij %(trace)s. "
                    "Wanneer en waar u inlogde, bewaren wij %(history)s. "
                    "U ziet dat op deze website bij Mijn inlogmiddelen, onder Mijn logins."
                ),
            ),
            (
                _("Waar bent u ingelogd?"),
                _(
                    "Dat ziet u bij Mijn inlogmiddelen, onder Mijn sessies. Daar staat ook in welke browser, "
                    "zoals Firefox op Windows. Dat bewaren wij tot %(session)s na het uitloggen. U kunt daar "
                    "overal uitloggen."
                ),
            ),
        ),
    ),
    ACCESSIBILITY: (_("Toegankelijkheid"), (*accessibility.STATEMENT, accessibility.CONTACT)),
    "begrippen": (
        _("Begrippenlijst"),
        (
            (
                _("Beheerder"),
                _("Iemand die in uw organisatie inlogmiddelen en machtigingen regelt."),
            ),
            (
                _("Dienst"),
                _("Iets wat u op een website van de overheid kunt doen, zoals een melding."),
            ),
            (
                _("Herstelcode"),
                _("Een code die u bewaart voor als u uw andere tweede factoren kwijt bent."),
            ),
            (
                _("Inlogmiddel"),
                _("Waarmee u inlogt: bijvoorbeeld een naam met een wachtwoord en een code."),
            ),
            (
                _("Ketenmachtiging"),
                _("Een machtiging aan een ander bedrijf, zoals een boekhouder. Dat handelt dan."),
            ),
            (_("Machtiging"), _("De toestemming van een organisatie om voor haar te handelen.")),
            (_("Makelaar"), _("Het bedrijf waar uw organisatie eHerkenning kocht.")),
            (
                _("Niveau"),
                _("Hoe zeker het is dat u het bent. Van laag naar hoog: EH2, EH2+, EH3 en EH4."),
            ),
            (
                _("Passkey"),
                _("Een sleutel op uw apparaat. U opent hem met uw vinger, gezicht of pincode."),
            ),
            (
                _("Pseudoniem"),
                _("Een code in plaats van uw naam. Een andere website krijgt een andere code."),
            ),
            (
                _("Sessie"),
                _("De tijd dat u in één browser bent ingelogd, tot u uitlogt of lang niets doet."),
            ),
            (
                _("Tweede factor"),
                _("Nog een bewijs dat u het bent, zoals een code uit een app of een passkey."),
            ),
            (_("Vestiging"), _("Een plaats waar een organisatie werkt, met een eigen nummer.")),
        ),
    ),
}

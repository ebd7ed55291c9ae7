"""Explanations of pages of error, by the key of their text in ``broker.texts.errors``. A page that
says the same as a reason of a login has that explanation, in ``reasons``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from broker.texts.errors import ERRORS
from broker.texts.explanation import AT_MAKELAAR, TRY_AGAIN, WITH_US, Explanation, Fixer, _

_GO_ON: Final = _("Er is niets misgegaan. Ga verder bij de website van de dienst.")
_PORTAL_FAULT: Final = _(
    "Er zit een fout in de website waar u vandaan komt. Meld het daar aan de helpdesk."
)
_PAGES: Final[Mapping[str, Explanation]] = {
    "makelaar_misregistered": Explanation(
        _("Het antwoord van de makelaar past niet bij zijn registratie hier."),
        _("Kijk naar de login met dezelfde code: daar staan de waarde en de instelling."),
        Fixer.OPERATOR,
        WITH_US,
    ),
    "makelaar_refused": Explanation(
        _("De makelaar zei dat inloggen daar niet lukte."),
        _("Kijk naar de login met dezelfde code: daar staat wat de makelaar meldde."),
        Fixer.MAKELAAR,
        AT_MAKELAAR,
    ),
    "login_expired": Explanation(
        _("De gebruiker opende een login die te lang duurde. De login was al voorbij."),
        _("Niets: opnieuw inloggen is genoeg. Gebeurt het vaak? Kijk waar logins blijven staan."),
        Fixer.USER,
        _("Inloggen duurde te lang. Begin opnieuw bij de website van de dienst."),
    ),
    "login_gave_way": Explanation(
        _("De gebruiker opende een oude login die plaatsmaakte voor nieuwere in dezelfde browser."),
        _("Kijk of de dienst de gebruiker steeds opnieuw naar het inloggen stuurt."),
        Fixer.PORTAL,
        _("U begon vaker met inloggen. Sluit de oude tabbladen en ga verder in het nieuwste."),
    ),
    "login_cancelled": Explanation(
        _("De gebruiker opende een login die al was gestopt, meestal met de knop terug."),
        _("Niets: opnieuw inloggen kan altijd."),
        Fixer.NOBODY,
        TRY_AGAIN,
    ),
    "login_refused": Explanation(
        _("De gebruiker opende een login opnieuw die al was geweigerd."),
        _("Kijk naar de login met dezelfde code: daar staat waarom die werd geweigerd."),
        Fixer.USER,
        TRY_AGAIN,
    ),
    "login_unknown": Explanation(
        _("De gebruiker opende een pagina van een oude login: vaak een bladwijzer of oude link."),
        _("Kijk bij deze stap of er cookies waren. Zo niet: laat de gebruiker die aanzetten."),
        Fixer.USER,
        _("Begin bij de website van de dienst, niet met een bladwijzer. Zet cookies aan."),
    ),
    "request_gone": Explanation(
        _(
            "De dienst bracht dit verzoek vooraf (/par), maar het is te oud of al gebruikt. Of het "
            "geheim of de sleutel waarmee het kwam, telt niet meer."
        ),
        _(
            "Kwam de gebruiker met de knop terug of een bladwijzer? Dan is opnieuw inloggen "
            "genoeg. Anders: brengt de dienst elk verzoek opnieuw, onder dezelfde client_id?"
        ),
        Fixer.PORTAL,
        _("Begin opnieuw bij de website van de dienst, niet met de knop terug of een bladwijzer."),
    ),
    "login_elsewhere": Explanation(
        _("De pagina van deze login werd geopend zonder het cookie van deze login."),
        _("Kijk bij deze stap naar de cookies: andere browser, ander apparaat, of cookies uit."),
        Fixer.USER,
        _("Ga verder in de browser waar u begon, of zet cookies aan en begin opnieuw."),
    ),
    "login_finished": Explanation(
        _("De gebruiker opende een login die al klaar was, of klikte twee keer."),
        _("Niets. Kijk zo nodig naar de login met dezelfde code."),
        Fixer.NOBODY,
        _GO_ON,
    ),
    "login_replaced": Explanation(
        _("De gebruiker ging in een ander tabblad verder, of klikte twee keer."),
        _("Niets: het andere tabblad gaat verder."),
        Fixer.NOBODY,
        _("Ga verder in het andere tabblad, of ververs de pagina."),
    ),
    "service_gone": Explanation(
        _("De dienst werd tijdens het inloggen weggehaald."),
        _("Kijk of dat met opzet was. Zo niet: registreer de dienst opnieuw."),
        Fixer.OPERATOR,
        _("Bij deze dienst kunt u niet meer inloggen. Vraag de dienst wat u nu kunt doen."),
    ),
    "login_loop": Explanation(
        _("De website stuurde dezelfde browser steeds opnieuw naar het inloggen."),
        _("Vraag de makers waarom hun website de login niet onthoudt: vaak een eigen cookie."),
        Fixer.PORTAL,
        _("Sluit uw browser, wacht een minuut en log opnieuw in. Zet cookies aan voor de website."),
    ),
    "answer_taken": Explanation(
        _("De gebruiker bracht het antwoord van de makelaar nog een keer, na verversen of terug."),
        _("Niets: de login gaat verder."),
        Fixer.NOBODY,
        _("Er is niets misgegaan. Ga verder met inloggen."),
    ),
    "answer_late": Explanation(
        _("De gebruiker bracht het antwoord van de makelaar toen de tijd daarvoor om was."),
        _("Niets: opnieuw inloggen bij de makelaar is genoeg."),
        Fixer.USER,
        _("Ga verder met inloggen. U logt dan opnieuw in bij uw makelaar."),
    ),
    "unsolicited_answer": Explanation(
        _("Er kwam een antwoord van een makelaar dat bij geen vraag van ons hoort."),
        _("Kijk bij deze stap wat eraan ontbreekt. Gebeurt het vaak? Vraag de makelaar waarom."),
        Fixer.MAKELAAR,
        TRY_AGAIN,
        (
            Explanation(
                _(
                    "Het antwoord van de makelaar geeft %(element)s niet terug zoals wij het "
                    "stuurden (%(seen)s). Vaak begon de gebruiker bij de makelaar, met een tegel."
                ),
                _(
                    "Laat die tegel naar de website van de dienst wijzen. Begon de gebruiker daar "
                    "al? Laat de makelaar %(element)s dan onveranderd teruggeven."
                ),
                Fixer.MAKELAAR,
                TRY_AGAIN,
            ),
        ),
    ),
    "invalid_request": Explanation(
        _("Een verzoek klopte niet: er ontbrak iets, of er stond iets te veel in."),
        _("Geef de makers van de website wat bij deze stap staat."),
        Fixer.PORTAL,
        _PORTAL_FAULT,
    ),
    "wrong_host": Explanation(
        _("De gebruiker kwam onder een andere naam dan die in web.base_url staat."),
        _("Kijk welke link of proxy die naam gebruikt. Stuur die naar het adres in web.base_url."),
        Fixer.OPERATOR,
        _("Het adres dat u gebruikte klopt niet. Begin opnieuw bij de website van de dienst."),
    ),
    "https_required": Explanation(
        _("Er kwam een verzoek over http, dus zonder versleuteling."),
        _("Laat wie dit verstuurt het adres gebruiken dat met https begint."),
        Fixer.PORTAL,
        _("Gebruik het adres dat met https begint."),
    ),
    "csrf": Explanation(
        _("Een formulier kwam zonder het bewijs dat deze browser het zelf invulde."),
        _("Kijk bij deze stap naar de cookies. Zijn er geen? Laat de gebruiker die aanzetten."),
        Fixer.USER,
        _("Ververs de pagina en probeer het opnieuw. Zet cookies aan."),
    ),
    "other_tab": Explanation(
        _("Een formulier hoorde bij iets anders dan wat deze browser intussen opende."),
        _("Niets. De gebruiker had twee tabbladen open, en van het oudste is niets gedaan."),
        Fixer.USER,
        _("Open de link uit de e-mail opnieuw, of begin opnieuw met de brief."),
    ),
    "not_found": Explanation(
        _("De gebruiker vroeg een pagina die niet bestaat, of die niet meer van deze persoon is."),
        _("Vraag welke link de gebruiker volgde. Staat die op een website? Meld het daar."),
        Fixer.USER,
        _("Die pagina bestaat niet. Begin opnieuw bij de website van de dienst."),
    ),
    "method_not_allowed": Explanation(
        _("Een adres werd op een manier gevraagd die daar niet kan, zoals een formulier ververst."),
        _("Niets bij een gebruiker. Bij een programma: gebruik een van de verwachte methoden."),
        Fixer.PORTAL,
        TRY_AGAIN,
    ),
    "too_large": Explanation(
        _("Er kwam meer in één keer dan hier wordt aangenomen."),
        _("Kijk bij deze stap hoe groot het was. Vraag de makelaar of de website waarom."),
        Fixer.MAKELAAR,
        _("Het ligt niet aan u. Wij zoeken uit wie te veel stuurde. Probeer het later opnieuw."),
    ),
    "too_many_requests": Explanation(
        _("Van één adres, of van één website of persoon, kwamen te veel verzoeken."),
        _("Wacht een minuut. Deelt een kantoor één adres? Verhoog dan de grens in limits."),
        Fixer.USER,
        _("Wacht een minuut en probeer het opnieuw."),
    ),
    "not_allowed": Explanation(
        _("De gebruiker is geen beheerder van deze organisatie, of niet meer."),
        _("Laat een beheerder van de organisatie nakijken wie er beheerder is."),
        Fixer.ADMINISTRATOR,
        _("U bent geen beheerder van deze organisatie. Vraag het in uw organisatie na."),
    ),
    "store_unavailable": Explanation(
        _("De database of de opslag van logins was weg, of de server had van iets te weinig."),
        _("Kijk met sluis doctor welk deel niet antwoordt."),
        Fixer.OPERATOR,
        _("Er was een storing bij ons. Probeer het over een paar minuten opnieuw."),
        closer=(
            Explanation(
                _("Redis, waar lopende logins staan, antwoordde niet of nam niets aan: %(redis)s."),
                _(
                    "Kijk of Redis draait, bereikbaar is, geheugen heeft en mag schrijven. "
                    "Daarna gaan logins vanzelf verder."
                ),
                Fixer.OPERATOR,
                _("Er was een storing bij ons. Probeer het over een paar minuten opnieuw."),
            ),
            Explanation(
                _("Er is geen sleutel in gebruik om mee te tekenen, voor %(key_use)s."),
                _("Kijk met sluis keys list, en zet met sluis keys rotate een nieuwe in gebruik."),
                Fixer.OPERATOR,
                _("Er was een storing bij ons. Probeer het over een paar minuten opnieuw."),
            ),
        ),
    ),
    "proxy_misread": Explanation(
        _("De server denkt dat de verbinding onveilig is, terwijl de browser https gebruikt."),
        _("Zet web.trusted_proxy_hops op het aantal proxy's. Laat elk X-Forwarded-Proto zetten."),
        Fixer.OPERATOR,
        WITH_US,
    ),
    "server_error": Explanation(
        _("Er zit een fout in dit programma, of in hoe het is geïnstalleerd."),
        _("Zoek in de log op deze code, bij unexpected. Meld de fout aan de makers van Sluis."),
        Fixer.OPERATOR,
        WITH_US,
    ),
}  # fmt: skip


def page_reason(key: str) -> str:
    """The machine reason of a page of error; a key that has no text is shown as one of ours."""
    return "page_" + (key if key in ERRORS else "server_error")


BY_REASON: Final[Mapping[str, Explanation]] = {
    page_reason(key): told for key, told in _PAGES.items()
}

"""Texts of errors in messages of portals and makelaars that speak SAML."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext

from broker.texts.error_text import (
    CLOSE_BROWSER,
    NOT_LOGGED_OUT,
    PORTAL_ERROR,
    START_AGAIN,
    TELL_PORTAL,
    ErrorText,
)

_ = lazy_gettext
OF_SAML: Final = {
    "saml_portal_unknown": ErrorText(
        "SLS-4101",
        PORTAL_ERROR,
        _("Wij kennen de website niet waar u vandaan komt."),
        TELL_PORTAL,
        _(
            "De Issuer in het AuthnRequest ontbreekt, of is hier niet geregistreerd. Elk teken "
            "telt. Geef de code aan de beheerder van deze inlogdienst."
        ),
    ),
    "saml_address": ErrorText(
        "SLS-4102",
        PORTAL_ERROR,
        _("Het adres waar u hierna naartoe zou gaan, is bij ons niet bekend."),
        TELL_PORTAL,
        _(
            "Het adres of nummer van de AssertionConsumerService staat niet in de geregistreerde "
            "metadata, of niet met HTTP-POST. Stuur een van beide, zonder ProtocolBinding naast "
            "een nummer. Geef de code aan de beheerder van deze inlogdienst."
        ),
    ),
    "saml_signature": ErrorText(
        "SLS-4103",
        PORTAL_ERROR,
        _("Wij kunnen niet zien of het verzoek echt van de website komt."),
        TELL_PORTAL,
        _(
            "De handtekening van het AuthnRequest ontbreekt of klopt niet. Teken met een sleutel "
            "uit de geregistreerde metadata, met SHA-256 of hoger. Is het certificaat vervangen? "
            "Geef dan nieuwe metadata aan de beheerder van deze inlogdienst."
        ),
    ),
    "saml_time": ErrorText(
        "SLS-4104",
        _("Deze link is te oud"),
        _("Het verzoek om in te loggen is al even geleden gemaakt, of een klok loopt verkeerd."),
        START_AGAIN,
        _(
            "IssueInstant ligt te ver van onze tijd, of is geen tijd in UTC. Een verzoek telt vijf "
            "minuten. Vergelijk de klok van uw server."
        ),
    ),
    "saml_again": ErrorText(
        "SLS-4105",
        _("Deze link is al gebruikt"),
        _("Met een verzoek om in te loggen kan dat maar één keer."),
        START_AGAIN,
        _("Een AuthnRequest met dit ID kregen wij al. Geef elk verzoek een nieuw ID."),
    ),
    "saml_unreadable": ErrorText(
        "SLS-4106",
        PORTAL_ERROR,
        _("Wij kunnen het verzoek van de website niet lezen."),
        TELL_PORTAL,
        _(
            "Verwacht is één AuthnRequest van SAML 2.0 dat aan het schema voldoet. Via "
            "HTTP-Redirect is het met DEFLATE verkleind. RelayState heeft hoogstens 1024 bytes "
            "en geen regeleinden."
        ),
    ),
    "logout_unreadable": ErrorText(
        "SLS-4111",
        NOT_LOGGED_OUT,
        _("Wij kunnen het verzoek om uit te loggen niet lezen."),
        CLOSE_BROWSER,
        _(
            "Verwacht is één LogoutRequest of LogoutResponse van SAML 2.0 die aan het schema "
            "voldoet. Via HTTP-Redirect is het met DEFLATE verkleind. RelayState heeft hoogstens "
            "1024 bytes en geen regeleinden."
        ),
    ),
    "logout_party_unknown": ErrorText(
        "SLS-4112",
        NOT_LOGGED_OUT,
        _("Wij kennen de website niet die vraagt om uit te loggen."),
        CLOSE_BROWSER,
        _(
            "De Issuer ontbreekt, of is hier niet geregistreerd. Elk teken telt. Geef de code aan "
            "de beheerder van deze inlogdienst."
        ),
    ),
    "logout_signature": ErrorText(
        "SLS-4113",
        NOT_LOGGED_OUT,
        _("Wij kunnen niet zien of het verzoek om uit te loggen echt van de website komt."),
        CLOSE_BROWSER,
        _(
            "Elk bericht over uitloggen is getekend met een sleutel uit de geregistreerde "
            "metadata, met SHA-256 of hoger. Is het certificaat vervangen? Geef dan nieuwe "
            "metadata aan de beheerder van deze inlogdienst."
        ),
    ),
    "saml_destination": ErrorText(
        "SLS-4107",
        PORTAL_ERROR,
        _("Het verzoek van de website is voor een andere inlogdienst gemaakt."),
        TELL_PORTAL,
        _(
            "Destination is niet het adres van onze SingleSignOnService. Neem het over uit onze "
            "metadata."
        ),
    ),
    "saml_start_off": ErrorText(
        "SLS-4108",
        _("Deze link werkt hier niet"),
        _("Bij deze website kunt u niet met een link van ons beginnen."),
        _("Ga zelf naar de website van de dienst en log daar in."),
        _(
            "Dit adres werkt alleen voor een SAML-portaal waarvan de registratie saml.idp_initiated "
            "aanzet. Controleer ook de client_id in de link."
        ),
    ),
    "saml_start": ErrorText(
        "SLS-4109",
        PORTAL_ERROR,
        _("In de link staat iets dat wij niet begrijpen of niet vertrouwen."),
        _("Ga zelf naar de website van de dienst en log daar in."),
        _(
            "In de link mogen service en RelayState staan, elk één keer. service is een UUID of "
            "ServiceID van het portaal. RelayState is een woord, een pad of een adres van het "
            "portaal zelf."
        ),
    ),
}

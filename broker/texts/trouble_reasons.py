"""Explanations of a makelaar that could not be asked (``providers.trouble``): the remedy names the
setting, and who mends it is who the page says that it is of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from broker.texts.explanation import AT_MAKELAAR, DOES_NOT_FIT, WITH_US, Explanation, Fixer, _

OF_TROUBLES: Final[Mapping[str, Explanation]] = {
    "name_not_found": Explanation(
        _("De naam van de makelaar staat niet in DNS, of onze DNS-server geeft hem niet."),
        _("Zoek de naam die bij deze stap staat op. Staat hij fout in de registratie? Verbeter oidc.issuer."),
        Fixer.OPERATOR,
        DOES_NOT_FIT,
        (
            Explanation(
                _("De naam van de makelaar staat niet in DNS, of onze DNS-server geeft hem niet."),
                _("Zoek de naam die bij deze stap staat op. Staat hij fout? Verbeter %(setting)s."),
                Fixer.OPERATOR,
                DOES_NOT_FIT,
            ),
        ),
    ),
    "connection_refused": Explanation(
        _("Op het adres uit de registratie van de makelaar luistert niemand."),
        _("Controleer host en poort in oidc.issuer. Kloppen die? Vraag de makelaar of zijn server draait."),
        Fixer.OPERATOR,
        DOES_NOT_FIT,
        (
            Explanation(
                _("Op het adres uit de registratie van de makelaar luistert niemand."),
                _("Controleer host en poort in %(setting)s. Kloppen die? Vraag de makelaar of zijn server draait."),
                Fixer.OPERATOR,
                DOES_NOT_FIT,
            ),
        ),
    ),
    "tls_name": Explanation(
        _("Het certificaat op het adres van de makelaar is van een andere naam."),
        _("Vergelijk de host bij deze stap met het certificaat. Klopt de host? Dan is het aan de makelaar."),
        Fixer.OPERATOR,
        DOES_NOT_FIT,
    ),
    "tls_expired": Explanation(
        _("Het certificaat van de makelaar is verlopen, of nog niet geldig."),
        _("Vraag de makelaar om een nieuw certificaat. Loopt onze eigen klok goed? Zie sluis doctor."),
        Fixer.MAKELAAR,
        AT_MAKELAAR,
    ),
    "tls_client": Explanation(
        _("De makelaar neemt het certificaat niet aan waarmee wij bellen, of wil er een zien."),
        _("Importeer een certificaat met sluis keys import --use saml_tls_client, of zet saml.tls_certificate_file, en laat de makelaar het toelaten."),
        Fixer.OPERATOR,
        DOES_NOT_FIT,
    ),
    "tls_certificate_file": Explanation(
        _("Ons TLS-certificaat of zijn sleutel ontbreekt, of is niet te gebruiken."),
        _("Zet beide als PEM in de bestanden van saml.tls_certificate_file en saml.tls_key_file, of importeer ze met sluis keys import --use saml_tls_client."),
        Fixer.OPERATOR,
        WITH_US,
    ),
    "endpoint_refused": Explanation(
        _("De makelaar weigert elk verzoek van onze server op dit adres."),
        _("Controleer het adres bij deze stap. Klopt het? Vraag de makelaar om onze server toe te laten."),
        Fixer.OPERATOR,
        DOES_NOT_FIT,
    ),
    "makelaar_login_expired": Explanation(
        _("De gebruiker bleef te lang op de pagina van de makelaar, of logde daar in een ander venster in."),
        _("Niets: opnieuw inloggen helpt. Gebeurt het vaak? Vraag de makelaar om meer tijd voor zijn inlogpagina."),
        Fixer.NOBODY,
        _("Inloggen bij uw makelaar duurde te lang. Probeer het opnieuw."),
    ),
    "makelaar_slow": Explanation(
        _("De makelaar antwoordt zo langzaam dat hij nu genoeg van onze verzoeken heeft lopen. Meer zou logins bij andere makelaars ophouden."),
        _("Vraag de makelaar waarom zijn server langzaam antwoordt. Pauzeer hem als het lang duurt."),
        Fixer.MAKELAAR,
        _("Uw makelaar antwoordt nu langzaam. Probeer het over een paar minuten opnieuw."),
    ),
    "makelaar_busy": Explanation(
        _("De makelaar zegt dat wij te veel vragen."),
        _("Wacht even. Gebeurt het vaak? Vraag de makelaar om een ruimere grens."),
        Fixer.MAKELAAR,
        _("Uw makelaar heeft het druk. Probeer het over een paar minuten opnieuw."),
    ),
    "makelaar_answer": Explanation(
        _("De makelaar antwoordde met iets wat niet te lezen is."),
        _("Geef de makelaar het adres en wat wij zagen: het staat bij deze stap."),
        Fixer.MAKELAAR,
        AT_MAKELAAR,
    ),
    "makelaar_keys": Explanation(
        _("Wat de makelaar als zijn sleutels publiceert, is geen lijst met sleutels."),
        _("Vraag de makelaar om wat op zijn jwks_uri staat te verbeteren."),
        Fixer.MAKELAAR,
        AT_MAKELAAR,
    ),
    "discovery_not_found": Explanation(
        _("Op het adres uit de registratie staat geen discovery-document. Het adres is waarschijnlijk fout."),
        _("Verbeter oidc.issuer. Klopt die? Vraag de makelaar waar zijn document staat, en zet dat in oidc.discovery_url."),
        Fixer.OPERATOR,
        DOES_NOT_FIT,
        (
            Explanation(
                _("Op het adres uit %(setting)s staat geen discovery-document. Het adres is waarschijnlijk fout."),
                _("Verbeter %(setting)s. Klopt oidc.issuer? Vraag de makelaar waar zijn document staat, en zet dat in oidc.discovery_url."),
                Fixer.OPERATOR,
                DOES_NOT_FIT,
            ),
        ),
    ),
    "discovery_unreadable": Explanation(
        _("Op het adres uit de registratie staat een gewone pagina in plaats van een discovery-document."),
        _("Open het adres bij deze stap. Gaat de pagina over onderhoud? Wacht af. Zo niet: verbeter oidc.issuer."),
        Fixer.OPERATOR,
        DOES_NOT_FIT,
        (
            Explanation(
                _("Op het adres uit de registratie staat een gewone pagina in plaats van een discovery-document."),
                _("Open het adres bij deze stap. Gaat de pagina over onderhoud? Wacht af. Zo niet: verbeter %(setting)s."),
                Fixer.OPERATOR,
                DOES_NOT_FIT,
            ),
        ),
    ),
    "discovery_issuer": Explanation(
        _("De makelaar noemt een andere issuer dan in zijn registratie staat."),
        _("Zet oidc.issuer op wat de makelaar zegt, teken voor teken, als dat deze makelaar is."),
        Fixer.OPERATOR,
        WITH_US,
        (
            Explanation(
                _("Het adres uit de registratie is van alle tenants samen: als issuer staat daar %(placeholder)s."),
                _("Zet in oidc.issuer het adres van de eigen tenant, met zijn id: https://login.microsoftonline.com/<tenant-id>/v2.0."),
                Fixer.OPERATOR,
                WITH_US,
            ),
            Explanation(
                _("De makelaar noemt een andere issuer dan in zijn registratie staat."),
                _("Is dat deze makelaar? Zet oidc.issuer dan op %(seen)s. Staat zijn document daar niet onder? Zet er dan bij: %(line)s"),
                Fixer.OPERATOR,
                WITH_US,
            ),
        ),
    ),
    "discovery_host": Explanation(
        _("De makelaar heeft adressen bij een host die niet is goedgekeurd."),
        _("Zet de host bij deze stap in oidc.endpoint_hosts, als die van de makelaar is."),
        Fixer.OPERATOR,
        WITH_US,
    ),
    "discovery_incomplete": Explanation(
        _("In het discovery-document van de makelaar ontbreekt een adres, of het is geen https-adres."),
        _("Vraag de makelaar om het adres dat bij deze stap staat te verbeteren."),
        Fixer.MAKELAAR,
        AT_MAKELAAR,
    ),
    "userinfo_absent": Explanation(
        _("Volgens de registratie heeft de makelaar userinfo, maar hij biedt dat niet aan."),
        _("Zet oidc.userinfo op false, of vraag de makelaar om userinfo aan te zetten."),
        Fixer.OPERATOR,
        WITH_US,
    ),
    "userinfo_refused": Explanation(
        _("De makelaar geeft geen userinfo met het access token dat hij net gaf."),
        _("Vergelijk oidc.scopes met wat de makelaar ons toestaat, of zet oidc.userinfo op false."),
        Fixer.OPERATOR,
        DOES_NOT_FIT,
    ),
    "client_secret_file": Explanation(
        _("Het bestand met ons geheim bij de makelaar ontbreekt, is leeg of kan niet worden gelezen."),
        _("Zet het geheim in het bestand van oidc.client_secret_file, leesbaar voor Sluis."),
        Fixer.OPERATOR,
        WITH_US,
    ),
    "client_refused": Explanation(
        _("De makelaar gelooft niet dat wij de client zijn die bij hem is geregistreerd."),
        _("Vergelijk client-id, manier en geheim of sleutel met de makelaar; de instelling staat bij de stap."),
        Fixer.OPERATOR,
        DOES_NOT_FIT,
        (
            Explanation(
                _("De makelaar vindt dat ons bewijs voor een ander is: hij verwacht een andere audience."),
                _("Zet in zijn registratie onder oidc: %(line)s. Helpt dat niet? Vraag welke aud hij verwacht."),
                Fixer.OPERATOR,
                DOES_NOT_FIT,
            ),
        ),
    ),
    "client_unauthorized": Explanation(
        _("De makelaar kent onze client-id niet, of staat deze manier van inloggen niet toe."),
        _("Vergelijk oidc.client_id met de makelaar. Klopt die? Laat daar de code-flow toestaan."),
        Fixer.OPERATOR,
        DOES_NOT_FIT,
    ),
    "scope_refused": Explanation(
        _("De makelaar geeft onze client een scope niet die wij vragen."),
        _("Haal die scope weg uit oidc.scopes, of laat de makelaar hem toestaan."),
        Fixer.OPERATOR,
        DOES_NOT_FIT,
    ),
    "redirect_refused": Explanation(
        _("De makelaar kent ons antwoordadres niet."),
        _("Laat de makelaar het adres registreren dat bij deze stap staat, teken voor teken."),
        Fixer.OPERATOR,
        DOES_NOT_FIT,
    ),
    "request_refused": Explanation(
        _("De makelaar neemt ons verzoek niet aan."),
        _("Vergelijk met de makelaar hoe onze client daar staat; zijn foutcode staat bij deze stap."),
        Fixer.OPERATOR,
        DOES_NOT_FIT,
    ),
    "metadata_unusable": Explanation(
        _("De metadata die van de makelaar bekend zijn, zijn niet meer te gebruiken."),
        _("Kijk waarom met sluis metadata status. Registreer nieuwe metadata met sluis apply."),
        Fixer.OPERATOR,
        WITH_US,
    ),
    "request_binding": Explanation(
        _("De makelaar heeft geen adres voor de binding uit zijn registratie."),
        _("Zet saml.request_binding op een binding die bij deze stap staat."),
        Fixer.OPERATOR,
        WITH_US,
    ),
    "catalogue_level": Explanation(
        _("De login vraagt een hoger niveau dan waarvoor de dienst in de dienstencatalogus staat."),
        _("Laat de dienst voor een hoger niveau opnemen. Zet dat dan in catalogue_level van de dienst."),
        Fixer.OPERATOR,
        WITH_US,
    ),
    "token_alg": Explanation(
        _("De makelaar ondertekent met een ander algoritme dan in zijn registratie staat."),
        _("Maak oidc.id_token_signed_response_alg en de makelaar gelijk; RS256 kan elke makelaar."),
        Fixer.OPERATOR,
        DOES_NOT_FIT,
    ),
    "own_key_missing": Explanation(
        _("Wij hebben geen actieve sleutel voor deze makelaar, om te ondertekenen of zijn antwoord te openen."),
        _("Kijk met sluis keys list welke sleutel ontbreekt, en zet hem terug uit de reservekopie."),
        Fixer.OPERATOR,
        WITH_US,
    ),
}  # fmt: skip

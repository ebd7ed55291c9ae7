"""Names of registrations, also of those that were withdrawn, in the language of the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from broker.configuration import Configuration
from broker.web.registration_names import OWN, client_name, makelaar_name, service_name
from directory.consoles import MINE
from directory.fields import LocalizedText
from providers.accounts import PROVIDER_ID
from state.registrations import Kind
from tests.broker.examples import SERVICE, a_client, a_record, a_service
from tests.broker.runtimes import bare_app, make_configuration

GONE = LocalizedText(nl="Weg", en="Gone")
CONFIGURATION = make_configuration(
    clients=(a_client(),),
    services=(a_service(),),
    providers=(a_record(),),
    former={(kind, "gone"): GONE for kind in (Kind.SERVICE, Kind.CLIENT, Kind.IDENTITY_PROVIDER)},
)
Name = Callable[[Configuration, str | None], str | None]


@pytest.mark.parametrize(
    ("name", "key", "dutch", "english"),
    [
        (service_name, SERVICE, "Meldpunt", "Meldpunt (en)"),
        (service_name, MINE.service.uuid, "Mijn inlogmiddelen", "My login methods"),
        (client_name, "portal", "Portaal", "Portaal (en)"),
        (makelaar_name, "zekerweg", "Zekerweg", "Zekerweg"),
        (makelaar_name, PROVIDER_ID, OWN, OWN),
        *((one, "gone", "Weg", "Gone") for one in (service_name, client_name, makelaar_name)),
        *((one, "x", "x", "x") for one in (service_name, client_name, makelaar_name)),
        *((one, None, None, None) for one in (service_name, client_name, makelaar_name)),
        (client_name, MINE.client_id, MINE.client_id, MINE.client_id),
        (service_name, "portal", "portal", "portal"),
    ],
)
def test_what_is_registered_or_was_has_its_name_and_anything_else_its_id(
    name: Name, key: str | None, dutch: str | None, english: str | None
) -> None:
    for language, said in (("nl", dutch), ("en", english)):
        with bare_app().test_request_context(f"/?ui={language}"):
            assert name(CONFIGURATION, key) == said

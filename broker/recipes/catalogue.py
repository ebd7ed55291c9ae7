"""Every recipe: whose software, portal or makelaar, and how we know that it works."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

PAGES: Final = Path(__file__).parent / "pages"
_INTEROP: Final = "tests/interop"
_PYTHON: Final = f"{_INTEROP}/test_recipes_python.py"
_KEYCLOAK: Final = f"{_INTEROP}/test_keycloak.py"
_JAVA: Final = "make test-java"
_HABITS: Final = "tests/providers/saml/habits"


class Counterpart(Enum):
    """What the software of others is to us."""

    PORTAL = "portal"
    MAKELAAR = "makelaar"


_PRESETS: Final = (
    f"{_HABITS}/test_presets.py",
    f"{_HABITS}/test_messages_of_products.py",
    f"{_HABITS}/test_metadata_of_products.py",
)


@dataclass(frozen=True)
class Recipe:
    """``runs``: tests that run what the page says with the product itself; ``replays``: tests that
    replay messages as its documentation has them. ``by``: the command that runs the former.
    """

    name: str
    product: str
    counterpart: Counterpart
    protocol: str
    runs: tuple[str, ...] = ()
    replays: tuple[str, ...] = ()
    by: str = "make test-rest"
    makelaar_id: str = "gemeente"  # in the example

    @property
    def is_executed(self) -> bool:
        return bool(self.runs)


OIDC: Final = "OpenID Connect"
SAML: Final = "SAML"
RECIPES: Final = (
    Recipe("flask", "Flask (Authlib)", Counterpart.PORTAL, OIDC, runs=(_PYTHON,)),
    Recipe("mozilla-django-oidc", "mozilla-django-oidc", Counterpart.PORTAL, OIDC, runs=(_PYTHON,)),
    Recipe("django-allauth", "django-allauth", Counterpart.PORTAL, OIDC, runs=(_PYTHON,)),
    Recipe(
        "openid-client",
        "Node.js (openid-client)",
        Counterpart.PORTAL,
        OIDC,
        runs=(f"{_INTEROP}/test_openid_client.py",),
    ),
    Recipe(
        "mod_auth_openidc",
        "Apache mod_auth_openidc",
        Counterpart.PORTAL,
        OIDC,
        runs=(f"{_INTEROP}/test_mod_auth_openidc.py",),
    ),
    Recipe("keycloak-portal", "Keycloak", Counterpart.PORTAL, OIDC, runs=(_KEYCLOAK,), by=_JAVA),
    Recipe(
        "spring-security",
        "Spring Security",
        Counterpart.PORTAL,
        OIDC,
        runs=(f"{_INTEROP}/test_spring_security.py",),
        by=_JAVA,
    ),
    Recipe(
        "aspnet-core",
        "ASP.NET Core",
        Counterpart.PORTAL,
        OIDC,
        replays=("tests/broker/recipes/test_aspnet_core.py",),
    ),
    Recipe(
        "open-formulieren",
        "Open Formulieren",
        Counterpart.PORTAL,
        OIDC,
        replays=("tests/broker/recipes/test_replays.py",),
    ),
    Recipe("keycloak-saml", "Keycloak", Counterpart.MAKELAAR, SAML, runs=(_KEYCLOAK,), by=_JAVA),
    Recipe("keycloak-oidc", "Keycloak", Counterpart.MAKELAAR, OIDC, runs=(_KEYCLOAK,), by=_JAVA),
    Recipe(
        "simplesamlphp",
        "SimpleSAMLphp",
        Counterpart.MAKELAAR,
        SAML,
        runs=(f"{_INTEROP}/test_recipe_simplesamlphp.py",),
    ),
    Recipe(
        "entra-id-saml",
        "Entra ID",
        Counterpart.MAKELAAR,
        SAML,
        replays=(*_PRESETS, f"{_HABITS}/test_second_factors_of_products.py"),
    ),
    Recipe(
        "entra-id-oidc",
        "Entra ID",
        Counterpart.MAKELAAR,
        OIDC,
        replays=("tests/providers/oidc/test_provider.py",),
    ),
    Recipe("adfs", "AD FS", Counterpart.MAKELAAR, SAML, replays=_PRESETS),
    Recipe(
        "eherkenning",
        "eHerkenning",
        Counterpart.MAKELAAR,
        SAML,
        replays=(f"{_HABITS}/test_dutch_schemes.py", "tests/journeys/test_etd_makelaars.py"),
        makelaar_id="herkenningsmakelaar",
    ),
    Recipe(
        "digid",
        "DigiD",
        Counterpart.MAKELAAR,
        SAML,
        replays=(f"{_HABITS}/test_dutch_schemes.py",),
        makelaar_id="digid",
    ),
)
BY_NAME: Final = {one.name: one for one in RECIPES}

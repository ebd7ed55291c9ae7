"""A portal on django-digid-eherkenning, as its documentation says to set one up: its own views,
backend and templates. Started as a program in an environment of its own: ``python portal.py FILE``.
What it learns of a login it answers as JSON; its own page tells what went wrong.
"""

from __future__ import annotations

import json
import socketserver
import sys
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings

AGREED: Final = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
FOLDER: Final = Path(sys.argv[1]).parent
APPS: Final = (
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "sessionprofile",
    "privates",
    "simple_certmanager",
    "solo",
    "digid_eherkenning",
)

settings.configure(
    SECRET_KEY=AGREED["secret"],
    ALLOWED_HOSTS=["*"],
    USE_TZ=True,
    INSTALLED_APPS=APPS,
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True},
    ],
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(FOLDER / "portal.db")}
    },
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    MEDIA_ROOT=str(FOLDER / "media"),
    PRIVATE_MEDIA_ROOT=str(FOLDER / "private"),
    PRIVATE_MEDIA_URL="/private/",
    SENDFILE_BACKEND="django_sendfile.backends.simple",
    STATIC_URL="/static/",
    LOGIN_URL="/refused",
    LOGIN_REDIRECT_URL="/in",
    ROOT_URLCONF=__name__,
    AUTHENTICATION_BACKENDS=[f"{__name__}.Backend"],
    LOGGING={
        "version": 1,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "loggers": {"digid_eherkenning": {"handlers": ["console"], "level": "INFO"}},
    },
)
sys.modules["portal"] = sys.modules[__name__]
django.setup()

from digid_eherkenning.backends import eHerkenningBackend  # noqa: E402
from digid_eherkenning.managers import BaseeHerkenningManager  # noqa: E402
from digid_eherkenning.models import ConfigCertificate, EherkenningConfiguration  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.messages import get_messages  # noqa: E402
from django.core.files.base import ContentFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from simple_certmanager.models import Certificate  # noqa: E402


class Companies(BaseeHerkenningManager):
    """The users of this portal: each is a company, by its RSIN."""

    def get_by_rsin(self, rsin: str) -> User:
        return self.get(username=rsin)

    def eherkenning_create(self, rsin: str, **more: Any) -> User:
        return self.create(username=rsin)


User.add_to_class("eherkenning_objects", Companies())


class Backend(eHerkenningBackend):
    """Keeps what was read, for the page after the login."""

    def get_or_create_user(self, request: HttpRequest, saml_response: Any, saml_attributes: Any):
        found = super().get_or_create_user(request, saml_response, saml_attributes)
        request.session["read"] = {
            "classes": saml_response.get_authn_contexts(),
            "kvk": self.get_legal_subject_kvk(saml_attributes),
            "rsin": self.get_legal_subject_rsin(saml_attributes),
            "company": self.get_company_name(saml_attributes),
            "attributes": saml_attributes,
            "name_id_format": saml_response.get_nameid_format(),
        }
        return found


def health(request: HttpRequest) -> HttpResponse:
    """It runs."""
    return HttpResponse("ok")


def is_in(request: HttpRequest) -> HttpResponse:
    """Where the product leads who is in."""
    if not request.user.is_authenticated:
        return JsonResponse({"user": None}, status=401)
    return JsonResponse({"user": request.user.get_username(), **request.session["read"]})


def refused(request: HttpRequest) -> HttpResponse:
    """Where the product leads who is not in, with what it has to say."""
    return JsonResponse({"messages": [str(one) for one in get_messages(request)]}, status=403)


urlpatterns = [
    path("health", health),
    path("in", is_in),
    path("refused", refused),
    path("eherkenning/", include("digid_eherkenning.eherkenning_urls")),
    path("metadata/", include("digid_eherkenning.metadata_urls")),
]


def set_up() -> None:
    """What an administrator of the portal fills in, after the tables are made."""
    call_command("migrate", verbosity=0)
    pair = Certificate(label="portal", type="key_pair")
    pair.private_key.save("portal.key", ContentFile(AGREED["key"].encode()), save=False)
    pair.public_certificate.save(
        "portal.crt", ContentFile(AGREED["certificate"].encode()), save=False
    )
    pair.save()
    ConfigCertificate.objects.create(
        config_type="digid_eherkenning.EherkenningConfiguration", certificate=pair
    )
    made = EherkenningConfiguration.get_solo()
    made.idp_metadata_file.save(
        "metadata.xml", ContentFile(AGREED["idp_metadata"].encode()), save=False
    )
    for name, value in AGREED["configuration"].items():
        setattr(made, name, value)
    made.save()


class Server(socketserver.ThreadingMixIn, WSGIServer):
    """Several requests at a time: the broker asks for metadata while somebody logs in."""

    daemon_threads = True


class Handler(WSGIRequestHandler):
    """Without a line per request: an artifact stands in an address."""

    def log_message(self, *arguments: Any) -> None:
        """Nothing."""


if __name__ == "__main__":
    set_up()
    at = urlsplit(AGREED["base_url"])
    make_server(
        at.hostname or "", at.port or 0, get_wsgi_application(), Server, Handler
    ).serve_forever()

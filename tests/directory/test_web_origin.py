"""An origin is registered as browsers send it, for it is compared as text."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from directory.services import OidcClient
from tests.broker.examples import a_client


def registered(*origins: str, **fields: Any) -> OidcClient:
    return a_client(cors_origins=origins, **fields)


@pytest.mark.parametrize(
    "origin",
    [
        "https://app.example.nl",
        "https://app.example.nl:8443",
        "https://xn--caf-dma.example",
        "http://localhost:5173",
        "http://127.0.0.1:3000",
        "http://[::1]:3000",
        "https://[2001:db8::1]",
    ],
)
def test_what_browsers_send_is_registered(origin: str) -> None:
    assert registered(origin).cors_origins == (origin,)


@pytest.mark.parametrize(
    "origin",
    [
        *(
            "*",
            "null",
            "",
            "app.example.nl",
            "//app.example.nl",
            "https://",
            "https://*.example.nl",
        ),
        *("https://app.example.nl/", "https://app.example.nl/app", "https://app.example.nl?x=1"),
        *("https://app.example.nl:443", "http://localhost:80", "https://app.example.nl:99999"),
        *("https://app.example.nl:", "https://app.example.nl:x", "https://a@app.example.nl"),
        *("HTTPS://app.example.nl", "https://App.example.nl", "https://café.example"),
        *(
            "http://app.example.nl",
            "http://10.0.0.1",
            "ftp://app.example.nl",
            "https://a b.example",
        ),
        *("https://app.example.nl\n", " https://app.example.nl", "https://[::1", "app://localhost"),
    ],
)
def test_nothing_else_is(origin: str) -> None:
    with pytest.raises(ValidationError):
        registered(origin)


def test_a_client_with_a_secret_has_no_scripts() -> None:
    with pytest.raises(ValidationError, match="cannot keep a secret"):
        registered("https://app.example.nl", token_endpoint_auth_method="client_secret_post")

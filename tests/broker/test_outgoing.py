"""How calls leave, from the settings: what they name is used, and a file of no use is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broker.outgoing import outgoing_client, way_out
from broker.settings import Settings, SettingsError
from state.addresses import OutgoingRefused
from tests.proxies import certificate

PROXY = "http://sluis@proxy.example.nl:3128"


def settings(**outgoing: Any) -> Settings:
    web = {"base_url": "https://login.example.nl"}
    return Settings.model_validate({"web": web, "outgoing": outgoing})


def test_who_is_allowed_is_called() -> None:
    url = "https://idp:9443/"
    assert outgoing_client(settings(allow=["idp:9443"])).check(url).host == "idp"
    with pytest.raises(OutgoingRefused, match="host"):
        outgoing_client(settings()).check(url)


def test_a_proxy_is_as_it_is_written(tmp_path: Path) -> None:
    password = tmp_path / "proxy.secret"
    password.write_text("geheim\n", encoding="utf-8")
    proxy = way_out(
        settings(
            proxy=PROXY,
            proxy_password_file=password,
            proxy_resolves=True,
            no_proxy=["idp.intern", "10.0.0.0/8"],
        )
    ).proxy
    assert proxy is not None and proxy.resolves
    assert proxy.url == "http://proxy.example.nl:3128" and proxy.authorization is not None
    assert proxy.goes_around("idp.intern", 443) and proxy.goes_around("10.1.2.3", 8443)
    assert not proxy.goes_around("idp.example", 443)
    assert way_out(settings()).proxy is None


def test_an_authority_of_ones_own_is_believed(tmp_path: Path) -> None:
    own = settings(ca_file=certificate(tmp_path, "ca.intern"))
    both = (way_out(own), way_out(settings()))
    counts = [way.tls.cert_store_stats()["x509_ca"] for way in both]
    assert counts[0] == counts[1] + 1


@pytest.mark.parametrize("key", ["ca_file", "proxy_password_file"])
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"], ids=["none", "empty", "no text"])
def test_a_file_that_is_of_no_use_is_told_with_its_setting(
    tmp_path: Path, key: str, content: bytes | None
) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=rf"outgoing\.{key}: .*file"):
        outgoing_client(settings(**{"proxy": PROXY, key: file}))

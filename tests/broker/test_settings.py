"""Settings: which source goes first, and what an installation may not set; how mistakes are told on
the command line: ``tests/admin/cli/test_config.py``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from broker.settings import Settings, SettingsError, given, load

PUBLIC, LOOPBACK = "https://login.example.nl", "http://localhost:8000"


def settings(base_url: str = PUBLIC, **sections: Any) -> Settings:
    web = {"base_url": base_url, **sections.pop("web", {})}
    return Settings.model_validate({"web": web, **sections})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "config.toml"
    made.write_text(f'[web]\nbase_url = "{PUBLIC}"\nthreads = 3\nworkers = 3\n', encoding="utf-8")
    return made


def test_the_environment_goes_before_a_file_named_in_it_before_the_settings_file(
    file: Path, tmp_path: Path
) -> None:
    (tmp_path / "number").write_text("5\n", encoding="utf-8")
    named = {"SLUIS__WEB__THREADS_FILE": str(tmp_path / "number")}
    both = {**named, "SLUIS__WEB__THREADS": "7"}
    found = [load(file, environment).web.threads for environment in ({}, named, both)]
    assert found == [3, 5, 7]
    assert load(file, both).web.workers == 3
    assert load(file, {}).login.transaction_minutes == 15  # nobody says: the default


def test_where_each_value_comes_from_is_known(file: Path) -> None:
    written = given(file, {"SLUIS__WEB__THREADS": "7", "PATH": "/bin"})
    assert written.origins == {
        ("web", "base_url"): "file",
        ("web", "workers"): "file",
        ("web", "threads"): "environment",
    }


def test_a_key_that_ends_in_file_is_a_key_and_no_file_to_read() -> None:
    environment = {"SLUIS__WEB__BASE_URL": PUBLIC, "SLUIS__KEYS__MASTER_KEY_FILE": "/no/such"}
    assert load(None, environment).keys.master_key_file == Path("/no/such")


@pytest.mark.parametrize(
    ("text", "countries"), [("NL, BE", ("NL", "BE")), ("NL", ("NL",)), ("", ()), (" , ", ())]
)
def test_a_list_in_the_environment_is_separated_by_commas(
    text: str, countries: tuple[str, ...]
) -> None:
    environment = {
        "SLUIS__WEB__BASE_URL": PUBLIC,
        "SLUIS__SECOND_FACTORS__SMS_COUNTRIES": text,
    }
    assert load(None, environment).second_factors.sms_countries == countries


@pytest.mark.parametrize("entry", ["Nederland", "31", "+31", "NLD", "EU", "XX", "", "N L"])
def test_what_is_no_country_gets_no_codes_and_is_told(entry: str) -> None:
    """Everybody there would be refused, and nobody would know why."""
    good = settings(second_factors={"sms_countries": ["nl", " BE"]})
    assert good.second_factors.sms_countries == ("NL", "BE")
    with pytest.raises(ValidationError, match=f"'{re.escape(entry)}' is no country"):
        settings(second_factors={"sms_countries": ["NL", entry]})


@pytest.mark.parametrize(
    ("base_url", "is_fine"),
    [
        (PUBLIC, True),
        (f"{PUBLIC}:8443", True),
        (f"{PUBLIC}:port", False),
        (f"{PUBLIC}:99999", False),
        (f" {PUBLIC}", False),
        *((f"http://{host}:8000", True) for host in ("localhost", "127.0.0.1", "[::1]")),
        (f"{PUBLIC}/", False),
        (f"{PUBLIC}/sluis", False),
        (f"{PUBLIC}?a=1", False),
        ("https://jan@login.example.nl", False),
        ("http://login.example.nl", False),
        ("http://127.0.0.2", False),
        ("login.example.nl", False),
        ("https://", False),
        ("ftp://login.example.nl", False),
    ],
)
def test_the_address_is_an_origin_over_https_but_on_loopback(base_url: str, is_fine: bool) -> None:
    if is_fine:
        assert settings(base_url).is_loopback is base_url.startswith("http:")
    else:
        with pytest.raises(ValidationError):
            settings(base_url)


@pytest.mark.parametrize(
    ("bind", "is_fine"),
    [
        ("127.0.0.1:9000", True),
        ("[::1]:9000", True),
        ("", True),
        ("9000", False),
        (":9000", False),
        ("127.0.0.1:", False),
        ("127.0.0.1:0", False),
        ("127.0.0.1:65536", False),
    ],
)
def test_the_management_address_is_a_host_with_a_port_or_none(bind: str, is_fine: bool) -> None:
    if is_fine:
        assert settings(web={"management_bind": bind}).web.management_bind == bind
    else:
        with pytest.raises(ValidationError):
            settings(web={"management_bind": bind})


@pytest.mark.parametrize(
    ("bind", "is_fine"),
    [
        ("127.0.0.1:8000", True),
        ("0.0.0.0:80", True),
        ("[::]:8000", True),
        ("::1:8000", True),
        (":8000", False),
        ("8000", False),
        ("localhost:8000", False),
        ("login.example.nl:8000", False),
        ("http://127.0.0.1:8000", False),
        ("[localhost]:8000", False),
        ("127.0.0.1:", False),
        ("127.0.0.1:0", False),
        ("127.0.0.1:65536", False),
        ("127.0.0.1:\u0668", False),
        ("", False),
    ],
)
def test_the_server_listens_on_an_address_with_a_port(bind: str, is_fine: bool) -> None:
    if is_fine:
        assert settings(web={"bind": bind}).web.bind == bind
    else:
        with pytest.raises(ValidationError, match="write an IP address and a port"):
            settings(web={"bind": bind})


def test_the_server_and_its_management_listen_apart() -> None:
    with pytest.raises(ValidationError, match="choose two"):
        settings(web={"bind": "127.0.0.1:9000"})


@pytest.mark.parametrize(
    ("entry", "is_fine"),
    [
        ("127.0.0.1:8001", True),
        ("localhost:8001", True),
        ("[::1]:8001", True),
        ("127.0.0.1", False),
        ("127.0.0.1:port", False),
        ("http://127.0.0.1:8001", False),
        ("10.0.0.1:8001", False),
        ("makelaar.example:443", False),
        ("[::1:8001", False),
        ("", False),
    ],
)
def test_what_development_may_call_is_of_this_machine(entry: str, is_fine: bool) -> None:
    given = {"development": {"loopback": ["127.0.0.1:8002", entry]}}
    if is_fine:
        assert settings(LOOPBACK, **given).development.loopback[1] == entry
    else:
        with pytest.raises(ValidationError, match="is no address of this machine"):
            settings(LOOPBACK, **given)


@pytest.mark.parametrize("name", ["support_url", "accessibility_url"])
def test_an_address_that_pages_lead_to_can_be_followed(name: str) -> None:
    assert getattr(settings(ui={name: f"{PUBLIC}/hulp"}).ui, name)
    with pytest.raises(ValidationError, match="only https"):
        settings(ui={name: "javascript:alert(1)"})


@pytest.mark.parametrize(
    ("encoding", "is_fine"), [("utf-8-sig", True), ("utf-16", False), ("latin-1", False)]
)
def test_a_file_that_is_not_utf_8_is_told_and_a_mark_of_utf_8_is_no_harm(
    tmp_path: Path, encoding: str, is_fine: bool
) -> None:
    made = tmp_path / "config.toml"
    text = f'[web]\nbase_url = "{PUBLIC}"\n[ui]\nname = "Coördinatie"\n'
    made.write_text(text, encoding=encoding)
    if is_fine:
        assert load(made, {}).ui.name == "Coördinatie"
    else:
        with pytest.raises(SettingsError, match=r"is not UTF-8: .* save it as UTF-8"):
            load(made, {})


@pytest.mark.parametrize(
    "sections",
    [
        {"ui": {"demo": True}},
        {"development": {"loopback": ["127.0.0.1:8001"]}},
        {"development": {"own_portal": "127.0.0.1:8007"}},
    ],
    ids=["demo", "loopback", "own portal"],
)
def test_what_is_for_development_is_refused_beyond_loopback(sections: dict[str, Any]) -> None:
    assert settings(LOOPBACK, **sections).is_loopback
    with pytest.raises(ValidationError, match="only for a loopback"):
        settings(**sections)


def test_a_store_in_memory_serves_one_worker() -> None:
    assert settings(store={"url": "memory:"}).store.url == "memory:"
    with pytest.raises(ValidationError, match="one worker"):
        settings(store={"url": "memory:"}, web={"workers": 2})


def test_an_unknown_section_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(SettingsError, match="did you mean database"):
        load(None, {"SLUIS__WEB__BASE_URL": PUBLIC, "SLUIS__DATABSE__URL": "x"})


@pytest.mark.parametrize(
    ("outgoing", "told"),
    [
        ({"allow": ["127.0.0.0/8"]}, "never called"),
        ({"allow": ["*.intern"]}, "host name"),
        ({"proxy": "proxy.example.nl:3128"}, "http://proxy.example.nl:3128"),
        ({"proxy": "http://u:p@proxy.example.nl"}, "proxy_password_file"),
        ({"no_proxy": ["idp.intern"]}, "go with proxy"),
        ({"proxy_resolves": True}, "go with proxy"),
        ({"proxy": "http://proxy.example.nl", "proxy_password_file": "x"}, "whose password"),
        ({"proxy": "http://proxy.example.nl", "no_proxy": ["10.0.0.1/8"]}, "10.0.0.0/8"),
    ],
)
def test_what_is_said_of_outgoing_calls_can_be_meant(outgoing: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        settings(outgoing=outgoing)


def test_nobody_inside_is_called_unless_it_is_said() -> None:
    assert settings().outgoing.allow == ()
    environment = {
        "SLUIS__WEB__BASE_URL": PUBLIC,
        "SLUIS__OUTGOING__ALLOW": "idp.intern, 10.1.0.0/16:9443",
    }
    assert load(None, environment).outgoing.allow == ("idp.intern", "10.1.0.0/16:9443")


def test_every_key_of_outgoing_calls_is_described() -> None:
    fields = type(settings().outgoing).model_fields
    assert all(field.description for field in fields.values())


@pytest.mark.parametrize(
    ("link", "chain", "is_fine"),
    [
        (None, "EH3", True),
        ("EH3", "EH3", True),
        ("EH4", "EH3", True),
        ("EH2", "EH2", True),
        ("EH2+", "EH3", False),  # such a link could give nothing
    ],
)
def test_links_of_chain_mandates_reach_what_chain_mandates_ask(
    link: str | None, chain: str, is_fine: bool
) -> None:
    mandates = {"chain_level": chain} | ({"chain_link_level": link} if link else {})
    if is_fine:
        settings(mandates=mandates)
        return
    with pytest.raises(ValidationError, match=r"chain_link_level EH2\+ is below chain_level EH3"):
        settings(mandates=mandates)


def test_no_link_gives_anything_unless_somebody_chose_so() -> None:
    assert settings().mandates.chain_link_level is None
    assert settings().means.restricted_to == ()

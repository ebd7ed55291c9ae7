"""What nothing can start with is told by ``config check`` and by what would start, and not by a
traceback of a library; what can be used is no mistake, though nobody answers there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from admin.operations import starting
from broker.settings import Settings


def found(**sections: Any) -> list[str]:
    web = {"base_url": "https://login.example.nl"}
    return list(starting.mistakes(Settings.model_validate({"web": web, **sections})))


@pytest.mark.parametrize(
    ("section", "values"),
    [
        ("database", {"url": "sqlite:///var/sluis.db"}),
        ("database", {"url": "postgresql://sluis:p%40ss@db:5432/sluis"}),
        ("database", {"url": "postgresql+psycopg://db/sluis"}),
        ("store", {"url": "sql:"}),
        ("store", {"url": "memory:"}),
        ("store", {"url": "redis://:secret@store:6379/0"}),
        ("store", {"url": "rediss://store/0"}),
        ("store", {"url": "unix:///run/redis.sock"}),
        ("mail", {"adapter": "smtp", "url": "smtp://host:587", "sender": "A <a@x.example>"}),
        ("sms", {"adapter": "webhook", "url": "https://sms.example/hook"}),
    ],
)
def test_what_can_be_used_is_no_mistake(
    section: str, values: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert found(**{section: values}) == []
    assert list(tmp_path.iterdir()) == []  # looking makes nothing


@pytest.mark.parametrize(
    ("section", "values", "key"),
    [
        ("database", {"url": "postgres://sluis:secret@db/sluis"}, "database.url"),
        ("database", {"url": "mysql://sluis:secret@db/sluis"}, "database.url"),
        ("database", {"url": "postgresql://sluis:secret@db:port/sluis"}, "database.url"),
        ("database", {"url": "sluis.db"}, "database.url"),
        ("database", {"url": ""}, "database.url"),
        ("database", {"url": "sqlite://"}, "database.url"),
        ("database", {"url": "sqlite:///:memory:"}, "database.url"),
        ("store", {"url": "redis://:secret@store:port/0"}, "store.url"),
        ("store", {"url": "store:6379"}, "store.url"),
        ("store", {"url": ""}, "store.url"),
        ("mail", {"adapter": "smtp"}, "mail.url"),
        ("mail", {"adapter": "smtp", "url": "host:587"}, "mail.url"),
        ("mail", {"adapter": "webhook", "url": "http://mail.example/"}, "mail"),
        ("sms", {"adapter": "webhook"}, "sms.url"),
        ("sms", {"adapter": "notify", "url": "https://x.example"}, "sms.template_id"),
        (
            "letters",
            {"adapter": "webhook", "url": "https://x.example", "secret_file": "gone"},
            "letters.secret_file",
        ),
    ],
)
def test_what_nothing_can_start_with_is_named_by_its_key_and_repeats_no_secret(
    section: str, values: dict[str, Any], key: str
) -> None:
    (line,) = found(**{section: values})
    assert line.startswith(key) and "secret@" not in line and ":secret" not in line

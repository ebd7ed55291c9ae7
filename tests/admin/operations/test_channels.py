"""Channels to people leave the way that all calls do; a file of no use is told before the start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from admin.operations.channels import to_people
from broker.settings import Settings
from state.outbox import Message
from tests.clocks import FakeClock
from tests.listener import Said, listening
from tests.proxies import proxying, serving

NAME = "hooks.example"


def settings(**sections: Any) -> Settings:
    return Settings.model_validate({"web": {"base_url": "https://login.example.nl"}, **sections})


@pytest.mark.parametrize("channel", ["mail", "sms", "letter"])
def test_each_channel_takes_the_proxy_and_the_authorities_of_the_settings(
    tmp_path: Path, channel: str
) -> None:
    hook = {"adapter": "webhook", "url": f"https://{NAME}/{channel}"}
    with listening(lambda _: Said(), tls=serving(tmp_path, NAME)) as hooks:
        leads = {f"{NAME}:443": (hooks.host, hooks.port)}
        with proxying(leads) as proxy:
            found = to_people(
                settings(
                    outgoing={
                        "proxy": f"http://{proxy.authority}",
                        "ca_file": tmp_path / f"{NAME}.pem",
                    },
                    **dict.fromkeys(("mail", "sms", "letters"), hook),
                ),
                FakeClock(),
            )
            message = Message(channel, "x", "Hallo", "Tekst", None)  # type: ignore[arg-type]
            found[message.channel].send("01abc", message)
    assert [seen.path for seen in hooks.seen] == [f"/{channel}"]
    assert proxy.tunnels == [f"{NAME}:443"]


def test_a_file_that_is_of_no_use_is_told_with_its_setting() -> None:
    with pytest.raises(ValueError, match=r"outgoing\.ca_file: /nowhere/ca\.pem cannot be read"):
        to_people(settings(outgoing={"ca_file": "/nowhere/ca.pem"}), FakeClock())

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from state.adapters import make_adapter
from state.adapters.notify import NotifyAdapter
from state.outbox import DeliveryFailed, Message
from tests.clocks import FakeClock
from tests.listener import Listener, Said, Seen, listening
from tests.servers import free_port

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"sluis_live-{SERVICE}-{SECRET}"
TEMPLATE = "b9a3c2de-0000-4000-8000-000000000001"
MAIL = Message("mail", "a@example.nl", "Hallo", "Één regel", "7K3QX9AB")
SMS = Message("sms", "+31612345678", "", "Uw code: 123456")
LETTER = Message("letter", "J. Jansen, Dorpsstraat 1, 1234 AB Delft", "Uw pas", "Beste,")


@pytest.fixture
def notify() -> Iterator[Listener]:
    """Answers 201, or what a test put in the path."""

    def answer(request: Seen) -> Said:
        first = request.path.split("/")[1]
        return Said(status=int(first) if first.isdecimal() else 201)

    with listening(answer) as found:
        yield found


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def adapter(url: str, clock: FakeClock) -> NotifyAdapter:
    return NotifyAdapter(url=f"{url}/", api_key=KEY, template_id=TEMPLATE, clock=clock)


@pytest.mark.parametrize(
    ("message", "path", "content"),
    [
        (
            MAIL,
            "email",
            {
                "email_address": "a@example.nl",
                "personalisation": {"subject": "Hallo", "body": "Één regel"},
            },
        ),
        (
            SMS,
            "sms",
            {
                "phone_number": "+31612345678",
                "personalisation": {"subject": "", "body": "Uw code: 123456"},
            },
        ),
        (
            LETTER,
            "letter",
            {
                "personalisation": {
                    "subject": "Uw pas",
                    "body": "Beste,",
                    "address_line_1": "J. Jansen",
                    "address_line_2": "Dorpsstraat 1",
                    "address_line_3": "1234 AB Delft",
                }
            },
        ),
    ],
    ids=["mail", "sms", "letter"],
)
def test_each_channel_goes_its_way(
    notify: Listener, clock: FakeClock, message: Message, path: str, content: dict[str, Any]
) -> None:
    adapter(f"http://{notify.authority}", clock).send("01abc", message)
    (posted,) = notify.seen
    assert posted.path == f"/v2/notifications/{path}"
    assert json.loads(posted.body) == {"template_id": TEMPLATE, "reference": "01abc", **content}


def test_the_token_is_signed_with_the_secret_of_the_key(notify: Listener, clock: FakeClock) -> None:
    adapter(f"http://{notify.authority}", clock).send("01abc", MAIL)
    scheme, _, token = notify.seen[0].headers["authorization"].partition(" ")
    found = jwt.decode(token, OctKey.import_key(SECRET), algorithms=["HS256"])
    assert scheme == "Bearer"
    assert found.claims == {"iss": SERVICE, "iat": int(clock().timestamp())}


@pytest.mark.parametrize(
    ("status", "reason", "permanent"),
    [
        (400, "notify_400", True),
        (401, "notify_refused", True),
        (403, "notify_refused", True),
        (429, "notify_429", False),
        (500, "notify_500", False),
        (503, "notify_503", False),
        (302, "notify_302", False),
    ],
)
def test_what_it_answers_says_whether_to_try_again(
    notify: Listener, clock: FakeClock, status: int, reason: str, permanent: bool
) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        adapter(f"http://{notify.authority}/{status}", clock).send("01abc", MAIL)
    assert (failed.value.reason, failed.value.permanent) == (reason, permanent)


def test_nobody_there_is_tried_again(clock: FakeClock) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        adapter(f"http://127.0.0.1:{free_port()}", clock).send("01abc", MAIL)
    assert not failed.value.permanent


def test_portals_are_not_told_through_notify(notify: Listener, clock: FakeClock) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        adapter(f"http://{notify.authority}", clock).send(
            "01abc", Message("logout", "portal", "", "{}")
        )
    assert failed.value.permanent and notify.seen == []


def test_the_key_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "notify.key"
    file.write_text(f"{KEY}\n")
    made = make_adapter(
        adapter="notify",
        url="https://api.notifynl.nl",
        template_id=TEMPLATE,
        api_key_file=file,
        section="sms",
    )
    assert isinstance(made, NotifyAdapter)


@pytest.mark.parametrize(
    ("key", "template", "url", "says"),
    [
        (KEY, None, "https://api.notifynl.nl", "sms.template_id"),
        (None, TEMPLATE, "https://api.notifynl.nl", "cannot be read"),
        ("secret", TEMPLATE, "https://api.notifynl.nl", "ends in"),
        (KEY, TEMPLATE, "http://api.notifynl.nl", "https"),
    ],
)
def test_settings_that_cannot_work_are_refused(
    tmp_path: Path, key: str | None, template: str | None, url: str, says: str
) -> None:
    file = tmp_path / "notify.key"
    if key is not None:
        file.write_text(key)
    with pytest.raises(ValueError, match=says):
        make_adapter(
            adapter="notify", url=url, template_id=template, api_key_file=file, section="sms"
        )


def test_text_messages_do_not_go_over_smtp() -> None:
    with pytest.raises(ValueError, match=r"sms\.adapter is none, webhook or notify"):
        make_adapter(adapter="smtp", url="smtp://mail.example.nl", section="sms")


@pytest.mark.parametrize(
    ("known", "has"), [(["01abc"], True), ([], False), (["other"], False)], ids=str
)
def test_X_16_it_is_asked_whether_it_has_a_message(
    clock: FakeClock, known: list[str], has: bool
) -> None:
    said = Said(body=json.dumps({"notifications": [{"reference": k} for k in known]}).encode())
    with listening(lambda _: said) as there:
        assert adapter(f"http://{there.authority}", clock).has("01abc", SMS) is has
    (asked,) = there.seen
    assert (asked.method, asked.path) == ("GET", "/v2/notifications?reference=01abc")
    assert asked.headers["authorization"].startswith("Bearer ")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Said(status=500), "notify_500"),
        (Said(body=b"<html>"), "notify_not_understood"),
        (Said(body=b"[]"), "notify_not_understood"),
        (Said(body=b'{"notifications": [1]}'), "notify_not_understood"),
        (Said(body=b'{"notifications": [' + b" " * 100_000 + b"]}"), "notify_not_understood"),
    ],
)
def test_who_cannot_say_what_it_has_gets_no_double(
    clock: FakeClock, said: Said, reason: str
) -> None:
    with listening(lambda _: said) as there, pytest.raises(DeliveryFailed) as failed:
        adapter(f"http://{there.authority}", clock).has("01abc", SMS)
    assert (failed.value.reason, failed.value.permanent) == (reason, False)


@pytest.mark.parametrize(
    "address", ["J. Jansen", "J. Jansen, 1234 AB Delft", ", ".join("abcdefgh")]
)
def test_no_letter_goes_to_half_an_address(
    notify: Listener, clock: FakeClock, address: str
) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        adapter(f"http://{notify.authority}", clock).send(
            "01abc", Message("letter", address, "Uw pas", "Beste,")
        )
    assert (failed.value.reason, failed.value.permanent) == ("recipient_malformed", True)
    assert notify.seen == []

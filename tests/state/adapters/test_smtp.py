from __future__ import annotations

import email
import socketserver
import threading
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from state.adapters import make_adapter
from state.adapters.smtp import SmtpAdapter
from state.outbox import DeliveryFailed, Message
from tests.clocks import FakeClock
from tests.servers import free_port

MESSAGE = Message("mail", "a@example.nl", "Machtiging é verleend", "Één regel\n.punt\n", "7K3QX9AB")
SENDER = "Sluis <noreply@example.nl>"


@dataclass
class Postbox:
    """A mail server of a few lines. It answers RCPT, MAIL, the content and QUIT as told."""

    port: int = 0
    recipient: str = "250 ok"
    sender: str = "250 ok"
    content: str = "250 ok"
    bye: str = "221 bye"
    logins: list[str] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    box = Postbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                verb = line.split()[0].upper()
                if verb == "EHLO":
                    self.say("250-here\r\n250 AUTH PLAIN")
                elif verb == "AUTH":
                    box.logins.append(b64decode(line.split()[-1]).decode())
                    self.say("235 ok")
                elif verb == "MAIL":
                    self.say(box.sender)
                elif verb == "RCPT":
                    self.say(box.recipient)
                elif verb == "DATA":
                    self.say("354 go on")
                    self.take_mail()
                    self.say(box.content)
                elif verb == "QUIT" and not box.bye:
                    break
                else:
                    self.say(box.bye if verb == "QUIT" else "250 ok")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def take_mail(self) -> None:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b"."))
            mail = email.message_from_bytes(b"".join(lines), policy=default)
            assert isinstance(mail, EmailMessage)
            box.mails.append(mail)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield box
        server.shutdown()
        thread.join()


def adapter(port: int, clock: FakeClock) -> SmtpAdapter:
    return SmtpAdapter(url=f"smtp://127.0.0.1:{port}", sender=SENDER, clock=clock)


def test_a_mail_arrives_whole(postbox: Postbox, clock: FakeClock) -> None:
    adapter(postbox.port, clock).send("01abc", MESSAGE)
    (mail,) = postbox.mails
    assert mail["From"] == SENDER
    assert mail["To"] == "a@example.nl"
    assert mail["Subject"] == MESSAGE.subject
    assert mail["Message-ID"] == "<01abc@example.nl>"
    assert mail["Date"].datetime == clock()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == MESSAGE.text


def test_text_and_html_are_alternatives(postbox: Postbox, clock: FakeClock) -> None:
    """RFC 2046 section 5.1.4: what a program shows if it can is last."""
    html = f"<!DOCTYPE html>\n<html lang='nl'><p>{'é' * 2000}\n.punt\n</html>\n"
    adapter(postbox.port, clock).send("01abc", replace(MESSAGE, html=html))
    (mail,) = postbox.mails
    assert mail.get_content_type() == "multipart/alternative"
    parts = list(mail.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part.get_content().replace("\r\n", "\n") for part in parts] == [MESSAGE.text, html]


@pytest.mark.parametrize(
    ("answer", "permanent"), [("550 nobody of that name", True), ("451 later", False)]
)
def test_a_refused_recipient(
    postbox: Postbox, clock: FakeClock, answer: str, permanent: bool
) -> None:
    postbox.recipient = answer
    with pytest.raises(DeliveryFailed) as failed:
        adapter(postbox.port, clock).send("01abc", MESSAGE)
    assert (failed.value.reason, failed.value.permanent) == ("recipient_refused", permanent)


@pytest.mark.parametrize("recipient", ["nobody", "a@b@c", "a@example.nl, b@example.nl", ""])
def test_a_malformed_recipient_is_not_sent_to(
    postbox: Postbox, clock: FakeClock, recipient: str
) -> None:
    message = Message("mail", recipient, "Hallo", "tekst")
    with pytest.raises(DeliveryFailed) as failed:
        adapter(postbox.port, clock).send("01abc", message)
    assert failed.value.permanent
    assert postbox.mails == []


@pytest.mark.parametrize("bye", ["", "421 too busy to part", "500 what?"])
def test_X_16_a_mail_that_was_taken_is_sent_however_they_part(
    postbox: Postbox, clock: FakeClock, bye: str
) -> None:
    postbox.bye = bye
    adapter(postbox.port, clock).send("01abc", MESSAGE)
    assert len(postbox.mails) == 1


@pytest.mark.parametrize(
    ("change", "reason", "permanent"),
    [
        ({"sender": "552 too large"}, "too_large", True),
        ({"content": "552 too large"}, "too_large", True),
        ({"content": "554 we do not like it"}, "smtp_554", True),
        ({"content": "451 greylisted"}, "smtp_451", False),
        ({"sender": "452 no room now"}, "smtp_452", False),
        ({"sender": "550 you may not send"}, "smtp_550", False),
    ],
)
def test_what_it_answers_says_whether_to_try_again(
    postbox: Postbox, clock: FakeClock, change: dict[str, str], reason: str, permanent: bool
) -> None:
    vars(postbox).update(change)
    with pytest.raises(DeliveryFailed) as failed:
        adapter(postbox.port, clock).send("01abc", MESSAGE)
    assert (failed.value.reason, failed.value.permanent) == (reason, permanent)


def test_it_logs_in_with_the_password_from_the_file(
    postbox: Postbox, clock: FakeClock, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text("geheim woord\n")
    url = f"smtp://sluis@127.0.0.1:{postbox.port}"
    made = make_adapter(adapter="smtp", url=url, sender=SENDER, secret_file=file, clock=clock)
    made.send("01abc", MESSAGE)
    assert postbox.logins == ["\0sluis\0geheim woord"]
    with pytest.raises(ValueError, match="who logs in"):
        make_adapter(adapter="smtp", url="smtp://mail.example.nl", sender=SENDER, secret_file=file)


def test_nobody_there_is_tried_again(clock: FakeClock) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        adapter(free_port(), clock).send("01abc", MESSAGE)
    assert not failed.value.permanent


def test_beyond_this_machine_nothing_goes_unencrypted(
    postbox: Postbox, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state.adapters.smtp.LOOPBACK", frozenset())  # as if it were elsewhere
    with pytest.raises(DeliveryFailed) as failed:
        adapter(postbox.port, clock).send("01abc", MESSAGE)
    assert failed.value.reason == "smtp_not_supported"
    assert postbox.mails == []

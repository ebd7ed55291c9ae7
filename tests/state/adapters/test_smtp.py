from __future__ import annotations

import email
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default

import pytest

from state.adapters.smtp import SmtpAdapter
from state.outbox import DeliveryFailed, Message
from tests.clocks import FakeClock
from tests.servers import free_port

MESSAGE = Message("mail", "a@example.nl", "Machtiging é verleend", "Één regel\n.punt\n", "7K3QX9AB")
SENDER = "Sluis <noreply@example.nl>"


@dataclass
class Postbox:
    """A mail server of a few lines; ``recipient`` is what it says to RCPT."""

    port: int = 0
    recipient: str = "250 ok"
    mails: list[EmailMessage] = field(default_factory=list)


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    box = Postbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                verb = line.split()[0].upper()
                if verb == "RCPT":
                    self.say(box.recipient)
                elif verb == "DATA":
                    self.say("354 go on")
                    self.take_mail()
                    self.say("250 ok")
                else:
                    self.say("221 bye" if verb == "QUIT" else "250 ok")

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
    assert failed.value.reason == "smtp_SMTPNotSupportedError"
    assert postbox.mails == []

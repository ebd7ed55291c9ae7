"""Mail over SMTP (RFC 5321), encrypted and checked except to this machine itself."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final
from urllib.parse import unquote, urlsplit

from state.adapters.failures import reason_of
from state.adapters.time_limit import TimeLimit
from state.clock import Clock
from state.outbox import DeliveryFailed, Message
from state.outgoing_tls import tls_of_this_machine

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
ANSWER_WITHIN: Final = 15.0  # seconds per step
TOTAL_SECONDS: Final = 60.0  # less than the claim on a mail
TOO_LARGE: Final = 552  # RFC 1870 §6
_PORTS: Final = {"smtp": 587, "smtps": 465}


def _reason_of(error: smtplib.SMTPException | OSError) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "login_refused"
    if isinstance(error, smtplib.SMTPConnectError) and error.smtp_code > 0:
        return str(error.smtp_code)  # else it was no reply of a relay
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "not_supported"  # STARTTLS, or a login
    return reason_of(error)


class _Watched(smtplib.SMTP):
    """``limit`` ends the connection, from its first line on."""

    def __init__(self, limit: TimeLimit, host: str, port: int) -> None:
        self._limit = limit
        super().__init__(host, port, timeout=ANSWER_WITHIN)

    def getreply(self) -> tuple[int, bytes]:
        self._limit.watch(self.sock)
        return super().getreply()


class _WatchedFromTheStart(smtplib.SMTP_SSL):
    """The same with TLS from the start."""

    def __init__(self, limit: TimeLimit, host: str, port: int, tls: ssl.SSLContext) -> None:
        self._limit = limit
        super().__init__(host, port, timeout=ANSWER_WITHIN, context=tls)

    def getreply(self) -> tuple[int, bytes]:
        self._limit.watch(self.sock)
        return super().getreply()


class SmtpAdapter:
    """``smtp://user@host:587`` (STARTTLS) or ``smtps://user@host:465`` (TLS from the start), with
    the ``password`` beside it or in the address.
    """

    def __init__(
        self,
        *,
        url: str,
        sender: str,
        clock: Clock,
        password: str | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("mail.url is smtp://host:587 or smtps://host:465")
        self._host = parts.hostname
        self._port = parts.port or _PORTS[parts.scheme]
        self._tls_first = parts.scheme == "smtps"
        self._user = unquote(parts.username or "")
        self._password = password or unquote(parts.password or "")
        if password and not self._user:
            raise ValueError("mail.url names who logs in: smtp://user@host:587")
        name, address = parseaddr(sender)
        if "@" not in address:
            raise ValueError("mail.sender is an address: Name <name@example.nl>")
        self._sender = Address(display_name=name, addr_spec=address)
        self._clock = clock
        self._tls = tls or tls_of_this_machine()

    def send(self, message_id: str, message: Message) -> None:
        mail = self._compose(message_id, message)
        with TimeLimit(TOTAL_SECONDS) as limit:
            self._hand_over_within(limit, mail)

    def _hand_over_within(self, limit: TimeLimit, mail: EmailMessage) -> None:
        try:
            self._hand_over(mail, limit)
        except smtplib.SMTPRecipientsRefused as error:
            refused = [code for code, _ in error.recipients.values()]
            permanent = all(500 <= code < 600 for code in refused)
            raise DeliveryFailed("recipient_refused", permanent=permanent) from None
        except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
            # A refused sender is for the operator to mend; a mail that is too large is what it is.
            too_large = error.smtp_code == TOO_LARGE
            content = isinstance(error, smtplib.SMTPDataError) and 500 <= error.smtp_code < 600
            reason = "too_large" if too_large else f"smtp_{error.smtp_code}"
            raise DeliveryFailed(reason, permanent=too_large or content) from None
        except (smtplib.SMTPException, OSError) as error:
            # The server's words may repeat the address; the kind of error is enough.
            reason = "timeout" if limit.is_over else _reason_of(error)
            raise DeliveryFailed(f"smtp_{reason}") from None

    def _hand_over(self, mail: EmailMessage, limit: TimeLimit) -> None:
        server = self._connect(limit)
        try:
            if self._user:
                server.login(self._user, self._password)
            server.send_message(mail)
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()  # the mail is theirs by now, however they part
        finally:
            server.close()

    def _connect(self, limit: TimeLimit) -> smtplib.SMTP:
        if self._tls_first:
            return _WatchedFromTheStart(limit, self._host, self._port, self._tls)
        server = _Watched(limit, self._host, self._port)
        if self._host not in LOOPBACK:
            try:
                server.starttls(context=self._tls)
                limit.watch(server.sock)
            except BaseException:
                server.close()
                raise
        return server

    def _compose(self, message_id: str, message: Message) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        try:
            mail["From"] = self._sender
            mail["To"] = Address(addr_spec=message.recipient)
        except (ValueError, IndexError, MessageError):
            raise DeliveryFailed("recipient_malformed", permanent=True) from None
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(self._clock())
        mail["Message-ID"] = f"<{message_id}@{self._sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        if message.html is not None:
            mail.add_alternative(message.html, subtype="html")  # RFC 2046 §5.1.4: the best is last
        return mail

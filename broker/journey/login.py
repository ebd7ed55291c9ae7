"""Login: everything that is known about one login in progress. Facts only; the next step is
computed from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from assurance.accepted_factor import AcceptedFactor
from assurance.levels import AssuranceLevel
from assurance.session_reuse import AskedAgain
from assurance.sms import SmsSent
from broker.downstream import LoginRequest, RefusalCode
from broker.journey.login_methods import LoginMethod
from consent.authority import Authority
from consent.documents import Answer
from providers.interface import Identity, Remembered
from providers.trouble import Trouble
from state.copies import replace
from state.record_json import RecordJson

MAX_DEPARTURES = 3  # open tabs at the makelaar for one login


@dataclass(frozen=True)
class SentToProvider:
    """One time that the browser was sent to a makelaar; the number is in the RelayState or
    ``state``. ``protocol``: by which it left, and so where its answer is taken.
    """

    number: int
    remembered: Remembered
    protocol: str = ""  # kind of the makelaar; "" in a login that an earlier release began


@dataclass(frozen=True)
class Ended:
    """The login will not succeed. ``public_key`` names the page; None returns to the portal at
    once.
    """

    code: RefusalCode
    reason: str  # machine word for audit and trace
    public_key: str | None = None


@dataclass(frozen=True)
class Stopped:
    """The login stands before a page that says what is missing. Unless the user finds another way,
    it ends like this, however the user leaves.
    """

    code: RefusalCode
    reason: str  # machine word for audit and trace


@dataclass(frozen=True)
class Login:
    """``id``: 26 characters, in URLs, worth nothing without the cookie whose hash is
    ``browser``.
    """

    id: str
    reference: str  # 8 characters, shown to people
    browser: str  # SHA-256 hex of this browser's secret for this login
    request: LoginRequest
    created_at: datetime
    expires_at: datetime
    method: LoginMethod | None = (
        None  # chosen by the user, or by what the portal or the browser knows
    )
    provider_id: str | None = None
    provider_was_remembered: bool = False
    sent: tuple[SentToProvider, ...] = ()
    departures: int = 0
    trouble: Trouble | None = None
    trouble_until: datetime | None = None  # the makelaar is left alone, so no try helps before
    too_low: bool = False  # the makelaar could not give the level
    not_understood: bool = False  # it said something about the level that its registration lacks
    given: AssuranceLevel | None = None  # what it did give then
    ticket: str | None = None  # hash of what the browser that brought the answer must show
    session_asked: bool = False  # an earlier login was considered, or may not be any more
    session_id: str | None = None  # of the earlier login that answered
    session_until: datetime | None = None  # the end of that session that no use moves
    asked_again: AskedAgain | None = None  # of who is logged in, and must log in here all the same
    is_continued: bool = False  # ``identity`` is of that earlier login
    identity: Identity | None = None
    judged_at: datetime | None = None  # when that came here and was found fresh enough
    person_id: str | None = None
    must_replace: bool = False  # the password was a temporary one
    insists: bool = False  # the makelaar itself must give the level: a factor of ours cannot
    must_be: str | None = None  # person who was sent back for a higher level
    factor_chosen: str | None = None  # factor id; None: the one used last
    sms: SmsSent | None = None
    challenge: str | None = None  # for one answer of a passkey
    factor: AcceptedFactor | None = None
    authority_settled: bool = False
    authority: Authority | None = None
    mandate_requested_for: str | None = None  # organisation id of the request that was sent (A12)
    consent: str | None = None  # fingerprint of what the user saw
    consent_kept: bool = False  # do not ask again for the same data
    answer: Answer | None = None  # to the document that the portal asks about
    confirmed: AcceptedFactor | None = None  # the code that was given for that answer
    after_form: bool = False  # the browser comes from a form of ours, not from somebody else
    stopped: Stopped | None = None
    ended: Ended | None = None
    gave_way: bool = False  # newer logins of its browser took its place
    trace: str = ""  # its steps, a line each; read by broker.journey.trace_steps
    is_noted: bool = False  # its trace was kept before its end, for who calls from the page

    @property
    def lacks_level(self) -> bool:
        """The makelaar answered, and there is no level to go on with."""
        return self.too_low or self.not_understood

    def once_more(self) -> Login:
        """Before its makelaar or password: the same person shows once more who they are, and what
        they answered stays. What a makelaar said on whose behalf went with what it said.
        """
        asserted = self.identity is not None and bool(self.identity.authority)
        return replace(
            self,
            identity=None,
            judged_at=None,
            is_continued=False,
            person_id=None,
            must_be=self.person_id or self.must_be,
            sms=None,
            challenge=None,
            authority=None if asserted else self.authority,
            authority_settled=self.authority_settled and not asserted,
        )

    def afresh(self) -> Login:
        """Before any way or makelaar was chosen: nothing that an earlier one said counts for the
        next.
        """
        return Login(
            id=self.id,
            reference=self.reference,
            browser=self.browser,
            request=self.request,
            created_at=self.created_at,
            expires_at=self.expires_at,
            departures=self.departures,
            session_asked=True,
            asked_again=self.asked_again,
            after_form=self.after_form,
            trace=self.trace,
            is_noted=self.is_noted,
        )


AS_JSON: Final = RecordJson(Login)

"""Keys that move on while people log in at instances that each notice it at another moment, with
portals and makelaars that go on with what they read before. The days between are taken out.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pytest
import urllib3
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import update
from sqlalchemy.orm import Session

from broker import settings
from broker.configuration import POLL_SECONDS
from keys.master_key_file import load_sealer
from keys.rotation import NEEDED, RotationPolicy, introduce, rotate_due
from keys.signing_key import KeyState, KeyUse, SigningKey
from state.clock import utc_now
from state.db import writing
from state.engine import make_engine
from state.registrations import raise_revision
from tests.faults.driver import IDEAS, JAN, JAN_ELSEWHERE, Scene, User
from tests.faults.ending import Ending, bad
from tests.faults.fleet import Fleet

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(600)]
POLICY: Final = RotationPolicy()
NOTICED: Final = 2.5 * POLL_SECONDS  # by every process, each at a moment of its own
ALGORITHMS: Final = ["RS256", "PS256", "ES256"]
AT_ONCE: Final = (JAN, JAN_ELSEWHERE, IDEAS)  # RS256, SAML and private_key_jwt at makelaars


@dataclass(frozen=True)
class Keys:
    """The keys of the fleet, as its database has them."""

    fleet: Fleet

    @contextmanager
    def writing(self) -> Iterator[Session]:
        engine = make_engine(self.fleet.postgres.url)
        try:
            with Session(engine) as session, writing(session):
                yield session
                raise_revision(session)  # noticed at the next look, not after half a minute
        finally:
            engine.dispose()

    def publish(self) -> None:
        """The successor of every key, not yet to be used."""
        file = settings.load(self.fleet.demo.config, {}).keys.master_key_file
        sealer = load_sealer(file)
        for use, algorithm in NEEDED:
            with self.writing() as session:
                introduce(session, sealer, use, algorithm, utc_now())

    def move_on(self, state: KeyState, after: timedelta) -> int:
        """As if keys were so long in this state: the job then moves them; how many moved."""
        with self.writing() as session:
            since = {"state_since": utc_now() - after, "activates_at": utc_now()}
            session.execute(update(SigningKey).where(SigningKey.state == state).values(since))
            return len(rotate_due(session, utc_now(), POLICY))


@dataclass
class Load:
    """People who log in one after the other; every ID token that they got."""

    scene: Scene
    tokens: list[str] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    asked_again: int = 0  # times that a portal needed another key set than it had
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[None]:
        with ThreadPoolExecutor(len(AT_ONCE)) as pool:
            running = [pool.submit(self._come, persona) for persona in AT_ONCE]
            try:
                yield
            finally:
                self._over.set()
            for one in running:
                one.result()

    def _come(self, persona: Any) -> None:
        while not self._over.is_set():
            user = User(self.scene, persona)
            self.endings.append(user.log_in())
            if user.line.token is not None and self.endings[-1].is_done:
                self.tokens.append(user.line.token.json()["id_token"])
            self.asked_again += sum(sent.url.endswith("/jwks") for sent in user.line.sent)
            user.close()


def read_keys(fleet: Fleet) -> dict[str, Any]:
    with urllib3.PoolManager(retries=False, timeout=10.0) as http:
        found: dict[str, Any] = http.request("GET", f"{fleet.demo.addresses.broker}/jwks").json()
    return found


def signers(tokens: list[str], keys: dict[str, Any]) -> dict[str, set[str]]:
    """Algorithm → the keys that signed. Raises JoseError, ValueError where no key of the set
    fits.
    """
    known, found = KeySet.import_key_set(keys), defaultdict(set)
    for token in tokens:
        header = jwt.decode(token, known, algorithms=ALGORITHMS).header
        found[header["alg"]].add(header["kid"])
    return dict(found)


def test_K_02_X_11_keys_move_on_under_load_and_nobody_notices(fleet: Fleet) -> None:
    fleet.wait_until_ready()
    keys = Keys(fleet)
    keys.publish()
    time.sleep(NOTICED)
    _read_anew(fleet)
    cached = read_keys(fleet)
    scene = Scene(fleet.demo)
    scene.warm_up()  # portals keep the key set from here on
    load = Load(scene)
    with load.running():
        assert keys.move_on(KeyState.NEXT, POLICY.publish) == 2 * len(NEEDED)
        time.sleep(NOTICED)
    signed = signers(load.tokens, cached)
    assert max(len(kids) for kids in signed.values()) == 2, "the key of before, and the new one"
    assert signers(load.tokens, read_keys(fleet)) == signed, "still published"
    assert load.asked_again == 0
    assert all(one.is_done for one in load.endings), load.endings
    assert keys.move_on(KeyState.RETIRING, POLICY.keep_decrypting) == len(NEEDED)
    user = User(scene, JAN)
    assert user.log_in().is_done
    user.close()
    assert bad(scene.ledger.endings) == []


def _read_anew(fleet: Fleet) -> None:
    """A makelaar keeps our metadata for less than the days between; this one starts again."""
    process = next(one for one in fleet.others if one.name == "makelaars")
    process.kill()
    process.start()
    with urllib3.PoolManager(retries=urllib3.Retry(60, backoff_factor=0.1)) as http:
        url = f"{fleet.demo.addresses.makelaars}/health"
        assert http.request("GET", url).status == 200


def test_every_use_has_a_successor() -> None:
    """What is published above is what an installation has, without being asked for more."""
    assert {use for use, _ in NEEDED} == set(KeyUse) - {KeyUse.SAML_TLS_CLIENT}

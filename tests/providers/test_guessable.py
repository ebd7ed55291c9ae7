"""What people do to make a common password long enough, and what is theirs alone."""

from __future__ import annotations

import secrets
import string

import pytest

from providers.guessable import is_guessable

EASY = (
    *("welkom123456", "geheim123456", "wachtwoord12", "qwerty123456", "vakantie2026!"),
    *("welkom2024!!", "!!welkom2026", "gemeente-2026", "kantoorkantoor99", "ajaxajaxajax"),
    *("p@ssw0rd1234", "w3lk0m123456", "w@chtw00rd12", "p@$$w0rd2026"),
    *("passwordpassword", "passwordpassword1", "welkom01welkom01", "qwertyqwerty12"),
    *("123456789012", "210987654321", "abcdefghijkl", "qwertyuiopas", "asdfghjkl123"),
    *("zxcvbnm12345", "aaaaaaaaaaaa", "121212121212", "123412341234", "aaabbbcccddd"),
    *("1q2w3e4r5t6y", "  welkom2026  "),
)
OWN = (
    *("een fiets zonder bel", "correct paard batterij", "welkom bij de sluis van 1932"),
    *("geheim-van-de-dijkgraaf", "zon3kade!polder", "welkom8264950173", "twaalf teken"),
    *("kruidnagel7!x", "mijn kat heet 12345", "zomer in een andere taal", "xk7#qpl92vbn"),
    *("kruidnagel7kruidnagel7", "😀 is geen teken te veel"),
)


@pytest.mark.parametrize("password", EASY)
def test_A_14_what_is_tried_first_is_guessable(password: str) -> None:
    assert is_guessable(password)


@pytest.mark.parametrize("password", OWN)
def test_A_14_what_somebody_thought_of_is_not(password: str) -> None:
    assert not is_guessable(password)


def test_what_a_password_manager_makes_is_never_refused() -> None:
    signs = string.ascii_lowercase + string.digits + string.punctuation
    made = ("".join(secrets.choice(signs) for _ in range(12)) for _ in range(3000))
    assert [password for password in made if is_guessable(password)] == []


def test_a_long_one_is_looked_at_in_no_time() -> None:
    """Each piece that repeats is looked at once, and shorter each time."""
    assert is_guessable("ab" * 128)
    assert not is_guessable("a" * 127 + "b" + "een zin die nog wel wat langer mag zijn" * 3)

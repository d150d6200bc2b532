"""What is sealed is for whoever has the secret."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sealing import AesSealing
from adapters.secrets import SystemSecrets

TOKEN = "gho_16C7e42F292c6912E7710c838347Ae178B4a"  # noqa: S105 - nobody's
SECRET = SystemSecrets().secret()
SEALING = AesSealing()


@given(st.text())
def test_what_is_sealed_can_be_opened_with_the_same_secret_only(text: str) -> None:
    sealed = SEALING.sealed(SECRET, text)
    assert SEALING.opened(SECRET, sealed) == text
    assert SEALING.opened(SECRET[:-1] + ("A" if SECRET[-1] != "A" else "B"), sealed) is None


def test_it_differs_each_time_and_says_nothing() -> None:
    once, again = SEALING.sealed(SECRET, TOKEN), SEALING.sealed(SECRET, TOKEN)
    assert once != again
    raw = base64.urlsafe_b64decode(once)
    for hidden in (TOKEN, SECRET):
        assert hidden not in once
        assert hidden.encode() not in raw


def test_a_changed_character_opens_nothing() -> None:
    sealed = SEALING.sealed(SECRET, TOKEN)
    for place, character in enumerate(sealed):
        for other in {"A", "B", "-", "=", "\n", "\u20ac"} - {character}:
            assert SEALING.opened(SECRET, sealed[:place] + other + sealed[place + 1 :]) is None


def test_a_changed_byte_opens_nothing() -> None:
    raw = base64.urlsafe_b64decode(SEALING.sealed(SECRET, TOKEN))
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert SEALING.opened(SECRET, base64.urlsafe_b64encode(changed).decode()) is None


@pytest.mark.parametrize("sealed", ["", "A", "AAAA", "A" * 16, "A" * 32, "A" * 48, "!", "\ud800"])
def test_what_was_never_sealed_opens_nothing(sealed: str) -> None:
    assert SEALING.opened(SECRET, sealed) is None


@given(st.text())
def test_whatever_is_given_nothing_is_raised(sealed: str) -> None:
    assert SEALING.opened(SECRET, sealed) is None

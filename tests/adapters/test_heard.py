"""What was heard of repositories, as text."""

import pytest

from adapters.heard import decode_heard, encode_heard, moment
from domain.ports.facts import NEVER, Heard


def test_what_another_version_left_is_as_good_as_nothing() -> None:
    for text in ("", "{", "[]", "{}", '{"facts": 7, "asked_at": "2026-11-26T04:00:00Z"}', '{"asked_at": "today"}'):
        assert decode_heard(text) == Heard(None, NEVER)


def test_a_newer_version_may_say_more() -> None:
    text = encode_heard(Heard(None, NEVER)).replace("{", '{"mood":"fine",', 1)
    assert decode_heard(text) == Heard(None, NEVER)


def test_moments_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(ValueError, match="UTC"):
        moment(Heard(None, NEVER.replace(tzinfo=None)))

"""What is kept of what builds print."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.building.build_log import MOST_BYTES, BuildLog
from adapters.building.requirements import environment, secrets
from domain.submission import MOST_LOG_BYTES

LEAST = 100_000


def logged(*printed: bytes, most_bytes: int = MOST_BYTES, hidden: Mapping[str, str] | None = None) -> str:
    log = BuildLog(hidden, most_bytes)
    for piece in printed:
        log.add(piece)
    return log.text().decode()


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        (b"plain\ntext", "plain\ntext"),
        (b"\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b(Bplain", "red plain"),
        (b"50%\r100%\r\ndone\r\n", "50%\n100%\ndone\n"),
        (b"\x00a\x07\x08b\x7f\xc2\x9bc", "abc"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("tab\there, \u202egnp.exe".encode(), "tab\there, gnp.exe"),
    ],
)
def test_controls_are_removed_and_bad_bytes_replaced(printed: bytes, shown: str) -> None:
    assert logged(printed) == shown


def test_characters_that_come_in_pieces_are_whole() -> None:
    assert logged("é".encode()[:1], "é".encode()[1:]) == "é"


def test_what_is_hidden_is_replaced_also_across_pieces() -> None:
    assert logged(b"at /ho", b"me/x and /home", hidden={"/home": "", "/home/x": "[there]"}) == "at [there] and "


def test_headings_stand_apart() -> None:
    log = BuildLog()
    log.say("One")
    log.add(b"unfinished")
    log.say("Two")
    assert log.text() == b"One\nunfinished\n\nTwo\n"


def test_the_beginning_and_the_end_are_kept() -> None:
    text = logged(*(b"line %d\n" % number for number in range(100_000)), most_bytes=LEAST)
    assert text.startswith("line 0\nline 1\n")
    assert text.endswith("line 99998\nline 99999\n")
    assert " bytes are left out ...]\n" in text
    assert len(text) <= LEAST


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=16), st.integers(1, 2**14)), max_size=8))
def test_a_log_is_bounded_whatever_is_printed(pieces: list[tuple[bytes, int]]) -> None:
    text = logged(*(piece * times for piece, times in pieces), most_bytes=LEAST)
    assert len(text.encode()) <= LEAST
    assert "\x1b" not in text
    assert "\0" not in text


def test_the_index_has_room_for_its_own_words() -> None:
    assert MOST_BYTES < MOST_LOG_BYTES


def test_pip_has_the_index_and_how_to_reach_it_and_nothing_else() -> None:
    surroundings = {"PIP_EXTRA_INDEX_URL": "https://evil", "HTTPS_PROXY": "http://proxy", "SLS_PYPI_X": "secret"}
    made = environment("https://index.example/simple/", surroundings)
    assert made["PIP_INDEX_URL"] == "https://index.example/simple/"
    assert made["HTTPS_PROXY"] == "http://proxy"
    assert not {"PIP_EXTRA_INDEX_URL", "SLS_PYPI_X"} & set(made)


def test_the_password_of_an_index_is_not_shown() -> None:
    hidden = secrets("https://reader:long-password@index.example/simple/")
    assert "long-password" not in logged(b"from https://reader:long-password@index.example", hidden=hidden)

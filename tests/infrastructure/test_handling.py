"""Nobody takes a message for done that nobody handled."""

from collections.abc import Sequence

import pytest

from domain.messages import Build, Message, Page, PageStale
from infrastructure.handling import handle, handle_together
from infrastructure.index import index_of
from infrastructure.memory import Memory
from infrastructure.settings import Settings

SETTINGS = Settings()
SPAM = PageStale(Page.SIMPLE, "spam")


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [Build("a"), Build("b")],
        [Build("a"), SPAM],
        [SPAM, Build("a")],
        [SPAM, PageStale(Page.SIMPLE, "eggs")],
        [SPAM, PageStale(Page.ROOT)],
        [PageStale(Page.ROOT), PageStale(Page.HOME)],
        [SPAM, PageStale(Page.OWNER, "spam")],
    ],
)
def test_messages_that_do_not_belong_together_are_refused(messages: Sequence[Message]) -> None:
    index = index_of(Memory(), SETTINGS, SETTINGS.site("https://index.test"))
    with pytest.raises(ValueError, match="not"):
        handle_together(index, messages)


def test_an_unknown_message_is_not_done() -> None:
    index = index_of(Memory(), SETTINGS, SETTINGS.site("https://index.test"))
    with pytest.raises(AssertionError):
        handle(index, "spam")  # type: ignore[arg-type]

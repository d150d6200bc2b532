"""Whoever takes a message hands it to the use case that it is for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, assert_never

from domain.messages import Build, CountDownloads, FetchFacts, Message, PageStale

if TYPE_CHECKING:
    from infrastructure.index import Index


def handle(index: "Index", message: Message) -> None:
    """Do what is due."""
    match message:
        case PageStale():
            index.site().handle(message)
        case CountDownloads():
            index.counting().count(message)
        case FetchFacts():
            index.repository_facts().refresh(message)
        case Build(submission):
            index.building().carry_on(submission)
        case _:
            assert_never(message)


def handle_together(index: "Index", messages: Sequence[Message]) -> None:
    """Do what is due: of one message, or of several about pages of one package.

    Raises:
        ValueError: they are none, or several that do not belong together.
    """
    match messages:
        case [message]:
            handle(index, message)
        case [PageStale(_, str(name)), *_]:
            stale = [each for each in messages if isinstance(each, PageStale) and each.name == name]
            if len(stale) < len(messages):
                raise ValueError(f"not all messages are about pages of {name}")
            index.site().handle_together(name, stale)
        case _:
            raise ValueError("these messages are not about pages of one package")

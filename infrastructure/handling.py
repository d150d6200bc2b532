"""Whoever takes a message hands it to the use case that it is for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

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


def handle_together(index: "Index", messages: Sequence[Message]) -> None:
    """Do what is due: of one message, or of several about pages of one package."""
    match messages:
        case [message]:
            handle(index, message)
        case [PageStale(_, str(name)), *_]:
            index.site().handle_together(name, [each for each in messages if isinstance(each, PageStale)])

"""Whoever takes a message hands it to the use case that it is for."""

from typing import TYPE_CHECKING

from domain.messages import CountDownloads, FetchFacts, Message, PageStale

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

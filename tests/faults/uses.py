"""What people, triggers and the worker can have the index do, read from its container, and what of it was done."""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from dependency_injector import providers

from infrastructure.index import Index

READING: Mapping[str, frozenset[str]] = {
    "eligibility": frozenset({"last_known"}),
    "history": frozenset({"of", "until", "stamp", "complete_through", "shown_since", "is_missed"}),
    "login_sessions": frozenset({"caller", "github_token"}),
    "logins": frozenset({"github"}),
    "people_rows": frozenset({"faults"}),
    "portfolio": frozenset({"submitted"}),
    "publishers": frozenset({"of"}),
    "publishing": frozenset({"is_published"}),
    "statistics": frozenset({"figures", "downloads", "csv"}),
    "submissions": frozenset({"preview", "log", "latest"}),
    "tokens": frozenset({"of", "authenticate"}),
    "unnamed_blobs": frozenset({"keys"}),
    "uploads": frozenset({"reserved"}),
    "verification": frozenset({"names", "differences", "table_faults"}),
}
"""Methods that change nothing, by use case. Every other public method is one that changes something."""
RENDERING = frozenset({"rendering", "list_rendering"})
"""These make bytes and nothing else."""
ON_AWS_ONLY = frozenset({"counting.arrived"})
"""In other worlds there is no result of a query that comes later."""
PARTS = frozenset({"submission_records.row"})
"""What is no use by itself, and changes nothing."""


def methods() -> frozenset[str]:
    """All public methods, like ``publishing.upload``, as the container has them, but those that make bytes only."""
    return frozenset(
        f"{name}.{method}"
        for name, made in _classes().items()
        if name not in RENDERING
        for method, _ in inspect.getmembers(made, inspect.isfunction)
        if not method.startswith("_")
    )


def changing() -> frozenset[str]:
    """Those that change something."""
    reading = {f"{name}.{method}" for name, own in READING.items() for method in own}
    return methods() - reading - PARTS


@contextmanager
def noted(called: set[str]) -> Iterator[None]:
    """Within this, it is noted which of them are called."""
    with pytest.MonkeyPatch.context() as patch:
        for each in changing():
            name, _, method = each.partition(".")
            made = _classes()[name]
            patch.setattr(made, method, _noting(each, getattr(made, method), called))
        yield


def _noting(what: str, method: Any, called: set[str]) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        called.add(what)
        return method(*args, **kwargs)

    return call


def _classes() -> Mapping[str, type]:
    """Those that the container makes, under their names there."""
    return {
        name: provider.cls
        for name, provider in Index.providers.items()
        if isinstance(provider, providers.Singleton) and inspect.isclass(provider.cls)
    }

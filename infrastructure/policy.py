"""The policy of an index, from its settings and the well-known lists."""

from domain.names import canonical
from domain.policy import Policy
from infrastructure.settings import Settings


def policy_of(settings: Settings) -> Policy:
    """Lists of names and classifiers are data packages, which the domain does not import."""
    from stdlib_list import short_versions, stdlib_list  # noqa: PLC0415 - only needed where something is published
    from trove_classifiers import all_classifiers, deprecated_classifiers  # noqa: PLC0415

    modules = {name.partition(".")[0] for version in short_versions for name in stdlib_list(version)}
    return Policy(
        allow=settings.allow,
        stdlib_names=frozenset(canonical(name) for name in modules if not name.startswith("_")),
        classifiers=frozenset(all_classifiers),
        deprecated_classifiers={old: tuple(new) for old, new in deprecated_classifiers.items()},
        bounds=settings.bounds,
    )

"""Summaries of the use of packages, added up."""

from collections import Counter
from collections.abc import Iterable

from domain.ports.usage_table import UsageSummary


def added(summaries: Iterable[UsageSummary]) -> UsageSummary:
    """What all of them say together."""
    days, installers, pythons, systems, countries = (Counter[str]() for _ in range(5))
    ci = mirrors = 0
    for one in summaries:
        days.update(one.days)
        installers.update(one.installers)
        pythons.update(one.pythons)
        systems.update(one.systems)
        countries.update(one.countries)
        ci, mirrors = ci + one.ci, mirrors + one.mirrors
    return UsageSummary(days, installers, pythons, systems, countries, ci, mirrors)

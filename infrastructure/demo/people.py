"""Who publishes the samples: those who have an account at the sample GitHub, by their number there."""

from collections.abc import Mapping
from types import MappingProxyType

PEOPLE: Mapping[str, int] = MappingProxyType({"maren": 7001, "tobias": 7002, "ines": 7003})

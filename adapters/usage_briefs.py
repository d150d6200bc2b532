"""The texts in which tables keep briefs of packages' use."""

import json

from adapters.records import from_json, to_json
from domain.usage_sums import UsageBrief

_KEPT_APART = ("name", "stamp")


def brief_text(brief: UsageBrief) -> str:
    """What is kept beside its name and stamp."""
    data = {key: value for key, value in to_json(brief).items() if key not in _KEPT_APART}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def brief_from(name: str, stamp: str, text: str) -> UsageBrief:
    """The brief.

    Raises:
        ValueError: it cannot be read.
    """
    return from_json(UsageBrief, json.loads(text) | {"name": name, "stamp": stamp})

"""The codec of submissions' rows, for tables that keep text."""

import json

from adapters.records import from_json, to_json
from domain.ports.submission_table import SubmissionRow


def encode_row(row: SubmissionRow) -> str:
    """As JSON.

    Raises:
        Damaged: a field holds what cannot be stored.
    """
    return json.dumps(to_json(row), ensure_ascii=False, separators=(",", ":"))


def decode_row(text: str) -> SubmissionRow:
    """The row that was kept.

    Raises:
        ValueError: it is damaged.
    """
    return from_json(SubmissionRow, json.loads(text))

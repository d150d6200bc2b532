"""All that can be asked of the functions."""

from collections.abc import Mapping

from entrypoints.http.api_operations import API_OPERATIONS
from entrypoints.http.operation import Operation
from entrypoints.http.other_operations import OTHER_OPERATIONS

OPERATIONS: Mapping[str, Operation] = {**API_OPERATIONS, **OTHER_OPERATIONS}
"""By method and path. `/legacy` without its slash is the same as with it, and what fetches pages is none of this."""

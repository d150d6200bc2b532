"""One build, told by an event -> forms that the event brings. This function has no rights, no client and no settings.

What runs in it may be hostile. Its processes are all of one user, so before anything else this one makes itself
unreadable to the others, and drops its credentials, which are good for its log only. Each build has processes of its
own, none of which outlives it, and finds no file of another; where that cannot be had, this process ends as well, and
Lambda makes a new environment. It does not end otherwise: Lambda takes an end before it is asked for the next event
for a failure of this one.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from adapters.aws.build_job import Job
from adapters.aws.build_processes import ProcessesRemain, end_all, hide
from adapters.aws.build_work import Work
from adapters.building import hostile_files
from adapters.records import from_json

_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")
# Below it lies the code of a function on AWS: there, and only there, the whole of /tmp is the function's own.
_TASK_ROOT = Path("/var/task")
# For putting files, log and outcome when time is up.
_LAST_SECONDS = 90

for _name in _CREDENTIALS:
    os.environ.pop(_name, None)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's own class
    """Build; the answer says nothing, as the outcome was put."""
    hide()
    _clean()
    folder = Path(tempfile.mkdtemp(prefix="build-"))
    try:
        left = context.get_remaining_time_in_millis() / 1000 - _LAST_SECONDS
        Work(from_json(Job, event), folder, left).do()
    finally:
        _clean(folder)
    return {}


def _clean(*folders: Path) -> None:
    """See that nothing is left of a build, or end."""
    try:
        end_all()
        is_ours = Path(__file__).is_relative_to(_TASK_ROOT)
        for path in Path(tempfile.gettempdir()).iterdir() if is_ours else folders:
            hostile_files.remove(path)
    except (ProcessesRemain, OSError) as failure:
        print(f"this environment cannot be used again: {failure!r}", file=sys.stderr, flush=True)  # noqa: T201 - its log
        os._exit(1)

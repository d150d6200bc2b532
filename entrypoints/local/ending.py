"""How a process ends that serves."""

import os
import sys
import threading
import time

_GRACE_SECONDS = 1.0


def end(status: int = 0, grace: float = _GRACE_SECONDS) -> None:
    """End the process if calls still run whose callers are gone; otherwise return.

    Python would wait for them, and they may wait for others for half a minute. Nothing is lost: what they do is whole
    or not at all, whenever the process ends.

    Args:
        status: of the process, if this ends it.
        grace: seconds for them in all.
    """
    deadline = time.monotonic() + grace
    busy = [thread for thread in threading.enumerate() if thread is not threading.main_thread() and not thread.daemon]
    for thread in busy:
        thread.join(max(0.0, deadline - time.monotonic()))
    if any(thread.is_alive() for thread in busy):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)

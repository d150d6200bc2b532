"""An index that is killed while it builds."""

import fcntl
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from tempfile import gettempdir

from tests.building.projects import Building, project
from tests.running import PATIENCE, ROOT

ACT = """
    import fcntl
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            held = open("held", "w")
            fcntl.flock(held, fcntl.LOCK_EX)
            print("detached and holding")
            time.sleep(600)
        os._exit(0)
    time.sleep(600)
"""
PROGRAM = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from adapters.local.confinement import Confinement, Kind
from tests.building.projects import Building, Logs

class Loud(Logs):
    def put(self, submission, part, text):
        print(text.decode(), flush=True)

building = Building(Path({path!r}), Confinement(Kind[{kind!r}], {uid!r}), logs=Loud())
building.builder.start("s1", Path({path!r}, "source.tar.gz"))
"""


def test_a_build_ends_with_the_index_and_is_made_again(building: Building, tmp_path: Path) -> None:
    (tmp_path / "source.tar.gz").write_bytes(project(textwrap.dedent(ACT)))
    how = building.how
    assert how is not None
    # A user that could not pass through the index's folder has a place elsewhere, where earlier rooms may be left.
    is_elsewhere = how.uid is not None and not how.has_tree
    place = Path(gettempdir()) if is_elsewhere else tmp_path / "builds" / "s1"
    left = set(place.glob("room*/build/source/held"))
    program = PROGRAM.format(root=str(ROOT), path=str(tmp_path), kind=how.kind.name, uid=how.uid)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as index:
        assert index.stdout is not None
        assert any("detached and holding" in line for line in index.stdout)
        (held,) = set(place.glob("room*/build/source/held")) - left
        index.kill()
    with held.open("w") as file:
        # Nobody holds it any more once the last process is gone.
        waiting = threading.Thread(target=fcntl.flock, args=(file, fcntl.LOCK_EX), daemon=True)
        waiting.start()
        waiting.join(PATIENCE)
        assert not waiting.is_alive()
    assert building.builder.outcome("s1") is None
    assert building.filenames(project())

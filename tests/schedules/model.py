"""What the index should say, told once more in plain dictionaries. It shares no code with what it judges."""

import copy
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

State = dict[str, Any]
"""``packages``: by canonical name; ``claims``: by what a hasty eye sees, the name that has it."""


class Did(NamedTuple):
    """Something that was asked of the index: a word, who asked, and what about."""

    word: str
    who: str
    name: str = ""
    filename: str = ""
    content: str = ""  # SHA-256
    more: str = ""


class Came(NamedTuple):
    """What came of it. `done` is None where nobody was told: it crashed, or failed at something."""

    did: Did
    done: bool | None


def nothing() -> State:
    """An index before its first upload."""
    return {"packages": {}, "claims": {}}


def version_of(filename: str) -> str:
    """As the filename spells it; here only names without hyphens occur."""
    return filename.removesuffix(".tar.gz").split("-")[1]


def release_of(filename: str) -> str:
    """Equal for 1.0 and 1.0.0."""
    return version_of(filename).removesuffix(".0").removesuffix(".0")


def said_by(filename: str) -> str:
    """Equal for files that installers take for the same one."""
    return filename.replace(f"-{version_of(filename)}", f"-{release_of(filename)}", 1)


def after(state: State, did: Did) -> State | None:
    """The state after something was done; None if it has to be refused."""
    state = copy.deepcopy(state)
    package = state["packages"].get(did.name)
    match did.word:
        case "upload":
            return _uploaded(state, package, did)
        case "release":
            return _released(state, package, did)
        case "mark" if package is not None:
            package["status"] = did.more
            return state
        case _ if package is None or package["owner"] != did.who:
            return None
        case _:
            return _changed(state, package, did)


def _changed(state: State, package: Any, did: Did) -> State | None:
    if did.word == "withdraw":
        if package["withdrawn"] and not package["files"]:
            return None
        package["spent"] = sorted({*package["spent"], *package["files"]})
        package["files"], package["withdrawn"] = {}, True
        return state
    if did.filename not in package["files"]:
        return None
    match did.word:
        case "yank":
            package["files"][did.filename]["yanked"] = did.more
        case "unyank":
            package["files"][did.filename]["yanked"] = None
        case "delete":
            del package["files"][did.filename]
            package["spent"] = sorted({*package["spent"], did.filename})
        case word:
            raise ValueError(word)
    return state


def _uploaded(state: State, package: Any, did: Did) -> State | None:
    if package is None:
        seen = did.name.replace("o", "0").replace("l", "1")
        if state["claims"].setdefault(seen, did.name) != did.name:
            return None
        package = state["packages"][did.name] = {
            "owner": did.who,
            "files": {},
            "spent": [],
            "labels": {},
            "status": "active",
            "withdrawn": False,
        }
    files = package["files"]
    if package["owner"] != did.who or package["status"] in {"archived", "quarantined"}:
        return None
    if said_by(did.filename) in map(said_by, package["spent"]):
        return None
    if did.filename in files:
        return state if files[did.filename]["sha256"] == did.content else None
    if said_by(did.filename) in map(said_by, files):
        return None
    release = release_of(did.filename)
    if did.filename.endswith(".tar.gz") and any(
        each.endswith(".tar.gz") and release_of(each) == release for each in files
    ):
        return None
    package["labels"].setdefault(release, version_of(did.filename))
    files[did.filename] = {"sha256": did.content, "yanked": None}
    package["withdrawn"] = False
    return state


def _released(state: State, package: Any, did: Did) -> State | None:
    """All files or none; a release that is there, and not just this one, is not added to."""
    wanted = dict(each.split("=") for each in did.more.split())
    there = {name: file["sha256"] for name, file in package["files"].items()} if package else {}
    if not wanted.items() <= there.items() and any(
        release_of(old) == release_of(new) for old in there for new in wanted
    ):
        return None
    then: State | None = state
    for filename, content in wanted.items():
        if then is not None:
            upload = Did("upload", did.who, did.name, filename, content)
            then = _uploaded(then, then["packages"].get(did.name), upload)
    return then


def explained(states: Iterable[State], came: Iterable[Sequence[Came]]) -> list[State]:
    """The states that what came can have led to; none if no order explains it.

    Args:
        states: that there may have been before.
        came: of what was done at the same time; each of them one after another.
    """
    found: list[State] = []
    started = tuple(tuple(sequence) for sequence in came)
    for state in states:
        for end in _ends(state, started):
            if end not in found:
                found.append(end)
    return found


def _ends(state: State, came: tuple[tuple[Came, ...], ...]) -> Iterable[State]:
    if not any(came):
        yield state
    for at, sequence in enumerate(came):
        if not sequence:
            continue
        one, rest = sequence[0], (*came[:at], sequence[1:], *came[at + 1 :])
        then = after(state, one.did)
        match one.done:
            case True if then is not None:
                yield from _ends(then, rest)
            case False if then is None:
                yield from _ends(state, rest)
            case None:
                yield from _ends(state, rest)
                if then is not None:
                    yield from _ends(then, rest)
            case _:
                continue


def shown(state: State, name: str) -> dict[str, Any] | None:
    """The files that installers see: digest, yanked, and the version in their URLs; None without a page."""
    package = state["packages"].get(name)
    if package is None or (package["withdrawn"] and not package["files"]):
        return None
    if package["status"] == "quarantined":
        return {}
    return {
        filename: {**file, "label": package["labels"][release_of(filename)]}
        for filename, file in package["files"].items()
    }

"""What programs of ours import, found by reading their sources: also what they import late, or for types only."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen


@frozen
class Sources:
    """Python modules below a folder.

    Attributes:
        root: what is on the path.
        packages: folders there; modules elsewhere are somebody else's.
    """

    root: Path
    packages: tuple[str, ...]

    def closure(self, programs: Iterable[Path]) -> set[Path]:
        """The files of these programs, of all modules that they import, and of the packages that those are in."""
        found: set[Path] = set()
        waiting = list(programs)
        while waiting:
            path = waiting.pop()
            if path not in found:
                found.add(path)
                waiting.extend(self._packages_of(path))
                waiting.extend(file for name in _imported(path) if (file := self._file(name)))
        return found

    def _file(self, name: str) -> Path | None:
        """Of a module; None if it is none, or not ours."""
        if name.partition(".")[0] not in self.packages:
            return None
        path = self.root.joinpath(*name.split("."))
        candidates = (path.with_suffix(".py"), path / "__init__.py")
        return next((candidate for candidate in candidates if candidate.is_file()), None)

    def _packages_of(self, path: Path) -> Iterator[Path]:
        *folders, _ = path.relative_to(self.root).parents  # the last one is the root, which is no package
        for folder in folders:
            package = self.root / folder / "__init__.py"
            if package.is_file():
                yield package


def _imported(path: Path) -> Iterator[str]:
    """Names of modules; what comes out of a module may be one too."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)

"""What the index of the awkward logs has ever published."""

from typing import NamedTuple


class Published(NamedTuple):
    """A file, and whether it is gone since."""

    package: str
    version: str
    filename: str
    gone: bool = False

    @property
    def path(self) -> str:
        """Where it is served."""
        return f"/packages/{self.package}/{self.version}/{self.filename}"


FILES = (
    Published("frob", "1.0", "frob-1.0-py3-none-any.whl"),
    Published("frob", "1.0", "frob-1.0.tar.gz"),
    Published("frob", "1.1", "frob-1.1-py3-none-any.whl", gone=True),
    Published("frob", "1.1+cu12.local", "frob-1.1+cu12.local-py3-none-any.whl"),
    Published("frob", "1!2.0rc1", "frob-1!2.0rc1-py3-none-any.whl"),
    Published("frob-extra", "0.1", "frob_extra-0.1-cp311-cp311-manylinux_2_17_x86_64.whl"),
    Published("fro", "3", "fro-3.tar.gz"),
    Published("a", "0", "a-0-py3-none-any.whl"),
    Published("7zip-tools", "2026.11", "7zip_tools-2026.11.tar.gz"),
    Published("quiet", "1.0", "quiet-1.0.tar.gz"),
)
PACKAGES = tuple(sorted({file.package for file in FILES}))

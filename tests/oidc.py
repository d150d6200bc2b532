"""An issuer of identity tokens on this machine, with its faults at hand."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from attrs import define, field

from infrastructure.github_double.answers import Answer, missing
from infrastructure.github_double.oidc import Issuer
from infrastructure.github_double.serving import Origin

Fault = Callable[[str], Answer | None]
"""What is answered for a path instead of the truth; None for the truth."""


@define
class Served:
    """An issuer that answers; `asked` are the paths that it was asked for, and `fault` is what is wrong."""

    issuer: Issuer = field(init=False)
    asked: list[str] = field(factory=list)
    fault: Fault = field(default=lambda _: None)

    def respond(self, _: str, path: str, headers: Mapping[str, str], __: bytes) -> Answer:
        self.asked.append(path)
        if answer := self.fault(path):
            return answer
        if headers.get("accept") != "application/json":
            return Answer(406)
        return self.issuer.answer(path) or missing()


@contextmanager
def issuing() -> Iterator[Served]:
    """An issuer, until the end of the block."""
    served = Served()
    origin = Origin(served.respond)
    served.issuer = Issuer(origin.url)
    origin.start()
    try:
        yield served
    finally:
        origin.stop()

"""What a command is given, looked at before anything is done: what makes no sense is a wrong call."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from domain.refusals import Refused
from infrastructure.setting_urls import WrongSetting

Callback = Callable[[click.Context, click.Parameter, str | None], str | None]


def checked(check: Callable[[str], str], *, may_be_empty: bool = False) -> Callback:
    """A callback of an option or argument, which becomes what `check` makes of it.

    Args:
        check: raises what it refuses as `Refused` or `WrongSetting`.
        may_be_empty: whether an empty text is none at all.
    """

    def look(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
        if value is None or (may_be_empty and not value):
            return None
        try:
            return check(value)
        except (Refused, WrongSetting) as refusal:
            raise click.BadParameter(str(refusal), context, parameter) from None

    return look


def local_login(login: str) -> str:
    """A login that a local submitter can have."""
    from domain.account import local_key  # noqa: PLC0415

    local_key(login)
    return login


def ref_name(text: str) -> str:
    """The name of a tag, branch or commit."""
    from domain.sources import check_ref  # noqa: PLC0415

    return check_ref(text)


def status_reason(text: str) -> str:
    """Why a project is marked."""
    from domain.decider import the_reason_is_one_short_line  # noqa: PLC0415

    the_reason_is_one_short_line(text)
    return text


class _Folder(click.Path):
    """A folder that may not be there yet. An empty text is a mistake of a script, and not the current directory."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        if not str(value):
            self.fail("give the path of a folder; this is empty", param, ctx)
        return super().convert(value, param, ctx)


FOLDER = _Folder(path_type=Path, file_okay=False)

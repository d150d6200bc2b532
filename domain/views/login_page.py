"""What somebody sees who wants to log in and is not sent to GitHub, or comes back from there in vain."""

from attrs import field, frozen

from domain.site_settings import SiteSettings


@frozen
class LoginForm:
    """The development login of one machine; `state` belongs to the attempt."""

    site: SiteSettings
    state: str = field(repr=False)


@frozen
class LoginProblem:
    """Why there is no login, and what to do.

    Attributes:
        title: a few words.
        text: why, in sentences.
        again: the path at which a login starts anew; None if that does not help.
        setup: whether the operator has to set up something, which is told then.
    """

    site: SiteSettings
    title: str
    text: str
    again: str | None = None
    setup: bool = False

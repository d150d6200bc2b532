"""How this index is known at GitHub."""

from attrs import field, frozen


@frozen
class GitHubApp:
    """A GitHub App or an OAuth App, which are the same for whoever logs in.

    Attributes:
        url: where people log in, without a slash at its end.
        api_url: the REST API, without a slash at its end.
    """

    url: str
    api_url: str
    client_id: str = ""
    client_secret: str = field(default="", repr=False)

    @property
    def is_complete(self) -> bool:
        """Whether somebody can log in through it."""
        return bool(self.client_id and self.client_secret)

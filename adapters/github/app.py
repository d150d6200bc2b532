"""How this index is known at GitHub."""

from base64 import b64encode

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

    @property
    def authorization(self) -> str | None:
        """The header with which the app itself asks the API, which allows it more than nobody; a secret."""
        if not self.is_complete:
            return None
        return "Basic " + b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode("ascii")

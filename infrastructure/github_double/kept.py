"""What is kept at GitHub, and what people do with it; whoever wants to know is told."""

from collections.abc import Iterator

from attrs import define, evolve, field

from infrastructure.github_double import webhooks
from infrastructure.github_double.people import People
from infrastructure.github_double.repository import Release, Repository, number_of


@define(eq=False)
class Kept:
    """Repositories, by what they are called today.

    Attributes:
        url: of the site.
        people: to whom they belong.
        hook: whom every event is told; None for nobody.
    """

    url: str
    people: People = field(factory=People)
    hook: webhooks.Hook | None = None
    _repositories: dict[str, Repository] = field(factory=dict)
    _renamed: dict[str, int] = field(factory=dict)

    def public(self) -> Iterator[Repository]:
        """All that everybody may see."""
        return (each for each in self._repositories.values() if not each.private)

    def find(self, full_name: str) -> Repository | None:
        """One of them, by its name."""
        found = self._repositories.get(full_name.lower())
        return None if found is None or found.private else found

    def numbered(self, number: str) -> Repository | None:
        """One of them, by its id."""
        return next((each for each in self.public() if str(each.id) == number), None)

    def moved(self, full_name: str) -> int | None:
        """The id of the repository that was called so before it was renamed; None if none was, or another is now."""
        return None if full_name.lower() in self._repositories else self._renamed.get(full_name.lower())

    def owned(self, number: int) -> list[Repository]:
        """The public repositories of the person with this number, last pushed first."""
        own = [each for each in self.public() if each.owner_number == number]
        return sorted(own, key=lambda each: each.pushed_at or "", reverse=True)

    def has(self, repository: Repository) -> Repository:
        """Keep a repository; it belongs to the person whose login is in its name."""
        if repository.owner_id is None:
            repository.owner_id = self.people.numbers.get(repository.owner, number_of(repository.owner))
        self._repositories[repository.full_name.lower()] = repository
        return repository

    def loses(self, full_name: str) -> None:
        """Somebody deletes it."""
        repository = self._repositories.pop(full_name.lower())
        self._tell(webhooks.repository_event(repository, "deleted", self.url))

    def hides(self, full_name: str) -> None:
        """Somebody makes it private."""
        repository = self._repositories[full_name.lower()]
        repository.private = True
        self._tell(webhooks.repository_event(repository, "privatized", self.url))

    def renames(self, full_name: str, new_name: str) -> None:
        """Somebody renames it; its owner stays."""
        before = evolve(self._repositories[full_name.lower()])
        repository = self._move(full_name, new_name)
        self._tell(webhooks.repository_event(repository, "renamed", self.url, before))

    def transfers(self, full_name: str, new_name: str) -> None:
        """Somebody gives it to the person whose login is in its new name."""
        before = evolve(self._repositories[full_name.lower()])
        repository = self._move(full_name, new_name)
        repository.owner_id = None
        self.has(repository)
        self._tell(webhooks.repository_event(repository, "transferred", self.url, before))

    def publishes(self, full_name: str, release: Release) -> webhooks.Delivery:
        """Somebody releases something; what the hook was told, or would have been."""
        repository = self._repositories[full_name.lower()]
        repository.releases.append(release)
        delivery = webhooks.release_event(repository, release, self.url)
        self._tell(delivery)
        return delivery

    def _move(self, full_name: str, new_name: str) -> Repository:
        repository = self._repositories.pop(full_name.lower())
        repository.full_name = new_name
        self._renamed[full_name.lower()] = repository.id
        return self.has(repository)

    def _tell(self, delivery: webhooks.Delivery) -> None:
        if self.hook is not None:
            self.hook.send(delivery)

"""What is known about the repositories of sample packages, without asking anybody."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.ports.facts import Heard
from domain.ports.repositories import Answer, Gone, Learnt
from domain.repository import RepositoryFacts
from infrastructure.demo.catalogue import Sample


class SampleRepositories:
    """A Repositories."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._samples = {f"{sample.owner}/{sample.name}": sample for sample in samples}

    def facts(self, full_name: str, known: Heard | None, now: datetime) -> Answer:  # noqa: ARG002 - nothing changes
        """What the catalogue says; most repositories are gone."""
        sample = self._samples.get(full_name)
        if sample is None or sample.facts is None:
            return Gone()
        facts = sample.facts
        return Learnt(
            RepositoryFacts(
                full_name,
                now,
                stars=facts.stars,
                forks=facts.forks,
                issues=facts.issues,
                pull_requests=facts.pull_requests,
                contributors=facts.contributors,
                pushed_at=now - timedelta(days=facts.pushed),
                license=sample.license,
            ),
            {},
        )

"""Access logs of the sample index: a day's requests are invented when they are asked for, the same ones each time."""

from collections.abc import Iterator, Sequence
from datetime import date
from operator import itemgetter
from random import Random

from domain.log_rows import Row
from domain.messages import CountDownloads
from domain.ports.access_logs import Findings, Query
from infrastructure.demo import agents
from infrastructure.demo.catalogue import Release, Sample
from infrastructure.demo.distributions import filenames

CHARTED = 90
"""Days before today in which something was downloaded."""

_SATURDAY = 5
_WEEKEND = 0.42
_FRESH = 8  # days for which a release draws attention
_ADOPTION = 0.78  # of those who take the release before, so many still do so a day later
_LOYALTY = 0.6  # and so many as take the one before that
_HABIT = 0.004  # whoever pinned a version
_SDIST = 0.03
_ADDRESSES = 4096  # of the range for benchmarks (RFC 2544), which belongs to nobody
_PLACES = {
    ("FRA56-P1", "DE"): 30,
    ("IAD89-C1", "US"): 22,
    ("SFO53-P2", "US"): 9,
    ("AMS1-P3", "NL"): 9,
    ("LHR62-C2", "GB"): 8,
    ("CPH50-P1", "DK"): 6,
    ("CDG50-P3", "FR"): 5,
    ("BOM78-P1", "IN"): 4,
    ("NRT57-P4", "JP"): 3,
    ("GRU3-P2", "BR"): 2,
    ("SYD62-P1", "AU"): 1,
    ("FRA60-P5", "-"): 1,
}


class SampleAccessLogs:
    """An AccessLogs.

    Args:
        samples: what there is to download.
        today: the first day on which nothing is downloaded.
    """

    def __init__(self, samples: Sequence[Sample], today: date) -> None:
        self._samples = samples
        self._today = today
        self._places, self._place_weights = list(_PLACES), list(_PLACES.values())
        self._people, self._machines = agents.people(), agents.machines()
        self._addresses = [f"198.18.{number >> 8}.{number & 255}" for number in range(_ADDRESSES)]
        # More by day than by night.
        clock = Random("times")  # noqa: S311 - nothing secret
        seconds = [int(clock.triangular(0, 86_399, 50_000)) for _ in range(5000)]
        self._times = [f"{each // 3600:02}:{each // 60 % 60:02}:{each % 60:02}" for each in seconds]

    def keeps(self, day: str) -> bool:  # noqa: ARG002 - any day can be invented
        """Always."""
        return True

    def state(self, day: str) -> str:  # noqa: ARG002 - no day is counted twice
        """Nobody knows."""
        return ""

    def start(self, request: CountDownloads) -> Query:
        """Invent the day."""
        day = date.fromisoformat(request.day)
        covered = (sample for sample in self._samples if request.covers(sample.name))
        rows = (row for sample in covered for row in sorted(self._rows(sample, day), key=itemgetter(0, 1)))
        return Query(f"demo/{request.day}", Findings(rows, {}))

    def findings(self, query: str) -> Findings:
        """There are none but those of `start`."""
        raise LookupError(query)

    def _rows(self, sample: Sample, day: date) -> Iterator[Row]:
        age = (self._today - day).days
        there = [release for release in reversed(sample.releases) if release.age >= age]
        if not there or not 0 < age <= CHARTED:
            return
        chance = Random(f"{sample.name} {day}")  # noqa: S311 - nothing secret
        paths, weights = _files(sample, there, age)
        downloads = _downloads(sample, there, day, age) * chance.gauss(1, 0.08)
        by_machines = int(downloads * sample.traffic.ci + chance.random())
        by_people = int(downloads * (1 - sample.traffic.ci) + chance.random())
        crowd = self._addresses[: max(3, int(downloads * 0.8))]
        for many, kind in ((by_people, self._people), (by_machines, self._machines)):
            for path, time, (edge, country), address, agent in zip(
                chance.choices(paths, weights, k=many),
                chance.choices(self._times, k=many),
                chance.choices(self._places, self._place_weights, k=many),
                chance.choices(crowd, k=many),
                chance.choices(kind.texts, kind.weights, k=many),
                strict=True,
            ):
                yield path, time, edge, country, address, agent
        for agent in [*chance.choices(agents.MIRRORS, k=sample.traffic.mirrors), agents.BOT]:
            path, time = chance.choice(paths), chance.choice(self._times)
            yield path, time, "IAD89-C1", "US", self._addresses[-1], agent


def _downloads(sample: Sample, there: Sequence[Release], day: date, age: int) -> float:
    """How many are to be expected: more and more, fewer at weekends, more after a release."""
    level: float = sample.traffic.downloads * sample.traffic.growth ** (-age / CHARTED)
    rhythm = _WEEKEND if day.weekday() >= _SATURDAY else 1.0
    finals = (release for release in there if release.is_final)
    latest = next(finals, there[0])
    attention = 1 + 1.1 * 0.65 ** (latest.age - age) if latest.age - age < _FRESH else 1
    return level * rhythm * attention


def _files(sample: Sample, there: Sequence[Release], age: int) -> tuple[list[str], list[float]]:
    """Paths of files, and how often each is taken."""
    paths, weights = [], []
    left = 1.0
    for release in there:
        share = _HABIT
        if release.is_final:
            share += left * (1 - _ADOPTION ** (release.age - age + 1)) * _LOYALTY
            left -= share
        for rank, filename in enumerate(filenames(sample, release)):
            paths.append(f"/packages/{sample.name}/{release.version}/{filename}")
            weights.append(share * (2.0**-rank if filename.endswith(".whl") else _SDIST))
    return paths, weights

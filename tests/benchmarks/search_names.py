"""Packages that do not exist, with names and summaries as people give them."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from domain.listing import Listing

_ONSETS = "b b br c c ch cr d d f fl fr g gr h h j k l l m m m n n p p pl pr qu r r s s sh st t t tr v v w x y z"
_VOWELS = "a a a e e e e i i i o o o u u ai ea ee io oo ou y"
_CODAS = "b ck ct d ft g k l ll lt m mp n nd ng nt p r rd rk rm rt s sh st t x z"
_FRAMEWORKS = ("python", "py", "django", "flask", "pytest", "aws", "azure", "google", "sphinx", "jupyter", "airflow")
_ENDS = ("client", "utils", "api", "sdk", "cli", "tools", "core", "plugin", "lib", "server", "parser", "wrapper")
_KNOWN = (
    "data http json async file test model web cloud text image auth cache config graph image key log mail "
    "map market math message meta metric net note object page path pay plot pool proxy query queue rest "
    "route schema search secret service shell signal sql state stat stream string sync table task "
    "template time token trace tree type url user validator vector version video view voice watch widget "
    "work xml yaml zip"
)
_SENTENCES = (
    "A {word} for {known} and {other}",
    "Fast {known} {word} with support for {other}",
    "{Known} {word} bindings",
    "Python client for the {Word} {known} service",
    "The {word} plugin: {known}, {other} and more without any configuration at all",
    "Simple library to {word} your {known}",
    "{Word}: {known} made easy",
    "",
)
_FIRST_DAY = date(2016, 1, 1)


def listings(count: int, seed: int = 20261126) -> list[Listing]:
    """So many listings with different names; equal seeds give equal listings."""
    random_ = random.Random(seed)  # noqa: S311 - reproducible, not secret
    words = _words(random_, max(400, count // 6))
    names: dict[str, str] = {}
    while len(names) < count:
        name = _name(random_, words)
        names.setdefault(name.replace("-", ""), name)
    return [_listing(random_, name, words) for name in names.values()]


def _words(random_: random.Random, count: int) -> Sequence[str]:
    """Words that nobody knows, the more often used first."""
    onsets, vowels, codas = _ONSETS.split(), _VOWELS.split(), [*_CODAS.split(), *[""] * 14]
    words: dict[str, None] = {}
    while len(words) < count:
        syllables = random_.choices((1, 2, 3), weights=(2, 5, 2))[0]
        word = "".join(
            random_.choice(onsets) + random_.choice(vowels) + random_.choice(codas) for _ in range(syllables)
        )
        if len(word) >= 3:
            words[word] = None
    return list(words)


def _word(random_: random.Random, words: Sequence[str]) -> str:
    """Some words are in many names, most in few."""
    if random_.random() < 0.25:
        return random_.choice(_KNOWN.split())
    return words[int(len(words) * random_.random() ** 2)]


def _name(random_: random.Random, words: Sequence[str]) -> str:
    parts = [_word(random_, words) for _ in range(random_.choices((1, 2, 3), weights=(5, 6, 2))[0])]
    if random_.random() < 0.22:
        parts.insert(0, random_.choice(_FRAMEWORKS))
    if random_.random() < 0.2:
        parts.append(random_.choice(_ENDS))
    if random_.random() < 0.04:
        parts.append(str(random_.randrange(2, 10)))
    return ("" if random_.random() < 0.08 else "-").join(parts)


def _listing(random_: random.Random, name: str, words: Sequence[str]) -> Listing:
    word, known, other = (_word(random_, words) for _ in range(3))
    summary = random_.choice(_SENTENCES).format(
        word=word, known=known, other=other, Word=word.title(), Known=known.title()
    )
    return Listing(
        name=name,
        spelling=name.replace("-", "_") if random_.random() < 0.3 else name,
        owner=str(random_.randrange(1, 20_000)),
        latest=".".join(str(int(random_.expovariate(0.4))) for _ in range(3)),
        summary=summary,
        updated=(_FIRST_DAY + timedelta(random_.randrange(3900))).isoformat(),
        downloads=_popularity(random_),
    )


def _popularity(random_: random.Random) -> int:
    """Most packages are hardly used, few very much; in steps of 1, 2 and 5."""
    power, digit = divmod(int(random_.expovariate(0.45)), 3)
    return int((1, 2, 5)[digit] * 10**power)


def typos(random_: random.Random, name: str) -> Iterator[tuple[str, str]]:
    """One wrong letter in each of the ways in which it happens: the kind and the name."""
    at = random_.randrange(len(name))
    letter = random_.choice("abcdefghijklmnopqrstuvwxyz".replace(name[at], ""))
    yield "deletion", name[:at] + name[at + 1 :]
    yield "insertion", name[:at] + letter + name[at:]
    yield "substitution", name[:at] + letter + name[at + 1 :]
    pairs = [at for at in range(len(name) - 1) if name[at] != name[at + 1]]
    if pairs:
        at = random_.choice(pairs)
        yield "transposition", name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def prefixes(names: Sequence[str]) -> Iterator[str]:
    """Beginnings as they are typed."""
    yield from (name[: max(2, len(name) // 2)] for name in names)

"""What packages need of others, as the pages of those tell it."""

from packaging.version import Version

from domain.metadata import Metadata
from domain.needs import MOST_PACKAGES, Need, needs_of


def needs(*lines: str, extras: tuple[str, ...] = ()) -> tuple[Need, ...]:
    version = Version("1.0")
    return needs_of("spam", "Spam", Metadata("2.1", "Spam", version, "1.0", requires_dist=lines, provides_extra=extras))


def need(on: str, specifier: str = "", extra: str = "", marker: str = "") -> Need:
    return Need(on, "spam", "Spam", specifier, extra, marker)


def test_a_requirement_is_a_need_of_the_canonical_name() -> None:
    assert needs("Base.Lib<3,>=2.1", "other") == (need("base-lib", ">=2.1, <3"), need("other"))


def test_without_a_release_nothing_is_needed() -> None:
    assert needs_of("spam", "Spam", None) == ()


def test_extras_and_other_conditions_are_told_apart() -> None:
    assert needs(
        'base>=2; extra == "Fast_One" and python_version < "3.12"',
        "base",
        'other; sys_platform == "win32"',
        extras=("fast-one",),
    ) == (
        need("base"),
        need("base", ">=2", "fast-one", 'python_version < "3.12"'),
        need("other", marker='sys_platform == "win32"'),
    )


def test_a_package_is_no_dependent_of_itself() -> None:
    assert needs('Spam[fast]; extra == "all"', 's.p-am; extra == "all"', "spam") == (need("s-p-am", extra="all"),)


def test_lines_that_cannot_be_understood_are_passed_over() -> None:
    assert needs("base ==", "((", "", "-", f"{'x' * 201}", "other") == (need("other"),)


def test_an_address_is_told_in_place_of_versions() -> None:
    assert needs("base @ https://files.example/base.zip") == (need("base", "@ https://files.example/base.zip"),)


def test_specifiers_of_several_lines_under_one_condition_hold_together() -> None:
    assert needs("base>=2", "base<3", "base", "base>=2") == (need("base", ">=2, <3"),)


def test_each_condition_has_its_own_specifiers() -> None:
    old, new = 'base!=1.2.*,>=1; python_version < "3.11"', 'base>=2; python_version >= "3.11" and os_name == "nt"'

    assert needs(old, new) == (
        need("base", ">=1, !=1.2.*", "", 'python_version < "3.11"'),
        need("base", ">=2", "", 'python_version >= "3.11" and os_name == "nt"'),
    )
    assert needs(old, "base") == (need("base", ">=1, !=1.2.*", "", 'python_version < "3.11"'), need("base"))


def test_what_is_told_is_bounded() -> None:
    many = [f"p{number}" for number in range(MOST_PACKAGES + 1)]

    assert [one.on for one in needs(*many)] == many[:-1]
    assert len(needs(*(f'base; extra == "e{number}"' for number in range(50)))) == 20
    assert len(needs(*(f'base; python_version < "3.{number}"' for number in range(50)))) == 20
    (long,) = needs(f"base{','.join(f'!={number}' for number in range(99))}; os_name == '{'x' * 999}'")
    assert (len(long.specifier), len(long.marker)) == (100, 100)
    assert long.marker.endswith("…")

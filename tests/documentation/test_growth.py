"""What docs/growth.md says of larger indexes is what the arithmetic gives."""

from tests.documentation.costs import AS_OF, ROOT
from tests.documentation.scale import table

TEXT = (ROOT / "docs" / "growth.md").read_text()


def test_the_table_is_that_of_the_arithmetic() -> None:
    assert "\n".join(table()) in TEXT
    assert AS_OF in TEXT

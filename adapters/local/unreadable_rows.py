"""Derived rows that damage has left under keys that are no text, so that nobody could ask for them or remove them."""

from adapters.local.database import Database

_KEYS = (
    ("catalogue", "name"),
    ("usage", "name"),
    ("usage_summaries", "name"),
    ("usage_briefs", "name"),
    ("listings", "name"),
    ("postings", "token"),
    ("postings", "name"),
    ("needs", "package"),
    ("needs", "dependent"),
    ("submissions", "id"),
    ("submissions", "account"),
    ("trust", "account"),
)


def remove_unreadable(database: Database) -> None:
    """Remove them; whoever derives everything again puts the right ones."""
    with database.transaction(derived=True) as connection:
        connection.create_function("is_text", 1, _is_text, deterministic=True)
        for table, key in _KEYS:
            connection.execute(f"DELETE FROM {table} WHERE NOT is_text(CAST({key} AS BLOB))")  # noqa: S608 - ours


def _is_text(stored: bytes) -> bool:
    try:
        stored.decode()
    except UnicodeDecodeError:
        return False
    return True

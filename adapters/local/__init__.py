"""Everything on one machine: SQLite and folders."""

"""The tables of the database, as they came to be."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE events (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            stream TEXT NOT NULL,
            version INTEGER NOT NULL,
            type TEXT NOT NULL,
            schema INTEGER NOT NULL,
            data TEXT NOT NULL,
            UNIQUE (stream, version)
        )
        """,
        # Lists the streams of a category without passing over all their events.
        "CREATE INDEX streams ON events (stream) WHERE version = 1",
        "CREATE TABLE claims (claim TEXT PRIMARY KEY, stream TEXT NOT NULL) WITHOUT ROWID",
        """
        CREATE TABLE catalogue (
            name TEXT PRIMARY KEY,
            stream_version INTEGER NOT NULL,
            owner TEXT NOT NULL,
            data TEXT NOT NULL
        )
        """,
        "CREATE INDEX owners ON catalogue (owner, name)",
        """
        CREATE TABLE messages (
            key TEXT PRIMARY KEY,
            type TEXT NOT NULL,
            data TEXT NOT NULL,
            generation INTEGER NOT NULL,
            due REAL NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            error TEXT,
            dead INTEGER NOT NULL DEFAULT 0
        )
        """,
        "CREATE INDEX due ON messages (dead, due)",
        # The last position whose consequences are in `messages`.
        "CREATE TABLE relayed (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL)",
        "INSERT INTO relayed VALUES (1, 0)",
    ),
    (
        """
        CREATE TABLE sessions (
            key TEXT PRIMARY KEY,
            type TEXT NOT NULL,
            data TEXT NOT NULL,
            expires REAL NOT NULL
        ) WITHOUT ROWID
        """,
        "CREATE INDEX endings ON sessions (expires)",
    ),
    (
        """
        CREATE TABLE usage (
            name TEXT PRIMARY KEY,
            stamp TEXT NOT NULL,
            total INTEGER NOT NULL,
            last_30_days INTEGER NOT NULL,
            latest TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        # What is known of each access log, as long as it is the same file: reading one takes time.
        """
        CREATE TABLE log_files (
            path BLOB PRIMARY KEY,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            arrived REAL NOT NULL,
            days TEXT NOT NULL,
            data TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        # Days of which logs have been removed because their time was over.
        "CREATE TABLE log_days_gone (day TEXT PRIMARY KEY) WITHOUT ROWID",
    ),
    (
        """
        CREATE TABLE usage_summaries (
            name TEXT PRIMARY KEY,
            stamp TEXT NOT NULL,
            data TEXT NOT NULL
        ) WITHOUT ROWID
        """,
    ),
    (
        """
        CREATE TABLE repositories (
            name TEXT PRIMARY KEY,
            asked_at TEXT NOT NULL,
            data TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        "CREATE INDEX asked ON repositories (asked_at, name)",
        "CREATE TABLE followers (package TEXT PRIMARY KEY, repository TEXT NOT NULL) WITHOUT ROWID",
        "CREATE INDEX followed ON followers (repository, package)",
    ),
    (
        """
        CREATE TABLE listings (
            name TEXT PRIMARY KEY,
            spelling TEXT NOT NULL,
            owner TEXT NOT NULL,
            latest TEXT NOT NULL,
            summary TEXT NOT NULL,
            updated TEXT NOT NULL,
            downloads INTEGER NOT NULL,
            tokens TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        "CREATE INDEX listed ON listings (owner, name)",
        # `place` puts those with more downloads first.
        """
        CREATE TABLE postings (
            token TEXT NOT NULL,
            place INTEGER NOT NULL,
            name TEXT NOT NULL,
            PRIMARY KEY (token, place, name)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE owed (
            name TEXT PRIMARY KEY,
            tokens TEXT NOT NULL,
            owners TEXT NOT NULL,
            mark TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        # What one package needs of another.
        """
        CREATE TABLE needs (
            package TEXT NOT NULL,
            dependent TEXT NOT NULL,
            data TEXT NOT NULL,
            PRIMARY KEY (package, dependent)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX needed ON needs (dependent)",
        "CREATE TABLE untold (dependent TEXT PRIMARY KEY, packages TEXT NOT NULL, mark TEXT NOT NULL) WITHOUT ROWID",
    ),
    (
        "CREATE TABLE submissions (id TEXT PRIMARY KEY, account TEXT NOT NULL, at REAL NOT NULL, data TEXT NOT NULL)",
        "CREATE INDEX submitters ON submissions (account, at DESC, id)",
    ),
    (
        # Accounts that may trust a project elsewhere; whether they do is said by events.
        """
        CREATE TABLE trust (
            kind TEXT NOT NULL,
            project TEXT NOT NULL,
            account TEXT NOT NULL,
            PRIMARY KEY (kind, project, account)
        ) WITHOUT ROWID
        """,
    ),
    (
        # Columns instead of JSON: pages over all packages read some of them, of very many rows.
        "ALTER TABLE catalogue RENAME TO catalogue_as_json",
        "DROP INDEX owners",
        """
        CREATE TABLE catalogue (
            name TEXT PRIMARY KEY,
            stream_version INTEGER NOT NULL,
            listed INTEGER NOT NULL,
            spelling TEXT NOT NULL,
            owner TEXT NOT NULL,
            latest TEXT,
            summary TEXT NOT NULL,
            updated TEXT,
            changed TEXT
        ) WITHOUT ROWID
        """,
        """
        INSERT INTO catalogue
        SELECT name, stream_version, json_extract(data, '$.listed'), json_extract(data, '$.spelling'), owner,
            json_extract(data, '$.latest'), json_extract(data, '$.summary'), json_extract(data, '$.updated'),
            json_extract(data, '$.changed')
        FROM catalogue_as_json
        """,
        "DROP TABLE catalogue_as_json",
        "CREATE INDEX owners ON catalogue (owner, name)",
        # What is not listed has no figures among those of all packages.
        """
        UPDATE usage SET total = 0, last_30_days = 0
        WHERE name NOT IN (SELECT name FROM catalogue WHERE listed)
        """,
        "UPDATE usage_summaries SET data = '' WHERE name NOT IN (SELECT name FROM catalogue WHERE listed)",
        # All summaries added up, as long as none of them changes.
        """
        CREATE TABLE usage_sum (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            changes INTEGER NOT NULL,
            data TEXT NOT NULL,
            sha256 TEXT NOT NULL
        )
        """,
        "INSERT INTO usage_sum VALUES (1, 0, '', '')",
    ),
    (
        # Whoever looks for something to do in one lane does not pass over what waits in others.
        """
        ALTER TABLE messages ADD COLUMN lane TEXT
        GENERATED ALWAYS AS (CASE WHEN type IN ('FetchFacts', 'Build') THEN type ELSE '' END) VIRTUAL
        """,
        "DROP INDEX due",
        "CREATE INDEX lanes ON messages (dead, lane, due)",
    ),
    (
        "ALTER TABLE catalogue ADD COLUMN newest TEXT",
        "ALTER TABLE catalogue ADD COLUMN standing TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE catalogue ADD COLUMN repository TEXT",
        "ALTER TABLE listings ADD COLUMN standing TEXT NOT NULL DEFAULT ''",
    ),
    (
        # SQLite notices changed bytes of its structure, but not within a text. What others put in has none.
        "ALTER TABLE events ADD COLUMN checksum INTEGER",
        """
        UPDATE events SET checksum = checksum_of(
            CAST(stream AS BLOB), CAST(version AS BLOB), CAST(type AS BLOB), CAST(schema AS BLOB), CAST(data AS BLOB)
        )
        """,
        "ALTER TABLE claims ADD COLUMN checksum INTEGER",
        "UPDATE claims SET checksum = checksum_of(CAST(claim AS BLOB), CAST(stream AS BLOB))",
    ),
    (
        # Where there is none yet, whoever asks for figures reads all days.
        """
        CREATE TABLE usage_briefs (
            name TEXT PRIMARY KEY,
            stamp TEXT NOT NULL,
            data TEXT NOT NULL
        ) WITHOUT ROWID
        """,
    ),
)
"""Statements that lead from each schema, counted by `PRAGMA user_version`, to the next; never changed."""

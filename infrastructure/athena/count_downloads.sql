-- parameters: day, packages
--
-- The requests of one UTC day that may be downloads of these packages, one row each; domain/downloads.py counts them.
--   day       like 2026-11-24
--   packages  canonical names with commas between them, or * for all
-- Athena runs this text as it is; the embedded world has sqlglot translate it for DuckDB. So there is nothing in it that
-- the two understand differently, and each parameter stands once and in a WHERE clause, as Athena takes none elsewhere.
-- That is what the calendar is for: parameters choose a row of it, and the join reads that day's partitions only.
WITH calendar AS (
    SELECT date_add('day', 200 * many.days + few.days, DATE '2000-01-01') AS day
    FROM UNNEST(sequence(0, 199)) AS many (days)
    CROSS JOIN UNNEST(sequence(0, 199)) AS few (days)
),

partitions AS ( -- A request may lie in the file of the hour before or after, hence in another day's folder.
    SELECT
        date_format(date_add('day', nearby.days, calendar.day), '%Y') AS year,
        date_format(date_add('day', nearby.days, calendar.day), '%m') AS month,
        date_format(date_add('day', nearby.days, calendar.day), '%d') AS day,
        date_format(calendar.day, '%Y-%m-%d') AS wanted
    FROM calendar
    CROSS JOIN (VALUES (-1), (0), (1)) AS nearby (days)
    WHERE calendar.day = CAST(? AS date)
)

SELECT
    max(logs.cs_uri_stem) AS stem,
    max(logs.time) AS time,
    max(logs.x_edge_location) AS edge,
    max(logs.c_country) AS country,
    max(logs.c_ip) AS address,
    coalesce(max(nullif(logs.cs_user_agent, '-')), '-') AS agent, -- what is said may be less than that: %22...
    logs.x_edge_request_id AS request -- one row, whatever files repeat it
FROM access_logs AS logs
INNER JOIN partitions
    ON logs.year = partitions.year
    AND logs.month = partitions.month
    AND logs.day = partitions.day
    AND logs.date = partitions.wanted
WHERE logs.cs_method = 'GET'
    AND (logs.sc_status = '200' OR (logs.sc_status = '206' AND logs.sc_range_start = '0'))
    AND logs.x_edge_result_type <> 'Error'
    AND logs.sc_range_end IS NOT NULL -- the last column: a line that ends earlier is damaged
    AND (
        strpos(logs.cs_uri_stem, '%') > 0 -- anything, once it is decoded
        OR (
            logs.cs_uri_stem LIKE '/packages/%'
            AND logs.cs_uri_stem NOT LIKE '%.metadata'
            AND cardinality(array_intersect(split(?, ','), ARRAY['*', split_part(logs.cs_uri_stem, '/', 3)])) > 0
        )
    )
GROUP BY logs.x_edge_request_id
ORDER BY stem, time, request

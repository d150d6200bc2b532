"""What an index on AWS costs a month: the arithmetic behind docs/operator.md. `python -m tests.documentation.costs`.

Prices in US dollars for us-east-1, of the year and month that `AS_OF` says. MB and GB are decimal.
"""

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).parents[2]
AS_OF = "November 2026"
MILLION = 1e6

# CloudFront: what is always free is taken off, as it decides whether there is a bill at all.
TRANSFER_GB, FREE_TRANSFER_GB = 0.085, 1_000
REQUESTS_MILLION, FREE_REQUESTS_MILLION = 1.00, 10
EDGE_MILLION, FREE_EDGE_MILLION = 0.10, 2
# Everything else at its full price.
STORE_GB, S3_GET_MILLION, S3_PUT_MILLION = 0.023, 0.40, 5.00
TABLE_GB, TABLE_BACKUP_GB, WRITE_MILLION, READ_MILLION = 0.25, 0.20, 0.625, 0.125
LAMBDA_MILLION, LAMBDA_GB_SECOND = 0.20, 0.0000133334
API_MILLION, SNS_MILLION, SQS_MILLION = 1.00, 0.50, 0.40
ALARM, METRIC, LOG_GB, ZONE = 0.10, 0.30, 0.50, 0.50
ATHENA_TB, ATHENA_LEAST_MB = 5.00, 10

# What one download brings with it.
FILE_MB, METADATA_MB, INDEX_MB, PAGE_MB = 1.0, 0.005, 0.010, 0.030
INDEX_REQUESTS, METADATA_REQUESTS, PAGE_VIEWS, REQUESTS_A_PAGE = 3, 1, 0.1, 3
MISSED = 0.10  # of files and metadata: the edge does not have them yet
LOG_BYTES = 46  # a line of the access log, compressed
# What one upload brings with it: the appended event, relay, pages, lists, and the request itself.
S3_PUTS, WRITES, READS, INVOCATIONS, GB_SECONDS, API_CALLS, PUBLICATIONS, MESSAGES = 20, 40, 100, 8, 15, 3, 2, 20
LOG_KB = 20
# Lambda asks five queues, with five connections each, every twenty seconds.
POLLS = 5 * 5 * 3 * 60 * 24 * 30
# What one night brings with it for each package that was downloaded. Its page and its stats are made twice, once for
# the new figures and once because the last 30 days have moved; each time half a year of figures is read twice, and row,
# summary and brief are written.
NIGHTS, QUERIES_A_NIGHT, DAYS_A_QUERY = 30, 2, 3
NIGHT_PUTS, NIGHT_WRITES, NIGHT_READS = 5, 12, 4 * 70
NIGHT_PUBLICATIONS, NIGHT_MESSAGES, NIGHT_GB_SECONDS = 10, 12, 0.5
# What one download brings with it: a row of a result, twice and for 30 days, and one of a detail, for ever.
RESULT_BYTES, DETAIL_BYTES, MONTHS_KEPT = 2 * 150, 30, 12
ROWS_A_GB_SECOND = 15_000
KEPT_TWICE = 2.2  # private and served, and earlier versions of pages


@frozen
class Index:
    """How much one is used in a month.

    Attributes:
        downloads: of files.
        uploads: of files.
        gigabytes: of all files that are kept.
        packages: how many there are.
    """

    name: str
    downloads: float
    uploads: float
    gigabytes: float
    events_gb: float
    packages: int


INDEXES = (
    Index("1,000", 1e3, 20, 1, 0.1, 50),
    Index("1 million", 1e6, 500, 20, 0.5, 1_000),
    Index("100 million", 1e8, 10_000, 200, 5, 10_000),
)


def above(amount: float, free: float) -> float:
    """What is to be paid for."""
    return max(0.0, amount - free)


def requests(index: Index) -> float:
    """Requests to CloudFront, in millions."""
    each = 1 + METADATA_REQUESTS + INDEX_REQUESTS + PAGE_VIEWS * REQUESTS_A_PAGE
    return index.downloads * each / MILLION


def transfer(index: Index) -> float:
    """What CloudFront sends, in GB."""
    each = FILE_MB + METADATA_REQUESTS * METADATA_MB + INDEX_REQUESTS * INDEX_MB + PAGE_VIEWS * PAGE_MB
    return index.downloads * each / 1000


def edge_functions(index: Index) -> float:
    """Runs of the edge functions, in millions: two for an index request, one for each of a page's."""
    return index.downloads * (2 * INDEX_REQUESTS + PAGE_VIEWS * REQUESTS_A_PAGE) / MILLION


def origin_reads(index: Index) -> float:
    """Requests of CloudFront to S3, in millions: pages are revalidated each time, files only if they are new there."""
    pages = INDEX_REQUESTS + PAGE_VIEWS * REQUESTS_A_PAGE
    return index.downloads * (pages + MISSED * (1 + METADATA_REQUESTS)) / MILLION


def publishing(index: Index) -> float:
    """All that uploads cause."""
    each = (
        S3_PUTS * S3_PUT_MILLION
        + WRITES * WRITE_MILLION
        + READS * READ_MILLION
        + INVOCATIONS * LAMBDA_MILLION
        + API_CALLS * API_MILLION
        + PUBLICATIONS * SNS_MILLION
        + MESSAGES * SQS_MILLION
    ) / MILLION
    return index.uploads * (each + GB_SECONDS * LAMBDA_GB_SECOND + LOG_KB / MILLION * LOG_GB)


def scanned(index: Index) -> float:
    """What one query reads, in MB: the logs of its day and of those beside it; Athena counts at least ten."""
    return max(ATHENA_LEAST_MB, requests(index) * LOG_BYTES * DAYS_A_QUERY / NIGHTS)


def queries(index: Index, *, one_a_package: bool = False) -> int:
    """How many are started in a month."""
    return NIGHTS * QUERIES_A_NIGHT * (index.packages if one_a_package else 1)


def athena(index: Index, *, one_a_package: bool = False) -> float:
    """What queries cost."""
    return queries(index, one_a_package=one_a_package) * scanned(index) / MILLION * ATHENA_TB


def downloaded(index: Index) -> float:
    """Packages that were downloaded at all on a day, at most."""
    return min(index.packages, index.downloads / NIGHTS)


def night() -> float:
    """What a package's figures of one night cause."""
    each = (
        NIGHT_PUTS * S3_PUT_MILLION
        + NIGHT_WRITES * WRITE_MILLION
        + NIGHT_READS * READ_MILLION
        + NIGHT_PUBLICATIONS * SNS_MILLION
        + NIGHT_MESSAGES * SQS_MILLION
    ) / MILLION
    return each + NIGHT_GB_SECONDS * LAMBDA_GB_SECOND


def results(index: Index) -> float:
    """What comes with each download when it is counted: time to process it, and the space that it takes."""
    processed = QUERIES_A_NIGHT * index.downloads / ROWS_A_GB_SECOND * LAMBDA_GB_SECOND
    return processed + index.downloads * (RESULT_BYTES + MONTHS_KEPT * DETAIL_BYTES) / 1e9 * STORE_GB


def alarms() -> int:
    """How many the template has."""
    return (ROOT / "infrastructure" / "template.yaml").read_text().count("Type: AWS::CloudWatch::Alarm")


def metrics() -> int:
    """How many the functions report."""
    names = {
        keyword.arg
        for path in (ROOT / "entrypoints" / "aws").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "counted"
        for keyword in node.keywords
    }
    return len(names)


def bill(index: Index) -> Mapping[str, float]:
    """Dollars by what they are for."""
    logs_gb = requests(index) * LOG_BYTES / 1000
    return {
        "Transfer": above(transfer(index), FREE_TRANSFER_GB) * TRANSFER_GB,
        "Requests": above(requests(index), FREE_REQUESTS_MILLION) * REQUESTS_MILLION,
        "Edge functions": above(edge_functions(index), FREE_EDGE_MILLION) * EDGE_MILLION,
        "S3 reads": origin_reads(index) * S3_GET_MILLION,
        "S3 storage": (index.gigabytes * KEPT_TWICE + logs_gb) * STORE_GB,
        "Uploads": publishing(index),
        "Athena": athena(index),
        "Figures": NIGHTS * downloaded(index) * night(),
        "Details": results(index),
        "Table": index.events_gb * (TABLE_GB + TABLE_BACKUP_GB),
        "Queues, polled": POLLS / MILLION * SQS_MILLION,
        "Alarms": alarms() * ALARM,
        "Metrics": metrics() * METRIC,
        "Route 53 zone": ZONE,
    }


def workings(index: Index) -> Mapping[str, str]:
    """How each amount comes about, for the largest index."""
    logs_gb = requests(index) * LOG_BYTES / 1000
    return {
        "Transfer": f"({transfer(index):,.0f} GB - {FREE_TRANSFER_GB:,}) x ${TRANSFER_GB}",
        "Requests": f"({requests(index):,.0f} M - {FREE_REQUESTS_MILLION}) x ${REQUESTS_MILLION:.2f}",
        "Edge functions": f"({edge_functions(index):,.0f} M - {FREE_EDGE_MILLION}) x ${EDGE_MILLION:.2f}",
        "S3 reads": f"{origin_reads(index):,.0f} M x ${S3_GET_MILLION:.2f}",
        "S3 storage": f"({index.gigabytes:,.0f} GB x {KEPT_TWICE} + {logs_gb:,.1f} GB of logs) x ${STORE_GB}",
        "Uploads": f"{index.uploads:,.0f} x ${publishing(index) / index.uploads:.5f}",
        "Athena": f"{queries(index)} queries x {scanned(index) / 1000:,.2f} GB x ${ATHENA_TB:.2f} a TB",
        "Figures": f"{NIGHTS} nights x {downloaded(index):,.0f} packages x ${night():.5f}",
        "Details": f"{index.downloads / MILLION:,.0f} M x ${results(index) / index.downloads * MILLION:.3f}",
        "Table": f"{index.events_gb:,.0f} GB x (${TABLE_GB} + ${TABLE_BACKUP_GB:.2f})",
        "Queues, polled": f"{POLLS / MILLION:.1f} M x ${SQS_MILLION:.2f}",
        "Alarms": f"{alarms()} x ${ALARM:.2f}",
        "Metrics": f"{metrics()} x ${METRIC:.2f}",
        "Route 53 zone": f"1 x ${ZONE:.2f}",
    }


def table(indexes: Sequence[Index] = INDEXES) -> Iterator[str]:
    """The lines of the table in Markdown."""
    bills, shown = [bill(index) for index in indexes], workings(indexes[-1])
    yield f"| downloads a month | {' | '.join(index.name for index in indexes)} | the last column's arithmetic |"
    yield f"|---|{'---:|' * len(indexes)}---|"
    for what in bills[0]:
        yield f"| {what} | {' | '.join(f'{one[what]:,.2f}' for one in bills)} | {shown[what]} |"
    sums = " | ".join(f"**${sum(round(amount, 2) for amount in one.values()):,.2f}**" for one in bills)
    yield f"| **a month** | {sums} | |"


def athena_table(indexes: Sequence[Index] = INDEXES[1:]) -> Iterator[str]:
    """What one query for all packages costs beside one for each, in Markdown."""
    yield "| downloads a month, packages | a query reads | one query for all | one for each package |"
    yield "|---|---:|---:|---:|"
    for index in indexes:
        amounts = (
            f"{queries(index, one_a_package=one):,} a month, **${athena(index, one_a_package=one):,.2f}**"
            for one in (False, True)
        )
        yield f"| {index.name}, {index.packages:,} | {scanned(index):,.0f} MB | {' | '.join(amounts)} |"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in (*table(), "", *athena_table()))

"""What two larger indexes ask of AWS in a month: the arithmetic behind docs/growth.md.

`python -m tests.documentation.scale` prints its tables. Prices and what each upload, download and night brings with it
are those of `costs`; here transfer has its list discounts, and pages over all packages their part that grows.
"""

import sys
from collections.abc import Iterator, Mapping

from tests.documentation import costs
from tests.documentation.costs import MILLION, Index

SCALES = (
    Index("10,000 packages, 1 million downloads a day", 3e7, 10_000, 200, 5, 10_000),
    Index("500,000 packages, 1 billion downloads a month", 1e9, 300_000, 20_000, 150, 500_000),
)

# Above each of these TB a month the next price of a GB holds.
TRANSFER_STEPS = ((10, 0.085), (50, 0.080), (150, 0.060), (500, 0.040), (1_024, 0.030), (5_120, 0.025))
# Root; home, site map, feed; statistics: one writing of lists. The catalogue is read for all three, figures for two,
# and what is behind them for statistics: KB and CPU milliseconds of a package, and those that one that is downloaded
# adds. The function has 2 GB, and with them the time of one core and a bit.
LIST_KB, LIST_MS, LIST_GB = 3 * 0.47, 0.06, 2.0
USED_KB, USED_MS = 2 * 0.13 + 1.9, 0.16
READ_UNIT_KB = 4
ROOT_BYTES = 3 * 45  # of a package, in the three representations of the list of all projects
# Lists wait for each other for three seconds, and are written by two functions at a time.
LISTS_APART_SECONDS = 3
SECONDS_A_MONTH = 30 * 24 * 3600
OBJECTS_A_PACKAGE, OBJECT_KB = 15, 5


def transfer(index: Index) -> float:
    """Dollars for what CloudFront sends, with the discounts of the price list."""
    left, below, dollars = costs.transfer(index) - costs.FREE_TRANSFER_GB, 0.0, 0.0
    for terabytes, price in TRANSFER_STEPS:
        part = min(left, (terabytes - below) * 1000)
        dollars += max(0.0, part) * price
        left, below = left - max(0.0, part), terabytes
    return dollars


def list_seconds(index: Index) -> float:
    """CPU seconds of one writing of the lists."""
    return (index.packages * LIST_MS + costs.downloaded(index) * USED_MS) / 1000


def list_reads(index: Index) -> float:
    """Read units of one writing of the lists."""
    return (index.packages * LIST_KB + costs.downloaded(index) * USED_KB) / READ_UNIT_KB


def list_writings(index: Index) -> float:
    """How often lists are written in a month: after each upload, unless writing takes longer than uploads are apart."""
    return min(index.uploads, SECONDS_A_MONTH / max(LISTS_APART_SECONDS, list_seconds(index)))


def lists(index: Index) -> float:
    """Dollars for reading rows and making pages out of them."""
    reads = list_reads(index) * costs.READ_MILLION / MILLION
    return list_writings(index) * (reads + list_seconds(index) * LIST_GB * costs.LAMBDA_GB_SECOND)


def bill(index: Index) -> Mapping[str, float]:
    """Dollars by what they are for."""
    return {**costs.bill(index), "Transfer": transfer(index), "Lists": lists(index)}


def amounts(index: Index) -> Mapping[str, str]:
    """What is asked of each service in a month."""
    nights = costs.NIGHTS * costs.downloaded(index)
    writes = index.uploads * costs.WRITES + nights * costs.NIGHT_WRITES
    puts = index.uploads * costs.S3_PUTS + nights * costs.NIGHT_PUTS
    messages = index.uploads * costs.MESSAGES + nights * costs.NIGHT_MESSAGES
    gb_seconds = (
        index.uploads * costs.GB_SECONDS
        + nights * costs.NIGHT_GB_SECONDS
        + list_writings(index) * list_seconds(index) * LIST_GB
    )
    a_second = costs.requests(index) * MILLION / SECONDS_A_MONTH
    rows = list_writings(index) * list_reads(index)
    reads = index.uploads * costs.READS + nights * costs.NIGHT_READS + rows
    polls = costs.POLLS / MILLION
    objects, root = (index.packages * each / MILLION for each in (OBJECTS_A_PACKAGE, ROOT_BYTES))
    return {
        "CloudFront: requests": f"{costs.requests(index):,.0f} million, {a_second:,.0f} a second",
        "CloudFront: sent": f"{costs.transfer(index) / 1000:,.1f} TB",
        "CloudFront: edge functions": f"{costs.edge_functions(index):,.0f} million",
        "S3: reads of CloudFront": f"{costs.origin_reads(index):,.0f} million",
        "S3: writes": f"{puts / MILLION:,.1f} million",
        "S3: pages kept": f"{objects:,.2f} million objects, {objects * OBJECT_KB:,.1f} GB",
        "S3: files kept, twice": f"{index.gigabytes * costs.KEPT_TWICE / 1000:,.2f} TB",
        "DynamoDB: writes": f"{writes / MILLION:,.1f} million",
        "DynamoDB: reads": f"{reads / MILLION:,.0f} million",
        "SQS and SNS: messages": f"{messages / MILLION:,.1f} million, beside {polls:.1f} million polls",
        "Lambda": f"{gb_seconds / MILLION:,.2f} million GB-s",
        "API Gateway": f"{index.uploads * costs.API_CALLS / MILLION:,.2f} million",
        "Athena": f"{costs.queries(index)} queries, each of {costs.scanned(index) / 1000:,.1f} GB",
        "Access logs": f"{costs.requests(index) * costs.LOG_BYTES / 1000:,.1f} GB",
        "One writing of lists": f"{list_seconds(index):.1f} CPU s, {root:,.1f} MB of root",
        "Counting one day": f"{index.downloads / costs.NIGHTS / costs.ROWS_A_GB_SECOND:,.0f} GB-s",
    }


def table() -> Iterator[str]:
    """Requests, storage and dollars in Markdown."""
    yield f"| a month | {' | '.join(index.name for index in SCALES)} |"
    yield f"|---|{'---:|' * len(SCALES)}"
    asked = [amounts(index) for index in SCALES]
    for what in asked[0]:
        yield f"| {what} | {' | '.join(each[what] for each in asked)} |"
    bills = [bill(index) for index in SCALES]
    for what in bills[0]:
        yield f"| $ {what} | {' | '.join(f'{each[what]:,.2f}' for each in bills)} |"
    sums = " | ".join(f"**${sum(round(amount, 2) for amount in one.values()):,.2f}**" for one in bills)
    yield f"| **a month** | {sums} |"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in table())

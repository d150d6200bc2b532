"""Tables over text in S3, as Athena reads them: projected partitions, LazySimpleSerDe, every column a string."""

import gzip
import re
from collections.abc import Iterator
from typing import Any

from attrs import frozen

Row = tuple[str | None, ...]
PLACE = re.compile(r"\$\{(\w+)}")
NULL = r"\N"


@frozen
class Table:
    """A table of the catalogue.

    Attributes:
        name: without its database.
        columns: those of the lines, then the partition keys.
    """

    name: str
    columns: tuple[str, ...]
    _keys: tuple[str, ...]
    _parameters: dict[str, str]
    _delimiter: str

    @classmethod
    def of(cls, described: dict[str, Any]) -> "Table":
        """The table that Glue describes."""
        storage, keys = described["StorageDescriptor"], [one["Name"] for one in described["PartitionKeys"]]
        serde = storage["SerdeInfo"]
        assert serde["SerializationLibrary"] == "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
        assert described["Parameters"]["projection.enabled"] == "true"
        columns = [one["Name"] for one in storage["Columns"]]
        assert {one["Type"] for one in (*storage["Columns"], *described["PartitionKeys"])} == {"string"}
        return cls(
            described["Name"],
            (*columns, *keys),
            tuple(keys),
            described["Parameters"],
            serde["Parameters"]["field.delim"],
        )

    def rows(self, s3: Any) -> Iterator[Row]:
        """Every line of every object in every partition."""
        bucket, _, template = self._parameters["storage.location.template"].removeprefix("s3://").partition("/")
        # The template is a folder: whatever lies in it, at any depth but not hidden, belongs to the partition.
        literal = PLACE.split(template.rstrip("/"))
        pattern = "".join(rf"(?P<{text}>[^/]+)" if place % 2 else re.escape(text) for place, text in enumerate(literal))
        folder = re.compile(rf"{pattern}/(?:(?![_.])[^/]+/)*(?![_.])[^/]+")
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=literal[0]):
            for found in page.get("Contents", []):
                match = folder.fullmatch(found["Key"])
                if match and all(self._projects(key, value) for key, value in match.groupdict().items()):
                    body = s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
                    partition = tuple(match[key] for key in self._keys)
                    yield from self._lines(gzip.decompress(body) if found["Key"].endswith(".gz") else body, partition)

    def _projects(self, key: str, value: str) -> bool:
        """Whether the partition's value is one that the table has; Athena looks nowhere else."""
        told = {name: self._parameters.get(f"projection.{key}.{name}", "") for name in ("type", "range", "digits")}
        assert told["type"] == "integer"
        first, last = map(int, told["range"].split(","))
        return value.isdigit() and first <= int(value) <= last and value == f"{int(value):0{told['digits'] or 1}}"

    def _lines(self, body: bytes, partition: Row) -> Iterator[Row]:
        width = len(self.columns) - len(partition)
        for line in body.decode(errors="replace").split("\n"):
            if line:
                values = [None if value == NULL else value for value in line.removesuffix("\r").split(self._delimiter)]
                # What is missing is null, and what is too much is left out.
                yield (*values[:width], *[None] * (width - len(values)), *partition)

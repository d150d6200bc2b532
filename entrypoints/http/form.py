"""Reading an upload form as it arrives: the file to disk, small fields to memory, everything bounded."""

import logging
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from attrs import frozen
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from domain.digests import Digester
from domain.file_sizes import FileTooLarge
from domain.policy import Bounds
from domain.received import ReceivedFile
from domain.refusals import Invalid, TooLarge

_SIGNATURE = "gpg_signature"  # a file, which twine sends and nobody keeps
_LONGEST_KEPT = 4096

# It notes each malformed form as a warning: whoever sends one is told, and nobody fills the operator's log.
logging.getLogger("python_multipart").setLevel(logging.ERROR)


@frozen
class Expected:
    """What a form may hold.

    Attributes:
        file_field: the field that is the file.
        kept: the fields that anybody looks at; all others are only counted.
        file_bytes: the most that the file may have.
        too_large: what is said of more.
    """

    file_field: str
    kept: frozenset[str]
    file_bytes: int
    too_large: str


class MalformedForm(Invalid):
    """Not the form of the upload protocol."""


class FormTooLarge(TooLarge):
    """Too many or too long fields."""


@frozen
class ReceivedForm:
    """A whole form: the fields that matter, and the file if there was one."""

    fields: Mapping[str, str]
    file: ReceivedFile | None


class FormReader:
    """Takes the body in pieces. Every fault is a refusal; `discard` removes what is left on disk."""

    def __init__(self, content_type: str, folder: Path, bounds: Bounds, expected: Expected) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise MalformedForm("Send the file as multipart/form-data, as twine, uv, poetry, pdm, hatch and flit do.")
        self._bounds = bounds
        self._expected = expected
        self._folder = folder
        self._parser = self._parser_of(boundary)
        self._fields: dict[str, str] = {}
        self._parts = 0
        self._ended = False
        self._header_name = self._header_value = self._disposition = b""
        self._name = ""
        self._value: bytearray | None = None
        self._length = 0
        self._filename: str | None = None
        self._file: IO[bytes] | None = None
        self._path: Path | None = None
        self._size = 0
        self._digester = Digester()

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the body.

        Raises:
            Invalid: this cannot become an upload any more.
        """
        try:
            self._parser.write(piece)
        except FormParserError:
            raise MalformedForm("The form is not valid multipart/form-data.") from None

    def finish(self) -> ReceivedForm:
        """The form, once the body has ended."""
        self._close()
        if not self._ended:
            raise MalformedForm("The form ends before it is complete.")
        if self._path is None or self._filename is None:
            return ReceivedForm(self._fields, None)
        return ReceivedForm(
            self._fields, ReceivedFile(self._filename, self._path, self._size, self._digester.digests())
        )

    def discard(self) -> None:
        """Remove the file, unless it was taken away."""
        self._close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _parser_of(self, boundary: bytes) -> MultipartParser:
        try:
            return MultipartParser(
                boundary,
                {
                    "on_part_begin": self._part_begins,
                    "on_header_field": self._header_name_goes_on,
                    "on_header_value": self._header_value_goes_on,
                    "on_header_end": self._header_ends,
                    "on_headers_finished": self._part_is_known,
                    "on_part_data": self._part_goes_on,
                    "on_part_end": self._part_ends,
                    "on_end": self._form_ends,
                },
            )
        except FormParserError:
            raise MalformedForm("The form's boundary is too long.") from None

    def _part_begins(self) -> None:
        self._parts += 1
        if self._parts > self._bounds.form_fields:
            raise FormTooLarge(f"The form has more than {self._bounds.form_fields} fields.")
        self._header_name = self._header_value = self._disposition = b""
        self._length = 0

    def _header_name_goes_on(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _header_value_goes_on(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _header_ends(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = self._header_value
        self._header_name = self._header_value = b""

    def _part_is_known(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = _text(options.get(b"name", b""))
        filename = options.get(b"filename")
        self._value = None
        if self._name == self._expected.file_field:
            if self._path is not None:
                raise MalformedForm("The form has more than one file.")
            if filename is None:
                raise MalformedForm("Upload payload does not have a file.")
            self._filename = _text(filename)
            # Closed by `finish` or `discard`, whichever ends the form.
            self._file = NamedTemporaryFile(dir=self._folder, prefix="upload-", delete=False)  # noqa: SIM115
            self._path = Path(self._file.name)
        elif filename is not None and self._name != _SIGNATURE:
            raise MalformedForm(f"{self._name[:40]!r}: Should not be a tuple.")
        elif self._name in self._expected.kept:
            if self._name in self._fields:
                raise MalformedForm(f"The field {self._name!r} was sent twice.")
            self._value = bytearray()

    def _part_goes_on(self, data: bytes, start: int, end: int) -> None:
        self._length += end - start
        if self._name == self._expected.file_field:
            self._file_goes_on(data[start:end])
        elif self._length > self._bounds.field_bytes:
            raise FormTooLarge(f"A field of the form is longer than {self._bounds.field_bytes} bytes.")
        elif self._value is not None:
            self._value += data[start:end]
            if len(self._value) > _LONGEST_KEPT:
                raise FormTooLarge(f"The field {self._name!r} is too long.")

    def _file_goes_on(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._expected.file_bytes:
            raise FileTooLarge(self._expected.too_large)
        self._digester.update(piece)
        if self._file is not None:
            self._file.write(piece)

    def _part_ends(self) -> None:
        if self._value is None:
            return
        value = _text(bytes(self._value)).strip()
        # Publishers send fields that they have no value for empty, or as distutils' UNKNOWN.
        if value and value != "UNKNOWN":
            self._fields[self._name] = value
        self._value = None

    def _form_ends(self) -> None:
        self._ended = True


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace")

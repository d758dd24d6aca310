"""From bytes to lines of cells: delimiter, quotes, limits.

`read_document` refuses with `Unreadable`, whose message is the sentence to show. It never
guesses silently: what it found is in the document.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from metrics.imports.encoding import Unreadable, decode
from metrics.imports.parsed import Limits

DELIMITERS = (",", ";", "\t", "|")
TEXT_EXTENSIONS = frozenset({"", "csv", "tsv", "txt", "tab"})
LONGEST_FIELD = 5_000
MOST_LINES_IN_A_FIELD = 3
SAMPLE_LINES = 400
SPARE_ROWS = 100
"""Titles, headers and totals rows, which the limit of rows does not count."""
CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the file: the number of its first physical line, and its cells."""

    number: int
    cells: list[str]

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return sum(1 for cell in self.cells if cell)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole file as lines of cells, blank lines left out."""

    name: str
    encoding: str
    delimiter: str
    lines: list[Line]


def read_document(name: str, data: bytes, limits: Limits) -> Document:
    """The lines of the file. Raises Unreadable with the sentence that says why not."""
    _check_size(data, limits)
    _check_kind(name, data)
    text, encoding = decode(data)
    _check_text(text)
    text, delimiter = _named_delimiter(text)
    lines = list(_lines(text, delimiter, limits))
    if not lines:
        raise Unreadable(
            _("The file is empty. Export it again, with at least one row of data."), kind="empty"
        )
    return Document(name, encoding, delimiter, lines)


def _check_size(data: bytes, limits: Limits) -> None:
    if not data.strip():
        raise Unreadable(
            _("The file is empty. Export it again, with at least one row of data."), kind="empty"
        )
    if len(data) > limits.size:
        raise Unreadable(
            _(
                "The file is larger than %(limit)s MB. Cut it into shorter periods and import "
                "them one by one."
            )
            % {"limit": f"{limits.size / 1024 / 1024:g}"}
        )


def _check_kind(name: str, data: bytes) -> None:
    """What the first bytes say the file is, whatever its name says."""
    extension = name.rsplit(".", 1)[1].lower() if "." in name.rsplit("/", 1)[-1] else ""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    lowered = head[:200].lower()
    if data.startswith(b"PK\x03\x04"):
        if b"[Content_Types].xml" in data or extension in {"xlsx", "xlsm", "ods"}:
            raise Unreadable(
                _(
                    "This is a spreadsheet. Save the sheet as CSV in your spreadsheet program, "
                    "then import the CSV."
                )
            )
        raise Unreadable(
            _("This is a zip archive. Unpack it and import the files inside one by one.")
        )
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            _("This is an old Excel workbook. Save the sheet as CSV in Excel, then import the CSV.")
        )
    if data.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\x7fELF", b"MZ\x90")
    ):
        raise Unreadable(
            _("This is not a table of text. Export the figures as CSV, then import the CSV.")
        )
    if lowered.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise Unreadable(
            _(
                "This is a web page, not a table. The export may have ended on a sign-in page: "
                "sign in and export again as CSV."
            )
        )
    if extension not in TEXT_EXTENSIONS:
        raise Unreadable(
            _(
                "The file's name ends in .%(extension)s but it holds plain text. If it is a "
                "table, rename it to end in .csv and import it again."
            )
            % {"extension": extension[:20]}
        )


def _check_text(text: str) -> None:
    zero = text.find("\0")
    if zero >= 0:
        raise Unreadable(
            _(
                "Line %(row)s holds a NUL byte: the file is damaged or is not text. Export it "
                "again as CSV."
            )
            % {"row": text.count("\n", 0, zero) + 1},
            row=text.count("\n", 0, zero) + 1,
        )
    if len(CONTROL.findall(text[:20_000])) > 8:
        raise Unreadable(
            _("This is not a table of text. Export the figures as CSV, then import the CSV.")
        )


def _named_delimiter(text: str) -> tuple[str, str]:
    """The text and its delimiter, which a first line of Excel's ("sep=;") may name."""
    named = re.match(r"\"?sep=([,;|\t])\"?[ \t]*(?:\r\n|\r|\n)", text)
    if named:
        return "\n" + text[named.end() :], named.group(1)
    return text, detect_delimiter(text)


def detect_delimiter(text: str) -> str:
    """The delimiter under which the most lines agree on a number of cells.

    Titles and comments above the table are one cell wide under any delimiter: they are left out
    of the count. A tie goes to the delimiter that finds more cells.
    """
    sample = "".join(_take_lines(text, SAMPLE_LINES))
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        score = _agreement(sample, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _take_lines(text: str, number: int) -> list[str]:
    stream = io.StringIO(text, newline="")
    return [line for line, _unused in zip(stream, range(number), strict=False)]


def _agreement(sample: str, delimiter: str) -> tuple[float, int]:
    """(share of lines that have the commonest width, that width); (0, 0) where all are one cell."""
    widths: Counter[int] = Counter()
    total = 0
    try:
        for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if not any(cells) or cells[0].lstrip().startswith("#"):
                continue
            total += 1
            if len(cells) > 1:
                widths[len(cells)] += 1
    except csv.Error:
        return (0.0, 0)
    if not widths:
        return (0.0, 0)
    width, number = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
    return (round(number / total, 2), width)


def _lines(text: str, delimiter: str, limits: Limits) -> list[Line]:
    """All lines that hold something. Strict about quotes first, then as stray quotes allow."""
    try:
        return _read(text, delimiter, limits, strict=True)
    except csv.Error:
        return _read_stray(text, delimiter, limits)


def _read_stray(text: str, delimiter: str, limits: Limits) -> list[Line]:
    """The lines of a file with stray quotes. One that swallows lines is refused: it hides rows."""
    try:
        return _read(text, delimiter, limits, strict=False)
    except csv.Error as error:
        raise Unreadable(
            _("The file cannot be cut into cells: %(reason)s. Export it again as CSV.")
            % {"reason": str(error)}
        ) from error


def _read(text: str, delimiter: str, limits: Limits, *, strict: bool) -> list[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    lines: list[Line] = []
    before = 0
    try:
        for cells in reader:
            number, before = before + 1, reader.line_num
            _check_shape(cells, number, limits)
            if not strict and any("\n" in cell or "\r" in cell for cell in cells):
                raise _unclosed(number)
            cells = [cell.strip() for cell in cells]
            if any(cells):
                lines.append(Line(number, cells))
            if len(lines) > limits.rows + SPARE_ROWS:
                raise _too_long(limits)
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise _unclosed(before + 1) from error
        raise
    return lines


def _check_shape(cells: list[str], number: int, limits: Limits) -> None:
    if len(cells) > limits.columns:
        raise Unreadable(
            _(
                "Line %(row)s has more than %(limit)s columns. Leave out the columns that you "
                "do not need and export again."
            )
            % {"row": number, "limit": limits.columns},
            row=number,
        )
    for cell in cells:
        if len(cell) > LONGEST_FIELD or cell.count("\n") > MOST_LINES_IN_A_FIELD:
            raise _unclosed(number)


def _unclosed(row: int) -> Unreadable:
    return Unreadable(
        _(
            "A quotation mark opened on line %(row)s is not closed where its cell ends. Close "
            "or remove it, or export the file again."
        )
        % {"row": row},
        row=row,
        found='"',
    )


def _too_long(limits: Limits) -> Unreadable:
    return Unreadable(
        _(
            "The file has more than %(limit)s rows. Cut it into shorter periods and import them "
            "one by one."
        )
        % {"limit": limits.rows}
    )

"""From bytes to lines of cells: quotes, limits.

`read_document` refuses with `Unreadable`, whose message is the sentence to show. It never
guesses silently: what it found is in the document. The text is decoded as it is read and its
lines are kept as columns of numbers, so that a large file takes little memory.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import TextIO

from django.utils.translation import gettext as _

from metrics.imports.cells import (
    LONGEST_CELL,
    MOST_LINES_IN_A_CELL,
    Line,
    Lines,
    Store,
    Unclosed,
)
from metrics.imports.delimiters import detect_delimiter
from metrics.imports.encoding import Unreadable, encoding_of, open_text
from metrics.imports.parsed import Limits

__all__ = ["Document", "Line", "check_size", "read_document"]

WORKBOOKS = frozenset({"xls", "xlsx", "xlsm"})
PAGES = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta", b"mime-version:")
TEXT_EXTENSIONS = frozenset({"", "csv", "tsv", "txt", "tab"})
SAMPLE_LINES = 400
SAMPLE_LENGTH = 20_000
ROWS_A_BLOCK = 4_096
WIDTHS_COMPARED = 4
MOST_LINES_OF_A_NOTE = 500
SPARE_ROWS = 100
"""Titles, headers and totals rows, which the limit of rows does not count."""
CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f]")
SEPARATOR_LINE = re.compile(r"\"?sep=([,;|\t])\"?[ \t]*(?:\r\n|\r|\n)")


@dataclass(frozen=True, slots=True)
class Document:
    """A whole file as lines of cells, blank lines left out."""

    name: str
    encoding: str
    delimiter: str
    lines: Lines
    cut_off: bool = False
    """Whether the last line ends in the middle, as far as its cells tell."""

    @property
    def comments(self) -> list[Line]:
        """The lines that start with a hash mark."""
        firsts = self.lines.different(0).items()
        marked = {code for code, text in firsts if text.startswith("#")}
        if not marked:
            return []
        codes = self.lines.codes(0)
        return [self.lines[place] for place, code in enumerate(codes) if code in marked]


def read_document(name: str, data: bytes, limits: Limits) -> Document:
    """The lines of the file. Raises Unreadable with the sentence that says why not."""
    check_size(data, limits)
    _check_kind(name, data)
    encoding, mark = encoding_of(data)
    source = Source(data, encoding, mark)
    _check_text(source)
    delimiter, is_named = _delimiter(source)
    lines = Lines(_store(source, delimiter, limits, named=is_named))
    if not lines:
        raise Unreadable(
            _("The file is empty. Export it again, with at least one row of data."), kind="empty"
        )
    return Document(name, encoding, delimiter, lines, _is_cut_off(data, lines))


def _is_cut_off(data: bytes, lines: Lines) -> bool:
    """Whether the last line has no end and fewer cells than those above, which have as many."""
    if data.rstrip(b"\0")[-1:] in (b"\n", b"\r") or len(lines) <= WIDTHS_COMPARED:
        return False
    widths = {len(line.cells) for line in lines[len(lines) - 1 - WIDTHS_COMPARED : -1]}
    return len(widths) == 1 and 0 < len(lines[len(lines) - 1].cells) < max(widths)


@dataclass(frozen=True, slots=True)
class Source:
    """A file's bytes, their encoding, and the length of the mark that they begin with."""

    data: bytes
    encoding: str
    mark: int

    def open(self) -> TextIO:
        """The text from its beginning."""
        return open_text(self.data, self.encoding, self.mark)


def check_size(data: bytes, limits: Limits) -> None:
    """Raises Unreadable where there is nothing to read, or too much."""
    if not data or data.isspace():
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
    """What the first bytes say the file is, whatever its name says. Workbooks never come here."""
    extension = name.rsplit(".", 1)[1].lower() if "." in name.rsplit("/", 1)[-1] else ""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    lowered = head[:200].lower()
    if data.startswith(
        (
            b"%PDF",
            b"PK\x03\x04",
            b"\x89PNG",
            b"\xff\xd8\xff",
            b"GIF8",
            b"\x1f\x8b",
            b"PAR1",
            b"\x7fELF",
            b"MZ\x90",
        )
    ):
        raise Unreadable(
            _("This is not a table of text. Export the figures as CSV, then import the CSV.")
        )
    if extension in WORKBOOKS and lowered.startswith(PAGES):
        raise Unreadable(
            _(
                "This is a web page that poses as a workbook. Open it in a spreadsheet program, "
                "save it as .xlsx and import that."
            )
        )
    if lowered.startswith(PAGES):
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


def _check_text(source: Source) -> None:
    row = _row_of_zero(source) if b"\0" in source.data else 0
    if row:
        raise Unreadable(
            _(
                "Line %(row)s holds a NUL byte: the file is damaged or is not text. Export it "
                "again as CSV."
            )
            % {"row": row},
            row=row,
        )
    if len(CONTROL.findall(source.open().read(SAMPLE_LENGTH))) > 8:
        raise Unreadable(
            _("This is not a table of text. Export the figures as CSV, then import the CSV.")
        )


def _row_of_zero(source: Source) -> int:
    """The line that holds a NUL, 0 where none does (two-byte encodings are full of zero bytes)."""
    before = 0
    for line in source.open():
        zero = line.find("\0")
        if zero >= 0:
            return before + 1
        before += line.count("\n")
    return 0


def _delimiter(source: Source) -> tuple[str, bool]:
    """The delimiter, and whether a first line of Excel's ("sep=;") names it."""
    sample = list(islice(source.open(), SAMPLE_LINES))
    named = SEPARATOR_LINE.fullmatch(sample[0]) if sample else None
    if named:
        return named.group(1), True
    return detect_delimiter("".join(sample)), False


def _store(source: Source, delimiter: str, limits: Limits, *, named: bool) -> Store:
    """All lines that hold something. Strict about quotes first, then as stray quotes allow."""
    try:
        return _read(_text(source, named), delimiter, limits, strict=True)
    except csv.Error:
        return _read_stray(_text(source, named), delimiter, limits)


def _text(source: Source, named: bool) -> Iterator[str]:
    """The file's lines; a blank one where its first names the delimiter."""
    lines = source.open()
    if named:
        next(lines)
        return chain(("\n",), lines)
    return lines


def _read_stray(text: Iterator[str], delimiter: str, limits: Limits) -> Store:
    """The lines of a file with stray quotes. One that swallows lines is refused: it hides rows."""
    try:
        return _read(text, delimiter, limits, strict=False)
    except csv.Error as error:
        raise Unreadable(
            _(
                "The file cannot be cut into cells: one of them is longer than any cell of a "
                "table. Export it again as CSV."
            )
        ) from error


def _read(text: Iterator[str], delimiter: str, limits: Limits, *, strict: bool) -> Store:
    store = Store()
    for numbers, rows in _blocks(csv.reader(text, delimiter=delimiter, strict=strict)):
        _take(store, numbers, rows, limits, delimiter if strict else "")
    return store


Rows = list[list[str]]


def _blocks(reader: Iterator[list[str]]) -> Iterator[tuple[array[int], Rows]]:
    """The records, some thousand at a time, with the number of each one's first line."""
    before = 0
    failed: csv.Error | None = None
    while failed is None:
        rows: Rows = []
        try:
            rows.extend(islice(reader, ROWS_A_BLOCK))
        except csv.Error as error:
            failed = error
        if not rows and failed is None:
            return
        numbers, before = _numbered(rows, before)
        if rows:
            yield numbers, rows
    if "unexpected end" in str(failed):
        raise _unclosed(before + 1) from failed
    raise failed


def _numbered(rows: Rows, before: int) -> tuple[array[int], int]:
    """The number of each record's first line, and that of the last line of all."""
    numbers = array("I", range(before + 1, before + 1 + len(rows)))
    text = "".join(map("".join, rows))
    if "\n" not in text and "\r" not in text:
        return numbers, before + len(rows)
    for place, cells in enumerate(rows):
        numbers[place] = before + 1
        before += 1 + sum(map(_line_breaks, cells))
    return numbers, before


def _line_breaks(cell: str) -> int:
    return cell.count("\n") + cell.count("\r") - cell.count("\r\n")


def _take(store: Store, numbers: array[int], rows: Rows, limits: Limits, delimiter: str) -> None:
    """Keeps some thousand rows. Without a delimiter, quotation marks are not to be trusted."""
    strict = bool(delimiter)
    if not strict or max(map(len, rows)) > limits.columns:
        _check_shapes(numbers, rows, limits, strict=strict)
    try:
        store.add(numbers, rows)
    except Unclosed:
        if strict:
            _flatten_notes(rows, delimiter)
        _check_shapes(numbers, rows, limits, strict=strict)
        store.add(numbers, rows)
    if store.length > limits.rows + SPARE_ROWS:
        raise _too_long(limits)


def _flatten_notes(rows: Rows, delimiter: str) -> None:
    """Brings onto one line what people wrote over many: the notes of an order, an address.

    A cell whose lines are as wide as the table has swallowed rows and stays as it is.
    """
    width = Counter(map(len, rows)).most_common(1)[0][0]
    for cells in rows:
        if len(cells) != width:
            continue
        for index, cell in enumerate(cells):
            if "\n" in cell and not _holds_rows(cell, delimiter, width):
                cells[index] = " ".join(cell.split())[:LONGEST_CELL]


def _holds_rows(cell: str, delimiter: str, width: int) -> bool:
    lines = cell.splitlines()
    return len(lines) > MOST_LINES_OF_A_NOTE or any(
        line.count(delimiter) >= width - 1 for line in lines
    )


def _check_shapes(numbers: array[int], rows: Rows, limits: Limits, *, strict: bool) -> None:
    """Looks at each row for itself, so that the first one that is wrong is named."""
    for number, cells in zip(numbers, rows, strict=True):
        _check_shape(cells, number, limits)
        if not strict and any("\n" in cell or "\r" in cell for cell in cells):
            raise _unclosed(number)


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
        if len(cell) > LONGEST_CELL or cell.count("\n") > MOST_LINES_IN_A_CELL:
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

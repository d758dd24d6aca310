"""Tables that people take out: CSV for programs, CSV for Excel in French, XLSX.

Numbers and dates stay numbers and dates. Texts can be no formulas, whatever opens the file.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum, auto
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.csv_cells import plain_text, safe_cell

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
IN_MEMORY = 4_000_000
MOST_XLSX_ROWS = 1_048_575
"""A sheet has a row more, which is the header's."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_WIDTH = 16
SHEET_PRECISION = ".15g"
"""So many digits of a number a spreadsheet keeps."""

Cell = str | Decimal | int | date | None


class TooManyRows(Exception):
    """More rows than a sheet of a workbook holds; the message says what to do."""


class Format(StrEnum):
    """How a table is written."""

    CSV = "csv"
    CSV_FR = "csv-fr"
    XLSX = "xlsx"


FORMAT_NAMES = {
    Format.CSV: gettext_lazy("CSV, standard"),
    Format.CSV_FR: gettext_lazy("CSV for Excel in French"),
    Format.XLSX: gettext_lazy("Excel (XLSX)"),
}


class Kind(Enum):
    """What a column holds."""

    TEXT = auto()
    NUMBER = auto()
    SHARE = auto()
    """A fraction: 0.045, shown as 4.5 % where a sheet can."""
    DAY = auto()


XLSX_FORMATS = {Kind.TEXT: "@", Kind.NUMBER: "General", Kind.SHARE: "0.0%", Kind.DAY: "yyyy-mm-dd"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header, and what it holds."""

    header: str
    kind: Kind = Kind.TEXT


Rows = Iterable[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Table:
    """What a page shows, as it is taken out: `name` is the file's, without its ending."""

    name: str
    columns: Sequence[Column]
    rows: Rows

    def file(self, how: Format) -> FileResponse:
        """The table as a file to save."""
        return table_response(self.columns, self.rows, how=how, name=self.name)


def write_table(target: IO[bytes], columns: Sequence[Column], rows: Rows, how: Format) -> None:
    """Writes the table. Raises TooManyRows for a workbook's sheet that is full."""
    if how is Format.XLSX:
        _write_workbook(target, columns, rows)
    else:
        _write_csv(target, columns, rows, french=how is Format.CSV_FR)


def table_response(
    columns: Sequence[Column], rows: Rows, *, how: Format, name: str
) -> FileResponse:
    """The table as a file to save; a large one waits on the disk, not in memory."""
    # Closed by the response that sends it.
    target: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    write_table(target, columns, rows, how)
    target.seek(0)
    return FileResponse(
        target,
        as_attachment=True,
        filename=f"{name}.{'xlsx' if how is Format.XLSX else 'csv'}",
        content_type=XLSX if how is Format.XLSX else "text/csv; charset=utf-8",
    )


def wanted_format(given: str | None) -> Format | None:
    """The format that an address asks for; None where it asks for the page itself."""
    return next((one for one in Format if one == given), None)


def wanted_file(
    asked: Mapping[str, str], tables: Mapping[str, Callable[[], Table]]
) -> FileResponse | None:
    """The file of one of a page's tables, by its name in the address; None for the page itself."""
    how, make = wanted_format(asked.get("file")), tables.get(asked.get("table", ""))
    return make().file(how) if how and make else None


def asked_format(given: str | None) -> Format:
    """The format of an address; the standard one for what is none."""
    return wanted_format(given) or Format.CSV


# CSV


def _write_csv(target: Any, columns: Sequence[Column], rows: Rows, *, french: bool) -> None:
    text = TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    if french:
        text.write(BOM)
    writer = csv.writer(text, delimiter=";" if french else ",", lineterminator="\r\n")
    writer.writerow([safe_cell(column.header) for column in columns])
    writer.writerows([_csv_cell(cell, french=french) for cell in row] for row in rows)
    text.detach()


def _csv_cell(cell: Cell, *, french: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return plain_number(cell, french=french)
    return cell.isoformat() if isinstance(cell, date) else safe_cell(str(cell))


def plain_number(value: Decimal, *, french: bool) -> str:
    """A number without groups that can be read in one way only.

    Three decimals get a fourth: 1.234 could be taken for a thousand.
    """
    text = format(value, "f")
    whole, _mark, decimals = text.partition(".")
    decimals = decimals.rstrip("0")
    if not decimals:
        return whole
    decimals += "0" if len(decimals) == 3 else ""
    return f"{whole}{',' if french else '.'}{decimals}"


# XLSX


def _write_workbook(target: IO[bytes], columns: Sequence[Column], rows: Rows) -> None:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet()
        formats = {kind: book.add_format({"num_format": XLSX_FORMATS[kind]}) for kind in Kind}
        bold = book.add_format({"bold": True})
        for place, column in enumerate(columns):
            sheet.set_column(place, place, SHEET_WIDTH, formats[column.kind])
            sheet.write_string(0, place, column.header, bold)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            if number > MOST_XLSX_ROWS:
                raise TooManyRows(
                    _("A sheet holds at most %(limit)s rows. Choose CSV, or fewer days.")
                    % {"limit": MOST_XLSX_ROWS}
                )
            for place, cell in enumerate(row):
                _write_cell(sheet, number, place, cell, formats[columns[place].kind])


def _write_cell(sheet: Any, row: int, place: int, cell: Cell, how: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, date):
        sheet.write_datetime(row, place, cell, how)
    elif isinstance(cell, str):
        sheet.write_string(row, place, cell if plain_text(cell) == cell else safe_cell(cell))
    elif Decimal(format(float(cell), SHEET_PRECISION)) != cell:
        # A number with more digits is a text here: as a number its last ones would be lost.
        sheet.write_string(row, place, plain_number(Decimal(cell), french=False), how)
    else:
        sheet.write_number(row, place, float(cell), how)

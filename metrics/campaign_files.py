"""Files of campaigns: from the bytes to the cells of each campaign, in the order of the file.

CSV, workbooks and pasted cells go through the readers of all tables, under the same limits; only
the lines of a note are kept as they are. What the cells mean to a workspace is for
metrics/campaign_import.py to say.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.csv_cells import plain_text
from metrics.imports.archive import is_archive, read_archive
from metrics.imports.cells import LONGEST_CELL
from metrics.imports.encoding import Unreadable, encoding_of, open_text
from metrics.imports.folding import header_key
from metrics.imports.parsed import Limits
from metrics.imports.reading import read_document
from metrics.imports.workbook import is_workbook, read_sheets

MOST_ROWS = 2_000
"""Each campaign is tried one by one before anything is written."""
MOST_TITLE_LINES = 40

HEADERS: dict[str, tuple[str, ...]] = {
    "name": ("campaign", "campaign name", "name", "campagne", "nom de la campagne", "nom"),
    "names": (
        "other names", "names", "alias", "aliases", "utm", "utm campaign", "utm value",
        "utm values", "utm rules", "autres noms", "noms", "valeur utm", "valeurs utm",
        "regles utm",
    ),
    "channel": ("channel", "canal"),
    "start": (
        "first day", "start", "start date", "begin", "premier jour", "debut", "date de debut",
    ),
    "end": ("last day", "end", "end date", "dernier jour", "fin", "date de fin"),
    "budget": ("budget",),
    "owner": ("owner", "responsable"),
    "outcome": (
        "planned metric", "planned outcome", "outcome", "resultat prevu", "indicateur prevu",
        "mesure prevue",
    ),
    "outcome_target": (
        "planned number", "outcome target", "target", "nombre prevu", "cible",
    ),
    "note": ("note", "notes", "comment", "commentaire", "remarque"),
}  # fmt: skip
FIELD_OF = {spelled: field for field, listed in HEADERS.items() for spelled in listed}


@dataclass(frozen=True, slots=True)
class CampaignCells:
    """One campaign of a file: the number of its row, and its cells by field."""

    row: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class CampaignFile:
    """A file of campaigns: the fields that it has columns for, and the columns left out."""

    rows: list[CampaignCells]
    fields: frozenset[str]
    left_out: tuple[str, ...]


Record = tuple[int, list[str]]


def read_campaigns(name: str, data: bytes, limits: Limits) -> CampaignFile:
    """The campaigns of a file. Raises Unreadable with the sentence that says why not."""
    for records in _tables(name, data, limits):
        if found := _campaigns(records):
            return found
    message = _(
        "No column holds the names of campaigns. Put the headers in the first row, and call "
        "one of them “Campaign”."
    )
    raise Unreadable(message)


def joined_names(names: Iterable[str]) -> str:
    """Names as one cell, which `names_in` takes apart again: commas between them."""
    return ", ".join(_quoted(name) if set(name) & set(',"\n\r') else name for name in names)


def names_in(cell: str) -> list[str]:
    """The names in a cell, with commas between them or one a line."""
    lines = csv.reader(cell.splitlines(keepends=True), skipinitialspace=True)
    return [name.strip() for line in lines for name in line if name.strip()]


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _tables(name: str, data: bytes, limits: Limits) -> Iterator[list[Record]]:
    """The rows of each sheet, or of the only table."""
    if is_workbook(name, data):
        sheets = read_sheets(name, data, limits, whole=True)
    elif is_archive(data):
        sheets = read_archive(data, limits)
    else:
        yield _text_rows(data, read_document(name, data, limits).delimiter)
        return
    for sheet in sheets:
        yield [(line.number, list(line.cells)) for line in sheet.lines]


def _text_rows(data: bytes, delimiter: str) -> list[Record]:
    """The rows of a text that is within the limits, with every line of its notes."""
    encoding, mark = encoding_of(data)
    reader = csv.reader(open_text(data, encoding, mark), delimiter=delimiter)
    found: list[Record] = []
    first = 1
    for cells in reader:
        found.append((first, cells))
        first = reader.line_num + 1
    return found


def _campaigns(records: list[Record]) -> CampaignFile | None:
    """The rows below the first header that names campaigns; None where there is none."""
    for place, (_number, cells) in enumerate(records[:MOST_TITLE_LINES]):
        columns = [FIELD_OF.get(header_key(plain_text(cell))) for cell in cells]
        if "name" in columns:
            return _below(cells, columns, records[place + 1 :])
    return None


def _below(header: list[str], columns: list[str | None], records: list[Record]) -> CampaignFile:
    places: dict[str, int] = {}
    for place, field in enumerate(columns):
        if field is not None:
            places.setdefault(field, place)
    taken = set(places.values())
    rows = [
        CampaignCells(
            number, {field: _cell(cells, place, number) for field, place in places.items()}
        )
        for number, cells in records
        if any(cell.strip() for cell in cells)
    ]
    if not rows:
        raise Unreadable(
            _("The file is empty. Export it again, with at least one row of data."), kind="empty"
        )
    if len(rows) > MOST_ROWS:
        message = _("The file has more than %(limit)s campaigns. Cut it into several files.")
        raise Unreadable(message % {"limit": MOST_ROWS})
    left_out = [
        cell.strip()[:80]
        for place, cell in enumerate(header)
        if cell.strip() and place not in taken
    ]
    return CampaignFile(rows, frozenset(places), tuple(left_out))


def _cell(cells: list[str], place: int, row: int) -> str:
    """A cell as it was before it was made safe for spreadsheets, with plain line ends.

    Raises Unreadable for one that is too long: the reader of workbooks has cut it already, and a
    list of names without its end would take names away.
    """
    text = cells[place] if place < len(cells) else ""
    if len(text) >= LONGEST_CELL:
        message = _("Row %(row)s: a cell has %(limit)s characters or more. Shorten it.")
        raise Unreadable(message % {"row": row, "limit": LONGEST_CELL})
    return "\n".join(plain_text(text.strip()).splitlines())

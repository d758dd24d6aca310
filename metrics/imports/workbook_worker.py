"""Reads a workbook in a process of its own, under limits of memory and time that the system keeps.

Run as a program, with nothing of the product loaded: the workbook comes on standard input, the
limits as the argument, and each sheet's rows go to standard output, one JSON value a line. Only
values are read: formulas have the result that was saved with them, nothing is worked out or
fetched. `metrics/imports/workbook.py` starts it and says in words what went wrong.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

LONGEST_CELL, MOST_LINES_IN_A_CELL = 5_000, 3
"""As in metrics/imports/cells.py, which this process does not load."""
PRECISION = ".15g"
"""Spreadsheets keep fifteen digits: 0.1 + 0.2 is 0.3 there."""
Row = list[str]


class TooLarge(Exception):
    """The workbook holds more than is read at once; the arguments say of what, and where."""


def main() -> None:
    """Write the sheets of the workbook, or one line that says why they cannot be read."""
    limits = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    try:
        for value in lines(data, limits):
            write(value)
    except TooLarge as problem:
        write({"problem": problem.args[0], "row": problem.args[1]})
    except PasswordError:
        write({"problem": "password", "row": 0})
    except MemoryError:
        write({"problem": "memory", "row": 0})
    write({"problem": ""})


def write(value: object) -> None:
    """One line of what the parent reads."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def lines(data: bytes, limits: dict[str, int]) -> Iterator[object]:
    """A name and whether it is hidden for each sheet, then its rows: [row number, cell, …]."""
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    rows = text = 0
    for place, sheet in enumerate(workbook.sheets_metadata):
        hidden = sheet.visible != SheetVisibleEnum.Visible
        yield {"sheet": sheet.name, "hidden": hidden}
        if hidden:
            continue
        for number, cells in rows_of(workbook.get_sheet_by_index(place), limits):
            rows += 1
            text += sum(map(len, cells))
            if rows > limits["rows"]:
                raise TooLarge("rows", 0)
            if text > limits["text"]:
                raise TooLarge("text", 0)
            yield [number, *cells]


def rows_of(sheet: CalamineSheet, limits: dict[str, int]) -> Iterator[tuple[int, Row]]:
    """The rows that hold something, with their numbers; cells that are merged repeat their text."""
    merged = Merged(sheet)
    for row, values in enumerate(sheet.iter_rows()):
        cells = [text_of(value, whole=bool(limits["whole"])) for value in values]
        merged.fill(row, cells, values)
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > limits["columns"]:
            raise TooLarge("columns", row + 1)
        if any(cells):
            yield row + 1, cells


class Merged:
    """Merged cells: a word or a day holds for each of them, a number is there once.

    A title over the whole width of the sheet stays one cell.
    """

    def __init__(self, sheet: CalamineSheet) -> None:
        offset = sheet.start[1] if sheet.start else 0
        self.width = sheet.width
        self.starts: dict[int, list[tuple[int, int, int]]] = {}
        self.held: list[tuple[int, int, int, str]] = []
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
            self.starts.setdefault(top, []).append((left - offset, bottom, right - offset))

    def fill(self, row: int, cells: Row, values: Sequence[object]) -> None:
        """Repeats what merged cells of this row and of those above hold."""
        self.held = [one for one in self.held if one[2] >= row]
        for left, bottom, right in self.starts.get(row, []):
            whole = right - left + 1 >= max(self.width - 1, 2) and bottom == row
            if 0 <= left < len(cells) and not isinstance(values[left], float) and not whole:
                self.held.append((left, right, bottom, cells[left]))
        for left, right, _bottom, text in self.held:
            for index in range(left, min(right + 1, len(cells))):
                cells[index] = cells[index] or text


def text_of(value: object, *, whole: bool = False) -> str:
    """A cell as text: days in ISO form, numbers with a point, durations as a clock shows them.

    With `whole` a text keeps its lines, however many they are.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return clock(value)
    text = str(value).strip()
    return text[:LONGEST_CELL] if whole else in_few_lines(text)


def in_few_lines(text: str) -> str:
    """A text as tables take it: posts and notes have many lines, and some have no end."""
    many = text.count("\n") > MOST_LINES_IN_A_CELL
    return (" ".join(text.split()) if many else text)[:LONGEST_CELL]


def number(value: float) -> str:
    """A number without an exponent, whole where it is whole.

    Three decimals get a fourth: the cell is a number, and 1.234 could be taken for a thousand.
    """
    text = f"{Decimal(format(value, PRECISION)):f}"
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text


def clock(value: timedelta) -> str:
    """Hours, minutes and seconds."""
    seconds = round(value.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


if __name__ == "__main__":
    main()

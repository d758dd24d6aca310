"""Cells of CSV files that people open in a spreadsheet."""

from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")


def safe_cell(text: str) -> str:
    """A text as it may stand in a CSV file: a spreadsheet takes none for a formula.

    One that has the apostrophe already gets another, so that `plain_text` gives each back.
    """
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_STARTS) else text


def plain_text(cell: str) -> str:
    """What `safe_cell` was given: a file that we handed out is read as it was."""
    rest = cell.removeprefix("'")
    return rest if rest.lstrip("'").startswith(FORMULA_STARTS) else cell

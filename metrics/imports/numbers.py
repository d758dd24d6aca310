"""Numbers as people and tools write them, decided for a whole column with its evidence.

"1,234" alone can be one thousand or one and a bit: only the column, the file or a person knows.
"--", "n/a" or "< 10 %" are nothing, never zero; "0" is zero.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from metrics.imports.folding import CURRENCY_CODE, fold

NOTHING = frozenset(
    {
        "", "-", "--", "---", "n/a", "na", "n.a.", "nan", "null", "none", "nd", "n.d.", "n/d",
        "s/o", "so", "s.o.", "(not set)", "not set", "(none)", "not available", "non disponible",
        "#n/a", "#div/0!", "#ref!", "#value!", "#valeur!", "inf", "infinity", "?",
        "(not available)",
    }
)  # fmt: skip
SPACES = "\u0020\u00a0\u202f\u2009\u2007\u2002\u2003\u2005\u2006\u200a\u205f\t"
APOSTROPHES = "'\u2019\u02bc\u2018`\u00b4"
MINUSES = str.maketrans(dict.fromkeys("\u2212\u2012\u2013\u2014\ufe63\uff0d", "-"))
INVISIBLE = str.maketrans(dict.fromkeys("\u200e\u200f\u200b\ufeff\u2060\u202a\u202c", None))
GROUPED = re.compile(rf"(?<=\d)[{SPACES}{APOSTROPHES}](?=\d{{3}}(?!\d))")
MONEY_SIGN = re.compile(r"(?:\b(?:US|CA|AU))?[€$£¥]")
MULTIPLIED = re.compile(r"(?<=\d)\s?(k|K|M|Mio|Md|Mds|bn|Bn)$")
"""Thousands, millions and thousands of millions, as dashboards shorten them: 12.5K, 1,2 M."""
MULTIPLIERS = {"k": 1_000, "m": 1_000_000, "mio": 1_000_000}
BODY = re.compile(r"[+-]?\d[\d.,]*(?:[eE][+-]?\d{1,3})?|[+-]?[.,]\d+")
PLAIN = re.compile(r"-?(\d+)(?:([.,])(\d+))?", re.ASCII)
MOST_DIGITS = 16
"""More than these before the decimal mark is no figure of a business and no value is kept so."""
DURATION = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{2}(?:[.,]\d+)?)")
SPOKEN_DURATION = re.compile(
    r"(?:(\d+)\s*h(?:rs?|ours?|eures?)?)?\s*(?:(\d+)\s*m(?:in(?:utes?)?)?)?\s*(?:(\d+(?:[.,]\d+)?)\s*s(?:ec(?:ondes?|onds?)?)?)?"
)


class NotANumber(ValueError):
    """The cell holds something that is not a number in the column's format."""


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a column writes numbers: its decimal mark and what it puts between thousands."""

    decimal: str
    group: str = ""

    @property
    def example(self) -> str:
        """1234.5 written in this format."""
        return f"1{self.group}234{self.decimal}5"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the cells of one column say about its format.

    `point` and `comma` count the cells that only make sense with that decimal mark; `open_cells`
    are those that make sense with either ("1,234"); `group` is the thousands separator seen.
    """

    point: int = 0
    comma: int = 0
    group: str = ""
    open_cells: tuple[str, ...] = ()
    filled: int = 0

    @property
    def decimal(self) -> str | None:
        """The decimal mark the cells prove, None where they prove none."""
        if self.point == self.comma:
            return None
        return "." if self.point > self.comma else ","


def is_nothing(cell: str) -> bool:
    """Whether the cell says that there is no value (which is not zero)."""
    if not cell:
        return True
    if cell[0].isdigit():
        return False
    folded = fold(cell.translate(INVISIBLE))
    return folded in NOTHING or folded[:1] in {"<", ">"}


def weigh(cells: Iterable[str]) -> Evidence:
    """What a column's cells prove about its decimal mark."""
    point = comma = filled = 0
    group = ""
    open_cells: list[str] = []
    for cell, times in Counter(cells).items():
        if is_nothing(cell):
            continue
        filled += times
        if cell.isdecimal():
            continue
        mark, seen = _reading(cell)
        group = group or seen
        if mark == ".":
            point += times
        elif mark == ",":
            comma += times
        elif mark == "?":
            open_cells.append(cell)
    return Evidence(point, comma, group, tuple(open_cells), filled)


def _reading(cell: str) -> tuple[str, str]:
    """(decimal mark that the cell proves, "?" where open, "" for none; thousands separator)."""
    if plain := PLAIN.fullmatch(cell):
        whole, mark, after = plain.groups()
        open_cell = mark and len(after) == 3 and len(whole) <= 3 and whole[0] != "0"
        return ("?" if open_cell else mark or ""), ""
    body, group = _body(cell)
    marks = [character for character in body if character in ".,"]
    if not marks or "e" in body.lower():
        return ("." if "." in body else "", group)
    last = marks[-1]
    other = "," if last == "." else "."
    if len(set(marks)) == 2:
        return last, other
    if len(marks) > 1:
        return other, last
    before, _mark, after = body.lstrip("+-").partition(last)
    if group or len(after) != 3 or not before or before.startswith("0") or len(before) > 3:
        return last, group
    return "?", group


def _body(cell: str) -> tuple[str, str]:
    """The digits and marks of a cell, and the space or apostrophe that it groups by."""
    text = cell.translate(INVISIBLE).translate(MINUSES)
    text = text.replace("%", "").strip(SPACES)
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1].strip(SPACES)
    text = MULTIPLIED.sub("", _without_currency(text))
    grouped = GROUPED.search(text)
    group = ""
    if grouped:
        group = "'" if grouped.group() in APOSTROPHES else " "
        text = GROUPED.sub("", text)
    text = re.sub(rf"^([+-])[{SPACES}]+", r"\1", text.strip(SPACES))
    return text, group


def _without_currency(text: str) -> str:
    return CURRENCY_CODE.sub("", MONEY_SIGN.sub("", text)).strip(SPACES)


def parse_number(cell: str, decimal: str = ".") -> Decimal:
    """The number in a cell of a column whose decimal mark is known; a percentage as a fraction.

    Raises NotANumber where the cell is no number in that format ("12,5" in a point column).
    """
    if (plain := PLAIN.fullmatch(cell)) and plain[2] in {None, decimal}:
        number = Decimal(cell.replace(",", ".") if plain[2] == "," else cell)
        return _bounded(number, cell) if len(plain[1]) > MOST_DIGITS else number
    body, _group = _body(cell)
    if not BODY.fullmatch(body):
        raise NotANumber(cell)
    other = "," if decimal == "." else "."
    if other in body:
        body = _ungrouped(body, other, decimal, cell)
    if body.count(decimal) > 1:
        raise NotANumber(cell)
    value = _bounded(Decimal(body.replace(decimal, ".")), cell)
    if cell[-1:].isalpha() or cell[-1:] in "€$£":
        value = _bounded(value * _multiplier(cell), cell)
    return value / 100 if "%" in cell else value


def _bounded(value: Decimal, cell: str) -> Decimal:
    """The value, where it is small enough to be kept. Raises NotANumber ("1e999999")."""
    if value and not -4 * MOST_DIGITS < value.adjusted() < MOST_DIGITS:
        raise NotANumber(cell)
    return value


def _multiplier(cell: str) -> int:
    """What a shortened number stands for: 1000 for "12.5K" and "12,5 k€"."""
    text = _without_currency(cell.translate(INVISIBLE).strip(SPACES))
    found = MULTIPLIED.search(text)
    return MULTIPLIERS.get(found[1].lower(), 1_000_000_000) if found else 1


def _ungrouped(body: str, group: str, decimal: str, cell: str) -> str:
    """The body without its thousands separators, which must stand where they belong."""
    whole, mark, rest = body.partition(decimal)
    first, *groups = whole.lstrip("+-").split(group)
    placed = (
        bool(first)
        and bool(groups)
        and len(first) <= 3
        and len(groups[-1]) == 3
        and all(len(part) in {2, 3} for part in groups)
    )
    if group in rest or not placed:
        raise NotANumber(cell)
    return whole.replace(group, "") + mark + rest


def parse_seconds(cell: str, decimal: str = ".") -> Decimal:
    """A duration in seconds, from "83.5", "00:01:23", "1m 23s" or "1 min 23 s"."""
    text = cell.strip(SPACES)
    clock = DURATION.fullmatch(text)
    if clock:
        hours, minutes, seconds = clock.groups()
        return int(hours or 0) * 3600 + int(minutes) * 60 + Decimal(seconds.replace(",", "."))
    spoken = SPOKEN_DURATION.fullmatch(fold(text))
    if spoken and any(spoken.groups()):
        hours, minutes, seconds = spoken.groups()
        return (
            int(hours or 0) * 3600
            + int(minutes or 0) * 60
            + Decimal((seconds or "0").replace(",", "."))
        )
    return parse_number(cell, decimal)


def decimal_of(number_format: str) -> str:
    """The decimal mark of an answer such as "1 234,5", "1,234.5", "comma" or ","."""
    text = fold(number_format)
    if text in {"comma", "virgule", ","}:
        return ","
    if text in {"point", "dot", "."}:
        return "."
    marks = [character for character in text if character in ".,"]
    return marks[-1] if marks else "."


def is_number(cell: str) -> bool:
    """Whether a cell is a number with either decimal mark."""
    for decimal in (".", ","):
        try:
            parse_number(cell, decimal)
        except NotANumber:
            continue
        return True
    return False

"""How the columns of a file write numbers and dates, decided with evidence or asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.date_order import order_of
from metrics.imports.dates import DMY, MDY
from metrics.imports.folding import header_key
from metrics.imports.layout import Column, Kind, Layout
from metrics.imports.numbers import Evidence, NumberFormat, decimal_of, weigh
from metrics.imports.parsed import Choice, Question
from metrics.imports.table import Table

FRENCH_WORDS = re.compile(
    r"\b(?:jour|mois|semaine|trimestre|annee|campagne|canal|valeur|couts?|clics|visites|indicateur"
    r"|metrique|visiteurs|depenses|inscrits|commandes|appareil|montant|devise|revenu|utilisateurs"
    r"|clients|abonnes|pistes|nouveaux)\b"
)
FRENCH_LETTERS = frozenset("éèàçêîôûùœÉÈÀÇ")
WORDS = frozenset({Kind.DATE, Kind.DIMENSION, Kind.CURRENCY, Kind.METRIC_NAME})
MOST_BY_CHANCE, MOST_OF_MONEY = 3, 10
"""How many different cells with three digits behind the mark no longer come by chance."""
AMERICAN = re.compile(r"[\s(+-]*(?:US|A|C|CA|AU)?[$£]\s?\d")
"""An amount behind its dollar sign has a comma before its thousands."""
MARK_UNITS = frozenset({"rank", "percent", "ratio", "points"})
"""Units whose values are small: a mark before three digits is the decimal one."""


@dataclass(slots=True)
class Formats:
    """The decimal mark of each number column, by table and index."""

    marks: dict[tuple[int, int], str] = field(default_factory=dict)

    def mark(self, table: Table, index: int) -> str:
        """The decimal mark of one column."""
        return self.marks.get((id(table), index), ".")


@dataclass(frozen=True, slots=True)
class Setting:
    """What stands around a column and speaks for one mark or the other."""

    file: Evidence
    delimiter: str
    french: bool
    asks: bool
    """Whether an open column is asked about: files kept by hand. Tools write machine numbers."""


def is_french(headers: Iterable[str]) -> bool:
    """Whether the headers are French: an accented letter, or a word that only French uses."""
    return any(
        bool(FRENCH_LETTERS & set(header) or FRENCH_WORDS.search(header_key(header)))
        for header in headers
    )


def decide_numbers(
    tables: Sequence[Table], layout: Layout, delimiter: str, context: Context
) -> Formats:
    """The decimal mark of every number column: from its cells, the file's, its unit; or asked."""
    seen = {
        (id(table), index): weigh(table.cells(index))
        for table in tables
        for index in range(len(table.header.cells))
        if not _holds_words(table, index)
    }
    setting = Setting(
        file=_pooled(seen.values()),
        delimiter=delimiter,
        french=any(is_french(table.header.cells) for table in tables),
        asks=layout.strict_rows,
    )
    formats = Formats()
    for table in tables:
        for index, column in table.places(Kind.METRIC, Kind.MEASURE, Kind.VALUE):
            place = (id(table), index)
            formats.marks[place] = _decide(table, index, column, seen[place], setting, context)
    context.result.number_format = _shown(formats, seen, setting)
    return formats


def _holds_words(table: Table, index: int) -> bool:
    column = table.columns[index] if index < len(table.columns) else None
    return column is not None and column.kind in WORDS


def _pooled(columns: Iterable[Evidence]) -> Evidence:
    """One evidence for the file: each column has one voice for the mark that it proves."""
    listed = list(columns)
    return Evidence(
        point=sum(1 for one in listed if one.decimal == "."),
        comma=sum(1 for one in listed if one.decimal == ","),
        group=next((one.group for one in listed if one.group), ""),
    )


def _decide(
    table: Table, index: int, column: Column, seen: Evidence, setting: Setting, context: Context
) -> str:
    if context.options.number_format:
        return decimal_of(context.options.number_format)
    if seen.decimal:
        return seen.decimal
    if not seen.open_cells:
        return setting.file.decimal or _habit(setting)
    return _open_column(table, index, column, seen, setting, context)


def _open_column(
    table: Table, index: int, column: Column, seen: Evidence, setting: Setting, context: Context
) -> str:
    """The mark of a column that holds only cells like "1,234"."""
    marks = {"," if "," in cell else "." for cell in seen.open_cells}
    mark = marks.pop()
    other = "," if mark == "." else "."
    units = _units(table, column, index, context)
    if units and all(unit in MARK_UNITS for unit, _whole in units):
        return mark
    whole = bool(units) and all(whole for _unit, whole in units)
    decimal = None if marks else setting.file.decimal
    if decimal and not (whole and decimal == mark):
        return decimal
    if not marks and mark == "," and all(map(AMERICAN.match, seen.open_cells)):
        return other
    if not setting.asks:
        return other if whole or (mark == "," and not setting.french) else _habit(setting)
    if not marks and setting.delimiter == ";" and mark == ".":
        return ","
    if not marks and _are_thousands(table, column, index, context):
        _say_thousands(table.name_of(index), seen, context)
        return other
    default = other if whole else _local(setting, context)
    return _ask(table.name_of(index), seen, default, context)


def _are_thousands(table: Table, column: Column, index: int, context: Context) -> bool:
    """Whether so many cells have just three digits behind the mark that it cannot be decimal.

    Counts are whole; amounts of money have two decimals, and would not have three each time.
    """
    cells = {cell for cell in table.lines.different(index).values() if weigh([cell]).open_cells}
    if column.kind is Kind.METRIC:
        known = context.vocabulary.get(column.target)
        enough = MOST_BY_CHANCE if known.whole else MOST_OF_MONEY if known.is_money else None
        return enough is not None and len(cells) >= enough
    if column.kind is Kind.VALUE:
        return _whole_cells(table, index, context) >= MOST_BY_CHANCE
    return False


def _whole_cells(table: Table, index: int, context: Context) -> int:
    """In a long table, how many different open cells stand beside a metric that is a count."""
    named = table.places(Kind.METRIC_NAME)
    if not named:
        return 0
    names, cells = table.lines.texts(named[0][0]), table.lines.texts(index)
    pairs = set(zip(table.lines.codes(named[0][0]), table.lines.codes(index), strict=True))
    return sum(
        1
        for name, cell in pairs
        if (known := context.metric_named(names[name]))
        and known.whole
        and weigh([cells[cell]]).open_cells
    )


def _say_thousands(column: str, seen: Evidence, context: Context) -> None:
    context.warn(
        "thousands",
        _(
            "Numbers like %(sample)s in the column “%(column)s” are read as thousands: all of them "
            "have three digits behind the mark."
        )
        % {"sample": seen.open_cells[0], "column": column},
    )


def _local(setting: Setting, context: Context) -> str:
    """The mark to propose: the one of the file's country, else of the workspace's language."""
    french = setting.french or context.workspace.language.startswith("fr")
    return "," if setting.delimiter == ";" or french else "."


def _units(table: Table, column: Column, index: int, context: Context) -> list[tuple[str, bool]]:
    """(unit, whole by nature) of the metrics whose values the column's open cells are."""
    if column.kind is Kind.METRIC:
        known = context.vocabulary.get(column.target)
        return [(known.unit, known.whole)]
    if column.kind is Kind.VALUE:
        return _units_of_rows(table, index, context)
    return []


def _units_of_rows(table: Table, index: int, context: Context) -> list[tuple[str, bool]]:
    """In a long table, the units of the metrics named on the rows whose number is open."""
    named = table.places(Kind.METRIC_NAME)
    if not named:
        return []
    lines, place = table.lines, named[0][0]
    cells = lines.different(index).items()
    open_cells = {code for code, cell in cells if weigh([cell]).open_cells}
    pairs = set(zip(lines.codes(place), lines.codes(index), strict=True))
    found = {lines.texts(place)[name] for name, cell in pairs if name and cell in open_cells}
    known = [context.metric_named(name) for name in found]
    return sorted({(one.unit, one.whole) if one else ("", False) for one in known})


def _habit(setting: Setting) -> str:
    """The mark that the file's shape suggests: semicolons stand in for a comma that is taken."""
    if setting.delimiter == ";":
        return ","
    return "," if setting.french and setting.delimiter != "," else "."


def _ask(column: str, seen: Evidence, default: str, context: Context) -> str:
    sample = seen.open_cells[0]
    context.ask(
        Question(
            code="number_format",
            message=_(
                "“%(sample)s” in the column “%(column)s” can be a thousand and more, or a number "
                "with three decimals. Which one is it, for the whole column?"
            )
            % {"sample": sample, "column": column},
            option="number_format",
            choices=(
                Choice("1,234.5", _("The point is the decimal mark, as in 1,234.5.")),
                Choice("1 234,5", _("The comma is the decimal mark, as in 1 234,5.")),
            ),
            default="1 234,5" if default == "," else "1,234.5",
            column=column,
            samples=seen.open_cells[:3],
        )
    )
    return default


def _shown(formats: Formats, seen: dict[tuple[int, int], Evidence], setting: Setting) -> str:
    """The format to report: the decimal mark of most number columns, and the separator seen."""
    marks = [formats.marks[place] for place in formats.marks if seen[place].filled]
    proved = [formats.marks[place] for place in formats.marks if seen[place].decimal]
    voices = proved or marks or ["."]
    decimal = setting.file.decimal or max((".", ","), key=voices.count)
    group = setting.file.group if setting.file.group != decimal else ""
    other = "," if decimal == "." else "."
    if not group and any(
        other in cell for place in formats.marks for cell in seen[place].open_cells
    ):
        group = other
    return NumberFormat(decimal, group).example


def decide_dates(tables: Sequence[Table], delimiter: str, context: Context) -> str:
    """The order of day and month in the date columns, decided over all their cells or asked."""
    if context.options.date_order:
        return context.options.date_order
    cells = [
        cell
        for table in tables
        for index, column in table.places(Kind.DATE)
        if not column.target.startswith("nth")
        for cell in dict.fromkeys(table.cells(index))
    ]
    local = any(is_french(table.header.cells) for table in tables) or delimiter == ";"
    found = order_of(cells, hint=DMY if local else None, today=context.workspace.today)
    if found.order is None:
        return _ask_order(found.samples, context)
    if found.reason in {"hint", "future", "days_in_a_row"}:
        _say_order(found.order, found.reason, cells[0], context)
    return found.order


def _say_order(order: str, reason: str, sample: str, context: Context) -> None:
    why = {
        "hint": _("the file's headers and delimiter are those of a country that writes so"),
        "future": _("the other order would put figures in the future"),
        "days_in_a_row": _("read so, the days follow one another"),
    }[reason]
    read = _("day/month/year") if order == DMY else _("month/day/year")
    context.warn(
        "date_order",
        _("Dates like %(sample)s are read as %(order)s: %(why)s.")
        % {"sample": sample, "order": read, "why": why},
    )


def _ask_order(samples: tuple[str, ...], context: Context) -> str:
    american = context.workspace.currency == "USD" and context.workspace.language == "en"
    default = MDY if american else DMY
    context.ask(
        Question(
            code="date_order",
            message=_("“%(sample)s” can be read two ways. Which comes first, the day or the month?")
            % {"sample": samples[0]},
            option="date_order",
            choices=(Choice(DMY, _("Day/month/year")), Choice(MDY, _("Month/day/year"))),
            default=default,
            samples=samples,
        )
    )
    return default

"""What the columns of a table that nobody knows may stand for: by their names, then their cells.

Each guess has a confidence: 100 for a name as it is listed or as the person mapped it, 90 for a
name that says it in more words ("Nombre de leads générés"), less for a mistyped name or for cells
that look like days, channels or devices. What is not sure is asked, with three of its cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.imports.cells import Line
from metrics.imports.choices import LEAVE_OUT, column_choices
from metrics.imports.context import Context
from metrics.imports.dates import NotADate, in_year, parse_span
from metrics.imports.dimensions import channel_of, device_of
from metrics.imports.folding import fold, header_key, spaced
from metrics.imports.layout import Column
from metrics.imports.likely import FILLERS, LIKE, NO_FIGURE, NO_PLACE, RATE, told_by_others
from metrics.imports.moments import moment_day, serial_day
from metrics.imports.numbers import is_nothing, is_number
from metrics.imports.own_years import own_year
from metrics.imports.parsed import ColumnGuess, Question
from metrics.imports.plan_words import plans_left_out, without_plan
from metrics.imports.reading import Document
from metrics.imports.roles import BY_TARGET, role_named
from metrics.imports.units import without_unit
from metrics.imports.vocabulary import Known, Vocabulary
from metrics.imports.wording import listed
from metrics.imports.year_columns import part_of_year

SURE, SAID, LIKELY, POSSIBLE = 100, 90, 80, 70
MAPPING = "mapping:"
"""A question's option for one column: this, then the column's header."""
LEAP_YEAR = 2000
CLOSE = 0.84
"""How like the name of a metric a header must be to be asked about as mistyped."""
OF_TIME = re.compile(r"time|date|created|\b(ts|epoch|unix)\b|heure|zeit|fecha|data|\bat\b")
FEWEST, FAIR = 2, 0.2
"""Fewer cells prove nothing; less than this part of them is a misnamed column."""
SEARCHED_LINES, SAMPLED_ROWS, MOST_ASKED = 30, 200, 80


def meant(text: str, vocabulary: Vocabulary) -> tuple[Known | None, int]:
    """The metric that a header means, and how sure that is; (None, 0) where it means none.

    "Leads (target)" means none: it is a plan.
    """
    if (said := without_plan(text)) is not None:
        rest, planned = said
        known, confidence = meant(rest, vocabulary) if rest else (None, 0)
        if known is not None:
            return (None, 0) if planned else (known, confidence)
    known = vocabulary.find(text) or vocabulary.find(without_unit(text))
    known = known or vocabulary.find(spaced(text))
    if known is not None:
        return known, SURE
    bare = " ".join(FILLERS.sub(" ", re.sub(r"[#°'’]", " ", header_key(text))).split())
    known = vocabulary.find(bare) if len(bare) > 2 else None
    return known, SAID if known is not None else 0


def is_plan(text: str, vocabulary: Vocabulary) -> bool:
    """Whether a header is a metric's target, budget or forecast."""
    said = without_plan(text)
    return bool(said and said[1] and said[0] and meant(said[0], vocabulary)[0])


def guess(header: str, cells: Sequence[str], context: Context) -> tuple[str, int]:
    """(metric key or role, confidence) of a column; ("", 0) where nothing speaks for any."""
    known, confidence = meant(header, context.vocabulary)
    if known is not None:
        measured = known.unit == "seconds" or holds_numbers(cells)
        return (known.key, confidence) if measured and not known.derived else ("", 0)
    filled = [cell for cell in cells if not is_nothing(cell)][:SAMPLED_ROWS]
    if not filled:
        return "", 0
    if _share(filled, _is_day) > 0.9 or _are_moments(header, filled):
        return "date", LIKELY
    if _share(filled, is_number) > 0.8:
        return alike(header, context) if may_be_figures(header, filled) else ("", 0)
    channels = context.workspace.channels
    may_be_place = not NO_PLACE.fullmatch(header_key(header))
    if may_be_place and _share(filled, lambda cell: bool(channel_of(cell, channels))) > 0.8:
        return "channel", LIKELY
    return (
        ("device", LIKELY) if _share(filled, lambda cell: bool(device_of(cell))) > 0.8 else ("", 0)
    )


def asked_apart(
    name: str, cells: Sequence[str], columns: Sequence[Column | None], context: Context
) -> bool:
    """Asks about a column whose name is a metric's, but that means something else beside others."""
    known, _confidence = meant(name, context.vocabulary)
    taken = {column.target for column in columns if column is not None}
    if known is None or known.derived or known.key in taken or not holds_numbers(cells):
        return False
    _ask(name, "", cells, context)
    return True


def alike(header: str, context: Context) -> tuple[str, int]:
    """The metric that a column of numbers may be, by a looser or a mistyped name."""
    key = header_key(header)
    if metric := next((one for one, words in LIKE.items() if words.fullmatch(key)), None):
        return metric, POSSIBLE
    near = context.vocabulary.near(header, cutoff=CLOSE)
    found = context.vocabulary.find(near) if near else None
    return (found.key, POSSIBLE) if found and not found.derived else ("", 0)


def _share(cells: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, cells)) / len(cells)


def _are_moments(header: str, cells: Sequence[str]) -> bool:
    """Whether a column called a time holds seconds since 1970."""
    return bool(OF_TIME.search(header_key(header))) and _share(cells, _is_moment) > 0.9


def _is_moment(cell: str) -> bool:
    return moment_day(cell, "UTC") is not None


def _is_day(cell: str) -> bool:
    if cell.isdecimal() and len(cell) not in {8, 10}:
        return False
    try:
        parse_span(cell)
    except NotADate:
        return False
    return True


def _is_period(cell: str) -> bool:
    """Whether a cell is a day, a month with or without its year, a week, a quarter or a year."""
    try:
        parse_span(cell)
    except NotADate:
        return (
            _is_moment(cell) or in_year(cell, LEAP_YEAR) is not None or own_year(cell) is not None
        )
    return True


def are_serials(cells: Sequence[str]) -> bool:
    """Whether a column of dates holds the numbers that a workbook keeps them as."""
    filled = [cell for cell in cells if not is_nothing(cell)][:SAMPLED_ROWS]
    return bool(filled) and all(serial_day(cell) is not None for cell in filled)


def shape_of(header: Iterable[str]) -> str:
    """Files with the same columns, in any order, have the same shape."""
    keys = sorted(filter(None, map(header_key, header)))
    return sha256("\n".join(keys).encode()).hexdigest()[:32]


def ask_columns(document: Document, context: Context) -> bool:
    """Asks what the columns of an unknown table are; True where guesses make it readable now.

    The guesses are taken meanwhile, so that the page can show what they come to.
    """
    header = _header(document)
    if header is None:
        return False
    said = {header_key(name): target for name, target in context.options.mapping.items()}
    below = [
        line.cells for line in document.lines[: SAMPLED_ROWS * 2] if line.number > header.number
    ]
    elsewhere = told_by_others(map(header_key, header.cells)) - said.keys()
    guesses = [
        (
            name,
            cells,
            *(("", 0) if header_key(name) in elsewhere else _guessed(name, cells, said, context)),
        )
        for index, name in enumerate(header.cells)
        if name and (cells := [row[index] for row in below if index < len(row)])
    ]
    mapping: dict[str, str] = {}
    for name, _cells, target, _confidence in sorted(guesses, key=lambda one: -one[3]):
        mapping[name] = target if target not in mapping.values() else ""
    roles = {role for role in mapping.values() if role in BY_TARGET}
    measured = any(target and target not in roles for target in mapping.values())
    unsure = {name for name, _cells, _target, sure in guesses if mapping[name] and sure < SURE}
    days = {name for name in unsure if mapping[name] == "date"}
    if days:
        unsure -= days
        _say_days(days.pop(), context)
    dated = {name for name, cells, *_rest in guesses if part_of_year(name, cells)}
    plans = {name for name, *_rest in guesses if is_plan(name, context.vocabulary)}
    strange = {name for name, cells, target, sure in guesses
               if not target and not sure and may_be_figures(name, cells)}  # fmt: skip
    strange -= plans | dated
    if plans:
        say_columns_left_out(PLAN, sorted(plans), context)
    unsure |= {name for name in strange if header_key(name) in elsewhere}
    asked = unsure | strange if unsure or not measured else set()
    for name, cells, _target, _confidence in [one for one in guesses if one[0] in asked][
        :MOST_ASKED
    ]:
        _ask(name, mapping[name], cells, context)
    if measured and (unread := sorted(strange - asked)):
        say_columns_left_out(STRANGE, unread, context)
    if not measured:
        note_columns(header.cells, [mapping.get(name, "") for name in header.cells], below, context)
    context.result.shape = shape_of(header.cells)
    context.options = replace(context.options, mapping=mapping)
    return measured


DERIVED, STRANGE, TWICE, PLAN = "derived", "strange", "twice", "plan"


def say_columns_left_out(reason: str, names: Sequence[str], context: Context) -> None:
    """One sentence for all columns that are not imported for the same reason."""
    messages = {
        DERIVED: ngettext(
            "The column %(columns)s is left out: it is worked out from other metrics.",
            "The columns %(columns)s are left out: they are worked out from other metrics.",
            len(names),
        ),
        TWICE: ngettext(
            "The column %(columns)s is left out: another column is for the same metric.",
            "The columns %(columns)s are left out: other columns are for the same metrics.",
            len(names),
        ),
        STRANGE: ngettext(
            "The column %(columns)s is left out: it names no metric. Say below what it holds if"
            " it is to be imported.",
            "The columns %(columns)s are left out: they name no metric. Say below what they hold"
            " if they are to be imported.",
            len(names),
        ),
    }
    if reason == PLAN:
        context.warn("plans_left_out", plans_left_out(names))
    else:
        context.warn("column_left_out", messages[reason] % {"columns": listed(names)})


def _guessed(
    name: str, cells: Sequence[str], said: Mapping[str, str], context: Context
) -> tuple[str, int]:
    """What a column stands for and how sure that is: as the person said, then roles by name."""
    if header_key(name) in said:
        return said[header_key(name)], SURE
    role = role_named(header_key(name))
    if role is not None:
        return role.target, SURE
    return guess(name, cells, context)


def may_be_figures(name: str, cells: Sequence[str]) -> bool:
    """Whether a column counts or measures something, as far as its name and its cells tell."""
    key = header_key(name)
    return (
        _is_numeric(cells)
        and not NO_FIGURE.fullmatch(key)
        and not RATE.fullmatch(fold(spaced(name)))
    )


def _say_days(name: str, context: Context) -> None:
    message = _("The column “%(column)s” is read as the date: its cells are days.")
    context.warn("column_of_days", message % {"column": name})


def ask_likely(
    name: str, cells: Sequence[str], columns: Sequence[Column | None], context: Context
) -> bool:
    """Asks about a column that no name is for and that is likely to be a metric not yet there."""
    target, confidence = guess(name, cells, context)
    taken = {column.target for column in columns if column is not None}
    taken |= {one.default or "" for one in context.result.questions if one.code == "column"}
    if confidence != POSSIBLE or target in taken or not may_be_figures(name, cells):
        return False
    _ask(name, target, cells, context)
    return True


def holds_numbers(cells: Sequence[str]) -> bool:
    """Whether a fair part of a column is numbers; a column of nothing may be of any kind."""
    filled = [cell for cell in cells if not is_nothing(cell)][:SAMPLED_ROWS]
    return len(filled) < FEWEST or _share(filled, is_number) > FAIR


def holds_days(cells: Sequence[str], *, most: bool = False) -> bool:
    """Whether a fair part of a column, or with `most` nearly all of it, is days."""
    filled = [cell for cell in cells if not is_nothing(cell)][:SAMPLED_ROWS]
    if most:
        return bool(filled) and _share(filled, _is_day) > 0.9
    return len(filled) < FEWEST or _share(filled, _is_period) > FAIR


def says_days(name: str, cells: Sequence[str]) -> bool:
    """Whether nearly all cells of a column are days, or moments of a column called a time."""
    filled = [cell for cell in cells if not is_nothing(cell)][:SAMPLED_ROWS]
    return holds_days(cells, most=True) or (bool(filled) and _are_moments(name, filled))


def _header(document: Document) -> Line | None:
    """The first row of words with a row below it that has a number."""
    lines = document.lines[: SEARCHED_LINES + 1]
    for line, following in pairwise(lines):
        words = [cell for cell in line.cells if cell]
        if (
            len(words) > 1
            and not any(map(is_number, words))
            and any(map(is_number, following.cells))
        ):
            return line
    return None


def _is_numeric(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if not is_nothing(cell)]
    return bool(filled) and _share(filled, is_number) > 0.8


def _ask(name: str, target: str, cells: Sequence[str], context: Context) -> None:
    samples = tuple(dict.fromkeys(cell for cell in cells if cell))[:3]
    message = _("What does the column “%(column)s” hold? It reads %(samples)s.")
    context.ask(
        Question(
            code="column",
            message=message % {"column": name, "samples": ", ".join(f"“{one}”" for one in samples)},
            option=f"{MAPPING}{name}",
            choices=column_choices(),
            default=target or LEAVE_OUT,
            column=name,
            samples=samples,
        )
    )


def note_columns(
    header: Sequence[str], read_as: Sequence[str], rows: Sequence[Sequence[str]], context: Context
) -> None:
    """Notes how each column of a table was read, how sure that is, and three of its cells."""
    mapped = {header_key(name) for name in context.options.mapping}
    guesses = []
    for index, name in enumerate(header):
        if not name:
            continue
        cells = [row[index] for row in rows if index < len(row)]
        target = read_as[index] if index < len(read_as) else ""
        _known, confidence = meant(name, context.vocabulary)
        if header_key(name) in mapped or (target and not confidence):
            confidence = SURE
        samples = tuple(dict.fromkeys(cell for cell in cells if cell))[:3]
        guesses.append(ColumnGuess(name, target, confidence if target else 0, samples))
    context.result.columns += guesses
    context.result.shape = context.result.shape or shape_of(header)

"""The days that a file's name tells: the whole period of an export, or the day it was made.

Many tools write a report's period into its file's name and nowhere else. A name can be anything,
so it is asked last, when neither the file nor the person says its days, and what it told is said.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.dates import MONTH, MONTHS
from metrics.imports.folding import fold
from metrics.imports.parsed import Question, Span

APART = r"(?<!\d)"
BETWEEN = r"[\s_.,()–-]*(?:(?:to|thru|through|au|a|bis|al|ate)[\s_.-]+)?"
SHAPES = (
    APART + r"(?P<y{0}>20\d{{2}})[-_.]?(?P<m{0}>\d{{1,2}})[-_.]?(?P<d{0}>\d{{1,2}})(?!\d)",
    APART + r"(?P<d{0}>\d{{1,2}})[-_. ]" + MONTH.format("n{0}") + r"[-_. ]*(?P<y{0}>20\d{{2}})",
    r"\b" + MONTH.format("n{0}") + r"[-_. ]*(?P<d{0}>\d{{1,2}})[-_., ]+(?P<y{0}>20\d{{2}})(?!\d)",
)
"""2026.09.01 or 20260901, "1-Sep-2026", "Sep-1-2026": nothing that has two readings."""
RANGES = tuple(
    re.compile(one.format(1) + BETWEEN + one.format(2).removeprefix(APART)) for one in SHAPES
)
"""The last day may follow at once: a dash that no system allows in names is just dropped."""
LONE_DAY = re.compile(r"[( ](20\d{2})\.(\d{2})\.(\d{2})\)")
"""A report of one day as Google Ads names it: "Time_series(2026.02.05).csv"."""
DAY = re.compile(r"(?<!\d)(20\d{2})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")


def day_in_name(name: str) -> date | None:
    """The day that a name tells ("deals-2026-10-02.csv")."""
    found = DAY.search(name)
    return _day(found[1], found[2], found[3]) if found else None


def range_in_name(name: str) -> Span | None:
    """The first and the last day that a name tells, one beside the other."""
    plain = re.sub(r"_", " ", fold(name))
    for pattern in RANGES:
        if found := pattern.search(plain):
            parts = found.groupdict()
            start, end = (
                _day(parts[f"y{n}"], parts.get(f"m{n}") or parts[f"n{n}"], parts[f"d{n}"])
                for n in (1, 2)
            )
            if start and end and start <= end:
                return Span(start, end)
    if found := LONE_DAY.search(plain):
        day = _day(found[1], found[2], found[3])
        return Span(day, day) if day else None
    return None


def year_in_name(name: str) -> int | None:
    """The only year that a name tells ("Google Ads 2025.csv")."""
    years = set(re.findall(r"(?<!\d)20\d{2}(?!\d)", name))
    return int(years.pop()) if len(years) == 1 else None


def _day(year: str, month: str, day: str) -> date | None:
    number = MONTHS.get(month)
    try:
        return date(int(year), int(month) if number is None else number, int(day))
    except ValueError:
        return None


def _question() -> Question:
    return Question(
        code="period",
        message=_("The file does not say which days it is for. Which period does it cover?"),
        option="period",
    )


def settle_period(span: Span | None, context: Context) -> None:
    """Keeps the period that a file without days is taken for, so that it can be changed."""
    if span is not None:
        context.settle(replace(_question(), default=f"{span.start}/{span.end}"))


def named_period(context: Context) -> Span | None:
    """The days that the file's name tells, said in a warning; asked for where it tells none."""
    span = range_in_name(context.name)
    if span is None or span.start > context.workspace.today:
        context.ask(_question())
        return None
    settle_period(span, context)
    context.warn(
        "period_from_name",
        _(
            "The file says no days: it is taken for %(start)s to %(end)s, as its name says. If "
            "that is wrong, change the period below."
        )
        % {"start": span.start.isoformat(), "end": span.end.isoformat()},
    )
    return span

"""Milestones as people type or paste them: one a line, a day and a value."""

import re
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import fmt
from accounts.typed_numbers import NumberError, parse_metric_value, typed_text
from objectives.milestones import Milestones
from objectives.wording import lang

SEPARATORS = re.compile(r"\s*[=;\t]\s*|\s*:\s+|\s{1,}")
"""Between the day and the value; two columns of a spreadsheet are parted by a tabulator."""
FRENCH_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")


def as_lines(milestones: Milestones, unit: str) -> str:
    """The milestones as a person of the active language would type them."""
    sign = "%" if unit == "percent" else ""
    return "\n".join(
        f"{day.isoformat()} = {typed_text(value, unit, lang())}{sign}" for day, value in milestones
    )


def read_lines(text: str, unit: str) -> Milestones:
    """The milestones of a text. Raises ValidationError with a sentence per line that is wrong."""
    found, problems = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(_read(line.strip(), unit))
        except (ValueError, NumberError) as error:
            words = {"number": number, "problem": str(error)}
            problems.append(_("Line %(number)s: %(problem)s") % words)
    if problems:
        raise ValidationError(problems)
    return tuple(sorted(found))


def _read(line: str, unit: str) -> tuple[date, Decimal]:
    first, *rest = SEPARATORS.split(line, maxsplit=1)
    if not rest or not rest[0].strip():
        raise ValueError(_("Write a day and a value, like 2026-02-28 = 700."))
    return _day(first), parse_metric_value(rest[0], unit, lang())


def _day(text: str) -> date:
    """An ISO date; in French also day, month and year with slashes or points."""
    french = FRENCH_DAY.fullmatch(text) if fmt.language(lang()) == "fr" else None
    try:
        if french:
            day, month, year = map(int, french.groups())
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        wrong = _("%(text)s is no day. Write it like 2026-02-28.") % {"text": text}
        raise ValueError(wrong) from None

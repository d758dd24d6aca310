"""A definition while it is typed: what it means, what it gives, what is wrong and where."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import fmt
from accounts.models import Workspace
from metrics.calculation import NO_DATA, TOO_LARGE, ZERO_DENOMINATOR
from metrics.definition_checks import checked, proposed_key, taken_keys
from metrics.formula import MAX_LENGTH
from metrics.formula_check import Checked
from metrics.formula_names import in_words, sentence, words_of
from metrics.formula_nodes import FormulaError, Operand, Value, operands_in_order
from metrics.formula_preview import PreviewRow, preview_rows
from metrics.models import Metric
from metrics.periods import Grain
from metrics.quantities import describe, fits, fitting, unit_list
from metrics.units import UNIT_NAMES, Unit

TOKEN = re.compile(r"\w+|\S|\Z", re.ASCII)


@dataclass(frozen=True)
class Problem:
    """What is wrong with the text, and the text cut at its place (`here` is empty at the end)."""

    sentence: str
    place: int | None
    before: str = ""
    here: str = ""
    after: str = ""


@dataclass(frozen=True)
class ShownRow:
    """A period of the preview: its inputs in words, and what is wanting."""

    period_start: date
    value: Decimal | None
    partial: bool
    incomplete: bool
    inputs: list[tuple[str, str]]
    remark: str


@dataclass(frozen=True)
class Preview:
    """What a typed definition comes to. `rows` are empty where there is a `problem`."""

    key: str
    formula: str
    grain: Grain
    unit: str
    problem: Problem | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    unit_sentence: str = ""
    unit_fits: bool = False
    rows: list[ShownRow] = field(default_factory=list)

    @property
    def newest(self) -> ShownRow | None:
        """The newest whole period with a value, else the newest with one."""
        known = [row for row in self.rows if row.value is not None]
        return next((row for row in known if not row.partial), known[0] if known else None)

    @property
    def trend(self) -> list[Decimal | None]:
        """The values, oldest first."""
        return [row.value for row in reversed(self.rows)]

    @property
    def wanting(self) -> str:
        """Why there is no value at all; empty where there is one."""
        return "" if self.newest or not self.rows else self.rows[0].remark


def preview(
    workspace: Workspace, typed: Mapping[str, str], metric: Metric | None, *, today: date
) -> Preview:
    """Looks at what was typed so far: `formula`, `unit`, the names, `grain`, maybe a `key`."""
    metrics = {one.key: one for one in Metric.objects.filter(workspace=workspace)}
    formula = typed.get("formula", "")
    key = metric.key if metric else typed.get("key", "").strip()
    name = typed.get("name_en", "").strip() or typed.get("name_fr", "").strip()
    if not key and name:
        key = proposed_key(name, taken_keys(workspace))
    grain = Grain.WEEK if typed.get("grain") == "week" else Grain.MONTH
    unit = typed.get("unit", "")
    shown = Preview(key, formula, grain, unit=unit or str(Unit.COUNT))
    try:
        found = checked(workspace, formula, key, metrics, None)
    except FormulaError as error:
        return replace(shown, problem=_problem(formula, error))
    said, right, unit = _unit_sentence(found, unit)
    language = get_language() or "en"
    inputs = {
        operand: _Input(
            words_of(workspace, Value(operand), metrics.values(), language),
            str(metrics[operand.metric].definition.unit),
        )
        for operand in operands_in_order(found.node)
    }
    return replace(
        shown,
        unit=unit,
        words=in_words(workspace, formula, metrics.values()),
        unit_sentence=said,
        unit_fits=right,
        rows=[
            _shown(row, inputs, workspace.currency, language)
            for row in preview_rows(workspace, found.node, grain, today=today)
        ],
    )


class _Input(NamedTuple):
    """What an operand is called, and what it is counted in."""

    name: str
    unit: str


def _problem(text: str, error: FormulaError) -> Problem | None:
    if not text.strip():
        return None
    at = error.position
    if at is None or len(text) > 2 * MAX_LENGTH:
        return Problem(sentence(error), None)
    found = TOKEN.match(text, at)
    end = found.end() if found else at + 1
    return Problem(sentence(error), at + 1, text[:at], text[at:end], text[end:])


def _unit_sentence(found: Checked, unit: str) -> tuple[str, bool, str]:
    """Whether the formula gives the declared unit: a sentence, the answer, and the unit to show."""
    language = get_language() or "en"
    words = {
        "found": describe(found.quantity).said(language),
        "fitting": unit_list(fitting(found.quantity)).said(language),
    }
    units = fitting(found.quantity)
    if unit in set(Unit) and fits(found.quantity, Unit(unit)):
        text = _("The formula gives %(found)s: that fits the unit “%(unit)s”.")
        words["unit"] = UNIT_NAMES[Unit(unit)].said(language)
        return text % words, True, unit
    shown = str(units[0]) if units else "count"
    if not units:
        text = _("The formula gives %(found)s, which fits no unit: divide or multiply it.")
        return text % words, False, shown
    if unit in set(Unit):
        words["unit"] = UNIT_NAMES[Unit(unit)].said(language)
        text = _(
            "The formula gives %(found)s, which does not fit the unit “%(unit)s”. It would fit: "
            "%(fitting)s."
        )
        return text % words, False, shown
    text = _("The formula gives %(found)s. Units that fit: %(fitting)s.")
    return text % words, True, shown


def _shown(
    row: PreviewRow, inputs: Mapping[Operand, _Input], currency: str, language: str
) -> ShownRow:
    names = {str(operand): one.name for operand, one in inputs.items()}
    return ShownRow(
        row.period.start,
        row.value,
        row.partial,
        row.incomplete,
        [
            (
                inputs[operand].name,
                fmt.metric_value(value, inputs[operand].unit, currency, language),
            )
            for operand, value in row.inputs
        ],
        _remark(row, [names.get(name, name) for name in row.missing]),
    )


def _remark(row: PreviewRow, missing: list[str]) -> str:
    """Why there is no value, or what is missing of it."""
    words = {"names": ", ".join(dict.fromkeys(missing))}
    if row.value is not None:
        return _("Without %(names)s.") % words if missing else ""
    if row.reason == ZERO_DENOMINATOR:
        return _("Nothing to divide by: the value does not exist.")
    if row.reason == TOO_LARGE:
        return _("The result is larger than any measure.")
    if row.reason == NO_DATA or not missing:
        return _("Nothing is known of %(names)s.") % words
    if row.reason == "not_additive":
        return _("%(names)s cannot be added up from shorter periods.") % words
    return _("The last value of %(names)s is too old.") % words

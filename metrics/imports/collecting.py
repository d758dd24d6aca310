"""Rows of one key are brought together by the metric's own rule.

Sums add up, weighted means are weighted, and what cannot be added (people who came, a stock) is
never added: with two rows for one key there is no telling, so there is no value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.imports.context import Context
from metrics.imports.parsed import ParsedFact, Span
from metrics.imports.rows import Dims, Record
from metrics.imports.vocabulary import SUM, WEIGHTED, Known

Key = tuple[str, Span, Dims]


@dataclass(slots=True)
class Gathered:
    """What the rows of one key say together. `weight` is Σ weights of a weighted mean."""

    row: int
    value: Decimal
    weight: Decimal | None = None
    rows: int = 1
    clash: bool = False


@dataclass(slots=True)
class Collector:
    """Gathers records into facts, one for each metric, span and place.

    `strict`: the file is kept by hand, where a second row for one key is a mistake to show
    unless the metric adds up.
    """

    context: Context
    strict: bool
    gathered: dict[Key, Gathered] = field(default_factory=dict)
    _known: dict[str, Known] = field(default_factory=dict)
    _added: list[tuple[int, int]] = field(default_factory=list)

    def add_all(self, records: Iterable[Record]) -> None:
        """Take in every record."""
        for record in records:
            for key, value in record.values.items():
                self._add(key, value, record)

    def _add(self, metric: str, value: Decimal, record: Record) -> None:
        known = self._known.get(metric)
        if known is None:
            known = self._known[metric] = self.context.vocabulary.get(metric)
        weight = record.values.get(known.weight) if known.weight else None
        if known.rollup == WEIGHTED and weight == 0:
            return
        key = (metric, record.span, record.dims)
        before = self.gathered.get(key)
        if before is None:
            self.gathered[key] = Gathered(record.row, value, weight)
        else:
            self._join(known, before, value, weight, record)

    def _join(
        self, known: Known, before: Gathered, value: Decimal, weight: Decimal | None, record: Record
    ) -> None:
        before.rows += 1
        if known.rollup == SUM:
            before.value += value
            if self.strict:
                self._added.append((before.row, record.row))
        elif known.rollup == WEIGHTED and weight is not None and before.weight is not None:
            total = before.weight + weight
            before.value = (before.value * before.weight + value * weight) / total
            before.weight = total
        elif self.strict:
            self._twice(known, before.row, record.row, value)
        else:
            before.clash = True

    def _say_added(self) -> None:
        if not self._added:
            return
        number = len(set(self._added))
        first, second = self._added[0]
        message = ngettext(
            "Rows %(first)s and %(second)s are for the same day and place: their values are added.",
            "%(number)s rows are for the same day and place as an earlier row (row %(second)s and "
            "row %(first)s, for example): their values are added.",
            number,
        )
        values = {"first": first, "second": second, "number": number}
        self.context.warn("rows_added", message % values)

    def _twice(self, known: Known, first: int, second: int, value: Decimal) -> None:
        expected = _(
            "Row %(second)s gives “%(metric)s” for the same day and place as row %(first)s, and "
            "these values cannot be added. Keep one of the two."
        ) % {
            "metric": known.label,
            "first": first,
            "second": second,
        }
        self.context.problem(second, "", f"{value:f}", expected, "duplicate")

    def facts(self) -> list[ParsedFact]:
        """The facts, in the order of their first rows."""
        facts: list[ParsedFact] = []
        left_out: set[str] = set()
        for (metric, span, dims), one in self.gathered.items():
            if one.clash:
                left_out.add(metric)
            else:
                facts.append(ParsedFact(one.row, metric, span.start, span.end, one.value, *dims))
        self._say_added()
        for metric in sorted(left_out):
            self._say_left_out(metric)
        return facts

    def _say_left_out(self, metric: str) -> None:
        known = self._known[metric]
        self.context.warn(
            "uniques_not_added",
            _(
                "Several rows of “%(metric)s” belong to one place, and people counted in two rows "
                "cannot be added: those values are left out."
            )
            % {"metric": known.label},
        )

"""Rows of one key are brought together by the metric's own rule.

Sums add up, weighted means are weighted, and what cannot be added (people who came, a stock) is
never added: with two rows for one key there is no telling, so there is no value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.imports.cells import comes_twice
from metrics.imports.context import Context
from metrics.imports.fact_columns import FactColumns
from metrics.imports.vocabulary import LAST, SUM, UNIQUE, WEIGHTED, Known


@dataclass(slots=True)
class Gathered:
    """What the rows of one key say together, under its first fact's position.

    `weight` is Σ weights of a weighted mean.
    """

    position: int
    value: Decimal
    weight: Decimal | None = None
    clash: bool = False


@dataclass(slots=True)
class Collector:
    """Makes of what rows say one fact for each metric, span and place.

    `strict`: the file is kept by hand, where a second row for one key is a mistake to show
    unless the metric adds up. `parts`: its rows differ in what facts do not have (a product, a
    plan): then what there is of each adds up too, and people do not without being a mistake.
    """

    context: Context
    strict: bool
    parts: bool = False
    _added: list[tuple[int, int]] = field(default_factory=list)
    _apart: list[Gathered] = field(default_factory=list)

    def gather(self, said: FactColumns) -> FactColumns:
        """The facts, in the order of their first rows."""
        known = {code: self.context.vocabulary.get(said.metrics.listed[code])
                 for code in dict.fromkeys(said.metric)}  # fmt: skip
        identities = said.identities()
        weighted = any(metric.rollup == WEIGHTED for metric in known.values())
        if not weighted and not comes_twice(identities):
            return said
        gathered: dict[int, Gathered] = {}
        weights = _weights(said, known)
        for position, identity in enumerate(identities):
            metric = known[said.metric[position]]
            weight = weights.get((metric.weight, said.row[position])) if metric.weight else None
            if metric.rollup == WEIGHTED and weight == 0:
                continue
            before = gathered.get(identity)
            if before is None:
                gathered[identity] = Gathered(position, said.value[position], weight)
            else:
                self._join(metric, before, position, weight, said)
        every = sorted([*gathered.values(), *self._apart], key=attrgetter("position"))
        return self._facts(every, said, known)

    def _join(
        self,
        known: Known,
        before: Gathered,
        position: int,
        weight: Decimal | None,
        said: FactColumns,
    ) -> None:
        value, first, row = said.value[position], said.row[before.position], said.row[position]
        if known.rollup == SUM:
            span = said.spans.listed[said.span[position]]
            if self.strict and span.start != span.end:
                # Each is spread over its days before they are added, as the ledger does.
                self._apart.append(Gathered(position, value, weight))
            else:
                before.value += value
            if self.strict:
                self._added.append((first, row))
        elif known.rollup == WEIGHTED and weight is not None and before.weight is not None:
            total = before.weight + weight
            before.value = (before.value * before.weight + value * weight) / total
            before.weight = total
        elif known.rollup == LAST and self.parts:
            before.value += value
            self._added.append((first, row))
        elif self.strict and not (known.rollup == UNIQUE and self.parts):
            self._twice(known, first, row, value)
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

    def _facts(
        self, gathered: Iterable[Gathered], said: FactColumns, known: dict[int, Known]
    ) -> FactColumns:
        kept = [one for one in gathered if not one.clash]
        facts = said.picked(one.position for one in kept)
        facts.value = [one.value for one in kept]
        self._say_added()
        left_out = {known[said.metric[one.position]] for one in gathered if one.clash}
        for metric in sorted(left_out, key=lambda one: one.key):
            self._say_left_out(metric)
        return facts

    def _say_left_out(self, metric: Known) -> None:
        self.context.warn(
            "uniques_not_added",
            _(
                "Several rows of “%(metric)s” belong to one place, and people counted in two rows "
                "cannot be added: those values are left out."
            )
            % {"metric": metric.label},
        )


def _weights(said: FactColumns, known: dict[int, Known]) -> dict[tuple[str, int], Decimal]:
    """The weights that rows give beside their means, by the weight's metric and the row."""
    wanted = {metric.weight for metric in known.values() if metric.weight}
    codes = {code: metric.key for code, metric in known.items() if metric.key in wanted}
    if not codes:
        return {}
    facts = zip(said.metric, said.row, said.value, strict=True)
    return {(codes[code], row): value for code, row, value in facts if code in codes}

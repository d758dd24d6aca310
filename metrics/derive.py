"""Formulas over a row: the derived metrics of one segment and period.

Standard library only. Formulas are compiled once per workspace; those whose operands are all
absent from a row are not calculated.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from metrics.calculation import CONTEXT, NO_DATA, Compiled, Result, compile_formula
from metrics.calculation import Given as Operands
from metrics.formula import parse
from metrics.formula_nodes import (
    Binary,
    Call,
    Modifier,
    Negative,
    Node,
    Operand,
    evaluation_order,
    metrics_in,
)
from metrics.resolution import EVERYTHING, NONE, Segment, rest_of
from metrics.rollup import Row, Rows

STORED_DIGITS = 18
STORED = Context(prec=STORED_DIGITS, rounding=CONTEXT.rounding, traps=[])
"""Quotients are kept to 18 digits: 400 comes back from 33.333… × 12."""

Shift = tuple[Modifier, int]
"""Which other period: the modifier, and the days of a `lag`."""


@dataclass(frozen=True, slots=True)
class Formula:
    """One derived metric, ready to be calculated.

    `plain` are the metrics it reads in its own row, `elsewhere` the operands of another period or
    segment, `base` the base metrics it rests on in the end. `exact`: no division on the way.
    `whole_only`: it names segments itself, and so is calculated for everything only. `shifted`:
    it reads other periods, in which the stand-in for segments without facts is no one in
    particular. `strict`: it reads its own row only, and has no value where any operand is absent.
    """

    key: str
    node: Node
    compiled: Compiled
    plain: tuple[str, ...]
    elsewhere: tuple[Operand, ...]
    base: frozenset[str]
    exact: bool
    whole_only: bool
    shifted: bool
    strict: bool
    read: tuple[tuple[str, str | None], ...]
    """Its operands by their text, with the metric of those that it reads in its own row."""


_parsed = lru_cache(maxsize=1024)(parse)


class Formulas:
    """The derived metrics of a workspace, each after those that it reads."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts: Mapping[str, str] = MappingProxyType(dict(texts))
        nodes = {key: _parsed(text) for key, text in texts.items()}
        found: dict[str, Formula] = {}
        for key in evaluation_order(nodes):
            found[key] = _formula(key, nodes[key], found)
        self.by_key: Mapping[str, Formula] = MappingProxyType(found)
        self.in_order = tuple(found.values())
        self.levels = _levels(found)
        """The same, each level after those that it reads."""
        self.shifts: Mapping[Shift, frozenset[str]] = MappingProxyType(_shifts(self.in_order))
        """The metrics that are read from each other period."""
        self.depth = _depth(found)
        """The most periods that one value reaches through, one from the other."""

    def only(self, keys: Iterable[str]) -> "Formulas":
        """The formulas of these metrics and of all that they read."""
        found, waiting = set[str](), list(keys)
        while waiting:
            key = waiting.pop()
            formula = self.by_key.get(key)
            if formula is not None and key not in found:
                found.add(key)
                waiting += [*formula.plain, *(one.metric for one in formula.elsewhere)]
        return Formulas({key: text for key, text in self.texts.items() if key in found})

    def base_of(self, key: str) -> frozenset[str]:
        """The base metrics that a metric rests on; itself where it is one."""
        formula = self.by_key.get(key)
        return formula.base if formula else frozenset({key})

    def elsewhere_of(self, key: str) -> frozenset[Operand]:
        """All operands of other periods and segments that a metric rests on."""
        formula = self.by_key.get(key)
        if formula is None:
            return frozenset()
        read = {*formula.plain, *(operand.metric for operand in formula.elsewhere)}
        return frozenset(formula.elsewhere).union(*(self.elsewhere_of(one) for one in read))

    def read_in_place(self, keys: Iterable[str]) -> frozenset[str]:
        """These metrics and those that they read in the same period, one from the other."""
        found: set[str] = set()
        waiting = list(keys)
        while waiting:
            key = waiting.pop()
            if key in found:
                continue
            found.add(key)
            formula = self.by_key.get(key)
            if formula is not None:
                waiting += formula.plain
                waiting += [one.metric for one in formula.elsewhere if not one.modifier]
        return frozenset(found)

    def shifts_of(self, keys: Iterable[str]) -> dict[Shift, frozenset[str]]:
        """What the formulas of these metrics read from each other period."""
        return _shifts(tuple(self.by_key[key] for key in keys if key in self.by_key))

    def readers_of(self, keys: Iterable[str]) -> frozenset[str]:
        """The derived metrics that read any of these, one from the other, these among them."""
        found = {key for key in keys if key in self.by_key}
        for formula in self.in_order:
            if not found.isdisjoint(
                {*formula.plain, *(operand.metric for operand in formula.elsewhere)}
            ):
                found.add(formula.key)
        return frozenset(found)


def _formula(key: str, node: Node, known: Mapping[str, Formula]) -> Formula:
    compiled = compile_formula(node)
    read = [known[name] for name in metrics_in(node) if name in known]
    base = frozenset().union(
        *(one.base for one in read), (name for name in metrics_in(node) if name not in known)
    )
    return Formula(
        key=key,
        node=node,
        compiled=compiled,
        plain=tuple(one.metric for one in compiled.operands if not _is_elsewhere(one)),
        elsewhere=tuple(one for one in compiled.operands if _is_elsewhere(one)),
        base=base,
        exact=not _divides(node) and all(one.exact for one in read),
        whole_only=any(one.where for one in compiled.operands)
        or any(one.whole_only for one in read),
        shifted=any(one.modifier for one in compiled.operands) or any(one.shifted for one in read),
        strict=not _copes(node) and not any(map(_is_elsewhere, compiled.operands)),
        read=tuple(
            (str(one), None if _is_elsewhere(one) else one.metric) for one in compiled.operands
        ),
    )


def _is_elsewhere(operand: Operand) -> bool:
    return operand.modifier is not None or operand.where is not None


def _divides(node: Node) -> bool:
    match node:
        case Binary(operator, left, right):
            return operator == "/" or _divides(left) or _divides(right)
        case Negative(inner):
            return _divides(inner)
        case Call(_, arguments):
            return any(_divides(one) for one in arguments)
        case _:
            return False


def _copes(node: Node) -> bool:
    """Whether a part of the formula has a value where some of its operands have none."""
    match node:
        case Binary(_, left, right):
            return _copes(left) or _copes(right)
        case Negative(inner):
            return _copes(inner)
        case Call(function, arguments):
            return function in ("parts", "coalesce") or any(_copes(one) for one in arguments)
        case _:
            return False


def _shifts(formulas: tuple[Formula, ...]) -> dict[Shift, frozenset[str]]:
    found: dict[Shift, frozenset[str]] = {}
    for formula in formulas:
        for operand in formula.elsewhere:
            if operand.modifier:
                shift = operand.modifier, operand.days
                found[shift] = found.get(shift, frozenset()) | {operand.metric}
    return found


def _levels(formulas: Mapping[str, Formula]) -> tuple[tuple[Formula, ...], ...]:
    places: dict[str, int] = {}
    levels: dict[int, list[Formula]] = {}
    for key, formula in formulas.items():
        read = (*formula.plain, *(operand.metric for operand in formula.elsewhere))
        places[key] = max((places[one] + 1 for one in read if one in places), default=0)
        levels.setdefault(places[key], []).append(formula)
    return tuple(tuple(levels[place]) for place in sorted(levels))


def _depth(formulas: Mapping[str, Formula]) -> int:
    depths: dict[str, int] = {}
    for key, formula in formulas.items():
        through = [(operand.metric, operand.modifier is not None) for operand in formula.elsewhere]
        through += [(metric, False) for metric in formula.plain]
        depths[key] = max((depths.get(metric, 0) + moved for metric, moved in through), default=0)
    return max(depths.values(), default=0)


class Elsewhere(NamedTuple):
    """An operand's value in another row, and whether that is incomplete."""

    value: Operands
    incomplete: bool = False


@dataclass(slots=True)
class Surroundings:
    """The rows around those being derived: their own period's, and those of other periods.

    `named` finds the segment of a ``where``; a name that no segment has reads as any segment
    without facts.
    """

    rows: Rows
    shifted: Mapping[Shift, Rows]
    named: Callable[[str, str], Segment | None]

    def look(self, segment: Segment, operand: Operand) -> Elsewhere:
        """The value of an operand of another period or segment."""
        rows = self.rows
        if operand.modifier:
            rows = self.shifted.get((operand.modifier, operand.days), {})
        if operand.where:
            found = self.named(*operand.where)
            if found is None:
                return Elsewhere(None)
            segment = found
        row = row_in(rows, segment)
        if row is None:
            return Elsewhere(None)
        value = row.values.get(operand.metric)
        if value is None:
            reason = row.reasons.get(operand.metric)
            return Elsewhere(Result(None, reason) if reason else None)
        return Elsewhere(value, operand.metric in row.incomplete)


def row_in(rows: Mapping[Segment, Row], segment: Segment) -> Row | None:
    """The row of a segment; of any segment without facts, where it has none."""
    row = rows.get(segment)
    if row is None and segment.segment_id > 0:
        return rows.get(rest_of(segment.dimension))
    return row


def derive(formulas: Formulas, around: Surroundings, *, periods_per_year: Decimal | int) -> None:
    """Adds the derived metrics to all rows of a period, everything last: it reads the others."""
    for segment, row in around.rows.items():
        if segment != EVERYTHING:
            _derive_row(formulas, segment, row, around, periods_per_year)
    whole = around.rows.get(EVERYTHING)
    if whole is not None:
        _derive_row(formulas, EVERYTHING, whole, around, periods_per_year)


def _derive_row(
    formulas: Formulas,
    segment: Segment,
    row: Row,
    around: Surroundings,
    periods_per_year: Decimal | int,
) -> None:
    """Adds to one row. Quotients are rounded as they are kept, not as the next formula reads."""
    exact = dict(row.values)
    present = exact.keys() | row.reasons.keys()
    for formula in formulas.in_order:
        if formula.base.isdisjoint(present):
            continue
        if segment != EVERYTHING and (
            formula.whole_only or (formula.shifted and segment.segment_id == NONE)
        ):
            continue
        if formula.strict and _is_hopeless(formula, exact, row.reasons):
            continue
        given, unsure = _operands(formula, segment, row, exact, around)
        result = formula.compiled(given, periods_per_year)
        if result.value is None:
            if result.reason and result.reason != NO_DATA:
                row.reasons[formula.key] = result.reason
            continue
        exact[formula.key] = result.value
        kept = result.value if formula.exact else STORED.plus(result.value)
        row.values[formula.key] = kept
        if unsure or result.missing:
            row.incomplete.add(formula.key)


def _is_hopeless(
    formula: Formula, exact: Mapping[str, Decimal], reasons: Mapping[str, str]
) -> bool:
    """Whether an operand is absent and none has a reason to hand on: no data, then."""
    return any(key not in exact for key in formula.plain) and not any(
        key in reasons for key in formula.plain
    )


def _operands(
    formula: Formula,
    segment: Segment,
    row: Row,
    exact: Mapping[str, Decimal],
    around: Surroundings,
) -> tuple[dict[str, Operands], bool]:
    """The formula's operands by their text, and whether one of them is incomplete."""
    given: dict[str, Operands] = {}
    unsure = False
    for key in formula.plain:
        value = exact.get(key)
        if value is not None:
            given[key] = value
            unsure = unsure or key in row.incomplete
        elif key in row.reasons:
            given[key] = Result(None, row.reasons[key])
    for operand in formula.elsewhere:
        name = str(operand)
        found, incomplete = around.look(segment, operand)
        given[name] = found
        if isinstance(found, Decimal):
            row.inputs[name] = found
            unsure = unsure or incomplete
    return given, unsure

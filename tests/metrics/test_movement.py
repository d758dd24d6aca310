"""Contributions: they add up to the change, exactly and as shown."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.effects import CHOICE, LENGTH, effects, linear
from metrics.formula import parse
from metrics.formula_nodes import Operand
from metrics.movement import (
    Ratio,
    apportioned,
    differences,
    exactly,
    mix_and_rate,
    rounded,
)

amounts = st.fractions(min_value=-10_000, max_value=10_000, max_denominator=997)
counts = st.integers(0, 400).map(Fraction)
ratios = st.dictionaries(st.sampled_from("abcdef"), st.builds(Ratio, counts, counts), min_size=1)
F = Fraction


def total(sides: dict[str, Ratio]) -> Fraction:
    below = sum(one.denominator for one in sides.values())
    return sum((one.numerator for one in sides.values()), F(0)) / below


def test_each_segment_of_a_sum_has_its_own_gain() -> None:
    then, now = {"a": F(40), "b": F(2)}, {"a": F(9), "c": F(6)}
    assert differences(then, now) == {"a": F(-31), "c": F(6), "b": F(-2)}


def test_mix_and_rate_of_two_channels_by_hand() -> None:
    """Search converts 10 %, social 2 %; social grows from 100 to 300 of the visits: all is mix."""
    then = {"search": Ratio(F(10), F(100)), "social": Ratio(F(2), F(100))}
    now = {"search": Ratio(F(10), F(100)), "social": Ratio(F(6), F(300))}
    found = mix_and_rate(then, now)  # the whole falls from 6 % to 4 %, its mean is 5 %
    assert (found["search"].mix, found["search"].rate) == (F(-1, 4) * F(5, 100), 0)
    assert (found["social"].mix, found["social"].rate) == (F(1, 4) * F(-3, 100), 0)
    assert sum(one.total for one in found.values()) == F(-2, 100)


def test_a_better_rate_at_the_same_share_is_all_rate() -> None:
    then = {"a": Ratio(F(10), F(100)), "b": Ratio(F(5), F(100))}
    now = {"a": Ratio(F(10), F(100)), "b": Ratio(F(15), F(100))}
    assert mix_and_rate(then, now) == {"a": (0, 0), "b": (0, F(5, 100))}


def test_a_segment_of_one_period_only_is_all_mix() -> None:
    then = {"a": Ratio(F(10), F(100))}
    now = {"a": Ratio(F(10), F(100)), "new": Ratio(F(30), F(100))}
    assert mix_and_rate(then, now)["new"].rate == 0
    assert mix_and_rate(now, then)["new"].rate == 0


def test_costs_without_a_lead_are_a_rate_effect_of_their_own() -> None:
    then = {"a": Ratio(F(100), F(10)), "not set": Ratio(F(0), F(0))}
    now = {"a": Ratio(F(100), F(10)), "not set": Ratio(F(50), F(0))}
    assert mix_and_rate(then, now)["not set"] == (0, 5)


@given(ratios, ratios)
def test_mix_and_rate_add_up(then: dict[str, Ratio], now: dict[str, Ratio]) -> None:
    if not all(sum(one.denominator for one in side.values()) for side in (then, now)):
        with pytest.raises(ZeroDivisionError):
            mix_and_rate(then, now)
        return
    found = mix_and_rate(then, now)
    assert sum(one.total for one in found.values()) == total(now) - total(then)
    turned = mix_and_rate(now, then)
    assert all(turned[key].total == -one.total for key, one in found.items())


@given(st.lists(amounts, min_size=1, max_size=12), st.integers(0, 4))
def test_what_is_shown_adds_up(parts: list[Fraction], places: int) -> None:
    whole = rounded(sum(parts, F(0)), places)
    shown = apportioned(parts, whole, places)
    assert sum(shown, Decimal(0)) == whole
    for exact, one in zip(parts, shown, strict=True):
        assert abs(exact - Fraction(one)) < F(1, 10**places)
        assert one == 0 or exact != 0


def test_the_largest_remainders_win() -> None:
    thirds = [F(1, 3), F(1, 3), F(1, 3), F(0)]
    assert sorted(apportioned(thirds, Decimal(1), 2))[2:] == [Decimal("0.33"), Decimal("0.34")]


@given(st.lists(amounts, min_size=1, max_size=12))
def test_exact_parts_add_up_to_a_stored_change(parts: list[Fraction]) -> None:
    change = Decimal(sum(parts, F(0)).numerator) / sum(parts, F(0)).denominator
    assert sum(map(Fraction, exactly(parts, change))) == Fraction(change)


FORMULAS = (
    "a / b",
    "(a - b) / b",
    "1 - a / b",
    "a * b * c",
    "parts(a, b, c) / b",
    "a * per_year(b / c)",
    "min(a, b) + c",
    "max(a, b, c) - start(b)",
    "-a / (b + c)",
)
values = st.fixed_dictionaries(
    {name: st.integers(1, 900).map(Fraction) for name in ("a", "b", "c", "start(b)")}
)


@given(st.sampled_from(FORMULAS), values, values, st.sampled_from((12, 52, 365)))
def test_effects_add_up(
    text: str, then: dict[str, Fraction], now: dict[str, Fraction], per_year: int
) -> None:
    def known(operand: Operand) -> tuple[Fraction, Fraction]:
        return then[str(operand)], now[str(operand)]

    moved = effects(parse(text), known, (F(12), F(per_year)))
    assert moved is not None
    parts = [weight * (known(one)[1] - known(one)[0]) for one, weight in moved.weights.items()]
    assert sum(parts) + sum(moved.others.values()) == moved.change


def test_the_effects_on_a_cost_per_lead_by_hand() -> None:
    """100 € for 10 leads, then 180 € for 12: each effect at the mean of the other."""
    ends = {"cost": (F(100), F(180)), "leads": (F(10), F(12))}
    moved = effects(parse("cost / leads"), lambda one: ends[one.metric])
    assert moved is not None
    by_cost = moved.weights[Operand("cost")] * 80
    by_leads = moved.weights[Operand("leads")] * 2
    assert by_cost == 80 * (F(1, 10) + F(1, 12)) / 2
    assert by_leads == 140 * (F(1, 12) - F(1, 10))
    assert by_cost + by_leads == 5


def test_a_part_that_is_known_in_one_period_only_was_nothing() -> None:
    ends = {"a": (F(5), F(7)), "b": (None, F(4))}
    moved = effects(parse("parts(a, b)"), lambda one: ends[one.metric])
    assert moved is not None
    assert (moved.then, moved.now) == (5, 11)


@pytest.mark.parametrize("text", ["a / b", "a + b", "min(a, b)", "parts(b)"])
def test_no_effects_without_a_value(text: str) -> None:
    ends = {"a": (F(5), F(7)), "b": (None, F(4))}
    assert effects(parse(text), lambda one: ends[one.metric]) is None


def test_no_effects_through_a_zero_denominator() -> None:
    ends = {"a": (F(5), F(7)), "b": (F(0), F(4))}
    assert effects(parse("a / b"), lambda one: ends[one.metric]) is None


def test_other_reasons_have_names() -> None:
    ends = {"a": (F(5), F(7)), "b": (F(4), F(9))}
    longer = effects(parse("per_year(a)"), lambda one: ends[one.metric], (F(12), F(52)))
    chosen = effects(parse("max(a, b)"), lambda one: ends[one.metric])
    assert longer is not None
    assert chosen is not None
    assert longer.others == {LENGTH: 40 * F(6)}
    assert chosen.others == {CHOICE: F(1, 2)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b - 2 * a", {"a": -1, "b": 1}),
        ("parts(a, b)", {"a": 1, "b": 1}),
        ("a * b", None),
        ("a + 1", None),
        ("min(a, b)", None),
    ],
)
def test_sums_of_operands(text: str, expected: dict[str, int] | None) -> None:
    found = linear(parse(text), lambda operand: {operand: F(1)})
    named = None if found is None else {str(key): weight for key, weight in found.items()}
    assert named == expected

"""Expected value, pace ratio and progress of each kind, worked out by hand."""

from decimal import Decimal

import pytest

from objectives.measure import (
    Asked,
    JudgedPeriod,
    Kind,
    Method,
    Over,
    Rollup,
    Scale,
    measure,
    opening_of,
)

D = Decimal
Amount = Decimal | int | str
LEADS = Asked(kind=Kind.REACH, rollup=Rollup.SUM, target=D(1200))
BUDGET = Asked(kind=Kind.CEILING, rollup=Rollup.SUM, target=D(20000), direction="context")
UNSUBSCRIBES = Asked(kind=Kind.REDUCE, rollup=Rollup.SUM, target=D(100), baseline=D(160))
FOLLOWERS = Asked(kind=Kind.REACH, rollup=Rollup.STOCK, target=D(8000), baseline=D(7000))
BACKLOG = Asked(
    kind=Kind.REDUCE, rollup=Rollup.STOCK, target=D(50), baseline=D(90), direction="down"
)
CPL_28 = Asked(
    kind=Kind.REDUCE,
    rollup=Rollup.RATE,
    over=Over.LAST28,
    target=D(55),
    baseline=D(70),
    direction="down",
)
CTR = Asked(kind=Kind.REACH, rollup=Rollup.RATE, target=D("0.024"), baseline=D("0.021"))
CPL = Asked(kind=Kind.REACH, rollup=Rollup.RATE, target=D(55), direction="down")
MONTHLY_UNIQUES = Asked(
    kind=Kind.REACH, rollup=Rollup.UNIQUE, over=Over.PERIOD, target=D(5000), baseline=D(4000)
)


@pytest.mark.parametrize(
    ("asked", "value", "share", "method", "expected", "ratio", "progress"),
    [
        (LEADS, 624, "0.65", "cumulative", 780, "0.8", "0.52"),
        (BUDGET, 12600, "0.6", "budget", 12000, "1.05", "0.63"),
        (UNSUBSCRIBES, 48, "0.5", "limit", 50, "0.04", "0.48"),
        (FOLLOWERS, 7410, "0.5", "line", 7500, "0.82", "0.41"),
        (BACKLOG, 78, "0.5", "line", 70, "0.6", "0.3"),
        (CPL_28, 67, "0.2", "line", 67, "1", "0.2"),
        (CTR, "0.0252", "0.5", "whole", "0.024", "0.05", "1.4"),
        (CPL, "63.25", "0.5", "whole", 55, "-0.15", None),
        (MONTHLY_UNIQUES, 4300, "0.5", "line", 4500, "0.6", "0.3"),
    ],
)
def test_numbers_of_each_kind(
    asked: Asked,
    value: Amount,
    share: Amount,
    method: str,
    expected: Amount,
    ratio: str,
    progress: str | None,
) -> None:
    found = measure(asked, value=D(value), share=D(share))
    assert found.method == method
    assert (found.expected, found.ratio) == (D(expected), D(ratio))
    assert found.progress == (None if progress is None else D(progress))


def test_progress_is_not_clamped() -> None:
    assert measure(FOLLOWERS, value=D(6500), share=D(1)).progress == D("-0.5")
    assert measure(FOLLOWERS, value=D(9500), share=D(1)).progress == D("2.5")


def test_gap_of_a_sum() -> None:
    found = measure(LEADS, value=D(624), share=D("0.65"))
    assert (found.gap, found.gap_ratio) == (D(-156), D("-0.2"))


@pytest.mark.parametrize(
    ("asked", "value", "attainment"),
    [
        (LEADS, 1116, "0.93"),
        (FOLLOWERS, 7930, "0.93"),
        (CPL, "63.25", "0.85"),
        (CTR, "0.018", "0.75"),
        (BUDGET, 22000, "1.1"),
    ],
)
def test_attainment(asked: Asked, value: Amount, attainment: str) -> None:
    assert measure(asked, value=D(value), share=D(1)).attainment == D(attainment)


@pytest.mark.parametrize(
    ("asked", "share", "value", "expected", "ratio"),
    [
        # E = 0: nothing expected yet
        (LEADS, 0, 5, 0, None),
        (FOLLOWERS, 0, 7100, 7000, None),
        # T = b: the target itself is expected
        (Asked(kind=Kind.REACH, rollup=Rollup.STOCK, target=D(7000), baseline=D(7000)), "0.5", 7070,
         7000, "0.01"),
        # a baseline of zero
        (Asked(kind=Kind.REACH, rollup=Rollup.STOCK, target=D(100), baseline=D(0)), "0.5", 40,
         50, "0.8"),
        # target and baseline both zero, and a rate to bring to 0: no denominator
        (Asked(kind=Kind.REACH, rollup=Rollup.STOCK, target=D(0), baseline=D(0)), "0.5", 1, 0,
         None),
        (Asked(kind=Kind.REDUCE, rollup=Rollup.RATE, target=D(0)), "0.5", "0.01", 0, None),
        # negative targets: a smaller loss is better than planned
        (Asked(kind=Kind.REACH, rollup=Rollup.SUM, target=D(-5000)), "0.5", -2000, -2500, "1.2"),
        (Asked(kind=Kind.REACH, rollup=Rollup.STOCK, target=D(-50), baseline=D(-100)), "0.5", -80,
         -75, "0.8"),
        (Asked(kind=Kind.REACH, rollup=Rollup.RATE, target=D("-0.05")), "0.5", "-0.06", "-0.05",
         "-0.2"),
    ],
)  # fmt: skip
def test_denominators(
    asked: Asked, share: Amount, value: Amount, expected: Amount, ratio: str | None
) -> None:
    found = measure(asked, value=D(value), share=D(share))
    assert found.expected == D(expected)
    assert found.ratio == (None if ratio is None else D(ratio))


@pytest.mark.parametrize("asked", [LEADS, BUDGET, FOLLOWERS, CTR, CPL])
def test_no_value_is_no_number(asked: Asked) -> None:
    found = measure(asked, value=None, share=D("0.5"))
    assert found.ratio is found.progress is found.attainment is found.gap is None


def test_progress_of_a_target_of_zero_is_unknown() -> None:
    asked = Asked(kind=Kind.CEILING, rollup=Rollup.SUM, target=D(0))
    assert measure(asked, value=D(0), share=D("0.5")).progress is None


def test_a_stock_without_a_baseline_has_no_plan() -> None:
    asked = Asked(kind=Kind.REACH, rollup=Rollup.STOCK, target=D(8000))
    found = measure(asked, value=D(7000), share=D("0.5"))
    assert (found.expected, found.ratio, opening_of(asked)) == (None, None, None)


def test_a_rate_without_a_baseline_is_compared_with_its_target() -> None:
    asked = Asked(kind=Kind.REACH, rollup=Rollup.RATE, over=Over.LAST28, target=D("0.02"))
    assert asked.method is Method.WHOLE


def test_a_ceiling_on_a_rate_is_a_gap_where_less_is_better() -> None:
    asked = Asked(kind=Kind.CEILING, rollup=Rollup.RATE, over=Over.LAST28, target=D(55))
    found = measure(asked, value=D(50), share=D("0.5"))
    assert (found.method, found.scale) == (Method.WHOLE, Scale.GAP)
    assert found.ratio is not None
    assert found.ratio > 0


def test_a_sum_over_the_last_days_is_a_level() -> None:
    asked = Asked(
        kind=Kind.REACH, rollup=Rollup.SUM, over=Over.LAST28, target=D(600), baseline=D(500)
    )
    assert measure(asked, value=D(540), share=D("0.5")).ratio == D("0.8")


@pytest.mark.parametrize(
    ("inside", "judged", "required", "ratio"),
    [(12, 12, "1", "1"), (9, 10, "1", "0.9"), (8, 10, "0.8", "1"), (0, 3, "1", "0")],
)
def test_share_of_periods_inside(inside: int, judged: int, required: str, ratio: str) -> None:
    asked = Asked(kind=Kind.ABOVE, rollup=Rollup.RATE, target=D("0.02"), required_share=D(required))
    periods = tuple(JudgedPeriod(str(n), D("0.02"), n < inside) for n in range(judged))
    found = measure(asked, value=D("0.02"), share=D("0.5"), periods=periods)
    assert (found.method, found.ratio, found.expected) == (Method.PERIODS, D(ratio), D("0.02"))


def test_no_period_yet() -> None:
    asked = Asked(kind=Kind.BELOW, rollup=Rollup.RATE, target=D("0.02"))
    assert measure(asked, value=None, share=D(0)).ratio is None


@pytest.mark.parametrize(
    ("kind", "value", "met"),
    [
        (Kind.ABOVE, 10, True),
        (Kind.ABOVE, 9, False),
        (Kind.BELOW, 10, True),
        (Kind.BELOW, 11, False),
        (Kind.BETWEEN, 10, True),
        (Kind.BETWEEN, 20, True),
        (Kind.BETWEEN, 21, False),
        (Kind.CEILING, 11, False),
        (Kind.REDUCE, 9, True),
    ],
)
def test_limits_belong_to_the_inside(kind: Kind, value: int, met: bool) -> None:
    asked = Asked(kind=kind, rollup=Rollup.RATE, target=D(10), target_high=D(20))
    assert asked.met_by(D(value)) is met


def test_without_a_direction_the_baseline_tells_it() -> None:
    asked = Asked(
        kind=Kind.REACH,
        rollup=Rollup.RATE,
        over=Over.LAST28,
        target=D(5),
        baseline=D(8),
        direction="context",
    )
    assert asked.less_is_better

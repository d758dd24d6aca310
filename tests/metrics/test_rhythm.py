"""What deliveries say of a feed's rhythm and delay, and when it is due by that."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

import pytest

from metrics.rhythm import Delivery, Learned, Rhythm, due_after, learn

MONDAY = date(2026, 1, 5)


def day(n: int) -> date:
    """The n-th day after a Monday."""
    return MONDAY + timedelta(days=n)


def came(pairs: Iterable[tuple[int, int]]) -> list[Delivery]:
    """Deliveries from (day received, last day reached)."""
    return [Delivery(day(received), day(last)) for received, last in pairs]


def weekly(weeks: Iterable[int], lag: int = 1) -> list[Delivery]:
    """Each week's figures, some days after its Sunday."""
    return came((7 * week + 6 + lag, 7 * week + 6) for week in weeks)


def learned(deliveries: Iterable[Delivery]) -> tuple[Rhythm, int]:
    found = learn(deliveries)
    assert found is not None
    return found.rhythm, found.delay_days


def test_too_few_deliveries_say_nothing() -> None:
    assert learn([]) is None
    assert learn(weekly(range(4))) is None
    assert learn(came((n + 1, n) for n in range(7))) is None


def test_every_week_two_days_late() -> None:
    assert learn(weekly(range(8), lag=2)) == Learned(
        Rhythm.WEEK, 2, skips_weekends=False, kept=7, seen=7
    )


def test_every_day() -> None:
    assert learned(came((n + 1, n) for n in range(20))) == (Rhythm.DAY, 1)


def test_every_month_however_long_it_is() -> None:
    ends = [date(2026, month + 1, 1) - timedelta(days=1) for month in range(1, 9)]
    deliveries = [Delivery(end + timedelta(days=4), end) for end in ends]
    assert learned(deliveries) == (Rhythm.MONTH, 4)


def test_a_skipped_week_decides_nothing() -> None:
    weeks = [week for week in range(12) if week != 6]
    assert learn(weekly(weeks, lag=1)) == Learned(
        Rhythm.WEEK, 1, skips_weekends=False, kept=9, seen=10
    )


def test_a_delivery_later_than_usual_is_an_exception_several_are_not() -> None:
    usual, late = weekly(range(10)), weekly([10], lag=4)
    assert learned(usual + late) == (Rhythm.WEEK, 1)
    often = [one for n in range(12) for one in weekly([n], lag=4 if n % 3 else 1)]
    assert learned(often) == (Rhythm.WEEK, 4)


def test_a_file_of_the_past_and_a_correction_are_no_deliveries() -> None:
    early = came([(400, -300), (401, -200)])
    again = came([(20, 6), (21, 13)])
    assert learned(weekly(range(8)) + early + again) == (Rhythm.WEEK, 1)


def test_the_first_file_may_hold_years() -> None:
    assert learned(came([(1, 0)]) + weekly(range(1, 8))) == (Rhythm.WEEK, 1)


def test_two_files_of_a_day_are_one_delivery() -> None:
    twice = [one for one in weekly(range(8)) for _n in range(2)]
    assert learn(twice) == learn(weekly(range(8)))


def test_what_never_comes_on_weekends_is_not_awaited_there() -> None:
    working = [n for n in range(28) if n % 7 < 5]
    found = learn(came((n, n - 1) for n in working))
    assert found is not None
    assert (found.rhythm, found.delay_days, found.skips_weekends) == (Rhythm.DAY, 1, True)


def test_no_regularity_is_no_rhythm() -> None:
    gaps = [1, 12, 3, 30, 2, 17, 5, 40, 1, 9]
    days = [sum(gaps[:n]) for n in range(1, len(gaps) + 1)]
    assert learned(came((n, n - 1) for n in days)) == (Rhythm.NONE, 0)


def test_old_months_sent_day_by_day_are_no_monthly_feed() -> None:
    assert learned(came((n, 30 * n - 1000) for n in range(12))) == (Rhythm.NONE, 0)


def test_only_the_latest_deliveries_count() -> None:
    slow, quick = weekly(range(40), lag=5), weekly(range(40, 85), lag=1)
    assert learned(slow + quick) == (Rhythm.WEEK, 1)


def test_sure_with_twice_the_history_that_agrees() -> None:
    found = [learn(weekly(range(weeks))) for weeks in (6, 12)]
    assert [one is not None and one.is_sure for one in found] == [False, True]


def test_what_comes_as_learned_is_in_time() -> None:
    """Day by day over a month, for each way of delivering."""
    working = came((n, n - 1) for n in range(42) if n % 7 < 5)
    for deliveries in (weekly(range(12), lag=3), working):
        found = learn(deliveries)
        assert found is not None
        for before, after in pairwise(deliveries):
            due = due_after(
                before.last_day,
                rhythm=found.rhythm,
                delay_days=found.delay_days,
                skips_weekends=found.skips_weekends,
            )
            assert due is not None
            assert after.received <= due


@pytest.mark.parametrize(
    ("rhythm", "delay", "skips", "expected"),
    [
        ("day", 1, False, day(3)),
        ("day", 3, False, day(5)),
        ("day", 3, True, day(7)),
        ("day", 4, True, day(7)),
        ("week", 0, False, day(8)),
        ("month", 2, False, date(2026, 2, 2)),
        ("none", 0, False, None),
    ],
)
def test_when_the_next_figures_are_due(
    rhythm: str, delay: int, skips: bool, expected: date | None
) -> None:
    found = due_after(day(1), rhythm=rhythm, delay_days=delay, skips_weekends=skips)
    assert found == expected

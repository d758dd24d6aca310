"""From customers back to visits and money, by hand."""

from datetime import date
from decimal import Decimal

from objectives.chain import Link, Price, budget, needed

D = Decimal
START, END = date(2026, 4, 1), date(2026, 6, 30)


def link(earlier: str, later: str, went_on: int | None, came: int | None, **more: object) -> Link:
    above = None if went_on is None else D(went_on)
    below = None if came is None else D(came)
    return Link(earlier=earlier, later=later, went_on=above, came=below, **more)  # type: ignore[arg-type]


LINKS = [
    link("sqls", "new_customers", 20, 100, days=30),
    link("mqls", "sqls", 30, 90, days=14),
    link("leads", "mqls", 90, 250, days=7),
    link("sessions", "leads", 250, 10000),
]


def test_each_stage_is_divided_by_its_share_and_rounded_up() -> None:
    found = needed(12, start=START, end=END, links=LINKS)
    assert [(one.key, one.target) for one in found] == [
        ("new_customers", 12),
        ("sqls", 60),  # 12 / 0.2
        ("mqls", 180),  # 60 / (1/3): exactly, not 180.000…1
        ("leads", 500),  # 180 / 0.36
        ("sessions", 20000),  # 500 / 0.025
    ]


def test_what_does_not_divide_is_rounded_up_at_each_step() -> None:
    links = [link("sqls", "new_customers", 3, 10), link("mqls", "sqls", 3, 10)]
    found = needed(10, start=START, end=END, links=links)
    assert [one.target for one in found] == [10, 34, 114]  # 33.3 up to 34; 34 / 0.3 = 113.3


def test_dates_lie_earlier_by_the_days_that_each_stage_takes() -> None:
    found = needed(12, start=START, end=END, links=LINKS)
    assert [(one.start, one.end) for one in found] == [
        (date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 3, 2), date(2026, 5, 31)),  # 30 days earlier
        (date(2026, 2, 16), date(2026, 5, 17)),  # 14 more
        (date(2026, 2, 9), date(2026, 5, 10)),  # 7 more
        (date(2026, 2, 9), date(2026, 5, 10)),  # nobody said how long
    ]


def test_behind_an_unknown_share_nothing_is_known() -> None:
    links = [LINKS[0], link("mqls", "sqls", None, 90), LINKS[2]]
    found = needed(12, start=START, end=END, links=links)
    assert [one.target for one in found] == [12, 60, None, None]


def test_a_share_of_nobody_is_unknown() -> None:
    assert needed(1, start=START, end=END, links=[link("a", "b", 0, 90)])[1].target is None
    assert needed(1, start=START, end=END, links=[link("a", "b", 5, 0)])[1].target is None


def test_a_typed_share_counts_and_has_no_bounds() -> None:
    typed = link("mqls", "sqls", None, None, typed=D("0.25"))
    found = needed(50, start=START, end=END, links=[typed])
    assert (found[1].target, found[1].low, found[1].high) == (200, 200, 200)
    assert typed.bounds is None


def test_the_bounds_of_the_share_bound_the_amount() -> None:
    # Wilson at 90 %, 20 of 100: from 0.1425 to 0.2734. 12 / 0.2734 = 43.9; 12 / 0.1425 = 84.2
    found = needed(12, start=START, end=END, links=LINKS[:1])[1]
    assert (found.low, found.high) == (44, 85)


def test_bounds_go_on_through_the_chain() -> None:
    # 30 of 90: from 0.25752 to 0.41888. 44 / 0.41888 = 105.04; 85 / 0.25752 = 330.08
    found = needed(12, start=START, end=END, links=LINKS[:2])[2]
    assert (found.low, found.high) == (106, 331)


def test_more_out_than_in_is_a_share_without_bounds() -> None:
    found = needed(12, start=START, end=END, links=[link("visits", "orders", 30, 20)])[1]
    assert (found.target, found.low, found.high) == (8, 8, 8)


def test_money_is_pieces_at_the_price_rounded_up() -> None:
    assert budget(500, Price(cost=D("15000.00"), pieces=D(250))) == 30000
    assert budget(7, Price(cost=D(100), pieces=D(3))) == 234  # 233.3
    assert budget(10, Price(typed=D("12.05"))) == 121


def test_money_without_a_price_is_unknown() -> None:
    assert budget(500, Price()) is None
    assert budget(500, Price(cost=D(0), pieces=D(3))) is None
    assert budget(None, Price(typed=D(3))) is None

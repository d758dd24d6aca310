"""Targets per month or quarter under a yearly one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from accounts.models import User
from metrics.periods import Grain
from objectives.models import Alert, Objective, State
from objectives.pace import weights
from objectives.period_form import read_pasted
from objectives.period_split import Span, amounts, levels, shares
from objectives.period_targets import (
    AlreadySplit,
    Split,
    create_periods,
    periods_below,
    proposed,
    split_of,
)
from tests.cast import client_of
from tests.objectives.board import HALF_WAY, Board, at
from tests.pages import text

YEAR = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}
MONTHS = [f"2026-{month:02d}" for month in range(1, 13)]


def months(objective: Objective) -> Split:
    found = split_of(objective, Grain.MONTH)
    assert found is not None
    return found


@pytest.fixture
def yearly(board: Board) -> Objective:
    """1 205 leads in 2026; two a day so far."""
    board.figures("leads", 2, date(2025, 11, 1))
    board.compute(HALF_WAY)
    return board.objective("leads", 1205, statement="Leads of the year", **YEAR)


# The arithmetic


def test_amounts_add_up_to_the_target_whatever_is_rounded() -> None:
    third = Decimal(1) / 3
    assert amounts(Decimal(100), (third, third, third), step=Decimal(1)) == (33, 34, 33)
    assert sum(amounts(Decimal("99.99"), (third,) * 3)) == Decimal("99.99")


def test_a_level_goes_on_from_where_the_last_period_ends() -> None:
    half = Decimal("0.5")
    assert levels(Decimal(100), Decimal(80), (half, half), step=Decimal(1)) == (90, 80)


def test_a_share_is_the_weight_that_lies_in_the_span() -> None:
    start, end = date(2026, 1, 1), date(2026, 1, 4)
    plan = weights(start, end, {}, mode="even")
    spans = (Span("a", start, start), Span("b", date(2026, 1, 2), end))
    assert shares(spans, plan, start) == (Decimal("0.25"), Decimal("0.75"))


# What can be split


def test_a_year_has_twelve_months_and_four_quarters(yearly: Objective) -> None:
    assert [span.key for span in months(yearly).spans] == MONTHS
    quarters = split_of(yearly, Grain.QUARTER)
    assert quarters is not None
    assert [span.key for span in quarters.spans] == [f"2026-Q{number}" for number in range(1, 5)]


def test_a_month_is_cut_where_the_objective_begins(board: Board) -> None:
    objective = board.objective("leads", 100, start=date(2026, 1, 15))
    (first, *_others) = months(objective).spans
    assert (first.start, first.end) == (date(2026, 1, 15), date(2026, 1, 31))


def test_limits_and_single_months_are_not_split(board: Board) -> None:
    above = board.objective("email_click_rate", "0.02", kind="above", **YEAR)
    short = board.objective("leads", 10, end=date(2026, 1, 31))
    assert split_of(above, Grain.MONTH) is None
    assert split_of(short, Grain.MONTH) is None


def test_proposals_add_up(yearly: Objective) -> None:
    for how in ("plan", "even"):
        values = proposed(months(yearly), how)
        assert values is not None
        assert sum(values) == 1205
    assert proposed(months(yearly), "last_year") is None  # no year of figures


def test_last_year_gives_the_season(board: Board) -> None:
    board.figures("leads", lambda day: 9 if day.month == 12 else 1, date(2024, 12, 1))
    board.compute(HALF_WAY)
    values = proposed(months(board.objective("leads", 1200, **YEAR)), "last_year")
    assert values is not None
    assert values[11] > 3 * values[5]


def test_a_stock_goes_along_its_line(board: Board) -> None:
    objective = board.objective("followers", 1600, baseline=1000, **YEAR)
    values = proposed(months(objective), "even")
    assert values is not None
    assert (values[0], values[5], values[11]) == (1050, 1300, 1600)
    assert months(objective).sum_of(values) is None


# What is made


def make(objective: Objective, user: User, *, start: bool = False) -> list[Objective]:
    values = [Decimal(100)] * 12
    moment = {"today": HALF_WAY, "now": at(HALF_WAY)}
    return create_periods(months(objective), values, user=user, start=start, **moment)  # type: ignore[arg-type]


def test_twelve_started_at_once(yearly: Objective, alice: User) -> None:
    made = make(yearly, alice, start=True)
    assert [one.state for one in made] == [State.ACTIVE] * 12
    first = made[0]
    assert (first.parent, first.is_period, first.target) == (yearly, True, 100)
    assert (first.statement, first.owner) == ("Leads of the year – January 2026", alice)
    letters = {one["letter"]: one for one in first.smart or []}
    assert letters["R"]["state"] == "ok"
    assert first.override_reason == "Part of the target of “Leads of the year”."


def test_a_second_click_makes_nothing(yearly: Objective, alice: User) -> None:
    make(yearly, alice)
    with pytest.raises(AlreadySplit):
        make(yearly, alice)
    assert len(periods_below(yearly)) == 12


def test_one_that_cannot_start_starts_none(board: Board, alice: User) -> None:
    silent = board.objective("orders", 1200, **YEAR)
    with pytest.raises(ValidationError, match="January 2026 cannot start"):
        make(silent, alice, start=True)
    assert periods_below(silent) == []


def test_each_starts_at_the_level_where_the_one_before_ends(board: Board, alice: User) -> None:
    stock = board.objective("followers", 1600, baseline=1000, **YEAR)
    values = proposed(months(stock), "even")
    assert values is not None
    made = create_periods(months(stock), values, user=alice, today=HALF_WAY, now=at(HALF_WAY))
    assert [one.baseline for one in made[:3]] == [1000, 1050, 1100]


def test_a_missed_month_does_not_miss_the_year(
    yearly: Objective, board: Board, alice: User
) -> None:
    make(yearly, alice, start=True)
    board.judge(HALF_WAY)
    january = periods_below(yearly)[0]
    assert board.status(january) == "missed"
    assert board.result(yearly).rule != "weakest_child"


def test_a_month_that_was_over_before_opens_no_alert(
    yearly: Objective, board: Board, alice: User
) -> None:
    """January was missed before anybody set its target; February is off track now."""
    make(yearly, alice, start=True)
    board.night(HALF_WAY)
    january, february = periods_below(yearly)[:2]
    assert (board.status(january), board.status(february)) == ("missed", "off_track")
    told = set(Alert.objects.filter(objective__parent=yearly).values_list("objective", flat=True))
    assert told == {february.pk}


# What is pasted


def test_french_numbers_in_a_column_beside_the_months(yearly: Objective) -> None:
    pasted = "mois\tcible\n" + "\n".join(f"{key}\t1 234,5" for key in MONTHS)
    with translation.override("fr"):
        assert read_pasted(pasted, months(yearly)) == (Decimal("1234.5"),) * 12


def test_a_row_is_read_too(yearly: Objective) -> None:
    assert sum(read_pasted("\t".join(["1,000"] * 12), months(yearly))) == 12000


def test_what_is_wrong_with_a_paste_is_said(yearly: Objective) -> None:
    with pytest.raises(ValidationError, match="3 cells were pasted; there are 12 periods"):
        read_pasted("1\n2\n3", months(yearly))
    with pytest.raises(ValidationError, match="March 2026: “many” is not a number"):
        read_pasted("\n".join(["1", "2", "many", *["4"] * 9]), months(yearly))


# The page


def address(objective: Objective) -> str:
    return f"/w/northwind/objectives/{objective.public_id}/periods/"


def test_the_page_proposes_shows_and_makes(yearly: Objective, alice: User) -> None:
    client = client_of(alice)
    page = client.get(address(yearly))
    assert "They add up to the target." in text(page)
    given = dict.fromkeys(MONTHS, "100") | {"grain": "month", "action": "start"}
    unseen = client.post(address(yearly), given)
    assert "They add up to 5 less than the target of 1,205." in text(unseen)
    assert periods_below(yearly) == []
    seen = unseen.context["seen"]
    done = client.post(address(yearly), given | {"seen": seen, "action": "draft"}, follow=True)
    assert "12 drafts are made." in text(done)
    again = client.post(address(yearly), given | {"seen": seen, "action": "draft"}, follow=True)
    assert "It has its targets by period already." in text(again)
    assert len(periods_below(yearly)) == 12


def test_the_page_reads_a_paste(yearly: Objective, alice: User) -> None:
    given = {"grain": "month", "action": "paste", "pasted": "\n".join(["120"] * 12)}
    page = client_of(alice).post(address(yearly), given)
    assert "They add up to 235 more than the target of 1,205." in text(page)
    wrong = client_of(alice).post(address(yearly), given | {"pasted": "1\n2"})
    assert wrong.status_code == 422
    assert "2 cells were pasted" in text(wrong)


def test_the_objective_shows_its_periods(yearly: Objective, board: Board, alice: User) -> None:
    make(yearly, alice, start=True)
    today = timezone.now().date()
    board.judge(HALF_WAY)
    assert today > HALF_WAY - timedelta(days=1)
    page = client_of(alice).get(f"/w/northwind/objectives/{yearly.public_id}/")
    rows = page.context["periods"]
    assert [row.target for row in rows] == ["100"] * 12
    assert rows[0].status == "missed"
    assert not page.context["may_split"]
    assert list(page.context["children"]) == []

"""Costs that come back: when each turn is due, what it bears by day, and changing them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Workspace
from kpitracker.nightly import run_night
from metrics import recurring_costs
from metrics.costs import delete_cost, save_cost
from metrics.models import Cost, DimensionValue, Fact, RecurringCost
from metrics.periods import Grain
from metrics.recurrence import next_start, nth_start, occurrences, share_until
from metrics.recurring_costs import Terms, change_from, end_recurring, save_recurring, write_due
from metrics.refreshing import refresh
from metrics.series import EVERYTHING, span_value, values
from metrics.typed import Conflict

TODAY = date(2024, 3, 20)


def recur(workspace: Workspace, amount: str = "100.00", **rest: Any) -> RecurringCost:
    """100 a month for a tool since 15 January 2024."""
    given: dict[str, Any] = {"start": date(2024, 1, 15), "last": None, "today": TODAY} | rest
    rhythm = str(given.pop("rhythm", "month"))
    return save_recurring(workspace, terms(amount, rhythm), user=None, **given)


def terms(amount: str, rhythm: str = "month", **rest: Any) -> Terms:
    return Terms(category="tools", supplier="Acme", amount=Decimal(amount), rhythm=rhythm, **rest)


def lines(recurring: RecurringCost) -> list[tuple[str, str, str]]:
    return [
        (one.start.isoformat(), one.end.isoformat(), str(one.amount))
        for one in recurring.lines.order_by("start")
    ]


def spent(start: date, end: date) -> Decimal:
    facts = Fact.objects.filter(metric__key="cost_tools", day__range=(start, end))
    return sum((one.value for one in facts), Decimal(0))


def test_turns_begin_on_the_same_day_or_the_last_of_a_shorter_month() -> None:
    first = date(2024, 1, 31)
    found = [nth_start(first, "month", n) for n in range(4)]
    assert found == [first, date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)]
    assert nth_start(date(2024, 2, 29), "year", 1) == date(2025, 2, 28)
    assert nth_start(date(2024, 2, 29), "year", 4) == date(2028, 2, 29)
    assert nth_start(date(2023, 11, 30), "quarter", 1) == date(2024, 2, 29)


@pytest.mark.parametrize("rhythm", ["month", "quarter", "year"])
@pytest.mark.parametrize("day", [1, 15, 28, 29, 30, 31])
def test_turns_leave_no_gap_and_never_overlap(rhythm: str, day: int) -> None:
    found = list(occurrences(date(2023, 1, day), rhythm, Decimal(9), until=date(2029, 1, 1)))
    for before, after in pairwise(found):
        assert after.start == before.end + timedelta(days=1)
    assert next_start(date(2023, 1, day), rhythm, after=found[-2].start) == found[-1].start


def test_the_last_day_cuts_a_turn_to_the_cent() -> None:
    start, end = date(2024, 2, 1), date(2024, 2, 29)
    found = list(occurrences(start, "month", Decimal(100), until=TODAY, last=date(2024, 2, 10)))
    assert found == [(start, date(2024, 2, 10), Decimal("34.48"))]
    assert share_until(Decimal(100), start, end, end) == 100


def test_only_turns_that_have_begun_are_in_the_ledger(inside: Workspace) -> None:
    recurring = recur(inside)
    assert lines(recurring) == [
        ("2024-01-15", "2024-02-14", "100.00"),
        ("2024-02-15", "2024-03-14", "100.00"),
        ("2024-03-15", "2024-04-14", "100.00"),
    ]
    assert spent(date(2024, 1, 15), date(2024, 2, 14)) == 100
    assert spent(date(2024, 4, 15), date(2030, 1, 1)) == 0
    assert recurring_costs.next_due(recurring, today=TODAY) == date(2024, 4, 15)


def test_a_value_to_date_holds_the_days_to_date(inside: Workspace) -> None:
    recur(inside, "366.00", rhythm="year", start=date(2024, 1, 1))
    refresh(inside, today=TODAY, now=datetime(2024, 3, 20, tzinfo=UTC))
    known = span_value(inside, "cost_tools", EVERYTHING, date(2024, 1, 1), date(2024, 3, 19))
    assert known.value == 79


def shown(inside: Workspace, grain: Grain, day: date, *, today: date = TODAY) -> Decimal | None:
    (found,) = values(inside, "cost_tools", grain, day, day, today=today)
    return found.value


def test_a_running_period_counts_the_days_so_far(inside: Workspace) -> None:
    """A euro a day, seen on a Wednesday; what is planned for June is seen in June alone."""
    recur(inside, "366.00", rhythm="year", start=date(2024, 1, 1))
    june = date(2024, 6, 1)
    end = date(2024, 6, 30)
    save_cost(inside, user=None, category="tools", amount=Decimal(300), start=june, end=end)
    refresh(inside, today=TODAY, now=datetime(2024, 3, 20, 9, tzinfo=UTC))
    amounts = {grain: shown(inside, grain, TODAY) for grain in Grain}
    assert amounts == {
        Grain.DAY: 1,
        Grain.WEEK: 3,
        Grain.MONTH: 20,
        Grain.QUARTER: 80,
        Grain.YEAR: 80,
    }
    assert shown(inside, Grain.MONTH, june) == 330
    later = date(2024, 6, 3)
    refresh(inside, today=later, now=datetime(2024, 6, 3, 9, tzinfo=UTC))
    assert shown(inside, Grain.MONTH, TODAY, today=later) == 31
    assert shown(inside, Grain.MONTH, later, today=later) == 33
    assert shown(inside, Grain.YEAR, later, today=later) == 155 + 30


def test_what_falls_due_is_written_once(inside: Workspace) -> None:
    recurring = recur(inside)
    assert write_due(inside, today=date(2024, 4, 14)) == 0
    assert write_due(inside, today=date(2024, 6, 15)) == 3
    assert write_due(inside, today=date(2024, 6, 15)) == 0
    assert recurring.lines.count() == 6


def test_the_night_writes_it(inside: Workspace) -> None:
    recurring = recur(inside)
    run_night(inside, day=date(2024, 4, 15), now=datetime(2024, 4, 15, 3, tzinfo=UTC))
    assert recurring.lines.count() == 4


def test_changing_the_whole_rewrites_every_line(inside: Workspace) -> None:
    recurring = recur(inside)
    recur(inside, "50.00", recurring=recurring, version=1, start=date(2024, 2, 1))
    assert [amount for _start, _end, amount in lines(recurring)] == ["50.00", "50.00"]
    assert spent(date(2024, 1, 1), date(2024, 3, 31)) == 100


def test_changing_from_a_day_on_leaves_what_was(inside: Workspace) -> None:
    recurring = recur(inside, "31.00", start=date(2024, 1, 1))
    new = change_from(
        recurring, terms("62.00"), day=date(2024, 3, 11), last=None, user=None, today=TODAY
    )
    assert lines(recurring)[-1] == ("2024-03-01", "2024-03-10", "10.00")
    assert lines(new) == [("2024-03-11", "2024-04-10", "62.00")]
    assert spent(date(2024, 1, 1), date(2024, 3, 10)) == 72
    with pytest.raises(ValidationError):
        change_from(new, terms("1"), day=new.start, last=None, user=None, today=TODAY)


def test_ending_it_ends_its_facts_and_taking_the_end_away_brings_them_back(
    inside: Workspace,
) -> None:
    recurring = recur(inside, "31.00", start=date(2024, 3, 1))
    end_recurring(recurring, last=date(2024, 3, 10), user=None, today=TODAY, version=1)
    assert spent(date(2024, 3, 1), date(2024, 12, 31)) == 10
    assert write_due(inside, today=date(2025, 1, 1)) == 0
    end_recurring(recurring, last=None, user=None, today=TODAY, version=2)
    assert spent(date(2024, 3, 1), date(2024, 12, 31)) == 31


def test_deleting_it_takes_its_lines_and_nothing_else(inside: Workspace) -> None:
    other = save_cost(
        inside, user=None, category="tools", amount=Decimal(31),
        start=date(2024, 3, 1), end=date(2024, 3, 31),
    )  # fmt: skip
    recurring_costs.delete_recurring(recur(inside), user=None)
    assert list(Cost.objects.all()) == [other]
    assert spent(date(2024, 1, 1), date(2024, 12, 31)) == 31


def test_a_line_changes_only_with_its_recurring_cost(inside: Workspace) -> None:
    line = recur(inside).lines.latest("start")
    with pytest.raises(ValidationError, match="belongs to a recurring cost"):
        delete_cost(line, user=None)
    with pytest.raises(ValidationError, match="belongs to a recurring cost"):
        save_cost(
            inside, user=None, category="tools", amount=Decimal(1), start=line.start,
            end=line.end, cost=line,
        )  # fmt: skip


def test_two_people_change_it(inside: Workspace) -> None:
    recurring = recur(inside)
    recur(inside, "50.00", recurring=recurring, version=1)
    with pytest.raises(Conflict):
        recur(inside, "60.00", recurring=recurring, version=1)
    assert RecurringCost.objects.get().amount == 50


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rhythm": "fortnight"}, "rhythm"),
        ({"last": date(2024, 1, 1)}, "end"),
        ({"start": date(2010, 1, 1)}, "start"),
    ],
)
def test_what_cannot_recur_is_refused(inside: Workspace, wrong: Any, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        recur(inside, **wrong)
    assert list(refused.value.message_dict) == [field]
    assert not RecurringCost.objects.exists()


def test_its_lines_have_its_channel(inside: Workspace) -> None:
    email = DimensionValue.objects.get(workspace=inside, dimension=1, key="email")
    save_recurring(
        inside, terms("10.00", channel=email), user=None, start=TODAY, last=None, today=TODAY
    )
    assert {fact.channel_id for fact in Fact.objects.all()} == {email.pk}

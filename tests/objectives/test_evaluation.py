"""From facts to stored results, every number worked out by hand; and nights that are repeated."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from accounts.models import User
from metrics.models import Dimension, DimensionValue
from objectives import evaluation, history
from objectives.evaluation import evaluate
from objectives.explanation import explanation
from objectives.history import Observed
from objectives.models import DailyResult, Objective, StatusChange
from objectives.objectives import archive_objective, move_objective
from objectives.presentation import plain, value_format
from objectives.results import recent_results
from objectives.wording import badge, headline
from tests.objectives.board import END, HALF_WAY, START, Board, at

D = Decimal
ONE_DAY = timedelta(days=1)


def numbers(result: DailyResult) -> tuple[str | None, ...]:
    found = (result.value, result.expected, result.pace_ratio)
    return tuple(None if number is None else plain(number) for number in found)


@pytest.mark.parametrize(
    ("a_day", "status", "value", "ratio"),
    [
        (10, "on_track", "450", "1"),
        (9, "on_track", "405", "0.9"),
        (8, "at_risk", "360", "0.8"),
        (7, "off_track", "315", "0.7"),
        (0, "off_track", "0", "0"),
    ],
)
def test_a_sum_to_reach(board: Board, a_day: int, status: str, value: str, ratio: str) -> None:
    board.figures("leads", a_day)
    leads = board.objective("leads", 900)
    board.judge()
    result = board.result(leads)
    assert (result.status, result.shown_status) == (status, status)
    assert numbers(result) == (value, "450", ratio)
    assert (result.data_date, result.elapsed) == (HALF_WAY - ONE_DAY, D("0.5"))
    assert result.progress == (D(value) / 900).quantize(D("1e-12"))
    assert (result.rule, result.pace) == ("ratio", "even")


def test_a_sum_is_achieved_on_its_first_day_at_the_target(board: Board) -> None:
    board.figures("leads", 30)
    leads = board.objective("leads", 900)
    board.judge()
    result = board.result(leads)
    assert (result.status, result.achieved_on) == ("achieved", date(2026, 1, 30))
    assert result.progress == D("1.5")


@pytest.mark.parametrize(
    ("a_day", "status", "ratio"),
    [
        (105, "on_track", "1.05"),
        (85, "at_risk", "0.85"),
        (115, "at_risk", "1.15"),
        (130, "off_track", "1.3"),
        (70, "off_track", "0.7"),
    ],
)
def test_a_budget_is_judged_on_both_sides(
    board: Board, a_day: int, status: str, ratio: str
) -> None:
    board.figures("cost_media", a_day)
    budget = board.objective("marketing_cost", 9000, kind="ceiling")
    board.judge()
    assert board.status(budget) == status
    assert numbers(board.result(budget)) == (str(a_day * 45), "4500", ratio)


def test_a_budget_that_is_spent_is_missed_at_once(board: Board) -> None:
    board.figures("cost_media", 201)
    budget = board.objective("cost_media", 9000, kind="ceiling")
    board.judge()
    assert (board.status(budget), board.result(budget).rule) == ("missed", "exceeded")


@pytest.mark.parametrize(
    ("last", "status", "ratio"),
    [(7460, "on_track", "0.92"), (7400, "at_risk", "0.8"), (7300, "off_track", "0.6")],
)
def test_a_stock_runs_from_its_baseline(board: Board, last: int, status: str, ratio: str) -> None:
    board.figures("followers", lambda day: last if day.month == 2 else 7000)
    followers = board.objective("followers", 8000, baseline=7000)
    board.judge()
    assert board.status(followers) == status
    assert numbers(board.result(followers)) == (str(last), "7500", ratio)


def test_a_stock_is_achieved_on_its_first_day_there(board: Board) -> None:
    board.figures("followers", lambda day: 8000 if day == date(2026, 2, 3) else 7000)
    once = board.objective("followers", 8000, baseline=7000)
    to_hold = board.objective("followers", 8000, baseline=7000, hold=True)
    board.judge()
    assert board.result(once).achieved_on == date(2026, 2, 3)
    assert board.status(to_hold) == "off_track"


@pytest.mark.parametrize(
    ("clicks", "status", "value", "gap"),
    [
        (25, "on_track", "0.025", "0.041666666667"),
        (23, "at_risk", "0.023", "-0.041666666667"),
        (20, "off_track", "0.02", "-0.166666666667"),
    ],
)
def test_a_rate_over_the_whole_span(
    board: Board, clicks: int, status: str, value: str, gap: str
) -> None:
    board.figures("ad_clicks", clicks)
    board.figures("ad_impressions", 1000)
    ctr = board.objective("ctr", "0.024")
    board.judge()
    assert board.status(ctr) == status
    assert numbers(board.result(ctr)) == (value, "0.024", gap)


def test_a_rate_from_small_numbers_is_at_risk_only(board: Board) -> None:
    board.figures("ad_clicks", lambda day: int(day == START) * 3, end=START + 41 * ONE_DAY)
    board.figures("ad_impressions", lambda day: 2, end=START + 41 * ONE_DAY)
    ctr = board.objective("ctr", "0.05")
    board.judge(START + 42 * ONE_DAY)
    result = board.result(ctr, START + 42 * ONE_DAY)
    assert result.rule_params["small_numbers"] == 84
    assert (result.status, numbers(result)[0]) == ("at_risk", "0.035714285714")


def test_a_cost_of_the_last_28_days_runs_from_its_baseline(board: Board) -> None:
    cut = HALF_WAY - 28 * ONE_DAY
    board.figures("cost_media", lambda day: 620 if day >= cut else 7000)
    board.figures("mqls", 10)
    cost = board.objective("cost_per_mql", 55, baseline=70, kind="reduce", over="last28")
    board.judge()
    assert numbers(board.result(cost)) == ("62", "62.5", "1.066666666667")
    assert board.status(cost) == "on_track"


def test_a_sum_of_the_last_28_days_is_a_level(board: Board) -> None:
    board.figures("leads", 10)
    leads = board.objective("leads", 320, baseline=240, over="last28")
    board.judge()
    assert numbers(board.result(leads)) == ("280", "280", "1")


def test_the_last_whole_period_is_compared(board: Board) -> None:
    board.figures("leads", lambda day: 10 if day.month == 1 else 0)
    leads = board.objective("leads", 300, over="period")
    board.judge()
    assert numbers(board.result(leads)) == ("310", "300", "0.033333333333")


@pytest.mark.parametrize(
    ("kind", "limits", "held", "status"),
    [
        ("above", {"target": "0.02"}, 1, "off_track"),
        ("above", {"target": "0.01"}, 2, "on_track"),
        ("below", {"target": "0.02"}, 1, "off_track"),
        ("between", {"target": "0.01", "target_high": "0.03"}, 2, "on_track"),
        ("between", {"target": "0.001", "target_high": "0.002"}, 0, "off_track"),
    ],
)
def test_staying_inside_limits_is_judged_by_month(
    board: Board, kind: str, limits: dict[str, Any], held: int, status: str
) -> None:
    end = date(2026, 3, 10)
    board.figures("ad_clicks", lambda day: 25 if day.month == 1 else 15, end=end)
    board.figures("ad_impressions", 1000, end=end)
    ctr = board.objective("ctr", kind=kind, **limits)
    board.judge(end + ONE_DAY)
    result = board.result(ctr, end + ONE_DAY)
    assert (result.rule_params["periods"], result.rule_params["periods_inside"]) == (2, held)
    assert (result.status, result.value) == (status, D("0.015"))


def test_a_unique_metric_is_judged_by_its_own_periods(board: Board) -> None:
    rows = [("2026-01-01", "2026-01-31", 900), ("2026-02-01", "2026-02-28", 960)]
    board.write(
        board.book.row("visitors", start, value, to=end, feed=board.feed.pk)
        for start, end, value in rows
    )
    people = board.objective("visitors", 1000)
    board.judge(date(2026, 3, 2))
    result = board.result(people, date(2026, 3, 2))
    assert (result.status, numbers(result)) == ("at_risk", ("960", "1000", "-0.04"))


def test_a_segment_has_its_own_numbers(board: Board) -> None:
    organic = DimensionValue.objects.get(
        workspace=board.workspace, dimension=Dimension.CHANNEL, key="organic"
    )
    board.figures("leads", 10)
    board.figures("leads", 4, channel=organic.pk)
    leads = board.objective("leads", 360, channel=organic)
    board.judge()
    assert numbers(board.result(leads)) == ("180", "180", "1")


# The order of statuses


@pytest.mark.parametrize(
    ("day", "figures_to", "status"),
    [
        (date(2025, 12, 31), date(2025, 12, 30), "not_started"),
        (date(2026, 1, 1), date(2025, 12, 31), "too_early"),
        (date(2026, 1, 14), date(2026, 1, 13), "too_early"),
        (date(2026, 1, 15), date(2026, 1, 14), "on_track"),
        (date(2026, 2, 18), date(2026, 2, 14), "on_track"),
        (date(2026, 2, 19), date(2026, 2, 14), "no_data"),
        (date(2026, 3, 31), date(2026, 3, 30), "on_track"),
        (date(2026, 4, 1), date(2026, 3, 30), "waiting"),
        (date(2026, 4, 1), date(2026, 3, 31), "missed"),
        (date(2026, 5, 1), date(2026, 3, 31), "missed"),
    ],
)
def test_the_status_of_a_day(board: Board, day: date, figures_to: date, status: str) -> None:
    board.figures("leads", 10, start=date(2025, 12, 1), end=figures_to)
    leads = board.objective("leads", 910)
    board.judge(day)
    assert board.status(leads, day) == status


def test_figures_of_today_do_not_count_yet(board: Board) -> None:
    board.figures("leads", 10, end=HALF_WAY + 10 * ONE_DAY)
    leads = board.objective("leads", 900)
    board.judge()
    assert board.result(leads).data_date == HALF_WAY - ONE_DAY
    assert board.result(leads).value == 450


def test_a_metric_without_figures_is_no_data(board: Board) -> None:
    leads = board.objective("leads", 900)
    board.judge()
    result = board.result(leads)
    assert (result.status, result.data_date, result.value) == ("no_data", None, None)


def test_the_last_status_stays_visible_without_data(board: Board) -> None:
    board.figures("leads", 7)
    leads = board.objective("leads", 900)
    board.judge()
    board.judge(HALF_WAY + 10 * ONE_DAY)
    result = board.result(leads, HALF_WAY + 10 * ONE_DAY)
    assert (result.status, result.shown_status) == ("no_data", "off_track")


@pytest.mark.parametrize("rhythm", ["week", "month"])
def test_a_slow_feed_is_not_silent_between_its_deliveries(board: Board, rhythm: str) -> None:
    board.figures("leads", 10, end=date(2026, 1, 31))
    board.feed.rhythm = rhythm
    board.feed.save()
    leads = board.objective("leads", 900)
    board.judge()
    assert (board.status(leads), board.result(leads).data_date) == ("on_track", date(2026, 1, 31))


def test_paused_and_cancelled_are_stored_as_they_were_set(board: Board) -> None:
    board.figures("leads", 7)
    leads, mqls = board.objective("leads", 900), board.objective("leads", 800)
    board.judge(HALF_WAY - ONE_DAY)
    move_objective(leads, move="pause")
    move_objective(mqls, move="cancel")
    board.judge()
    assert (board.status(leads), board.result(leads).shown_status) == ("paused", "off_track")
    assert board.status(mqls) == "cancelled"


def test_drafts_and_archived_objectives_are_not_judged(board: Board) -> None:
    board.figures("leads", 10)
    leads = board.objective("leads", 900)
    archive_objective(leads, now=at(HALF_WAY))
    assert board.judge().judged == 0
    archive_objective(leads, now=at(HALF_WAY), archived=False)
    assert board.judge().judged == 1


def test_to_improve_takes_two_data_dates(board: Board) -> None:
    board.figures("leads", lambda day: 89 if day == date(2026, 1, 20) else 7)
    leads = board.objective("leads", 900)
    board.judge()
    assert board.status(leads) == "at_risk"  # 397 of 450: 0.882
    board.figures("leads", 25, start=HALF_WAY, end=HALF_WAY + ONE_DAY)
    board.judge(HALF_WAY + ONE_DAY)
    assert board.status(leads, HALF_WAY + ONE_DAY) == "at_risk"  # 422 of 460: 0.917, under 0.92
    board.judge(HALF_WAY + 2 * ONE_DAY)
    assert board.status(leads, HALF_WAY + 2 * ONE_DAY) == "on_track"


# Once a day, whatever is run how often


def stored(board: Board) -> list[tuple[Any, ...]]:
    return list(DailyResult.objects.filter(workspace=board.workspace).values_list())


def test_a_second_run_writes_nothing(board: Board) -> None:
    board.figures("leads", 10)
    board.objective("leads", 900)
    first = board.judge()
    rows, changes = stored(board), list(StatusChange.objects.values())
    second = evaluate(board.workspace, day=HALF_WAY, now=at(HALF_WAY + ONE_DAY))
    assert (first.written, first.changed) == (1, 1)
    assert (second.written, second.changed) == (0, 0)
    assert (stored(board), list(StatusChange.objects.values())) == (rows, changes)


def test_late_figures_rewrite_the_days_row(board: Board) -> None:
    board.figures("leads", 7)
    leads = board.objective("leads", 900)
    board.judge()
    board.figures("leads", 10)
    assert board.judge().written == 1
    assert (board.status(leads), board.result(leads).value) == ("on_track", D(450))
    assert [(one.old, one.new) for one in StatusChange.objects.all()] == [("", "on_track")]


def test_each_change_of_status_is_one_row(board: Board) -> None:
    board.figures("leads", lambda day: 10 if day < date(2026, 2, 1) else 0)
    leads = board.objective("leads", 900)
    for day in (date(2026, 2, 1), date(2026, 2, 2), date(2026, 2, 6), HALF_WAY):
        board.judge(day)
    changes = StatusChange.objects.filter(objective=leads).order_by("day")
    assert [(one.day, one.old, one.new) for one in changes] == [
        (date(2026, 2, 1), "", "on_track"),
        (date(2026, 2, 6), "on_track", "at_risk"),  # 310 of 360
        (HALF_WAY, "at_risk", "off_track"),  # 310 of 450
    ]


def test_judging_a_past_day_again_keeps_the_chain_of_changes(board: Board) -> None:
    board.figures("leads", 7)
    board.objective("leads", 900)
    board.judge()
    board.judge(HALF_WAY - ONE_DAY)
    changes = StatusChange.objects.order_by("day")
    assert [(one.day, one.old, one.new) for one in changes] == [
        (HALF_WAY - ONE_DAY, "", "off_track")
    ]


def test_lists_show_the_latest_result_up_to_a_day(board: Board) -> None:
    board.figures("leads", 10)
    leads = board.objective("leads", 900)
    board.judge(HALF_WAY - ONE_DAY)
    board.judge()
    days = [
        recent_results(board.workspace, day=day)[leads.pk].day
        for day in (HALF_WAY - ONE_DAY, HALF_WAY, END)
    ]
    assert days == [HALF_WAY - ONE_DAY, HALF_WAY, HALF_WAY]
    assert recent_results(board.workspace, day=START) == {}


# One that fails, and the others


@pytest.mark.parametrize("error", ["arithmetic", "database", "too_large"])
def test_one_that_cannot_be_calculated_stops_no_other(
    board: Board, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    board.figures("leads", 10)
    poisoned, sound = board.objective("leads", 900), board.objective("leads", 800)
    board.judge(HALF_WAY - ONE_DAY)
    real = history.observe

    def observe(objective: Objective, *args: Any, **more: Any) -> Any:
        found = real(objective, *args, **more)
        if objective.pk != poisoned.pk:
            return found
        if error == "arithmetic":
            raise ZeroDivisionError("nothing to divide by")
        if error == "database":
            StatusChange(workspace=board.workspace, objective=objective).save()
        return Observed(D(10) ** 35)

    monkeypatch.setattr(evaluation, "observe", observe)
    done = board.judge()
    assert done.failed == [poisoned.public_id]
    result = board.result(poisoned)
    assert (result.status, result.shown_status, result.rule) == ("failed", "on_track", "failed")
    assert result.rule_params["error"]
    assert board.status(sound) == "on_track"

    monkeypatch.undo()
    assert board.judge().failed == []
    assert board.status(poisoned) == "on_track"


# Parents


def family(board: Board, *, child: int, parent: int = 900) -> tuple[Objective, Objective]:
    above = board.objective("leads", parent, statement="All leads")
    return above, board.objective("leads", child, parent=above, statement="Half of them")


def test_a_parent_is_as_its_weakest_child(board: Board) -> None:
    board.figures("leads", 10)
    parent, child = family(board, child=1200)
    board.objective("leads", 850, parent=parent)
    board.judge()
    result = board.result(parent)
    assert board.status(child) == "at_risk"
    assert (result.status, result.rule) == ("at_risk", "weakest_child")
    assert result.rule_params["weakest_child_id"] == child.public_id
    assert (result.rule_params["own_rule"], result.rule_params["own_shown"]) == (
        "ratio",
        "on_track",
    )
    assert numbers(result) == ("450", "450", "1")


def test_a_parents_words_name_the_child(board: Board) -> None:
    board.figures("leads", 10)
    parent, _child = family(board, child=1200)
    board.judge()
    result = board.result(parent)
    write = value_format(parent, "en")
    with override("en"):
        assert explanation(result.rule, result.rule_params, write) == (
            "The status is that of its weakest child objective, “Half of them”: At risk. Its own "
            "numbers are shown beside it."
        )
        title = headline("Leads", result.status, result.rule_params, write)
        assert title == "Leads: as its weakest child objective"
        assert badge("missed", result.rule_params | {"attainment": "0.9"}).word == "Missed"


def test_a_grandchild_reaches_the_top(board: Board) -> None:
    board.figures("leads", 10)
    parent, child = family(board, child=900)
    board.objective("leads", 3000, parent=child)
    board.judge()
    assert board.status(parent) == board.status(child) == "off_track"


@pytest.mark.parametrize("move", ["pause", "cancel"])
def test_an_idle_child_says_nothing_of_its_parent(board: Board, move: str) -> None:
    board.figures("leads", 10)
    parent, child = family(board, child=3000)
    move_objective(child, move=move)
    board.judge()
    assert board.status(parent) == "on_track"


def test_a_paused_parent_stays_paused(board: Board) -> None:
    board.figures("leads", 10)
    parent, _child = family(board, child=3000)
    move_objective(parent, move="pause")
    board.judge()
    assert board.status(parent) == "paused"


def test_a_circle_of_parents_ends(board: Board) -> None:
    board.figures("leads", 10)
    parent, child = family(board, child=3000)
    Objective.objects.filter(pk=parent.pk).update(parent=child)
    board.judge()
    assert board.status(child) == "off_track"


def test_an_archived_parent_is_left_out(board: Board, alice: User) -> None:
    board.figures("leads", 10)
    parent, child = family(board, child=900)
    archive_objective(parent, now=at(HALF_WAY))
    board.judge()
    assert board.status(child) == "on_track"
    assert not DailyResult.objects.filter(objective=parent).exists()

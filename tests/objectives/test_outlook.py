"""Forecasts that are stored, and what objectives make of them: by futures written out by hand."""

import struct
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import forecasting, forecasts, series
from metrics.models import Forecast
from metrics.models.snapshot import SnapshotGrain
from metrics.periods import Grain
from objectives.chance import chance, outlook_of
from objectives.drawing import objective_chart
from objectives.evaluation import evaluate
from objectives.explanation import explanation
from objectives.models import DailyResult, Objective
from objectives.outlook import wanted_forecasts
from objectives.outlook_shown import chance_text, outlook_sentences
from objectives.presentation import forecast_json, value_format
from objectives.readiness import smart_report
from tests.objectives.board import END, HALF_WAY, Board, at

D = Decimal
ONE_DAY = timedelta(days=1)
DAYS_LEFT = (END - HALF_WAY).days + 1


def foretell(
    board: Board,
    key: str,
    paths: Sequence[Sequence[float]],
    *,
    grain: SnapshotGrain = SnapshotGrain.DAY,
    first: date = HALF_WAY,
) -> None:
    """Stores these futures as the forecast of a metric."""
    steps = len(paths[0])
    flat = [value for path in paths for value in path]
    Forecast.objects.create(
        workspace=board.workspace,
        metric_key=key,
        dimension=0,
        segment_id=0,
        grain=grain,
        first=first,
        median=[0.0] * steps,
        low=[0.0] * steps,
        high=[0.0] * steps,
        paths=struct.pack(f"<{len(flat)}d", *flat),
        method="models",
        scale="plain",
        season=1,
        tested_on=HALF_WAY,
        fingerprint="",
        computed_at=at(HALF_WAY),
    )


def a_day(*amounts: float, days: int = DAYS_LEFT) -> list[list[float]]:
    """One future for each amount, the same every day."""
    return [[amount] * days for amount in amounts]


def result_of(board: Board, objective: Objective) -> DailyResult:
    board.judge()
    return board.result(objective)


def test_a_sum_ends_at_what_is_known_and_what_comes(board: Board) -> None:
    board.figures("leads", 10)
    leads = board.objective("leads", 900)
    foretell(board, "leads", a_day(8, 9, 10, 11, 12))
    found = result_of(board, leads)
    assert found.forecast_median == 450 + 45 * 10
    assert found.forecast_low == pytest.approx(D(450) + D("8.4") * 45)
    assert found.forecast_high == pytest.approx(D(450) + D("11.6") * 45)
    assert found.chance == pytest.approx(D("0.5"), abs=D("0.01"))
    assert forecast_json(found) == {"low": "828", "median": "900", "high": "972"}


def test_on_track_is_at_risk_by_forecast(board: Board) -> None:
    board.figures("leads", 10)
    leads = board.objective("leads", 900)
    foretell(board, "leads", a_day(4, 5, 6))
    found = result_of(board, leads)
    assert found.status == "at_risk"
    assert found.rule_params["by_forecast"] == 1
    text = explanation(found.rule, found.rule_params, value_format(leads, "en"))
    assert "under 30%: at risk, by forecast." in text


def test_a_good_forecast_never_improves_a_status(board: Board) -> None:
    board.figures("leads", 7)
    leads = board.objective("leads", 900)
    foretell(board, "leads", a_day(30, 31, 32))
    found = result_of(board, leads)
    assert found.chance is not None
    assert found.chance > D("0.95")
    assert found.status == "off_track"


def test_a_budget_is_kept_by_staying_under_it(board: Board) -> None:
    board.figures("cost_media", 10)
    spent = board.objective("cost_media", 900, kind="ceiling")
    foretell(board, "cost_media", a_day(4, 5, 6))
    found = result_of(board, spent)
    assert found.chance is not None
    assert found.chance > D("0.95")


def test_a_stock_counts_at_its_best_day_and_is_told_by_its_last(board: Board) -> None:
    board.figures("customers", 100)
    customers = board.objective("customers", 120, baseline=100)
    peaks = [[100.0] * 10 + [130.0 + one] + [100.0 + one] * (DAYS_LEFT - 11) for one in range(3)]
    foretell(board, "customers", peaks)
    found = result_of(board, customers)
    assert found.forecast_median == 101
    assert found.chance is not None
    assert found.chance > D("0.95")


def test_a_stock_that_has_to_hold_counts_at_the_end(board: Board) -> None:
    board.figures("customers", 100)
    customers = board.objective("customers", 120, baseline=100, hold=True)
    peaks = [[100.0] * 10 + [130.0 + one] + [100.0 + one] * (DAYS_LEFT - 11) for one in range(3)]
    foretell(board, "customers", peaks)
    found = result_of(board, customers)
    assert found.chance is not None
    assert found.chance < D("0.05")


def test_a_rate_divides_what_both_sides_come_to(board: Board) -> None:
    board.figures("ad_clicks", 10)
    board.figures("ad_impressions", 1000)
    rate = board.objective("ctr", "0.012", over="span")
    foretell(board, "ad_clicks", a_day(10, 20, 30))
    foretell(board, "ad_impressions", a_day(1000, 1000, 1000))
    found = result_of(board, rate)
    assert found.forecast_median == D("0.015")
    assert found.chance is not None
    assert D("0.5") < found.chance < D("0.95")


def test_every_open_period_has_to_stay_inside(board: Board) -> None:
    board.figures("leads", 10)
    leads = board.objective("leads", 200, kind="above", over="period")
    foretell(board, "leads", a_day(8, 9, 10))
    found = result_of(board, leads)
    assert found.chance is not None
    assert found.chance > D("0.9")


def test_a_period_that_was_missed_is_not_made_good(board: Board) -> None:
    board.figures("leads", 10)
    leads = board.objective("leads", 500, kind="above", over="period")
    foretell(board, "leads", a_day(80, 90, 100))
    assert result_of(board, leads).chance == 0


def test_a_forecast_of_other_days_is_not_used(board: Board) -> None:
    board.figures("leads", 10)
    leads = board.objective("leads", 900)
    foretell(board, "leads", a_day(8, 9, 10), first=HALF_WAY - ONE_DAY)
    found = result_of(board, leads)
    assert (found.chance, found.forecast_median) == (None, None)


def test_judged_again_nothing_is_written(board: Board) -> None:
    board.figures("leads", 10)
    board.objective("leads", 900)
    foretell(board, "leads", a_day(8, 9, 10))
    board.judge()
    again = evaluate(board.workspace, day=HALF_WAY, now=at(HALF_WAY))
    assert again.written == 0


def test_the_assistant_reads_the_chance(board: Board) -> None:
    board.figures("leads", 10)
    leads = board.objective("leads", 2000)
    foretell(board, "leads", a_day(8, 9, 10))
    board.compute(HALF_WAY)
    letters = {one.letter: one for one in smart_report(leads, today=HALF_WAY).letters}
    assert letters["A"].code == "chance_reckless"


# What is stored


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Counts how forecasts are made: anew, or moved on."""
    made: list[str] = []

    def counted(name: str) -> None:
        real: Any = getattr(forecasting, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            made.append(name)
            return real(*args, **kwargs)

        monkeypatch.setattr(forecasting, name, call)

    counted("forecast")
    counted("moved_on")
    return made


def refreshed(board: Board, day: date = HALF_WAY) -> forecasts.Refreshed:
    board.compute(day)
    wanted = wanted_forecasts(board.workspace, day=day)
    return forecasts.refresh(board.workspace, wanted=wanted, today=day, now=at(day))


def test_what_objectives_need_is_foretold_once(board: Board, quick: list[str]) -> None:
    board.figures("leads", lambda day: 10 + day.weekday())
    board.objective("leads", 900)
    board.objective("leads", 950)
    assert refreshed(board).made == 1
    told = forecasts.future(board.workspace, "leads", series.EVERYTHING, Grain.DAY)
    assert told is not None
    assert (told.periods[0].start, told.periods[-1].end) == (HALF_WAY, END)
    assert {len(path) for path in told.paths} == {DAYS_LEFT}
    again = refreshed(board)
    assert (again.made, again.kept) == (0, 1)
    assert quick == ["forecast"]


def test_the_next_day_the_errors_are_kept_and_a_week_later_learnt_anew(
    board: Board, quick: list[str]
) -> None:
    board.figures("leads", lambda day: 10 + day.weekday(), end=HALF_WAY + 8 * ONE_DAY)
    board.objective("leads", 900)
    for days in (0, 1, 7):
        refreshed(board, HALF_WAY + days * ONE_DAY)
    assert quick == ["forecast", "moved_on", "forecast"]


def test_what_nobody_needs_is_forgotten(board: Board) -> None:
    board.figures("leads", 10)
    leads = board.objective("leads", 900)
    refreshed(board)
    Objective.objects.filter(pk=leads.pk).update(state="cancelled")
    assert refreshed(board).forgotten == 1
    assert not Forecast.objects.exists()


def test_a_series_that_fails_harms_itself_only(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    board.figures("leads", 10)
    board.figures("mqls", 3)
    board.objective("leads", 900)
    board.objective("mqls", 300)
    real = forecasts._history

    def history(*args: Any) -> Any:
        if args[1].key == "leads":
            raise ValueError("poisoned")
        return real(*args)

    monkeypatch.setattr(forecasts, "_history", history)
    done = refreshed(board)
    assert (done.failed, done.made) == (["leads"], 1)


def test_too_little_history_is_told_as_such(board: Board) -> None:
    board.figures("leads", 10, start=HALF_WAY - 4 * ONE_DAY)
    board.objective("leads", 900)
    assert refreshed(board).thin == 1


# The chance alone


def test_half_of_the_futures_is_half_a_chance() -> None:
    assert chance([-2.0, -1.0, 1.0, 2.0]) == D("0.5")


def test_none_of_twenty_is_little_but_not_nothing() -> None:
    assert 0 < chance([-10.0 - one for one in range(20)]) < D("0.1")


def test_one_certain_future_is_certain() -> None:
    assert (chance([0.0, 0.0]), chance([-1.0, -1.0])) == (1, 0)


def test_what_is_lost_stays_lost() -> None:
    assert outlook_of([1.0, 2.0], [5.0, 5.0], lost=True).chance == 0


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=24), st.floats(0, 1e6))
def test_an_easier_target_is_never_less_probable(margins: list[float], by: float) -> None:
    easier = [margin + by for margin in margins]
    assert chance(easier) >= chance(margins) - D("0.002")


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=24))
def test_the_range_holds_the_median(ends: list[float]) -> None:
    told = outlook_of(ends, ends)
    assert told.low <= told.median <= told.high
    assert 0 <= told.chance <= 1


# The page


def test_the_page_tells_the_forecast_and_its_chance(board: Board) -> None:
    board.figures("leads", 10)
    leads = board.objective("leads", 900)
    foretell(board, "leads", a_day(8, 9, 10, 11, 12))
    found = result_of(board, leads)
    sentence = outlook_sentences(found, value_format(leads, "en"))
    assert sentence == (
        "Forecast at the end: between 828 and 972, with 80% certainty. The chance of reaching the "
        "target is 50%."
    )
    spec = objective_chart(leads, found, [], today=HALF_WAY)
    assert spec is not None
    band = {one.role: one.values for one in spec.series if one.role.startswith("forecast")}
    ends = [band[role][-1] for role in ("forecast_low", "forecast_median", "forecast_high")]
    assert ends == [828, 900, 972]
    joint = spec.labels.index(HALF_WAY - ONE_DAY)
    assert band["forecast_median"][joint] == 450
    assert set(band["forecast_median"][:joint]) == {None}


@pytest.mark.parametrize(
    ("chance", "text"), [("0.004", "under 1%"), ("0.5", "50%"), ("0.995", "over 99%"), ("0", "0%")]
)
def test_a_chance_as_people_read_it(chance: str, text: str) -> None:
    assert chance_text(DailyResult(chance=D(chance))) == text


def test_nothing_is_said_where_nothing_is_foretold() -> None:
    assert outlook_sentences(DailyResult(), str) == ""

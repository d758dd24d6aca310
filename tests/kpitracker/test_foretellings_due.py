"""A forecast comes within a minute or two while somebody writes an objective."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.scope import system_scope
from kpitracker import due
from kpitracker.handlers import HANDLERS
from kpitracker.jobs import run
from kpitracker.models import Job
from kpitracker.ticking import record_due
from metrics.models import Forecast
from objectives.models import Objective
from objectives.objectives import create_objective
from objectives.trial import Foretold, try_out
from tests.objectives.board import Board

NOW = datetime(2026, 2, 15, 9, 0, tzinfo=UTC)


def draft_of(board: Board, **more: Any) -> Objective:
    draft = create_objective(board.workspace, user=None, wanted=board.wanted("leads", 900, **more))
    Objective.objects.filter(pk=draft.pk).update(updated_at=NOW)
    draft.refresh_from_db()
    return draft


def keys(now: datetime = NOW) -> list[str]:
    with system_scope():
        return [item.key for item in due.foretellings(now)]


def test_a_draft_is_due_once(board: Board) -> None:
    draft_of(board)
    assert len(keys()) == 1
    assert keys() == keys()


def test_other_days_are_due_again_and_another_sentence_is_not(board: Board) -> None:
    draft, before = draft_of(board), keys()
    Objective.objects.filter(pk=draft.pk).update(statement="Something else")
    assert keys() == before
    Objective.objects.filter(pk=draft.pk).update(end=date(2026, 4, 30))
    assert keys() != before


def test_what_has_started_lies_long_or_has_no_metric_is_not_due(board: Board) -> None:
    board.objective("leads", 900)
    draft_of(board, metric=None, statement="An idea")
    assert keys() == []
    draft_of(board)
    assert keys(NOW + timedelta(hours=1)) == []


@pytest.mark.parametrize("lacking", [{}, {"target": 0, "start": None, "end": None}])
def test_the_job_makes_the_forecast_that_the_page_waits_for(
    board: Board, monkeypatch: pytest.MonkeyPatch, lacking: dict[str, Any]
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    board.figures("leads", lambda day: 10 + day.weekday(), date(2025, 10, 1))
    board.compute(NOW.date())
    draft = draft_of(board)
    Objective.objects.filter(pk=draft.pk).update(**{"updated_at": NOW} | lacking)
    draft.refresh_from_db()

    def how() -> Foretold:
        return try_out(draft, today=NOW.date(), now=NOW, is_saved=True).foretold

    assert how() is Foretold.COMING
    with system_scope():
        record_due(NOW)
        [job] = Job.objects.filter(kind="forecast")
    assert run(job.pk, HANDLERS, now=NOW) == "done"
    assert Forecast.objects.get().metric_key == "leads"
    assert how() is Foretold.READY


def test_other_forecasts_stay(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    for key in ("leads", "mqls"):
        board.figures(key, lambda day: 10 + day.weekday(), date(2025, 10, 1))
    board.compute(NOW.date())
    board.objective("mqls", 900)
    draft_of(board)
    with system_scope():
        record_due(NOW)
        jobs = list(Job.objects.filter(kind__in=("refresh", "forecast")).order_by("-kind"))
    for job in jobs:
        assert run(job.pk, HANDLERS, now=NOW) == "done"
    found = Forecast.objects.values_list("metric_key", flat=True)
    assert sorted(found) == ["leads", "mqls"]

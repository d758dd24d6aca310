"""An objective that was started or changed is judged within the minute."""

from datetime import UTC, datetime

from accounts.scope import system_scope
from kpitracker import due
from kpitracker.handlers import HANDLERS
from kpitracker.jobs import run
from kpitracker.models import Job
from kpitracker.ticking import record_due
from objectives.models import DailyResult, Objective
from objectives.objectives import archive_objective, create_objective, move_objective
from tests.objectives.board import Board

NOW = datetime(2026, 2, 15, 9, 0, tzinfo=UTC)


def keys() -> list[str]:
    with system_scope():
        return [item.key for item in due.judgements(NOW)]


def test_a_started_objective_is_due_once(board: Board) -> None:
    board.objective("leads", 900)
    assert len(keys()) == 1
    assert keys() == keys()


def test_a_judged_one_is_not(board: Board) -> None:
    board.objective("leads", 900)
    board.judge()
    assert keys() == []


def test_a_change_is_due_again(board: Board) -> None:
    leads = board.objective("leads", 900)
    before = keys()
    board.judge()
    move_objective(leads, move="pause")
    assert len(keys()) == 1
    assert keys() != before


def test_drafts_and_archived_ones_are_never_due(board: Board) -> None:
    create_objective(board.workspace, user=None, wanted=board.wanted("leads", 900))
    archive_objective(board.objective("mqls", 900), now=NOW)
    assert keys() == []


def test_one_that_cannot_be_calculated_is_tried_once(board: Board) -> None:
    leads = board.objective("leads", 900)
    Objective.objects.filter(pk=leads.pk).update(weights=["no number"])
    assert board.judge().failed == [leads.public_id]
    assert keys() == []


def test_the_job_judges_it(board: Board) -> None:
    leads = board.objective("leads", 900)
    with system_scope():
        record_due(NOW)
        [job] = Job.objects.filter(key__contains=":objectives:")
    assert run(job.pk, HANDLERS, now=NOW) == "done"
    assert DailyResult.objects.filter(objective=leads, objective_version=leads.version).exists()

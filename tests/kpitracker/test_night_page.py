"""The page of calculations: what ran, what waits, and asking for one now."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Workspace
from accounts.scope import system_scope
from kpitracker.handlers import HANDLERS
from kpitracker.jobs import run
from kpitracker.ledger import night_failed
from kpitracker.models import Job
from kpitracker.night_page import sentences_of
from tests.cast import Cast, client_of
from tests.pages import text

PAGE = "/w/northwind/settings/calculations/"
NOW = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs that workers were told of."""
    told: list[int] = []
    monkeypatch.setattr("kpitracker.night_page.ring", told.append)
    return told


@pytest.fixture
def editor(cast: Cast) -> Client:
    return client_of(cast.erin)


def job(workspace: Workspace, **fields: Any) -> Job:
    given: dict[str, Any] = {
        "kind": "night",
        "key": f"night:{fields.get('state')}:{workspace.pk}",
        "day": NOW.date(),
        "run_after": NOW,
    }
    with system_scope():
        return Job.objects.create(workspace=workspace, **(given | fields))


def done(workspace: Workspace, **fields: Any) -> Job:
    took = timedelta(seconds=83)
    given = {"state": Job.State.DONE, "started_at": NOW, "finished_at": NOW + took}
    return job(workspace, **(given | fields))


def test_a_new_workspace_has_no_calculation(cast: Cast) -> None:
    assert "Nothing was computed yet" in text(client_of(cast.vera).get(PAGE))


def test_a_night_is_told_with_its_length_and_result(cast: Cast) -> None:
    done(
        cast.northwind, result={"objectives": {"judged": 8, "changed": 1}, "alerts": {"opened": 2}}
    )
    page = text(client_of(cast.vera).get(PAGE))
    assert "Night of Monday 9 March" in page
    assert "9 March 2026, 07:01 (Paris time)" in page
    assert "1 min 23 s" in page
    assert "8 objectives judged. 1 status changed. 2 alerts opened." in page


def test_a_failed_night_shows_its_error_and_when_it_is_tried_again(cast: Cast) -> None:
    job(cast.northwind, state=Job.State.FAILED, error="ValueError: no such day")
    page = text(client_of(cast.vera).get(PAGE))
    assert "Failed, will be tried again" in page
    assert "The last try failed: ValueError: no such day" in page


def test_another_workspaces_calculations_are_not_shown(cast: Cast) -> None:
    job(cast.acme, state=Job.State.FAILED, error="Theirs")
    assert "Theirs" not in text(client_of(cast.alice).get(PAGE))


def test_compute_now_makes_a_job_and_tells_a_worker(
    editor: Client, rung: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        page = text(editor.post(PAGE, follow=True))
    with system_scope():
        made = Job.objects.get(kind="refresh")
    assert (made.state, rung) == (Job.State.QUEUED, [made.pk])
    assert "The calculation is under way." in page
    assert "Waiting or running" in page


def test_asking_twice_makes_one_job(editor: Client) -> None:
    editor.post(PAGE)
    assert "A calculation is under way already." in text(editor.post(PAGE, follow=True))
    with system_scope():
        assert Job.objects.filter(kind="refresh").count() == 1


def test_what_was_asked_for_is_computed(editor: Client) -> None:
    editor.post(PAGE)
    with system_scope():
        made = Job.objects.get(kind="refresh")
    assert run(made.pk, HANDLERS, now=made.run_after) == Job.State.DONE
    page = text(editor.get(PAGE))
    assert "After new figures" in page
    assert "Waiting or running" not in page


def test_only_editors_ask(cast: Cast) -> None:
    viewer = client_of(cast.vera)
    assert "Compute now" not in text(viewer.get(PAGE))
    assert viewer.post(PAGE).status_code == 403
    with system_scope():
        assert not Job.objects.exists()


def test_a_result_of_nothing_has_no_sentence() -> None:
    assert sentences_of({"objectives": {"judged": 0, "failed": []}}) == []


@pytest.mark.parametrize(
    ("state", "failed"), [("done", False), ("failed", True), ("dead", True), ("running", False)]
)
def test_the_newest_night_decides_whether_the_night_failed(
    northwind: Workspace, state: str, failed: bool
) -> None:
    job(northwind, key="older", day=NOW.date() - timedelta(days=1), state="failed")
    job(northwind, state=state)
    with system_scope():
        assert night_failed(northwind) is failed

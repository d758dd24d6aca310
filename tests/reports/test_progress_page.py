"""The home page. It is the morning of 15 February 2026."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, User
from accounts.scope import system_scope
from kpitracker.models import Job
from metrics.models import Metric
from objectives.models import Objective
from objectives.objectives import create_objective
from reports.kpis import golden
from reports.trends import trends
from tests.cast import Cast, client_of
from tests.objectives.board import HALF_WAY, START, Board, at
from tests.pages import text

HOME = "/w/northwind/"


@pytest.fixture(autouse=True)
def _this_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(HALF_WAY))


@pytest.fixture
def viewer(cast: Cast) -> Client:
    return client_of(cast.vera)


@pytest.fixture
def owner(alice: User) -> Client:
    return client_of(alice)


@pytest.fixture
def two(board: Board, cast: Cast) -> tuple[Objective, Objective]:
    """Leads on plan, Alice's; MQLs off track, Erin's."""
    board.figures("leads", 10)
    board.figures("mqls", 1)
    well = board.objective("leads", 900, statement="Leads on plan")
    badly = board.objective("mqls", 900, statement="Too few MQLs", owner=cast.erin)
    board.night(HALF_WAY)
    return well, badly


# A new workspace


def test_a_new_workspace_has_a_checklist(owner: Client, cast: Cast) -> None:
    page = text(owner.get(HOME))
    assert "No objective is running yet" in page
    for step in ("Bring in figures", "Write your first objective", "Invite someone", "digest"):
        assert step in page
    assert page.split("<main")[1].split("</main>")[0].count("btn--main") == 1


def test_what_is_done_is_ticked(board: Board, owner: Client) -> None:
    before = text(owner.get(HOME)).count("To do")
    board.figures("leads", 7)
    assert text(owner.get(HOME)).count("To do") == before - 1


def test_a_viewer_gets_no_buttons_they_may_not_use(viewer: Client, cast: Cast) -> None:
    page = text(viewer.get(HOME))
    assert "/objectives/new/" not in page
    assert "/imports/new/" not in page


def test_a_waiting_draft_is_the_next_step(board: Board, owner: Client) -> None:
    create_objective(board.workspace, user=None, wanted=board.wanted("leads", 900))
    assert "Start your first objective" in text(owner.get(HOME))


# A running one


def test_the_headline_says_how_it_goes(two: object, viewer: Client) -> None:
    page = text(viewer.get(HOME))
    assert "1 of 2 objectives are on track or achieved; 1 is off track" in page
    assert "Q1 2026, day 46 of 90" in page
    assert "Figures to Saturday 14 February" in page
    assert "Computed 15 February 2026, 03:30 (Paris time)" in page


def test_what_needs_attention_comes_with_its_reason(two: object, viewer: Client) -> None:
    attention = text(viewer.get(HOME)).split("Needs attention")[1].split("All objectives")[0]
    assert "Too few MQLs" in attention
    assert "45 of 900. 405 behind plan." in attention
    assert "Leads on plan" not in attention


def test_every_objective_is_listed_worst_first(two: object, viewer: Client) -> None:
    table = text(viewer.get(HOME)).split("All objectives")[1]
    assert table.index("Too few MQLs") < table.index("Leads on plan")
    assert "50% done, the plan says 50%" in table
    assert "-90%" in table


def test_the_table_is_filtered_by_status_and_owner(two: object, viewer: Client, cast: Cast) -> None:
    table = text(viewer.get(HOME + "?status=off_track")).split("All objectives")[1]
    assert "Too few MQLs" in table
    assert ">Leads on plan<" not in table.split("Last changes")[0]
    erin = Membership.objects.get(workspace=cast.northwind, user=cast.erin)
    page = text(viewer.get(HOME + f"?owner={erin.public_id}"))
    assert "0 of 1 objective is on track or achieved; 1 is off track" in page


def test_a_filter_without_a_hit_can_be_cleared(two: object, viewer: Client) -> None:
    page = text(viewer.get(HOME + "?status=achieved"))
    assert "No objective matches" in page
    assert "Clear filters" in page


def test_late_figures_are_named(board: Board, viewer: Client) -> None:
    board.figures("leads", 10, end=HALF_WAY - timedelta(days=9))
    board.objective("leads", 900)
    board.night(HALF_WAY)
    page = text(viewer.get(HOME))
    assert "CRM: figures end on 6 February 2026." in page
    assert "The figures are 7 days late, more than twice their usual rhythm." in page


def test_whoever_may_enter_values_is_led_there(board: Board, viewer: Client, cast: Cast) -> None:
    board.figures("leads", 10, end=HALF_WAY - timedelta(days=9))
    board.objective("leads", 900)
    board.night(HALF_WAY)
    assert "Add values" in text(client_of(cast.carl).get(HOME))
    assert "Add values" not in text(viewer.get(HOME))


def test_a_failed_night_says_so(two: object, board: Board, viewer: Client) -> None:
    with system_scope():
        Job.objects.create(
            workspace=board.workspace,
            kind="night",
            key="night:x",
            day=HALF_WAY,
            state=Job.State.FAILED,
            run_after=at(HALF_WAY),
        )
    page = text(viewer.get(HOME))
    assert "Figures are from 14 February 2026." in page
    assert "Last night's calculation failed; earlier results are shown." in page


def test_changes_of_the_last_two_weeks_are_told(board: Board, viewer: Client) -> None:
    board.figures("leads", 10)
    board.objective("leads", 900)
    board.night(HALF_WAY - timedelta(days=2))
    board.figures("leads", 0, start=START)
    board.night(HALF_WAY)
    changes = text(viewer.get(HOME)).split("Last changes")[1]
    assert changes.index("On track") < changes.index("Off track")


def test_golden_kpis_compare_with_the_week_before(board: Board, viewer: Client) -> None:
    board.figures("leads", 10, end=HALF_WAY - timedelta(days=14))
    board.figures("leads", 12, start=HALF_WAY - timedelta(days=13))
    board.objective("leads", 900)
    board.night(HALF_WAY)
    [leads] = [
        one
        for one in golden(board.workspace, monday=HALF_WAY - timedelta(days=13))
        if one.metric.key == "leads"
    ]
    assert (leads.now, leads.before) == (Decimal(84), Decimal(70))
    kpis = text(viewer.get(HOME)).split("Golden KPIs")[1]
    assert "Leads" in kpis
    assert "▲ 20%" in kpis


def test_the_golden_kpis_are_asked_for_at_once(
    board: Board, django_assert_num_queries: Any
) -> None:
    assert Metric.objects.filter(golden_rank__isnull=False).count() > 2
    with django_assert_num_queries(2):
        golden(board.workspace, monday=HALF_WAY)


def test_a_trend_is_the_last_value_of_each_week(board: Board) -> None:
    board.figures("leads", 10)
    leads = board.objective("leads", 900)
    for day in (HALF_WAY - timedelta(days=8), HALF_WAY - timedelta(days=7), HALF_WAY):
        board.judge(day)
    found = trends(board.workspace, today=HALF_WAY)[leads.pk]
    assert len(found) == 12
    assert found[-3:] == [None, 380, 450]


def questions(client: Client) -> list[str]:
    """The page's own queries: without savepoints and the scopes' settings."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(HOME).status_code == 200
    return [
        one["sql"]
        for one in asked
        if one["sql"].startswith("SELECT") and "set_config" not in one["sql"]
    ]


def test_more_objectives_ask_no_more_questions(two: object, board: Board, viewer: Client) -> None:
    viewer.get(HOME)
    few = len(questions(viewer))
    for number in range(15):
        board.objective("leads", 1000 + number)
    board.judge()
    assert len(questions(viewer)) == few
    assert few <= 19

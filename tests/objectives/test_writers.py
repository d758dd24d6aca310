"""Each change of state: what it writes, what it refuses, and what it leaves alone."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from accounts.models import User
from metrics.models import Campaign, Dimension, DimensionValue, Feed
from objectives.models import Objective, ObjectiveVersion
from objectives.objectives import (
    ChangedMeanwhileError,
    NotReadyError,
    archive_objective,
    create_objective,
    delete_draft,
    move_objective,
    start_objective,
    update_objective,
)
from objectives.readiness import smart_report
from tests.objectives.board import END, HALF_WAY, START, Board, at

D = Decimal
TODAY = START - timedelta(days=2)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def ready(board: Board) -> Board:
    """A board whose leads have arrived daily up to the day before TODAY."""
    board.figures("leads", 10, start=date(2025, 9, 1), end=TODAY - timedelta(days=1))
    board.compute(TODAY)
    return board


def draft(board: Board, **more: Any) -> Objective:
    wanted = board.wanted("leads", more.pop("target", 900), **more)
    return create_objective(board.workspace, user=board.owner, wanted=wanted)


def started(board: Board, **more: Any) -> Objective:
    objective = draft(board, **more)
    start_objective(objective, user=board.owner, today=TODAY, now=at(TODAY))
    return objective


def change(board: Board, objective: Objective, reason: str = "", **more: Any) -> Objective:
    wanted = board.wanted("leads", more.pop("target", 900), **more)
    return update_objective(
        objective, user=board.owner, wanted=wanted, version=objective.version, reason=reason
    )


def versions(objective: Objective) -> list[tuple[int, Decimal | None, str]]:
    found = ObjectiveVersion.objects.filter(objective=objective)
    return [(one.number, one.target, one.reason) for one in found]


def letters(board: Board, objective: Objective, today: date = TODAY) -> dict[str, str]:
    return {one.letter: one.code for one in smart_report(objective, today=today).letters}


# Creating and changing


def test_a_draft_has_its_first_version(board: Board) -> None:
    objective = draft(board)
    assert (objective.state, objective.version, objective.weights) == ("draft", 1, None)
    assert versions(objective) == [(1, D(900), "")]


def test_a_draft_may_lack_anything_but_its_statement(board: Board) -> None:
    wanted = board.wanted("leads", 900, statement="Grow", start=None, end=None, owner=None)
    wanted.metric = wanted.target = None
    assert create_objective(board.workspace, user=None, wanted=wanted).pk
    wanted.statement = ""
    with pytest.raises(ValidationError):
        create_objective(board.workspace, user=None, wanted=wanted)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"start": END, "end": START}, "__all__"),
        ({"kind": "between"}, "target_high"),
        ({"kind": "between", "target_high": 900}, "target_high"),
        ({"kind": "sideways"}, "kind"),
        ({"goal": "x" * 301}, "goal"),
    ],
)
def test_what_cannot_be_saved(board: Board, wanted: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        draft(board, **wanted)
    assert list(refused.value.message_dict) == [field]
    assert not Objective.objects.exists()


def test_a_draft_is_rewritten_without_a_reason(board: Board) -> None:
    objective = change(board, draft(board), target=1000)
    assert (objective.target, objective.version) == (D(1000), 2)
    assert versions(objective) == [(1, D(1000), "")]


def test_a_started_objective_changes_with_a_reason(ready: Board) -> None:
    objective = started(ready)
    with pytest.raises(ValidationError) as refused:
        change(ready, objective, target=1000)
    assert list(refused.value.message_dict) == ["reason"]
    objective = change(ready, objective, target=1000, reason="  New budget ")
    assert versions(objective) == [(1, D(900), ""), (objective.version, D(1000), "New budget")]


def test_new_words_need_no_reason_and_make_no_version(ready: Board) -> None:
    objective = started(ready)
    objective = change(ready, objective, statement="Grow faster")
    assert objective.statement == "Grow faster"
    assert len(versions(objective)) == 1


@pytest.mark.parametrize("name", ["metric", "target", "start", "end"])
def test_a_started_objective_stays_whole(ready: Board, name: str) -> None:
    objective = started(ready)
    wanted = ready.wanted("leads", 900)
    setattr(wanted, name, None)
    with pytest.raises(ValidationError) as refused:
        update_objective(
            objective, user=ready.owner, wanted=wanted, version=objective.version, reason="Why not"
        )
    assert refused.value.messages == [
        "An objective needs a metric, a target and two dates before it starts."
    ]


def test_the_second_of_two_editors_is_told(board: Board) -> None:
    objective = draft(board)
    change(board, objective, target=1000)
    with pytest.raises(ChangedMeanwhileError) as refused:
        change(board, objective, target=1100)
    assert refused.value.current.target == 1000


def test_an_objective_is_not_its_own_ancestor(board: Board) -> None:
    top = draft(board)
    below = draft(board, parent=top)
    with pytest.raises(ValidationError) as refused:
        change(board, top, parent=below)
    assert list(refused.value.message_dict) == ["parent"]


# Starting


def test_starting_freezes_the_plan_and_keeps_the_letters(ready: Board) -> None:
    objective = draft(ready, goal="Grow")
    report = start_objective(
        objective, user=ready.owner, today=TODAY, now=at(TODAY), reason="It is hard"
    )
    assert (objective.state, objective.started_at) == ("active", at(TODAY))
    assert objective.weights is not None
    assert (objective.weights_kind, len(objective.weights)) == ("even", 90)
    assert objective.smart == report.to_json()
    assert objective.override_reason == "It is hard"
    assert {one.letter: one.state.value for one in report.letters} == {
        "S": "ok",
        "M": "ok",
        "A": "ok",
        "R": "ok",
        "T": "ok",
    }


@pytest.mark.parametrize(
    ("missing", "letter"),
    [({"owner": None}, "S"), ({"end": START}, "T")],
)
def test_without_s_m_and_t_it_stays_a_draft(
    ready: Board, missing: dict[str, Any], letter: str
) -> None:
    objective = draft(ready, **missing)
    with pytest.raises(NotReadyError) as refused:
        start_objective(objective, user=None, today=TODAY, now=at(TODAY))
    failed = [one.letter for one in refused.value.report.letters if one.state == "fail"]
    assert failed == [letter]
    objective.refresh_from_db()
    assert (objective.state, objective.weights) == ("draft", None)


def test_starting_twice_keeps_the_first_plan(ready: Board) -> None:
    objective = started(ready)
    plan, first = objective.weights, objective.smart
    report = start_objective(objective, user=None, today=TODAY, now=at(HALF_WAY))
    assert (objective.weights, objective.started_at) == (plan, at(TODAY))
    assert report.to_json() == first


def test_the_plan_follows_the_weekdays_of_the_past(board: Board) -> None:
    board.figures(
        "leads",
        lambda day: 0 if day.weekday() >= 5 else 10,
        start=date(2025, 9, 1),
        end=TODAY - timedelta(days=1),
    )
    board.compute(TODAY)
    objective = started(board, pace="auto")
    assert objective.weights_kind == "weekday"
    assert objective.weights is not None
    assert [D(weight) for weight in objective.weights[:4]] == [10, 10, 0, 0]  # Thursday to Sunday


def test_the_plan_waits_for_figures_that_are_not_calculated_yet(board: Board) -> None:
    board.figures(
        "leads",
        lambda day: 0 if day.weekday() >= 5 else 10,
        start=date(2025, 9, 1),
        end=TODAY - timedelta(days=1),
    )
    objective = started(board, pace="auto")
    assert objective.weights is None
    board.judge(TODAY)
    objective.refresh_from_db()
    assert objective.weights_kind == "weekday"


def test_a_level_has_an_even_plan(board: Board) -> None:
    board.figures("followers", 7000, start=date(2025, 9, 1), end=TODAY - timedelta(days=1))
    board.compute(TODAY)
    wanted = board.wanted("followers", 8000, baseline=7000, pace="auto")
    objective = create_objective(board.workspace, user=None, wanted=wanted)
    start_objective(objective, user=None, today=TODAY, now=at(TODAY))
    assert objective.weights_kind == "even"


def test_the_plan_is_frozen_anew_for_other_dates_only(ready: Board) -> None:
    objective = started(ready)
    plan = objective.weights
    objective = change(ready, objective, target=1000, reason="More")
    assert objective.weights == plan
    objective = change(ready, objective, target=1000, end=date(2026, 4, 30), reason="Later")
    assert objective.weights is not None
    assert len(objective.weights) == 120


# What each letter sees


@pytest.mark.parametrize(
    ("today", "code"),
    [
        (TODAY, "delivered"),
        (TODAY + timedelta(days=1), "delivered"),
        (TODAY + timedelta(days=9), "late"),
        (END, "late"),
        (END + timedelta(days=1), "late"),
    ],
)
def test_figures_must_arrive_in_their_rhythm(ready: Board, today: date, code: str) -> None:
    assert letters(ready, draft(ready), today)["M"] == code


def test_an_objective_that_is_over_looks_back(ready: Board) -> None:
    ready.figures("leads", 10, start=TODAY, end=START + timedelta(days=9))
    ready.compute(END + timedelta(days=300))
    objective = draft(ready)
    assert letters(ready, objective, END)["M"] == "late"
    assert letters(ready, objective, END + timedelta(days=300))["M"] == "delivered"


def test_typed_figures_are_never_late(ready: Board) -> None:
    Feed.objects.filter(pk=ready.feed.pk).update(rhythm=Feed.Rhythm.NONE)
    assert letters(ready, draft(ready), TODAY + timedelta(days=60))["M"] == "delivered"


def test_a_segment_without_figures_cannot_be_measured(ready: Board) -> None:
    events = DimensionValue.objects.get(
        workspace=ready.workspace, dimension=Dimension.CHANNEL, key="events"
    )
    assert letters(ready, draft(ready, channel=events))["M"] == "never_delivered"
    ready.figures("leads", 4, start=date(2025, 12, 1), end=date(2025, 12, 9), channel=events.pk)
    ready.compute(TODAY)
    assert letters(ready, draft(ready, channel=events))["M"] == "delivered"


def test_a_feed_that_gives_every_row_speaks_for_every_segment(ready: Board) -> None:
    names = DimensionValue.objects.filter(workspace=ready.workspace, dimension=Dimension.CHANNEL)
    events, email = names.get(key="events"), names.get(key="email")
    ready.book.write(
        ready.book.row("leads", "2025-12-01", 3, feed=ready.feed.pk, channel=email.pk),
        coverage=[ready.book.covered("leads", "2025-12-01", "2025-12-29", ready.feed.pk)],
    )
    assert letters(ready, draft(ready, channel=events))["M"] == "delivered"


def test_a_campaign_has_figures_of_its_own(ready: Board) -> None:
    spring = Campaign.objects.create(workspace=ready.workspace, name="Spring", key="spring")
    assert letters(ready, draft(ready, campaign=spring))["M"] == "never_delivered"
    ready.book.write(
        ready.book.row("leads", "2025-12-01", 3, feed=ready.feed.pk, campaign=spring.pk)
    )
    assert letters(ready, draft(ready, campaign=spring))["M"] == "delivered"


def test_a_metric_that_never_arrived_cannot_be_measured(ready: Board) -> None:
    wanted = ready.wanted("mqls", 10)
    objective = create_objective(ready.workspace, user=None, wanted=wanted)
    assert letters(ready, objective)["M"] == "never_delivered"


@pytest.mark.parametrize(
    ("target", "days", "code"),
    [(290, 30, "trivial"), (320, 30, "beyond_best"), (900, 30, "reckless")],
)
def test_the_target_is_held_against_the_past(
    ready: Board, target: int, days: int, code: str
) -> None:
    objective = draft(ready, target=target, end=START + timedelta(days=days - 1))
    assert letters(ready, objective)["A"] == code


def test_the_past_of_a_stock_is_its_changes(board: Board) -> None:
    first = date(2025, 10, 1)
    board.figures(
        "followers",
        lambda day: 1000 + 10 * (day - first).days,
        start=first,
        end=TODAY - timedelta(days=1),
    )
    board.compute(TODAY)
    wanted = board.wanted("followers", 2100, baseline=1800, end=START + timedelta(days=29))
    objective = create_objective(board.workspace, user=None, wanted=wanted)
    achievable = smart_report(objective, today=TODAY).letters[2]
    found = {name: D(str(achievable.params[name])) for name in ("best", "median", "required")}
    assert found == {"best": 300, "median": 300, "required": 300}


def test_a_vanity_metric_wants_its_pair(board: Board) -> None:
    board.figures("followers", 7000, start=date(2025, 12, 1), end=TODAY - timedelta(days=1))
    board.compute(TODAY)
    wanted = board.wanted("followers", 8000, baseline=7000)
    objective = create_objective(board.workspace, user=None, wanted=wanted)
    assert letters(board, objective)["S"] == "vanity"
    create_objective(board.workspace, user=None, wanted=board.wanted("engagement_rate", "0.05"))
    assert letters(board, objective)["S"] == "specific"


# Moving, archiving, deleting


@pytest.mark.parametrize(
    ("moves", "done", "state"),
    [
        (["pause"], [True], "paused"),
        (["pause", "pause"], [True, False], "paused"),
        (["pause", "resume"], [True, True], "active"),
        (["resume"], [False], "active"),
        (["cancel"], [True], "cancelled"),
        (["cancel", "resume", "cancel"], [True, False, False], "cancelled"),
    ],
)
def test_moves(ready: Board, moves: list[str], done: list[bool], state: str) -> None:
    objective = started(ready)
    assert [move_objective(objective, move=move) for move in moves] == done
    assert objective.state == state


@pytest.mark.parametrize("move", ["pause", "resume", "cancel"])
def test_a_draft_does_not_move(board: Board, move: str) -> None:
    objective = draft(board)
    assert not move_objective(objective, move=move)
    assert objective.state == "draft"


def test_an_archived_objective_is_out_of_the_lists_and_can_come_back(board: Board) -> None:
    objective = draft(board)
    archive_objective(objective, now=at(HALF_WAY))
    assert not Objective.objects.listed(board.workspace).exists()
    archive_objective(objective, now=at(HALF_WAY), archived=False)
    assert Objective.objects.listed(board.workspace).get() == objective


def test_only_a_draft_is_deleted(ready: Board, alice: User) -> None:
    objective = started(ready)
    assert not delete_draft(objective)
    assert delete_draft(draft(ready))
    assert Objective.objects.get() == objective


# Milestones, stretch and floor


def test_milestones_are_kept_and_bend_the_plan(board: Board) -> None:
    """700 of 900 by 31 January: on 14 February 700 + 200 × 14 ÷ 59 of the days since."""
    board.figures("leads", 20)
    objective = board.objective("leads", 900, milestones=((date(2026, 1, 31), Decimal(700)),))
    board.judge()
    expected = board.result(objective).expected
    assert expected is not None
    assert round(expected, 6) == Decimal("747.457627")


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"milestones": ((END, Decimal(9)),)}, "milestones", "before its last day"),
        ({"milestones": ((START, Decimal(1)), (START, Decimal(2)))}, "milestones", "share a day"),
        ({"stretch": Decimal(900)}, "stretch", "more than the target"),
        ({"floor": Decimal(900)}, "floor", "less than the target"),
        ({"kind": "ceiling", "stretch": Decimal(901)}, "stretch", "more than the target"),
        ({"kind": "between", "target_high": 999, "floor": Decimal(1)}, "floor", "Two limits"),
    ],
)
def test_what_makes_no_sense_gets_a_sentence(
    board: Board, more: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        board.objective("leads", 900, **more)
    assert words in caught.value.message_dict[field][0]


def test_a_milestone_that_moves_takes_a_reason_and_makes_a_version(board: Board) -> None:
    objective = board.objective("leads", 900, milestones=((date(2026, 1, 31), Decimal(700)),))
    wanted = board.wanted("leads", 900, milestones=((date(2026, 1, 31), Decimal(600)),))
    with pytest.raises(ValidationError):
        update_objective(objective, user=None, wanted=wanted, version=objective.version)
    saved = update_objective(
        objective, user=None, wanted=wanted, version=objective.version, reason="Too steep"
    )
    kept = [version.milestones for version in saved.versions.all()]
    assert kept == [[["2026-01-31", "700"]], [["2026-01-31", "600"]]]


def test_stretch_and_floor_change_without_a_version(board: Board) -> None:
    objective = board.objective("leads", 900)
    wanted = board.wanted("leads", 900, stretch=Decimal(1000), floor=Decimal(800))
    saved = update_objective(objective, user=None, wanted=wanted, version=objective.version)
    assert (saved.stretch, saved.floor, saved.versions.count()) == (1000, 800, 1)

"""``create_objective`` and ``objective_status`` from outside: what they print, how they exit."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AuditEvent, User, Workspace
from accounts.scope import system_scope, workspace_scope
from metrics.models import Campaign
from objectives.models import Objective
from objectives.objectives import move_objective
from tests.cast import Cast
from tests.objectives.board import HALF_WAY, START, Board

TODAY = START
JANUARY = ("--workspace", "northwind", "--start", "2026-01-01", "--end", "2026-03-31")
LEADS = (*JANUARY, "--metric", "leads", "--kind", "reach", "--pace", "even")
KEYS = {
    "id", "statement", "metric", "day", "data_date", "kind", "baseline", "target", "value",
    "expected", "pace_ratio", "progress", "elapsed", "pace", "chance", "forecast", "status",
    "rule", "changed_on",
}  # fmt: skip


@pytest.fixture
def board(northwind: Workspace, alice: User, monkeypatch: pytest.MonkeyPatch) -> Board:
    """Ten leads a day up to yesterday, on 1 January."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 1, 1, 9, tzinfo=UTC))
    with workspace_scope(northwind.pk):
        board = Board(northwind, alice)
        board.figures("leads", 10, start=date(2025, 10, 1), end=TODAY - timedelta(days=1))
        board.compute(TODAY)
    return board


def run(name: str, *arguments: object) -> Any:
    out = StringIO()
    call_command(name, *map(str, arguments), "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def refused(name: str, *arguments: object) -> tuple[CommandError, Any]:
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command(name, *map(str, arguments), "--json", stdout=out, stderr=StringIO())
    return caught.value, json.loads(out.getvalue() or "null")


def create(*arguments: object) -> Any:
    return run("create_objective", *LEADS, "--statement", "Win leads", *arguments)


def stored(printed: Any) -> Objective:
    with system_scope():
        return Objective.objects.select_related(
            "metric", "channel", "campaign", "owner", "parent", "device"
        ).get(public_id=printed["id"])


def test_it_creates_a_draft_and_prints_its_letters(board: Board) -> None:
    printed = create("--target", "900", "--goal", "Grow")
    assert (printed["state"], printed["started"]) == ("draft", False)
    assert [letter["letter"] for letter in printed["smart"]] == list("SMART")
    assert {letter["state"] for letter in printed["smart"]} == {"ok"}
    assert printed["smart"][3]["sentence"] == "It serves a written business goal."
    assert stored(printed).owner == board.owner
    with system_scope():
        assert AuditEvent.objects.get(action="objective.created").object_id == printed["id"]


def test_it_starts_at_once(board: Board) -> None:
    printed = create("--target", "900", "--start-now")
    assert (printed["state"], printed["started"]) == ("active", True)
    assert stored(printed).weights_kind == "even"


def test_it_calculates_new_figures_before_it_plans(board: Board) -> None:
    with workspace_scope(board.workspace.pk):
        board.figures(
            "mqls",
            lambda day: 0 if day.weekday() >= 5 else 10,
            start=date(2025, 10, 1),
            end=TODAY - timedelta(days=1),
        )
    printed = run(
        "create_objective", *JANUARY, "--metric", "mqls", "--kind", "reach", "--statement", "Win",
        "--target", "900", "--start-now",
    )  # fmt: skip
    assert stored(printed).weights_kind == "weekday"
    assert printed["smart"][2]["code"] != "no_history"


def test_every_argument_is_kept(board: Board, erin: User) -> None:
    with system_scope():
        spring = Campaign.objects.create(workspace=board.workspace, name="Spring", key="spring")
    above = create("--target", "900")
    printed = run(
        "create_objective", *JANUARY, "--metric", "visit_to_lead_rate", "--statement", "Rate",
        "--kind", "between", "--over", "last28", "--baseline", "3%", "--target", "4.5%",
        "--target-high", "0.06", "--channel", "paid_search", "--campaign", "spring",
        "--owner", "Erin@example.com", "--parent", above["id"], "--pace", "weekday",
        "--device", "tablet", "--required-share", "80%", "--hold",
        "--milestone", "2026-02-28=4%", "--milestone", "2026-01-31=0.035",
    )  # fmt: skip
    found = stored(printed)
    numbers = [str(number) for number in (found.baseline, found.target, found.target_high)]
    assert numbers == ["0.03000000", "0.04500000", "0.06000000"]
    assert (found.kind, found.over, found.pace) == ("between", "last28", "weekday")
    assert found.channel is not None
    assert (found.channel.key, found.campaign, found.owner) == ("paid_search", spring, erin)
    assert found.device is not None
    assert (found.device.key, found.required_share, found.hold) == ("tablet", Decimal("0.8"), True)
    assert found.parent == stored(above)
    with system_scope():
        marks = [(one.day.month, one.value) for one in found.milestones.all()]
    assert marks == [(1, Decimal("0.035")), (2, Decimal("0.04"))]


def test_a_stretch_target_and_a_floor_are_kept(board: Board) -> None:
    found = stored(create("--target", "900", "--stretch", "1000", "--floor", "800"))
    assert (found.stretch, found.floor) == (1000, 800)


def test_what_cannot_start_is_not_kept(board: Board) -> None:
    error, printed = refused(
        "create_objective", *JANUARY, "--metric", "mqls", "--kind", "reach", "--statement", "Win",
        "--target", "9", "--start-now",
    )  # fmt: skip
    assert error.returncode == 1
    assert "No figures of this metric have arrived yet." in str(error)
    assert (printed["id"], printed["started"], printed["smart"][1]["state"]) == (
        None,
        False,
        "fail",
    )
    with system_scope():
        assert not Objective.objects.exists()
        assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--metric", "lead"), 1, "There is no metric “lead”. Did you mean leads"),
        (("--channel", "organc"), 1, "There is no channel “organc”. Did you mean organic"),
        (("--campaign", "Spring"), 1, "There is no campaign “Spring”."),
        (("--owner", "alise@example.com"), 1, "Did you mean alice@example.com"),
        (("--owner", "bob@example.com"), 1, "There is no member “bob@example.com”."),
        (("--parent", "obj_nothing"), 1, "There is no objective “obj_nothing” in northwind."),
        (("--workspace", "nowhere"), 1, "There is no workspace “nowhere”."),
        (("--end", "2025-01-01"), 1, "The last day must not be before the first day."),
        (("--kind", "between"), 1, "Give the upper limit too"),
        (("--target", "lots"), 2, "lots is not a number."),
        (("--target", "NaN"), 2, "NaN is not a number."),
        (("--target", "5%"), 2, "leads is no rate."),
        (("--device", "tablette"), 1, "Did you mean tablet"),
        (("--milestone", "2026-02-28"), 2, "write a day and a number, like 2026-02-28=700."),
        (("--milestone", "2026-04-01=700"), 1, "A milestone lies within the span"),
        (("--stretch", "800"), 1, "The stretch target must ask for more"),
        (("--end", "31/03/2026"), 2, "31/03/2026 is not a date."),
    ],
)
def test_what_is_wrong_gets_a_sentence(
    board: Board, arguments: tuple[str, str], code: int, words: str
) -> None:
    error, _printed = refused(
        "create_objective", *LEADS, "--statement", "Win", "--target", "900", *arguments
    )
    assert (error.returncode, words in str(error)) == (code, True), str(error)


def test_another_workspaces_objective_is_no_parent(board: Board, cast: Cast) -> None:
    with workspace_scope(cast.acme.pk):
        other = Objective.objects.create(workspace=cast.acme, statement="Theirs")
    error, _printed = refused(
        "create_objective", *LEADS, "--statement", "Win", "--target", "9", "--parent",
        other.public_id,
    )  # fmt: skip
    assert "There is no objective" in str(error)


# objective_status


@pytest.fixture
def half_way(board: Board) -> Objective:
    """Seven leads a day since, and the night of 15 February."""
    printed = create("--target", "900", "--start-now")
    with workspace_scope(board.workspace.pk):
        board.figures("leads", 7)
        board.judge(HALF_WAY)
    return stored(printed)


def status(*arguments: object) -> Any:
    return run("objective_status", "--workspace", "northwind", *arguments)


def test_it_prints_the_stored_result(half_way: Objective) -> None:
    (found,) = status("--day", HALF_WAY)
    assert found.keys() >= KEYS
    assert {name: found[name] for name in KEYS} == {
        "id": half_way.public_id,
        "statement": "Win leads",
        "metric": "leads",
        "day": "2026-02-15",
        "data_date": "2026-02-14",
        "kind": "reach",
        "baseline": None,
        "target": "900",
        "value": "315",
        "expected": "450",
        "pace_ratio": "0.7",
        "progress": "0.35",
        "elapsed": "0.5",
        "pace": "even",
        "chance": None,
        "forecast": None,
        "status": "off_track",
        "rule": "Sum, to 14 February 2026. Expected 50% of 900, spread evenly over the days. "
        "315 ÷ 450 = 0.70, under 0.75: off track.",
        "changed_on": "2026-02-15",
    }


def test_it_prints_the_latest_result_up_to_the_day(board: Board, half_way: Objective) -> None:
    with workspace_scope(board.workspace.pk):
        board.figures("leads", 90, start=HALF_WAY, end=HALF_WAY)
        board.judge(HALF_WAY + timedelta(days=1))
    days = [status("--day", HALF_WAY + timedelta(days=late))[0]["day"] for late in (0, 1, 30)]
    assert days == ["2026-02-15", "2026-02-16", "2026-02-16"]
    assert status("--day", HALF_WAY + timedelta(days=30))[0]["changed_on"] == "2026-02-16"


def test_drafts_are_printed_without_a_night(board: Board, half_way: Objective) -> None:
    draft = create("--target", "900")
    found = {one["id"]: one for one in status("--day", HALF_WAY)}
    assert found[draft["id"]].keys() == found[half_way.public_id].keys()
    assert found[draft["id"]]["status"] == "draft"
    assert (found[draft["id"]]["target"], found[draft["id"]]["value"]) == ("900", None)


def test_chosen_ids_keep_their_order(board: Board, half_way: Objective) -> None:
    draft = create("--target", "900")
    ids = [draft["id"], half_way.public_id]
    assert [one["id"] for one in status(*ids, "--day", HALF_WAY)] == ids


def test_before_any_night_it_says_what_to_run(board: Board) -> None:
    printed = create("--target", "900", "--start-now")
    error, found = refused("objective_status", "--workspace", "northwind")
    assert (error.returncode, found) == (1, [])
    assert str(error) == f"No night has judged {printed['id']} by 2026-01-01: run nightly first."


def test_unknown_and_foreign_ids_are_refused(half_way: Objective, cast: Cast) -> None:
    for slug in ("northwind", "acme"):
        error, _found = refused(
            "objective_status", "obj_nothing" if slug == "northwind" else half_way.public_id,
            "--workspace", slug,
        )  # fmt: skip
        assert error.returncode == 1
        assert "There is no objective" in str(error)


def test_a_workspace_without_objectives_has_an_empty_list(board: Board) -> None:
    assert status() == []


def test_set_states_are_printed(board: Board, half_way: Objective) -> None:
    with workspace_scope(board.workspace.pk):
        move_objective(half_way, move="pause")
        board.judge(HALF_WAY)
    (found,) = status("--day", HALF_WAY)
    assert found["status"] == "paused"
    assert found["rule"].startswith("This objective is paused.")


def test_a_failed_calculation_shows_the_last_known_status(
    board: Board, half_way: Objective
) -> None:
    next_day = HALF_WAY + timedelta(days=1)
    with workspace_scope(board.workspace.pk):
        Objective.objects.filter(pk=half_way.pk).update(weights=["not a number"])
        assert board.judge(next_day).failed == [half_way.public_id]
    (found,) = status("--day", next_day)
    assert (found["status"], found["calculated"]) == ("off_track", False)
    assert found["rule"].startswith("The status could not be calculated.")


def test_without_json_it_prints_sentences(half_way: Objective) -> None:
    out = StringIO()
    call_command("objective_status", "--workspace", "northwind", "--day", str(HALF_WAY), stdout=out)
    assert out.getvalue().startswith(f"{half_way.public_id}  Off track  Win leads. Sum, to")

"""The pages of objectives: list, form, detail, actions. It is the morning of 15 February 2026."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Membership, User, Workspace
from accounts.scope import system_scope
from metrics.models import DimensionValue
from objectives.models import Objective, ObjectiveVersion, State
from objectives.objectives import (
    archive_objective,
    create_objective,
    start_objective,
    update_objective,
)
from tests.cast import Cast, client_of
from tests.objectives.board import END, HALF_WAY, START, Board, at
from tests.pages import text


@pytest.fixture(autouse=True)
def _this_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(HALF_WAY))


@pytest.fixture
def editor(cast: Cast) -> Client:
    return client_of(cast.erin)


@pytest.fixture
def viewer(cast: Cast) -> Client:
    return client_of(cast.vera)


def url(name: str, *args: str) -> str:
    return reverse(name, args=["northwind", *args])


def sent(board: Board, **changes: Any) -> dict[str, Any]:
    """A whole form: 900 leads in the first quarter."""
    owner = Membership.objects.get(workspace=board.workspace, user=board.owner)
    return {
        "statement": "Generate 900 leads",
        "metric": "leads",
        "segment": "",
        "owner": owner.public_id,
        "kind": "reach",
        "target": "900",
        "over": "span",
        "goal": "Fill the pipeline",
        "start": START.isoformat(),
        "end": END.isoformat(),
        "pace": "even",
    } | changes


def french(user: User) -> Client:
    User.objects.filter(pk=user.pk).update(language="fr")
    user.refresh_from_db()
    return client_of(user)


# The list


def test_an_empty_list_offers_to_write_one(editor: Client) -> None:
    page = text(editor.get(url("objectives")))
    assert "No objectives yet" in page
    assert url("objective_new") in page


def test_a_viewer_is_not_offered_to_write(viewer: Client) -> None:
    assert url("objective_new") not in text(viewer.get(url("objectives")))


def test_the_list_shows_status_value_and_target_worst_first(board: Board, viewer: Client) -> None:
    board.figures("leads", 10)
    board.figures("mqls", 1)
    board.objective("leads", 900, statement="Leads on plan")
    board.objective("mqls", 900, statement="Too few MQLs")
    board.judge()
    page = text(viewer.get(url("objectives")))
    assert page.index("Too few MQLs") < page.index("Leads on plan")
    assert 'data-label="Now">450<' in page
    assert 'data-label="Target">900<' in page


def test_the_list_is_filtered_by_status(board: Board, viewer: Client) -> None:
    board.figures("leads", 10)
    board.objective("leads", 900, statement="Leads on plan")
    board.objective("mqls", 900, statement="Unknown MQLs")
    board.judge()
    page = text(viewer.get(url("objectives") + "?status=on_track"))
    assert "Leads on plan" in page
    assert "Unknown MQLs" not in page


def test_a_filter_without_a_hit_can_be_cleared(board: Board, cast: Cast, viewer: Client) -> None:
    board.objective("leads", 900)
    erin = Membership.objects.get(workspace=board.workspace, user=cast.erin)
    page = text(viewer.get(url("objectives") + f"?owner={erin.public_id}"))
    assert "No objective matches" in page
    assert "Clear filters" in page


def test_archived_objectives_are_a_list_of_their_own(board: Board, viewer: Client) -> None:
    gone = board.objective("leads", 900, statement="From last year")
    archive_objective(gone, now=at(HALF_WAY))
    assert "From last year" not in text(viewer.get(url("objectives")))
    assert "From last year" in text(viewer.get(url("objectives") + "?archived=1"))


def test_the_list_asks_as_many_questions_for_many_objectives(
    board: Board, viewer: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        board.objective("leads", 900 + number)
    with django_assert_max_num_queries(30):
        viewer.get(url("objectives"))


# Writing one


def test_a_draft_needs_a_statement_only(board: Board, editor: Client) -> None:
    typed = {"statement": "Something with leads", "kind": "reach", "over": "span", "pace": "auto"}
    response = editor.post(url("objective_one_page"), typed | {"action": "draft"})
    draft = Objective.objects.get()
    assert response["Location"] == url("objective", draft.public_id)
    assert (draft.state, draft.metric, draft.created_by) == (
        State.DRAFT,
        None,
        User.objects.get(email="erin@example.com"),
    )


def test_a_form_without_a_statement_says_what_is_missing(board: Board, editor: Client) -> None:
    response = editor.post(url("objective_one_page"), sent(board, statement=""))
    assert response.status_code == 422
    assert "Write in one sentence what is to be achieved." in text(response)
    assert not Objective.objects.exists()


def test_a_rate_is_typed_as_a_percentage(board: Board, editor: Client) -> None:
    editor.post(url("objective_one_page"), sent(board, metric="visit_to_lead_rate", target="4.5 %"))
    assert Objective.objects.get().target == Decimal("0.045")


def test_numbers_are_typed_in_the_readers_language(board: Board, erin: User) -> None:
    page = sent(board, metric="visit_to_lead_rate", target="4,5 %", baseline="3,25")
    french(erin).post(url("objective_one_page"), page)
    stored = Objective.objects.get()
    assert (stored.target, stored.baseline) == (Decimal("0.045"), Decimal("0.0325"))


def test_a_number_that_is_none_gets_a_sentence(board: Board, editor: Client) -> None:
    response = editor.post(url("objective_one_page"), sent(board, target="many"))
    assert response.status_code == 422
    assert "Enter a number, like 1,234.5" in text(response)


def test_the_last_day_is_not_before_the_first(board: Board, editor: Client) -> None:
    response = editor.post(url("objective_one_page"), sent(board, end="2025-12-31"))
    assert "The last day must not be before the first day." in text(response)
    assert not Objective.objects.exists()


def test_between_takes_two_limits(board: Board, editor: Client) -> None:
    response = editor.post(url("objective_one_page"), sent(board, kind="between"))
    assert "Give the upper limit too" in text(response)
    editor.post(url("objective_one_page"), sent(board, kind="between", target_high="1,000"))
    assert Objective.objects.get().target_high == 1000


def test_a_segment_is_a_channel(board: Board, editor: Client) -> None:
    editor.post(url("objective_one_page"), sent(board, segment="channel:email"))
    email = DimensionValue.objects.get(workspace=board.workspace, dimension=1, key="email")
    assert Objective.objects.get().channel == email


def test_another_workspaces_parent_cannot_be_chosen(
    board: Board, editor: Client, acme: Workspace
) -> None:
    with system_scope():
        foreign = Objective.objects.create(workspace=acme, statement="Theirs")
    response = editor.post(url("objective_one_page"), sent(board, parent=foreign.public_id))
    assert response.status_code == 422
    assert not Objective.objects.filter(workspace=board.workspace).exists()


def test_a_preset_fills_the_dates_and_keeps_what_was_typed(board: Board, editor: Client) -> None:
    typed = sent(board, start="", end="", target="1 200") | {"preset": "next_quarter"}
    page = text(editor.post(url("objective_one_page"), typed))
    assert 'name="start" value="2026-04-01"' in page
    assert 'name="end" value="2026-06-30"' in page
    assert 'value="1 200"' in page
    assert not Objective.objects.exists()


def test_the_current_value_is_proposed_as_the_baseline(board: Board, editor: Client) -> None:
    board.figures("followers", 7410)
    board.compute(HALF_WAY)
    asked = {"metric": "followers", "segment": "", "start": "", "end": ""}
    hint = text(editor.get(url("objective_hint"), asked))
    assert "On 14 February 2026" in hint
    assert "7,410" in hint
    page = text(
        editor.post(url("objective_one_page"), sent(board, metric="followers", preset="baseline"))
    )
    assert 'name="baseline" value="7410"' in page


def test_the_days_before_are_proposed_for_a_sum(board: Board, editor: Client) -> None:
    board.figures("leads", 3)
    board.compute(HALF_WAY)
    asked = {"metric": "leads", "segment": "", "start": "2026-02-15", "end": "2026-02-24"}
    hint = text(editor.get(url("objective_hint"), asked))
    assert "5–14 February 2026" in hint
    assert ">30<" in hint


def test_a_metric_without_figures_says_so(board: Board, editor: Client) -> None:
    asked = {"metric": "leads", "segment": "", "start": "", "end": ""}
    assert "No figures of it have arrived yet" in text(editor.get(url("objective_hint"), asked))


# Starting


def test_what_is_not_ready_stays_a_draft_and_says_why(board: Board, editor: Client) -> None:
    typed = sent(board, target="", end="", action="start")
    page = text(editor.post(url("objective_one_page"), typed, follow=True))
    assert Objective.objects.get().state == State.DRAFT
    assert "Mend what is marked below" in page
    assert "Set a target." in page
    assert "Set the first and the last day." in page


def test_what_is_ready_starts_with_its_letters(board: Board, editor: Client) -> None:
    board.figures("leads", 7)
    board.compute(HALF_WAY)
    page = text(editor.post(url("objective_one_page"), sent(board, action="start"), follow=True))
    assert Objective.objects.get().state == State.ACTIVE
    assert "The objective has started" in page
    assert "It serves a written business goal." in page
    assert "The status comes with the next calculation." in page


def test_a_draft_starts_from_its_page_with_a_reason(board: Board, editor: Client) -> None:
    board.figures("leads", 7)
    board.compute(HALF_WAY)
    draft = create_objective(
        board.workspace, user=board.owner, wanted=board.wanted("leads", 900, goal="")
    )
    assert "Why start all the same" in text(editor.get(url("objective", draft.public_id)))
    editor.post(
        url("objective_state", draft.public_id), {"move": "start", "reason": "The board wants it"}
    )
    draft.refresh_from_db()
    assert (draft.state, draft.override_reason) == (State.ACTIVE, "The board wants it")


# Changing


@pytest.fixture
def started(board: Board) -> Objective:
    board.figures("leads", 7)
    board.compute(HALF_WAY)
    found = create_objective(
        board.workspace, user=board.owner, wanted=board.wanted("leads", 900, goal="Pipeline")
    )
    start_objective(found, user=board.owner, today=HALF_WAY, now=at(HALF_WAY))
    return found


def edited(board: Board, objective: Objective, **changes: Any) -> dict[str, Any]:
    return sent(
        board, statement=objective.statement, goal="Pipeline", version=objective.version
    ) | (changes)


def test_the_form_shows_what_is_stored_as_it_is_typed(board: Board, erin: User) -> None:
    rate = create_objective(
        board.workspace,
        user=erin,
        wanted=board.wanted("visit_to_lead_rate", "0.045", baseline="0.0325"),
    )
    page = text(french(erin).get(url("objective_edit", rate.public_id)))
    assert 'value="4,5 %"' in page
    assert 'value="3,25 %"' in page
    assert 'value="2026-03-31"' in page


def test_a_started_objective_asks_why_its_target_changes(
    board: Board, started: Objective, editor: Client
) -> None:
    response = editor.post(
        url("objective_edit", started.public_id), edited(board, started, target="1000")
    )
    assert response.status_code == 422
    assert "Say why the target or the dates change" in text(response)


def test_the_reason_is_kept_with_the_version(
    board: Board, started: Objective, editor: Client
) -> None:
    change = edited(board, started, target="1000", reason="A new market")
    editor.post(url("objective_edit", started.public_id), change)
    newest = ObjectiveVersion.objects.filter(objective=started).latest("number")
    assert (newest.target, newest.reason) == (Decimal(1000), "A new market")
    assert newest.user == User.objects.get(email="erin@example.com")
    page = text(editor.get(url("objective", started.public_id)))
    assert "A new market" in page
    assert "Version 2" in page


def test_two_at_once_see_both_versions(board: Board, started: Objective, editor: Client) -> None:
    mine = edited(board, started, target="1000", reason="Mine")
    theirs = edited(board, started, target="800", reason="Theirs")
    editor.post(url("objective_edit", started.public_id), theirs)
    response = editor.post(url("objective_edit", started.public_id), mine)
    assert response.status_code == 409
    page = text(response)
    assert 'data-label="Saved">800<' in page
    assert 'data-label="Yours">1000<' in page
    started.refresh_from_db()
    assert started.target == 800


def test_mine_can_be_saved_after_all(board: Board, started: Objective, editor: Client) -> None:
    stored = started.version
    Objective.objects.filter(pk=started.pk).update(version=stored + 1, goal="Theirs")
    mine = edited(board, started, target="1000", reason="Mine")
    page = text(editor.post(url("objective_edit", started.public_id), mine))
    assert f'name="version" value="{stored + 1}"' in page
    editor.post(url("objective_edit", started.public_id), mine | {"version": stored + 1})
    started.refresh_from_db()
    assert (started.target, started.goal) == (Decimal(1000), "Pipeline")


# The detail page


def test_the_page_shows_numbers_chart_and_explanation(
    board: Board, started: Objective, viewer: Client
) -> None:
    board.judge()
    page = text(viewer.get(url("objective", started.public_id)))
    assert "<dd>315</dd>" in page
    assert "of 900, 35% done" in page
    assert "135 behind plan" in page
    assert "Leads are 30% behind plan" in page
    assert "Show the data as a table" in page
    assert "315 ÷ 450 = 0.70, under 0.75: off track." in page


def test_the_chart_runs_to_the_last_complete_day(board: Board, started: Objective) -> None:
    board.judge()
    answer: Any = client_of(board.owner).get(url("objective_export", started.public_id))
    file = b"".join(answer.streaming_content).decode()
    rows = [line.split(",") for line in file.splitlines()]
    assert rows[0] == ["date", "actual", "plan", "target"]
    assert len(rows) == 1 + 90
    assert rows[45] == ["2026-02-14", "315", "450", "900"]
    assert rows[46][:2] == ["2026-02-15", ""]
    assert rows[90] == ["2026-03-31", "", "900", "900"]


def test_a_sum_is_shown_by_channel(board: Board, viewer: Client) -> None:
    email = DimensionValue.objects.get(workspace=board.workspace, dimension=1, key="email")
    social = DimensionValue.objects.get(workspace=board.workspace, dimension=1, key="social")
    board.figures("leads", 6, channel=email.pk)
    board.figures("leads", 2, channel=social.pk)
    leads = board.objective("leads", 900)
    board.judge()
    page = text(viewer.get(url("objective", leads.public_id)))
    assert '<th scope="row">E-mail</th><td class="r">270</td><td class="r">75%</td>' in page
    assert '<th scope="row">Social</th><td class="r">90</td><td class="r">25%</td>' in page


def test_a_limit_is_drawn_by_period(board: Board, viewer: Client) -> None:
    board.figures("leads", 10)
    band = board.objective("leads", 100, kind="between", target_high=400)
    board.judge()
    page = text(viewer.get(url("objective", band.public_id)))
    assert "1 of 1 period inside the limits" in page
    assert "Upper limit" in page


def test_a_viewer_sees_no_action_and_may_not_act(started: Objective, viewer: Client) -> None:
    assert url("objective_state", started.public_id) not in text(
        viewer.get(url("objective", started.public_id))
    )
    response = viewer.post(url("objective_state", started.public_id), {"move": "pause"})
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("moves", "state"),
    [
        (("pause",), State.PAUSED),
        (("pause", "resume"), State.ACTIVE),
        (("cancel",), State.CANCELLED),
        (("resume",), State.ACTIVE),
    ],
)
def test_the_buttons_move_it(
    started: Objective, editor: Client, moves: tuple[str, ...], state: str
) -> None:
    for move in moves:
        editor.post(url("objective_state", started.public_id), {"move": move})
    started.refresh_from_db()
    assert started.state == state


def test_an_archived_objective_can_be_taken_out_again(started: Objective, editor: Client) -> None:
    act = url("objective_state", started.public_id)
    assert editor.post(act, {"move": "archive"})["Location"] == url("objectives")
    started.refresh_from_db()
    assert started.archived_at == at(HALF_WAY)
    assert "This objective is archived." in text(editor.get(url("objective", started.public_id)))
    editor.post(act, {"move": "restore"})
    started.refresh_from_db()
    assert started.archived_at is None


def test_a_draft_can_be_deleted(board: Board, editor: Client) -> None:
    draft = create_objective(board.workspace, user=None, wanted=board.wanted("leads", 900))
    editor.post(url("objective_state", draft.public_id), {"move": "delete"})
    assert not Objective.objects.exists()


def test_what_was_started_cannot_be_deleted(started: Objective, editor: Client) -> None:
    act = url("objective_state", started.public_id)
    page = text(editor.post(act, {"move": "delete"}, follow=True))
    assert "Archive it instead." in page
    assert Objective.objects.filter(pk=started.pk).exists()


def test_an_unknown_action_changes_nothing(started: Objective, editor: Client) -> None:
    editor.post(url("objective_state", started.public_id), {"move": "explode"})
    started.refresh_from_db()
    assert started.state == State.ACTIVE


def test_actions_leave_a_trail(started: Objective, editor: Client) -> None:
    editor.post(url("objective_state", started.public_id), {"move": "pause"})
    event = AuditEvent.objects.get(action="objective.paused")
    assert (event.object_id, event.actor_name) == (started.public_id, "Erin Example")


def test_a_changed_objective_waits_for_its_new_status(
    board: Board, started: Objective, editor: Client
) -> None:
    board.judge()
    assert "It was changed" not in text(editor.get(url("objective", started.public_id)))
    change = edited(board, started, target="1000", reason="A new market")
    editor.post(url("objective_edit", started.public_id), change)
    assert "It was changed" in text(editor.get(url("objective", started.public_id)))


@pytest.mark.parametrize(
    "name",
    ["objectives", "objective_new", "objective_one_page", "objective_packs", "alerts", "progress"],
)
def test_pages_speak_french(board: Board, started: Objective, erin: User, name: str) -> None:
    board.night(HALF_WAY)
    response = french(erin).get(url(name))
    assert response.status_code == 200
    assert '<html lang="fr"' in text(response)


# Beside the status


def test_the_page_tells_plan_milestones_stretch_and_first_target(
    board: Board, viewer: Client
) -> None:
    """Ten a day: 310 by 31 January, 200 were asked by then; 450 of 1 000 and of 900 first."""
    board.figures("leads", 10)
    milestones = ((date(2026, 1, 31), Decimal(200)), (date(2026, 3, 1), Decimal(600)))
    objective = board.objective("leads", 900, milestones=milestones)
    wanted = board.wanted(
        "leads", 1000, milestones=milestones, stretch=Decimal(1200), floor=Decimal(400)
    )
    update_objective(
        objective, user=board.owner, wanted=wanted, version=objective.version, reason="More"
    )
    board.judge()
    page = text(viewer.get(url("objective", objective.public_id)))
    for words in (
        "The plan expects the same of every day.",
        "First agreed: 900 by 31 March 2026. Against that it is at 50%.",
        "Stretch target, not reached yet",
        "Floor, reached",
        "31 January 2026",
        "Still to come",
    ):
        assert words in page

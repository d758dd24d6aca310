"""Writing an objective step by step. It is the morning of 15 February 2026."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from objectives.models import Objective, State
from objectives.objectives import create_objective
from objectives.parts import seen
from tests.cast import Cast, client_of
from tests.objectives.board import END, HALF_WAY, START, Board, at
from tests.pages import text


@pytest.fixture(autouse=True)
def _this_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(HALF_WAY))


@pytest.fixture
def editor(cast: Cast) -> Client:
    return client_of(cast.erin)


def url(name: str, *args: str) -> str:
    return reverse(name, args=["northwind", *args])


def step(draft: Objective, name: str) -> str:
    return url("objective_step", draft.public_id, name)


def draft_of(board: Board, key: str = "leads", target: str = "900", **more: Any) -> Objective:
    wanted = board.wanted(key, target, **{"goal": "Fill the pipeline"} | more)
    return create_objective(board.workspace, user=board.owner, wanted=wanted)


def send(client: Client, draft: Objective, name: str, **typed: Any) -> Any:
    """One step as the page sends it: with what the page was made from."""
    stored = Objective.objects.get(pk=draft.pk)
    return client.post(step(draft, name), {"seen": seen(stored, name)} | typed)


MEASURED = {"kind": "reach", "target": "1,200", "over": "span", "required_share": "100%"}


def test_the_first_step_makes_the_draft_and_leads_to_the_second(
    board: Board, editor: Client
) -> None:
    typed = {"metric": "leads", "segment": "channel:email", "statement": "More leads by mail"}
    response = editor.post(url("objective_new"), typed)
    draft = Objective.objects.get()
    assert response["Location"] == step(draft, "measurable")
    assert draft.channel is not None
    assert (draft.state, draft.channel.key) == (State.DRAFT, "email")


def test_without_a_sentence_it_goes_by_its_metrics_name(board: Board, editor: Client) -> None:
    editor.post(url("objective_new"), {"metric": "leads", "statement": " "})
    draft = Objective.objects.get()
    assert draft.statement == "Leads"
    page = text(editor.get(step(draft, "summary")))
    assert "Write what is to be achieved, in one sentence." in page


def test_neither_metric_nor_sentence_is_nothing_yet(board: Board, editor: Client) -> None:
    response = editor.post(url("objective_new"), {"statement": ""})
    assert response.status_code == 422
    assert not Objective.objects.exists()


def test_get_makes_nothing(board: Board, editor: Client) -> None:
    assert editor.get(url("objective_new") + "?metric=leads").status_code == 200
    assert not Objective.objects.exists()


def test_each_step_saves_its_own_fields_alone(board: Board, editor: Client) -> None:
    draft = draft_of(board, stretch=Decimal(1500))
    send(editor, draft, "measurable", **MEASURED, stretch="1500")
    send(editor, draft, "time", start="2026-02-01", end="2026-04-30", pace="even")
    draft.refresh_from_db()
    assert (draft.target, draft.stretch) == (1200, 1500)
    assert (draft.start, draft.end) == (date(2026, 2, 1), date(2026, 4, 30))
    assert (draft.goal, draft.owner) == ("Fill the pipeline", board.owner)


@pytest.mark.parametrize(
    "name", ["specific", "measurable", "achievable", "relevant", "time", "summary"]
)
def test_every_step_has_an_address(board: Board, editor: Client, name: str) -> None:
    page = text(editor.get(step(draft_of(board), name)))
    assert 'aria-current="step"' in page


def test_an_unknown_step_is_not_found(board: Board, editor: Client) -> None:
    assert editor.get(step(draft_of(board), "luck")).status_code == 404


def test_a_viewer_writes_nothing(board: Board, vera: User) -> None:
    assert client_of(vera).get(step(draft_of(board), "time")).status_code == 403


def test_the_button_leads_to_the_summary(board: Board, editor: Client) -> None:
    draft = draft_of(board)
    response = send(editor, draft, "relevant", goal="More demos", go="summary")
    assert response["Location"] == step(draft, "summary")


def test_two_tabs_at_different_steps_do_not_meet(board: Board, editor: Client) -> None:
    draft = draft_of(board)
    old = seen(draft, "relevant")
    send(editor, draft, "measurable", **MEASURED)
    response = editor.post(step(draft, "relevant"), {"seen": old, "goal": "More demos"})
    assert response.status_code == 302
    draft.refresh_from_db()
    assert (draft.target, draft.goal) == (1200, "More demos")


def test_two_tabs_at_one_step_show_both_versions(board: Board, editor: Client) -> None:
    draft = draft_of(board)
    old = seen(draft, "relevant")
    send(editor, draft, "relevant", goal="Theirs")
    response = editor.post(step(draft, "relevant"), {"seen": old, "goal": "Mine"})
    assert response.status_code == 409
    page = text(response)
    assert "Theirs" in page
    assert "Mine" in page
    now = Objective.objects.get(pk=draft.pk)
    assert f'value="{seen(now, "relevant")}"' in page
    send(editor, draft, "relevant", goal="Mine")
    assert Objective.objects.get(pk=draft.pk).goal == "Mine"


def test_the_same_sent_twice_goes_on(board: Board, editor: Client) -> None:
    draft = draft_of(board)
    old = seen(draft, "relevant")
    for _time in range(2):
        response = editor.post(step(draft, "relevant"), {"seen": old, "goal": "More demos"})
        assert response["Location"] == step(draft, "time")


def test_a_proposed_baseline_is_put_in_and_not_saved(board: Board, editor: Client) -> None:
    board.figures("followers", 7410)
    board.compute(HALF_WAY)
    draft = draft_of(board, "followers", "9000")
    page = text(send(editor, draft, "measurable", **MEASURED, preset="baseline"))
    assert 'name="baseline" value="7410"' in page
    assert Objective.objects.get().baseline is None


def test_a_target_is_asked_about_with_its_change(board: Board, editor: Client) -> None:
    board.figures("leads", 10, date(2025, 6, 1))
    board.compute(HALF_WAY)
    page = text(editor.get(step(draft_of(board), "measurable")))
    # The 90 days before 1 January had 900; a pack or a tenth more is asked for.
    assert "Would a target of 990 do? That is +10%" in page
    assert 'name="target" value="900"' in page


def test_days_are_chosen_at_the_reality_check(board: Board, editor: Client) -> None:
    draft = draft_of(board, start=None, end=None)
    response = send(editor, draft, "achievable", target="900", preset="next_quarter")
    assert response["Location"] == step(draft, "achievable")
    draft.refresh_from_db()
    assert (draft.start, draft.end) == (date(2026, 4, 1), date(2026, 6, 30))


def test_a_started_objective_is_changed_on_one_page(board: Board, editor: Client) -> None:
    started = board.objective("leads", 900)
    response = editor.get(step(started, "time"))
    assert response["Location"] == url("objective_edit", started.public_id)


# The reality check


def test_the_reality_check_names_best_median_and_what_is_asked(
    board: Board, editor: Client
) -> None:
    board.figures("leads", lambda day: 10 if day.year == 2025 else 12, date(2025, 1, 1))
    board.compute(HALF_WAY)
    page = text(editor.get(step(draft_of(board, target="1350"), "achievable")))
    # Spans of 90 days before 1 January, 900 each: half as much again is asked for.
    assert "The best past span had 900, the median one 900." in page
    assert "Asked: +50% against the span before (900); the best of the last" in page


def test_without_dates_it_says_over_which_days_it_compares(board: Board, editor: Client) -> None:
    board.figures("leads", 10, date(2025, 1, 1))
    board.compute(HALF_WAY)
    page = text(editor.get(step(draft_of(board, start=None, end=None), "achievable")))
    assert "No dates yet: compared as if it ran for 1 April–30 June 2026." in page


def test_a_metric_without_figures_may_wait_as_a_draft(board: Board, editor: Client) -> None:
    page = text(editor.get(step(draft_of(board), "achievable")))
    assert "its baseline is to be confirmed" in page


def test_what_is_typed_is_judged_without_saving(board: Board, editor: Client) -> None:
    board.figures("leads", 10, date(2025, 1, 1))
    board.compute(HALF_WAY)
    draft = draft_of(board)
    page = text(
        editor.get(url("objective_trial", draft.public_id), {"target": "2,700", "target_high": ""})
    )
    assert "Asked: +200% against the span before (900)" in page
    assert Objective.objects.get().target == 900


def test_what_cannot_be_read_yet_stays_as_it_was(board: Board, editor: Client) -> None:
    board.figures("leads", 10, date(2025, 1, 1))
    board.compute(HALF_WAY)
    address = url("objective_trial", draft_of(board).public_id)
    assert editor.get(address, {"target": "12 x", "end": "2025-99-"}).status_code == 200


def test_the_chart_has_history_plan_and_a_table(board: Board, editor: Client) -> None:
    board.figures("leads", 10, date(2025, 6, 1))
    board.compute(HALF_WAY)
    page = text(editor.get(url("objective_trial", draft_of(board).public_id)))
    assert "Asks for 70 a week; lately it was 70" in page
    assert "<canvas" in page
    assert '<th scope="col" class="r">Plan</th>' in page


def test_a_page_that_waits_for_the_forecast_gets_no_answer_yet(
    board: Board, editor: Client
) -> None:
    board.figures("leads", 10, date(2025, 6, 1))
    board.compute(HALF_WAY)
    draft = draft_of(board)
    Objective.objects.filter(pk=draft.pk).update(updated_at=at(HALF_WAY))
    address = url("objective_trial", draft.public_id)
    assert "The forecast is being calculated" in text(editor.get(address))
    assert editor.get(address, {"waiting": "1"}).status_code == 204


def test_a_forecast_that_does_not_come_is_not_awaited_for_ever(
    board: Board, editor: Client
) -> None:
    board.figures("leads", 10, date(2025, 6, 1))
    board.compute(HALF_WAY)
    draft = draft_of(board)
    Objective.objects.filter(pk=draft.pk).update(updated_at=at(HALF_WAY) - timedelta(hours=1))
    page = text(editor.get(url("objective_trial", draft.public_id), {"waiting": "1"}))
    assert "There is no forecast" in page


# Metrics that mislead


def test_a_vanity_metric_is_called_so_and_its_pair_is_one_click_away(
    board: Board, editor: Client
) -> None:
    draft = draft_of(board, "followers", "9000")
    page = text(editor.get(step(draft, "summary")))
    assert "A vanity metric" in page
    assert "Add a draft on: Engagement rate" in page
    editor.post(url("objective_companion", draft.public_id))
    companion = Objective.objects.exclude(pk=draft.pk).get()
    assert companion.metric is not None
    assert (companion.metric.key, companion.state) == ("engagement_rate", State.DRAFT)
    assert (companion.start, companion.end, companion.goal) == (START, END, draft.goal)
    assert "A vanity metric" not in text(editor.get(step(draft, "summary")))


def test_what_is_known_after_the_fact_gets_what_leads_to_it(board: Board, editor: Client) -> None:
    page = text(editor.get(step(draft_of(board, "roi", "2"), "summary")))
    assert "It is known only after the fact" in page
    assert "Add a draft on: Pipeline" in page


# Starting


def ready(board: Board, **more: Any) -> Objective:
    board.figures("leads", 10, date(2025, 1, 1))
    board.compute(HALF_WAY)
    return draft_of(board, **more)


def test_the_summary_starts_what_is_ready(board: Board, editor: Client) -> None:
    draft = ready(board, target="905")
    page = text(editor.get(step(draft, "summary")))
    assert "Start the objective" in page
    assert 'name="reason"' in page  # out of the best span's reach
    response = editor.post(
        url("objective_state", draft.public_id), {"move": "start", "reason": "New market"}
    )
    assert response["Location"] == url("objective", draft.public_id)
    assert "Started in spite of a warning, because: New market" in text(
        editor.get(response["Location"])
    )


def test_overriding_takes_a_reason(board: Board, editor: Client) -> None:
    draft = ready(board, goal="")
    response = editor.post(url("objective_state", draft.public_id), {"move": "start"}, follow=True)
    assert "Say why to start in spite of what is marked" in text(response)
    assert Objective.objects.get(pk=draft.pk).state == State.DRAFT


def test_a_sentence_is_proposed_and_taken_as_it_was_seen(board: Board, editor: Client) -> None:
    draft = draft_of(board, statement="Leads")
    page = text(editor.get(step(draft, "summary")))
    assert "Would this sentence do: “Leads: reach 900 by 31 March 2026”?" in page
    editor.post(step(draft, "summary"), {"wording": "Something else"})
    assert Objective.objects.get(pk=draft.pk).statement == "Leads"
    editor.post(step(draft, "summary"), {"wording": "Leads: reach 900 by 31 March 2026"})
    assert Objective.objects.get(pk=draft.pk).statement == "Leads: reach 900 by 31 March 2026"


# Contradictions


def test_a_contradiction_is_said_on_the_pages_and_in_the_list(board: Board, editor: Client) -> None:
    board.figures("leads", 10, date(2025, 6, 1))
    board.figures("mqls", 4, date(2025, 6, 1))
    board.compute(HALF_WAY)
    leads = draft_of(board, "leads", "1000")
    mqls = board.objective("mqls", 500)
    said = "Leads: 1,000 at 40% (Lead-to-MQL rate) make 400, and 500 are asked for"
    for address in (step(leads, "summary"), url("objective", mqls.public_id)):
        page = text(editor.get(address))
        assert "What does not fit together" in page
        assert said in page
    assert text(editor.get(url("objectives"))).count("Contradiction") == 2

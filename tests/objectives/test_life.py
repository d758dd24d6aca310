"""Check-ins, comments, closing reviews and the same once more. It is 15 February 2026."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import AlertMail, Membership, OutgoingMail, Workspace
from objectives.again import duplicate_objective, following
from objectives.life import (
    ReviewedMeanwhile,
    Said,
    check_in,
    comment,
    disagrees,
    latest_check_ins,
    lessons_for,
    mentioned,
    net_confidence,
    review,
    take_back,
)
from objectives.models import CheckIn, Comment, Objective, Review, State
from objectives.objectives import create_objective
from tests.cast import Cast, client_of
from tests.objectives.board import HALF_WAY, Board, at
from tests.pages import text

NOW = at(HALF_WAY)


@pytest.fixture(autouse=True)
def _this_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def running(board: Board) -> Objective:
    """900 leads by the end of March, on plan."""
    board.figures("leads", 10)
    objective = board.objective("leads", 900, statement="Generate 900 leads")
    board.night(HALF_WAY)
    return objective


def url(name: str, objective: Objective) -> str:
    return reverse(name, args=["northwind", objective.public_id])


# Check-ins


def test_a_check_in_keeps_the_status_of_its_day(running: Objective, cast: Cast) -> None:
    said = Said("at_risk", value=Decimal(455), changed="Two fairs fell through")
    one = check_in(running, user=cast.alice, said=said, day=HALF_WAY, now=NOW)
    assert (one.status, one.confidence, one.value) == ("on_track", "at_risk", Decimal(455))


def test_a_double_click_is_one_check_in(running: Objective, cast: Cast) -> None:
    said = Said("on_track", changed="All well")
    for seconds in (0, 1):
        now = NOW + timedelta(seconds=seconds)
        check_in(running, user=cast.alice, said=said, day=HALF_WAY, now=now)
    later = NOW + timedelta(minutes=2)
    check_in(running, user=cast.alice, said=said, day=HALF_WAY, now=later)
    assert CheckIn.objects.count() == 2


def test_a_draft_has_no_check_ins(board: Board, cast: Cast) -> None:
    draft = create_objective(board.workspace, user=cast.alice, wanted=board.wanted("leads", 900))
    with pytest.raises(ValidationError):
        check_in(draft, user=cast.alice, said=Said("on_track"), day=HALF_WAY, now=NOW)


def test_the_latest_check_in_of_each_objective_counts(running: Objective, cast: Cast) -> None:
    for number, confidence in enumerate(("off_track", "on_track")):
        now = NOW + timedelta(hours=number)
        check_in(running, user=cast.alice, said=Said(confidence), day=HALF_WAY, now=now)
    found = latest_check_ins(running.workspace, day=HALF_WAY)
    assert found[running.pk].confidence == "on_track"
    assert latest_check_ins(running.workspace, day=HALF_WAY - timedelta(days=1)) == {}


def test_net_confidence_is_the_share_that_is_sure_less_the_share_that_is_not() -> None:
    told = [CheckIn(confidence=one) for one in ("on_track", "on_track", "at_risk", "off_track")]
    assert net_confidence(told) == 25  # (2 - 1) / 4
    assert net_confidence([]) is None


def test_only_comparable_views_can_differ() -> None:
    assert disagrees("at_risk", "on_track")
    assert not disagrees("on_track", "on_track")
    assert not disagrees("on_track", "no_data")


def test_the_page_says_that_view_and_figures_differ(running: Objective, cast: Cast) -> None:
    erin = client_of(cast.erin)
    answer = erin.post(
        url("objective_check_in", running),
        {"confidence": "at_risk", "value": "1,455", "changed": "Fairs", "next_step": "Call them",
         "next_by": "2026-02-20"},
        follow=True,
    )  # fmt: skip
    page = text(answer)
    assert "Your check-in is kept." in page
    assert "The figures and the last check-in differ" in page
    assert "1,455" in page
    assert "Call them" in page


def test_a_value_that_is_no_number_is_told_and_nothing_is_lost(
    running: Objective, cast: Cast
) -> None:
    answer = client_of(cast.erin).post(
        url("objective_check_in", running),
        {"confidence": "at_risk", "value": "many", "changed": "Two fairs fell through"},
    )
    assert "Two fairs fell through" in text(answer)
    assert not CheckIn.objects.exists()


# Comments


def test_a_mention_is_told_by_mail_once(running: Objective, cast: Cast) -> None:
    comment(running, user=cast.alice, text="@Erin Example, @vera look at this", now=NOW)
    mails = OutgoingMail.objects.filter(key__startswith="mention:")
    assert {one.user for one in mails} == {cast.erin, cast.vera}
    assert "Generate 900 leads" in mails[0].subject


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("@Érin, thanks", ["Erin Example"]),
        ("ask @ERIN  EXAMPLE.", ["Erin Example"]),
        ("mail erin@example.com", []),
        ("@Erinna", []),
        ("nobody", []),
    ],
)
def test_who_is_mentioned(inside: Workspace, said: str, names: list[str]) -> None:
    assert [one.user.get_full_name() for one in mentioned(inside, said)] == names


def test_who_wants_no_mails_gets_none(running: Objective, cast: Cast) -> None:
    Membership.objects.filter(user=cast.erin).update(alert_mail=AlertMail.NONE)
    comment(running, user=cast.alice, text="@erin", now=NOW)
    assert not OutgoingMail.objects.filter(key__startswith="mention:").exists()


def test_only_ones_own_comment_can_be_taken_back(running: Objective, cast: Cast) -> None:
    made = comment(running, user=cast.alice, text="Hm", now=NOW)
    assert not take_back(made, user=cast.erin)
    client_of(cast.erin).post(url("objective_comment", running), {"comment": made.public_id})
    assert Comment.objects.exists()
    client_of(cast.alice).post(url("objective_comment", running), {"comment": made.public_id})
    assert not Comment.objects.exists()


def test_comments_are_text(running: Objective, cast: Cast) -> None:
    client_of(cast.erin).post(
        url("objective_comment", running), {"text": "<script>alert(1)</script>"}
    )
    page = client_of(cast.vera).get(url("objective", running)).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


# Closing reviews


def test_what_was_learnt_is_shown_with_the_next_draft(running: Objective, cast: Cast) -> None:
    review(running, user=cast.alice, result="missed", cause="Fairs", lesson="Book early",
           version=0, now=NOW)  # fmt: skip
    draft = duplicate_objective(running, user=cast.alice)
    assert [one.lesson for one in lessons_for(draft)] == ["Book early"]
    page = text(client_of(cast.erin).get(url("objective", draft)))
    assert "What was learnt before" in page
    assert "Book early" in page


def test_two_reviews_at_once_do_not_overwrite(running: Objective, cast: Cast) -> None:
    given = {"result": "met", "cause": "x", "lesson": "first"}
    review(running, user=cast.alice, version=0, now=NOW, **given)
    with pytest.raises(ReviewedMeanwhile):
        review(running, user=cast.erin, version=0, now=NOW, **given)
    answer = client_of(cast.erin).post(
        url("objective_review", running), given | {"lesson": "second", "version": "0"}
    )
    assert answer.status_code == 409
    assert "first" in text(answer)
    assert Review.objects.get().lesson == "first"


def test_a_review_is_offered_when_it_is_over(
    board: Board, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    board.figures("leads", 10)
    done = board.objective("leads", 100)
    board.night(HALF_WAY)
    erin = client_of(cast.erin)
    assert "Write the review" in text(erin.get(url("objective", done)))
    assert 'value="met"' in erin.get(url("objective_review", done)).content.decode()


# Once more


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 1, 1), date(2026, 3, 31), (date(2026, 4, 1), date(2026, 6, 30))),
        (date(2026, 1, 1), date(2026, 12, 31), (date(2027, 1, 1), date(2027, 12, 31))),
        (date(2024, 2, 1), date(2024, 2, 29), (date(2024, 3, 1), date(2024, 3, 31))),
        (date(2026, 10, 1), date(2026, 12, 31), (date(2027, 1, 1), date(2027, 3, 31))),
        (date(2026, 1, 5), date(2026, 1, 18), (date(2026, 1, 19), date(2026, 2, 1))),
    ],
)
def test_the_span_that_follows(start: date, end: date, expected: tuple[date, date]) -> None:
    assert following(start, end)[:2] == expected


def test_once_more_is_a_draft_without_a_baseline(running: Objective, cast: Cast) -> None:
    made = duplicate_objective(running, user=cast.alice)
    assert (made.state, made.target, made.baseline) == (State.DRAFT, Decimal(900), None)
    assert (made.start, made.end) == (date(2026, 4, 1), date(2026, 6, 30))
    assert made.metric == running.metric


def test_the_button_leads_to_the_new_draft(running: Objective, cast: Cast) -> None:
    answer = client_of(cast.erin).post(url("objective_duplicate", running))
    made = Objective.objects.exclude(pk=running.pk).get()
    assert answer["Location"] == url("objective_edit", made)


@pytest.fixture
def viewer(cast: Cast) -> Client:
    return client_of(cast.vera)


def test_a_viewer_reads_and_writes_nothing(running: Objective, viewer: Client) -> None:
    page = text(viewer.get(url("objective", running)))
    assert "Check-ins" in page
    assert "Write a check-in" not in page
    for name in ("objective_check_in", "objective_comment", "objective_duplicate"):
        assert viewer.post(url(name, running), {"text": "x"}).status_code == 403

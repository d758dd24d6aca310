"""A return on investment is judged once what was spent has had a whole sales cycle to come back."""

from datetime import date

import pytest

from accounts.models import Workspace
from metrics.models import Campaign
from objectives.models import Alert, Objective
from tests.objectives.board import END, HALF_WAY, START, Board

CYCLE = {"days_to_lead": 5, "days_to_mql": 10, "days_to_sql": 15, "days_to_customer": 20}


@pytest.fixture
def paid(board: Board) -> Board:
    """50 days from visit to customer; 100 a day spent, 50 a day earned."""
    Workspace.objects.filter(pk=board.workspace.pk).update(**CYCLE)
    board.workspace.refresh_from_db()
    return board


def campaign_of(board: Board, end: date | None) -> Campaign:
    campaign: Campaign = Campaign.objects.create(
        workspace=board.workspace, name="Spring", key="spring", start=START, end=end
    )
    rows = []
    for number in range(90):
        day = date.fromordinal(START.toordinal() + number).isoformat()
        for key, value in (("cost_media", 100), ("revenue", 50)):
            rows.append(board.book.row(key, day, value, campaign=campaign.pk, feed=board.feed.pk))
    board.write(rows)
    return campaign


def roi(board: Board, campaign: Campaign | None) -> Objective:
    return board.objective("roi", "0.5", campaign=campaign)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (HALF_WAY, "too_early"),
        (date(2026, 4, 2), "too_early"),
        (date(2026, 5, 20), "too_early"),
        (date(2026, 5, 21), "missed"),
    ],
)
def test_a_campaigns_return_waits_for_its_cycle(paid: Board, day: date, expected: str) -> None:
    objective = roi(paid, campaign_of(paid, END))
    paid.judge(day)
    assert paid.status(objective, day) == expected


def test_a_campaign_without_an_end_is_over_with_its_objective(paid: Board) -> None:
    objective = roi(paid, campaign_of(paid, None))
    paid.judge(date(2026, 5, 20))
    result = paid.result(objective, date(2026, 5, 20))
    assert (result.status, result.rule) == ("too_early", "immature")
    assert result.rule_params["matures_on"] == "2026-05-21"


def test_alerts_stay_silent_meanwhile(paid: Board) -> None:
    roi(paid, campaign_of(paid, END))
    for day in (HALF_WAY, date(2026, 4, 2)):
        paid.night(day)
    assert not Alert.objects.filter(workspace=paid.workspace, objective__isnull=False).exists()


def test_a_finished_campaign_is_judged(paid: Board) -> None:
    objective = roi(paid, campaign_of(paid, date(2026, 1, 5)))
    paid.judge(date(2026, 3, 1))
    assert paid.status(objective, date(2026, 3, 1)) == "off_track"


def test_the_return_of_everything_waits_for_its_first_money(paid: Board) -> None:
    campaign_of(paid, END)
    objective = roi(paid, None)
    for day, expected in ((date(2026, 2, 20), "too_early"), (date(2026, 2, 21), "off_track")):
        paid.judge(day)
        assert paid.status(objective, day) == expected


def test_other_metrics_do_not_wait(paid: Board) -> None:
    campaign = campaign_of(paid, END)
    objective = paid.objective("revenue", 9000, campaign=campaign)
    paid.judge()
    assert paid.status(objective) == "off_track"

"""One open alert per cause: opened, updated, closed by itself, mailed once."""

from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection

from accounts.models import OutgoingMail, User, Workspace
from accounts.scope import workspace_scope
from metrics.folder_imports import settle
from metrics.models import Batch, Feed
from objectives.alert_life import acknowledge, close, open_alerts, snooze
from objectives.alert_wording import alert_text
from objectives.alerts import Alerted, close_night_failed, evaluate_alerts, open_night_failed
from objectives.evaluation import evaluate
from objectives.models import Alert, DailyResult, Objective, StatusChange
from objectives.objectives import archive_objective, move_objective, update_objective
from tests.objectives.board import HALF_WAY, Board, at

ONE_DAY = timedelta(days=1)
NEXT, THIRD, FOURTH, FIFTH = (HALF_WAY + number * ONE_DAY for number in range(1, 5))


@pytest.fixture
def off_track(board: Board) -> Objective:
    """315 of 450 leads: off track on the night of 15 February, and the alert is open."""
    board.figures("leads", 7)
    leads = board.objective("leads", 900)
    board.night(HALF_WAY)
    return leads


def alerts() -> list[tuple[str, str, bool]]:
    """Each alert's status or kind, severity, and whether it is open."""
    return [
        (one.evidence.get("status", one.kind), one.severity, one.closed_on is None)
        for one in Alert.objects.order_by("pk")
    ]


def mails() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("to", flat=True))


def catch_up(board: Board, day: date) -> None:
    """So many leads on the day before ``day`` that the objective is on track that night."""
    board.figures("leads", 200, start=day - ONE_DAY, end=day - ONE_DAY)


def on_plan(board: Board, day: date) -> None:
    board.figures("leads", 10, start=day - ONE_DAY, end=day - ONE_DAY)


def test_a_worrying_status_opens_an_alert(board: Board) -> None:
    board.figures("leads", 7)
    leads = board.objective("leads", 900)
    assert board.night(HALF_WAY) == Alerted(opened=1, mailed=1)
    alert = Alert.objects.get()
    assert (alert.objective, alert.severity, alert.opened_on) == (leads, "off", HALF_WAY)
    assert alert.evidence["rule"] == "ratio"
    assert Decimal(alert.evidence["params"]["ratio"]) == Decimal("0.7")
    assert mails() == ["alice@example.com"]


@pytest.mark.parametrize(("a_day", "opened"), [(10, 0), (8, 1), (7, 1)])
def test_which_status_opens_one(board: Board, a_day: int, opened: int) -> None:
    board.figures("leads", a_day)
    board.objective("leads", 900)
    assert board.night(HALF_WAY).opened == opened


def test_a_night_that_runs_twice_changes_nothing(board: Board, off_track: Objective) -> None:
    before = list(Alert.objects.values_list())
    assert board.night(HALF_WAY) == Alerted()
    assert list(Alert.objects.values_list()) == before
    assert len(mails()) == 1


def test_while_it_lasts_it_is_updated_not_repeated(board: Board, off_track: Objective) -> None:
    board.figures("leads", 7, start=HALF_WAY, end=HALF_WAY)
    assert board.night(NEXT) == Alerted(updated=1)
    alert = Alert.objects.get()
    assert (alert.opened_on, alert.updated_on) == (HALF_WAY, NEXT)
    assert Decimal(alert.evidence["params"]["value"]) == 322
    assert len(mails()) == 1


def test_it_closes_after_two_evaluations_without_its_cause(
    board: Board, off_track: Objective
) -> None:
    catch_up(board, NEXT)
    assert board.night(NEXT).closed == 0
    assert board.night(NEXT).closed == 0
    on_plan(board, THIRD)
    assert board.night(THIRD).closed == 1
    alert = Alert.objects.get()
    assert (alert.closed_on, alert.closed_by_itself) == (THIRD, True)


def test_it_does_not_flap(board: Board, off_track: Objective) -> None:
    catch_up(board, NEXT)
    board.night(NEXT)
    board.figures("leads", -200, start=NEXT, end=NEXT)
    board.night(THIRD)
    assert alerts() == [("off_track", "off", True)]
    board.figures("leads", 300, start=THIRD, end=THIRD)
    board.night(FOURTH)
    assert alerts() == [("off_track", "off", True)]
    assert len(mails()) == 1


def test_after_it_closed_the_same_cause_opens_a_new_one(board: Board, off_track: Objective) -> None:
    catch_up(board, NEXT)
    board.night(NEXT)
    on_plan(board, THIRD)
    board.night(THIRD)
    board.figures("leads", -300, start=THIRD, end=THIRD)
    assert board.night(FOURTH) == Alerted(opened=1, mailed=1)
    assert [is_open for _status, _severity, is_open in alerts()] == [False, True]


def test_it_is_mailed_again_when_it_gets_worse_and_only_then(board: Board) -> None:
    board.figures("leads", 8)
    board.objective("leads", 900)
    assert board.night(HALF_WAY).mailed == 1
    board.figures("leads", -50, start=HALF_WAY, end=HALF_WAY)
    assert board.night(NEXT).mailed == 1  # 310 of 460
    board.figures("leads", 60, start=NEXT, end=NEXT)
    assert board.night(THIRD).mailed == 0  # 370 of 470
    board.figures("leads", -50, start=THIRD, end=THIRD)
    assert board.night(FOURTH).mailed == 0  # 320 of 480
    assert alerts() == [("off_track", "off", True)]
    assert [key.rpartition(":")[2] for key in mail_keys()] == ["risk", "off"]


def mail_keys() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("key", flat=True))


@pytest.mark.parametrize("silence", ["no_data", "waiting"])
def test_without_figures_an_open_alert_stays(
    board: Board, off_track: Objective, silence: str
) -> None:
    first = date(2026, 2, 25) if silence == "no_data" else date(2026, 4, 2)
    for number in range(3):
        board.night(first + number * ONE_DAY)
    assert board.status(off_track, first) == silence
    assert ("off_track", "off", True) in alerts()


@pytest.mark.parametrize("over", ["archived", "paused", "cancelled"])
def test_what_nobody_works_on_any_more_closes(
    board: Board, off_track: Objective, over: str
) -> None:
    if over == "archived":
        archive_objective(off_track, now=at(HALF_WAY))
    else:
        move_objective(off_track, move={"paused": "pause", "cancelled": "cancel"}[over])
    for day in (NEXT, THIRD):
        board.figures("leads", 7, start=day - ONE_DAY, end=day - ONE_DAY)
        board.night(day)
    assert alerts() == [("off_track", "off", False)]


# Days that are caught up with


def test_a_catch_up_ends_with_one_alert_and_one_mail(board: Board) -> None:
    board.figures("leads", 8, end=HALF_WAY + 9 * ONE_DAY)
    board.figures("leads", 0, start=date(2026, 2, 12), end=HALF_WAY + 7 * ONE_DAY)
    board.objective("leads", 900)
    mailed = [
        board.night(HALF_WAY + number * ONE_DAY, now=HALF_WAY + 9 * ONE_DAY).mailed
        for number in range(10)
    ]
    assert mailed == [0] * 8 + [1, 0]
    assert alerts() == [("off_track", "off", True)]


def test_what_is_over_by_the_end_of_a_catch_up_is_not_mailed(board: Board) -> None:
    board.figures("leads", 7)
    board.objective("leads", 900)
    catch_up(board, NEXT)
    board.figures("leads", 10, start=NEXT, end=HALF_WAY + 5 * ONE_DAY)
    for number in range(6):
        board.night(HALF_WAY + number * ONE_DAY, now=HALF_WAY + 5 * ONE_DAY)
    assert alerts() == [("off_track", "off", False)]
    assert mails() == []


def test_a_night_asked_for_by_hand_may_mail(board: Board) -> None:
    board.figures("leads", 7)
    board.objective("leads", 900)
    assert board.night(HALF_WAY, now=HALF_WAY + 300 * ONE_DAY, mail=True).mailed == 1


def test_judging_a_past_day_again_changes_no_alert(board: Board, off_track: Objective) -> None:
    before = list(Alert.objects.values_list())
    board.figures("leads", 20)
    assert board.night(HALF_WAY - ONE_DAY) == Alerted()
    assert list(Alert.objects.values_list()) == before


# People


def test_an_alert_closed_by_hand_stays_closed_while_it_lasts(
    board: Board, off_track: Objective
) -> None:
    assert close(Alert.objects.get(), user=None, day=HALF_WAY, now=at(HALF_WAY))
    assert not close(Alert.objects.get(), user=None, day=HALF_WAY, now=at(HALF_WAY))
    for day in (NEXT, THIRD, FOURTH):
        board.figures("leads", 7, start=day - ONE_DAY, end=day - ONE_DAY)
        board.night(day)
    assert alerts() == [("off_track", "off", False)]
    assert len(mails()) == 1


def test_closed_by_hand_it_opens_anew_once_its_cause_was_gone(
    board: Board, off_track: Objective
) -> None:
    close(Alert.objects.get(), user=None, day=HALF_WAY, now=at(HALF_WAY))
    catch_up(board, NEXT)
    board.night(NEXT)
    on_plan(board, THIRD)
    board.night(THIRD)
    board.figures("leads", -300, start=THIRD, end=THIRD)
    assert board.night(FOURTH).opened == 1


def test_closed_by_hand_it_opens_anew_when_it_gets_worse(board: Board) -> None:
    board.figures("leads", 8)
    board.objective("leads", 900)
    board.night(HALF_WAY)
    close(Alert.objects.get(), user=None, day=HALF_WAY, now=at(HALF_WAY))
    board.figures("leads", -50, start=HALF_WAY, end=HALF_WAY)
    assert board.night(NEXT) == Alerted(opened=1, mailed=1)
    catch_up(board, FOURTH)
    board.night(THIRD)
    board.night(FOURTH)
    on_plan(board, FIFTH)
    board.night(FIFTH)
    board.figures("leads", -300, start=FIFTH, end=FIFTH)
    assert board.night(FIFTH + ONE_DAY).opened == 1


def test_acknowledge_and_snooze_keep_it_open(
    board: Board, off_track: Objective, erin: User
) -> None:
    alert = Alert.objects.get()
    acknowledge(alert, user=erin, day=HALF_WAY, now=at(HALF_WAY))
    snooze(alert, until=THIRD, user=erin, day=HALF_WAY, now=at(HALF_WAY))
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.closed_on) == (erin, None)
    assert list(open_alerts(board.workspace, day=HALF_WAY)) == []
    assert list(open_alerts(board.workspace, day=THIRD)) == [alert]


def test_while_snoozed_it_waits_with_its_mail(board: Board) -> None:
    board.figures("leads", 8)
    board.objective("leads", 900)
    board.night(HALF_WAY)
    snooze(Alert.objects.get(), until=THIRD, user=None, day=HALF_WAY, now=at(HALF_WAY))
    board.figures("leads", -50, start=HALF_WAY, end=HALF_WAY)
    assert board.night(NEXT).mailed == 0
    board.figures("leads", 0, start=NEXT, end=NEXT)
    assert board.night(THIRD).mailed == 1


# Achieved


def test_achieved_is_told_once(board: Board) -> None:
    board.figures("leads", 20)
    board.objective("leads", 900)
    assert board.night(HALF_WAY) == Alerted(opened=1, mailed=1)
    assert board.night(HALF_WAY) == Alerted()
    on_plan(board, NEXT)
    assert board.night(NEXT) == Alerted()
    assert alerts() == [("achieved", "info", False)]


def test_a_raised_target_that_is_achieved_is_told_again(board: Board, alice: User) -> None:
    board.figures("leads", 20)
    leads = board.objective("leads", 900)
    board.night(HALF_WAY)
    wanted = board.wanted("leads", 910)
    leads = update_objective(
        leads, user=alice, wanted=wanted, version=leads.version, reason="Too easy"
    )
    board.figures("leads", 20, start=HALF_WAY, end=THIRD)
    assert board.night(NEXT) == Alerted(opened=1, mailed=1)
    move_objective(leads, move="pause")
    board.night(THIRD)
    move_objective(leads, move="resume")
    assert board.night(FOURTH).opened == 0


def test_an_achievement_of_a_caught_up_day_is_told_at_the_end(board: Board) -> None:
    board.figures("leads", 20)
    board.objective("leads", 900)
    assert board.night(HALF_WAY, now=FIFTH).mailed == 0
    board.figures("leads", 0, start=HALF_WAY, end=FOURTH)
    assert board.night(FIFTH).mailed == 1


# Feeds and nights


def test_a_late_feed_opens_an_alert_that_grows_louder(board: Board, alice: User) -> None:
    board.figures("leads", 10)
    late = HALF_WAY + 2 * ONE_DAY  # due on the 16th
    assert board.night(late - ONE_DAY) == Alerted()
    assert board.night(late) == Alerted(opened=1, mailed=1)
    assert alerts() == [("feed_late", "risk", True)]
    assert board.night(late + 2 * ONE_DAY) == Alerted(updated=1, mailed=1)
    assert alerts() == [("feed_late", "off", True)]
    assert Alert.objects.get().feed == board.feed


def test_a_feed_that_is_back_closes_its_alert(board: Board) -> None:
    board.figures("leads", 10)
    back = HALF_WAY + 5 * ONE_DAY
    board.night(back - ONE_DAY)
    board.figures("leads", 10, start=HALF_WAY, end=back)
    assert [board.night(back).closed, board.night(back + ONE_DAY).closed] == [0, 1]


def refused(board: Board, name: str) -> Batch:
    return Batch.objects.create(
        workspace=board.workspace,
        feed=board.feed,
        kind=Batch.Kind.FILE,
        state=Batch.State.FAILED,
        is_from_folder=True,
        file_name=name,
    )


def test_a_refused_file_opens_one_alert_until_it_is_settled(board: Board, alice: User) -> None:
    board.figures("leads", 10)
    first = refused(board, "march.csv")
    assert board.night(HALF_WAY) == Alerted(opened=1, mailed=1)
    second = refused(board, "april.csv")
    assert board.night(HALF_WAY + ONE_DAY).opened == 0
    alert = Alert.objects.get()
    assert (alert.kind, alert.feed, alert.evidence["files"]) == ("file_refused", board.feed, 2)
    text = alert_text(alert)
    assert "2 files in the folder of" in text.sentences[0]
    assert "april.csv" in text.sentences[0]

    for batch in (first, second):
        settle(batch, now=at(HALF_WAY))
    nights = [board.night(HALF_WAY + days * ONE_DAY).closed for days in (2, 3)]
    assert nights == [0, 1]


def test_a_file_that_came_after_all_closes_its_alert(board: Board) -> None:
    board.figures("leads", 10)
    batch = refused(board, "march.csv")
    board.night(HALF_WAY)
    Batch.objects.create(
        workspace=board.workspace,
        feed=board.feed,
        kind=Batch.Kind.FILE,
        state=Batch.State.COMMITTED,
        file_name="march.csv",
        committed_at=batch.created_at + ONE_DAY,
    )
    closed = [board.night(HALF_WAY + days * ONE_DAY).closed for days in (1, 2)]
    assert closed == [0, 1]


def test_a_feed_out_of_use_is_not_late(board: Board) -> None:
    board.figures("leads", 10)
    Feed.objects.filter(pk=board.feed.pk).update(is_active=False)
    assert board.night(HALF_WAY + 30 * ONE_DAY) == Alerted()


def test_a_failed_night_is_one_alert_until_a_night_succeeds(board: Board) -> None:
    first = open_night_failed(board.workspace, day=HALF_WAY, error="Boom", now=at(HALF_WAY))
    again = open_night_failed(board.workspace, day=NEXT, error="Boom", now=at(NEXT))
    assert first == again
    assert mails() == ["alice@example.com"]
    evaluate_alerts(board.workspace, day=NEXT, now=at(NEXT))
    assert alerts() == [("night_failed", "off", True)]
    assert close_night_failed(board.workspace, day=THIRD) == 1
    assert close_night_failed(board.workspace, day=THIRD) == 0


def test_status_changes_are_marked_as_read(board: Board, off_track: Objective) -> None:
    assert StatusChange.objects.get().processed_at == at(HALF_WAY)


# Two nights at once


@pytest.mark.usefixtures("transactional_db")
def test_two_nights_at_once_leave_one_row_one_alert_and_one_mail(
    northwind: Workspace, alice: User
) -> None:
    with workspace_scope(northwind.pk):
        board = Board(northwind, alice)
        board.figures("leads", 7)
        board.objective("leads", 900)
        board.compute(HALF_WAY)
    together = Barrier(2, timeout=20)

    def night() -> None:
        try:
            together.wait()
            with workspace_scope(northwind.pk):
                evaluate(northwind, day=HALF_WAY, now=at(HALF_WAY))
                evaluate_alerts(northwind, day=HALF_WAY, now=at(HALF_WAY))
        finally:
            connection.close()

    threads = [Thread(target=night) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with workspace_scope(northwind.pk):
        counts = [model.objects.count() for model in (DailyResult, StatusChange, Alert)]
        assert counts == [1, 1, 1]
        assert len(mails()) == 1

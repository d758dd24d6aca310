"""When people are told: quiet hours, so many a day, not twice a day about the same."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Membership, OutgoingMail, User
from objectives.alert_notices import due_at, due_workspaces, note, pay_notices
from objectives.models import Alert, AlertNotice
from tests.objectives.board import HALF_WAY, Board, at

NIGHT = datetime(2026, 2, 15, 1, 30, tzinfo=UTC)  # half past two in Paris


@pytest.fixture
def member(board: Board, alice: User) -> Membership:
    User.objects.filter(pk=alice.pk).update(time_zone="Europe/Paris")
    return Membership.objects.select_related("user", "workspace").get(
        user=alice, workspace=board.workspace
    )


def quiet(member: Membership, start: int | None, end: int | None) -> Membership:
    member.quiet_from, member.quiet_until = start, end
    member.save()
    return member


def an_alert(board: Board, number: int) -> Alert:
    return Alert.objects.create(
        workspace=board.workspace,
        kind=Alert.Kind.NIGHT_FAILED,
        cause=f"night-{number}",
        severity="off",
        evidence={"error": f"Reason {number}"},
        opened_on=HALF_WAY,
        updated_on=HALF_WAY,
    )


@pytest.mark.parametrize(
    ("start", "end", "hour"),
    [(None, None, None), (22, 7, 6), (0, 8, 7), (9, 17, None), (8, 8, None)],
)
def test_quiet_hours_end_in_the_persons_own_zone(
    member: Membership, start: int | None, end: int | None, hour: int | None
) -> None:
    expected = NIGHT if hour is None else NIGHT.replace(hour=hour, minute=0)
    assert due_at(quiet(member, start, end), None, NIGHT) == expected


def test_in_the_evening_they_end_the_next_morning(member: Membership) -> None:
    evening = NIGHT.replace(hour=22)
    assert due_at(quiet(member, 22, 7), None, evening).day == 16


def test_a_mail_waits_for_quiet_hours_to_end(board: Board, member: Membership) -> None:
    quiet(member, 22, 7)
    note(an_alert(board, 1), event="opened", now=NIGHT)
    assert pay_notices(board.workspace, now=NIGHT) == 0
    assert due_workspaces(NIGHT) == []
    morning = NIGHT.replace(hour=6, minute=1)
    assert [workspace for workspace, _last in due_workspaces(morning)] == [board.workspace.pk]
    assert pay_notices(board.workspace, now=morning) == 1
    assert pay_notices(board.workspace, now=morning) == 0


def test_what_is_over_by_then_is_not_told(board: Board, member: Membership) -> None:
    quiet(member, 22, 7)
    alert = an_alert(board, 1)
    note(alert, event="opened", now=NIGHT)
    Alert.objects.update(closed_on=HALF_WAY)
    assert pay_notices(board.workspace, now=NIGHT + timedelta(hours=6)) == 0
    assert AlertNotice.objects.get().state == "skipped"


def test_beyond_so_many_a_day_one_mail_tells_the_rest(board: Board, member: Membership) -> None:
    Membership.objects.filter(pk=member.pk).update(alerts_a_day=2)
    for number in range(5):
        note(an_alert(board, number), event="opened", now=NIGHT)
    assert pay_notices(board.workspace, now=NIGHT) == 3
    subjects = list(OutgoingMail.objects.order_by("pk").values_list("subject", flat=True))
    assert subjects[-1] == "Northwind – 3 more alerts"
    mail = OutgoingMail.objects.order_by("pk").last()
    assert mail is not None
    assert "Last night's calculation has not finished." in mail.text
    note(an_alert(board, 9), event="opened", now=NIGHT + timedelta(hours=1))
    assert pay_notices(board.workspace, now=NIGHT + timedelta(hours=1)) == 0
    assert pay_notices(board.workspace, now=NIGHT + timedelta(hours=26)) == 1


def test_the_same_cause_is_told_once_in_24_hours(board: Board, member: Membership) -> None:
    first = an_alert(board, 1)
    note(first, event="opened", now=at(HALF_WAY))
    assert pay_notices(board.workspace, now=at(HALF_WAY)) == 1
    Alert.objects.update(closed_on=HALF_WAY)
    note(an_alert(board, 1), event="opened", now=at(HALF_WAY) + timedelta(hours=3))
    assert pay_notices(board.workspace, now=at(HALF_WAY) + timedelta(hours=3)) == 0
    assert pay_notices(board.workspace, now=at(HALF_WAY) + timedelta(hours=24)) == 1

"""What channels are told of alerts. The nights are those of February 2026."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.channel_delivery import send_due_messages
from accounts.models import Channel, ChannelMessage, Membership
from objectives.models import Alert, AlertRule
from tests.accounts.test_channels import channel_to
from tests.cast import Cast
from tests.chat_server import ChatServer
from tests.objectives.board import HALF_WAY, Board, at

NOW = at(HALF_WAY)


@pytest.fixture
def slow(board: Board) -> Board:
    """Leads far behind their plan."""
    board.figures("leads", 2)
    board.objective("leads", 900, statement="Generate 900 leads")
    return board


def told(channel: Channel) -> list[str]:
    return [one.event for one in ChannelMessage.objects.filter(channel=channel).order_by("pk")]


def test_an_alert_arrives_in_slacks_shape(slow: Board, chat_server: ChatServer) -> None:
    channel_to(slow.workspace, f"{chat_server.address}/services/T/B/X")
    slow.night(HALF_WAY)
    send_due_messages(NOW)
    (call,) = [one for one in chat_server.calls if b"Generate 900 leads" in one.body]
    (attachment,) = call.json["attachments"]
    assert "Off track: Generate 900 leads" in attachment["title"]
    assert "/w/northwind/alerts/alr_" in attachment["text"]


def test_the_night_again_tells_nothing_again(slow: Board) -> None:
    channel = channel_to(slow.workspace, "https://hooks.example.com/x")
    slow.night(HALF_WAY)
    before = told(channel)
    slow.night(HALF_WAY)
    slow.night(HALF_WAY + timedelta(days=1))
    assert told(channel) == before
    assert before.count("alert.opened") == len(before) > 0


def test_what_is_over_is_told_to_who_was_told_of_it(slow: Board) -> None:
    channel = channel_to(slow.workspace, "https://hooks.example.com/x")
    slow.night(HALF_WAY)
    later = channel_to(slow.workspace, "https://hooks.example.com/later")
    slow.figures("leads", 900, HALF_WAY, HALF_WAY + timedelta(days=3))
    for number in range(1, 5):
        slow.night(HALF_WAY + timedelta(days=number))
    assert not Alert.objects.filter(closed_on=None, objective__isnull=False).exists()
    assert "alert.closed" in told(channel)
    assert "alert.closed" not in told(later)
    closed = ChannelMessage.objects.get(channel=channel, event="alert.closed")
    assert closed.title.startswith("Over: ")


def test_a_persons_channel_hears_what_concerns_them(slow: Board, cast: Cast) -> None:
    owners = channel_to(slow.workspace, "https://hooks.example.com/x", user=cast.alice)
    others = channel_to(slow.workspace, "https://hooks.example.com/x", user=cast.vera)
    slow.night(HALF_WAY)
    of_objectives = ChannelMessage.objects.filter(payload__objective__isnull=False)
    assert of_objectives.filter(channel=owners).exists()
    assert not of_objectives.filter(channel=others).exists()


def test_a_persons_channel_keeps_their_quiet_hours(slow: Board, cast: Cast) -> None:
    hers = channel_to(slow.workspace, "https://hooks.example.com/x", user=cast.alice)
    Membership.objects.filter(user=cast.alice).update(quiet_from=22, quiet_until=8)
    slow.night(HALF_WAY)
    (waits, *_more) = ChannelMessage.objects.filter(channel=hers)
    assert waits.due_at > NOW


def test_urgent_only_leaves_out_the_rest(board: Board) -> None:
    board.figures("leads", Decimal("8.2"))
    board.objective("leads", 900)
    urgent = channel_to(board.workspace, "https://hooks.example.com/x", wants="urgent")
    everything = channel_to(board.workspace, "https://hooks.example.com/y")
    board.night(HALF_WAY)
    risk = ChannelMessage.objects.filter(payload__severity="risk")
    assert risk.filter(channel=everything).exists()
    assert not risk.filter(channel=urgent).exists()


def test_a_rule_that_tells_nobody_tells_no_channel(slow: Board) -> None:
    channel = channel_to(slow.workspace, "https://hooks.example.com/x")
    slow.night(HALF_WAY - timedelta(days=30))
    AlertRule.objects.update(told=AlertRule.Told.NOBODY)
    ChannelMessage.objects.all().delete()
    slow.night(HALF_WAY)
    assert told(channel) == []


def test_the_workspaces_language_is_spoken(slow: Board) -> None:
    slow.workspace.language = "fr"
    slow.workspace.save()
    channel = channel_to(slow.workspace, "https://hooks.example.com/x")
    slow.night(date(2026, 2, 15))
    titles = ChannelMessage.objects.filter(channel=channel).values_list("title", flat=True)
    assert any("Hors trajectoire" in title for title in titles)

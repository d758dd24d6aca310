"""Channels: made, tested, sent to in each service's shape, tried again, left alone."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.channel_delivery import send_due_messages
from accounts.channels import (
    Changed,
    Told,
    change_channel,
    create_channel,
    listening,
    queue_message,
)
from accounts.members import remove
from accounts.models import AuditEvent, Channel, ChannelMessage, Membership, User, Workspace
from tests.cast import Cast, client_of
from tests.chat_server import ChatServer
from tests.pages import text

NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)
TOLD = Told(
    event="alert.opened",
    title="Off track: Generate 1,200 MQL",
    text="624 of 1,200; the plan says 893.\nhttps://kpi.example.com/w/northwind/alerts/",
    tone="off",
    data={"alert": "alr_123456789012"},
)
State = ChannelMessage.State


def channel_to(
    workspace: Workspace,
    address: str,
    *,
    kind: str = "slack",
    user: User | None = None,
    **more: Any,
) -> Channel:
    by = Membership.objects.select_related("user").filter(workspace=workspace)[0].user
    given: dict[str, Any] = {"name": "#marketing", "wants": "all"} | more
    channel, secret = create_channel(
        workspace, kind=kind, address=address, user=user, by=by, **given
    )
    channel.opened_secret = secret  # type: ignore[attr-defined]
    return channel


def send(channel: Channel, *, now: datetime = NOW, key: str = "one") -> ChannelMessage:
    queue_message(channel, key=key, told=TOLD, now=NOW)
    send_due_messages(now)
    return ChannelMessage.objects.get(channel=channel, key=key)


# Shapes


def test_slack_gets_an_attachment_with_a_colour(inside: Workspace, chat_server: ChatServer) -> None:
    address = f"{chat_server.address}/services/T000/B000/XXXX"
    message = send(channel_to(inside, address))
    assert message.state == State.SENT
    (call,) = chat_server.calls
    assert call.path == "/services/T000/B000/XXXX"
    (attachment,) = call.json["attachments"]
    assert attachment["title"] == TOLD.title
    assert "624 of 1,200" in attachment["text"]
    assert attachment["color"].startswith("#")


def test_teams_gets_an_adaptive_card(inside: Workspace, chat_server: ChatServer) -> None:
    address = f"{chat_server.address}/workflows/abc/triggers/manual/paths/invoke?sig=secret"
    chat_server.status, chat_server.answer = 202, b""
    assert send(channel_to(inside, address, kind="teams")).state == State.SENT
    (call,) = chat_server.calls
    assert call.path.endswith("?sig=secret")
    assert call.json["type"] == "message"
    card = call.json["attachments"][0]
    assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert TOLD.title in json.dumps(card)


@pytest.mark.parametrize(
    ("kind", "status", "answer"),
    [("google_chat", 200, b"{}"), ("discord", 204, b""), ("mattermost", 200, b"ok")],
)
def test_other_chats_get_the_words(
    kind: str, status: int, answer: bytes, inside: Workspace, chat_server: ChatServer
) -> None:
    chat_server.status, chat_server.answer = status, answer
    assert send(channel_to(inside, f"{chat_server.address}/hook", kind=kind)).state == State.SENT
    assert "624 of 1,200" in chat_server.calls[0].body.decode()


def test_a_webhook_is_signed_over_its_time_and_body(
    inside: Workspace, chat_server: ChatServer
) -> None:
    channel = channel_to(inside, f"{chat_server.address}/mine", kind="webhook")
    message = send(channel)
    (call,) = chat_server.calls
    stamp = call.headers["X-Kpitracker-Timestamp"]
    key = channel.opened_secret.encode()  # type: ignore[attr-defined]
    expected = hmac.new(key, stamp.encode() + b"." + call.body, hashlib.sha256).hexdigest()
    assert call.headers["X-Kpitracker-Signature"] == f"sha256={expected}"
    assert call.headers["X-Kpitracker-Delivery"] == message.public_id
    assert call.json["event"] == "alert.opened"
    assert call.json["workspace"] == "northwind"
    assert call.json["data"] == {"alert": "alr_123456789012"}


def test_text_of_people_stays_text(inside: Workspace, chat_server: ChatServer) -> None:
    channel = channel_to(inside, f"{chat_server.address}/hook")
    told = Told("alert.opened", "Line\r\nHost: x", '"}<script>alert(1)</script>', "off", {})
    queue_message(channel, key="one", told=told, now=NOW)
    send_due_messages(NOW)
    (attachment,) = chat_server.calls[0].json["attachments"]
    assert "\n" not in attachment["title"]


def test_another_service_goes_out_through_the_same_door(
    inside: Workspace, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = channel_to(inside, "ntfys://127.0.0.1/topic", kind="other")
    message = send(channel)
    assert (message.state, message.error) == (State.FAILED, "not_public")


# Addresses


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("slack", "http://hooks.slack.com/services/T/B/X"),
        ("slack", "https://user:pass@hooks.slack.com/"),
        ("webhook", "file:///etc/passwd"),
        ("other", "mailto://me:secret@example.com"),
        ("other", "syslog://"),
        ("other", "json://10.0.0.1/"),
    ],
)
def test_an_address_that_cannot_be_is_refused(inside: Workspace, kind: str, address: str) -> None:
    with pytest.raises(ValidationError):
        channel_to(inside, address, kind=kind)
    assert not Channel.objects.exists()


def test_the_database_does_not_give_addresses_away(inside: Workspace) -> None:
    channel_to(inside, "https://hooks.example.com/services/VERYSECRET", kind="webhook")
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM accounts_channel c")
        (row,) = cursor.fetchone() or ("",)
        cursor.execute("SELECT string_agg(e::text, '') FROM accounts_auditevent e")
        (audit,) = cursor.fetchone() or ("",)
    assert "VERYSECRET" not in row + audit
    assert AuditEvent.objects.filter(action="channel.created").exists()


# Tries


def test_a_passing_failure_is_tried_again(inside: Workspace, chat_server: ChatServer) -> None:
    channel = channel_to(inside, f"{chat_server.address}/hook")
    chat_server.status = 503
    message = send(channel)
    assert (message.state, message.status) == (State.AWAITING_RETRY, 503)
    chat_server.status = 200
    send_due_messages(NOW + timedelta(seconds=30))
    assert len(chat_server.calls) == 1
    send_due_messages(NOW + timedelta(minutes=1))
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.SENT, 2)


def test_a_refusal_is_final(inside: Workspace, chat_server: ChatServer) -> None:
    chat_server.status = 404
    message = send(channel_to(inside, f"{chat_server.address}/hook"))
    assert (message.state, message.status, message.error) == (State.FAILED, 404, "refused")


def test_a_chat_that_broke_off_is_not_told_twice(
    inside: Workspace, chat_server: ChatServer
) -> None:
    chat_server.rule = "hang up"
    message = send(channel_to(inside, f"{chat_server.address}/hook"))
    assert (message.state, message.error) == (State.UNCERTAIN, "broken")


def test_a_webhook_that_broke_off_is_told_again(inside: Workspace, chat_server: ChatServer) -> None:
    chat_server.rule = "hang up"
    message = send(channel_to(inside, f"{chat_server.address}/hook", kind="webhook"))
    assert message.state == State.AWAITING_RETRY
    chat_server.rule = ""
    send_due_messages(NOW + timedelta(minutes=1))
    assert len({call.headers["X-Kpitracker-Delivery"] for call in chat_server.calls}) == 1


def test_a_channel_that_keeps_failing_rests_and_holds_up_no_other(
    inside: Workspace, chat_server: ChatServer
) -> None:
    bad = channel_to(inside, f"{chat_server.address}/bad")
    chat_server.status = 404
    for number in range(5):
        send(bad, key=str(number))
    waiting = send(bad, key="sixth")
    assert waiting.state == State.QUEUED
    chat_server.status = 200
    assert send(channel_to(inside, f"{chat_server.address}/good")).state == State.SENT
    send_due_messages(NOW + timedelta(hours=1))
    waiting.refresh_from_db()
    bad.refresh_from_db()
    assert (waiting.state, bad.failures) == (State.SENT, 0)


def test_one_cause_is_told_once(inside: Workspace, chat_server: ChatServer) -> None:
    channel = channel_to(inside, f"{chat_server.address}/hook")
    assert queue_message(channel, key="one", told=TOLD, now=NOW)
    assert not queue_message(channel, key="one", told=TOLD, now=NOW)
    send_due_messages(NOW)
    send_due_messages(NOW)
    assert len(chat_server.calls) == 1


def test_what_is_too_old_or_not_wanted_any_more_is_skipped(
    inside: Workspace, chat_server: ChatServer, cast: Cast
) -> None:
    old = channel_to(inside, f"{chat_server.address}/hook")
    assert send(old, now=NOW + timedelta(hours=49)).error == "expired"
    left = channel_to(inside, f"{chat_server.address}/hook", user=cast.vera)
    queue_message(left, key="one", told=TOLD, now=NOW)
    members = Membership.objects.select_related("user", "workspace")
    remove(
        members.get(workspace=inside, user=cast.vera),
        by=members.get(workspace=inside, user=cast.alice),
        actor=cast.alice,
    )
    send_due_messages(NOW)
    assert ChannelMessage.objects.get(channel=left).error == "left"
    assert chat_server.calls == []


def test_who_listens(inside: Workspace, cast: Cast) -> None:
    address = "https://hooks.example.com/x"
    everything = channel_to(inside, address)
    urgent = channel_to(inside, address, wants="urgent")
    hers = channel_to(inside, address, user=cast.vera)
    channel_to(inside, address, user=cast.erin)
    off = channel_to(inside, address)
    change_channel(off, version=1, name="off", wants="all", is_active=False)
    users = {cast.vera.pk, cast.bob.pk}
    assert set(listening(inside, urgent=False, users=users)) == {everything, hers}
    assert set(listening(inside, urgent=True, users=users)) == {everything, hers, urgent}


def test_a_change_of_what_was_not_shown_is_refused(inside: Workspace) -> None:
    channel = channel_to(inside, "https://hooks.example.com/x")
    change_channel(channel, version=1, name="first", wants="all", is_active=True)
    with pytest.raises(Changed):
        change_channel(channel, version=1, name="second", wants="all", is_active=True)
    channel.refresh_from_db()
    assert channel.name == "first"


# Pages


@pytest.fixture
def adam(cast: Cast) -> Client:
    return client_of(cast.adam)


def form_of(address: str, **more: str) -> dict[str, str]:
    return {"kind": "slack", "name": "#marketing", "address": address, "wants": "all"} | more


def test_an_administrator_makes_tests_and_removes_a_channel(
    inside: Workspace, adam: Client, chat_server: ChatServer
) -> None:
    page = reverse("channels", args=["northwind"])
    answer = adam.post(page, form_of(f"{chat_server.address}/hook"), follow=True)
    assert "The channel is made" in text(answer)
    channel = Channel.objects.get()
    adam.post(page, {"channel": channel.public_id, "action": "test"})
    send_due_messages(datetime.now(UTC))
    assert "A test from kpitracker" in chat_server.calls[0].body.decode()
    log = text(adam.get(page, {"channel": channel.public_id}))
    assert "A test from kpitracker" in log
    assert "200" in log
    assert chat_server.address not in log
    adam.post(page, {"channel": channel.public_id, "action": "remove"})
    assert not Channel.objects.exists()


def test_the_key_of_a_webhook_is_shown_once(inside: Workspace, adam: Client) -> None:
    page = reverse("channels", args=["northwind"])
    answer = text(adam.post(page, form_of("https://example.com/hook", kind="webhook")))
    assert "it is shown this once" in answer
    channel = Channel.objects.get()
    assert "shown this once" not in text(adam.get(page, {"channel": channel.public_id}))


def test_a_bad_address_keeps_what_was_typed(inside: Workspace, adam: Client) -> None:
    answer = text(adam.post(reverse("channels", args=["northwind"]), form_of("http://x.com/")))
    assert "The address has to begin with https://" in answer
    assert 'value="#marketing"' in answer


def test_people_see_only_their_own_channels(inside: Workspace, cast: Cast) -> None:
    hers = channel_to(inside, "https://hooks.example.com/x", user=cast.vera)
    shared = channel_to(inside, "https://hooks.example.com/x")
    mine = reverse("my_channels", args=["northwind"])
    vera, erin = client_of(cast.vera), client_of(cast.erin)
    assert vera.get(mine, {"channel": hers.public_id}).status_code == 200
    assert vera.get(mine, {"channel": shared.public_id}).status_code == 404
    for method in (erin.get, erin.post):
        answer = method(mine, {"channel": hers.public_id, "action": "remove"})
        assert answer.status_code == 404
    assert Channel.objects.filter(pk=hers.pk).exists()


def test_two_tabs_do_not_overwrite_each_other(inside: Workspace, adam: Client) -> None:
    channel = channel_to(inside, "https://hooks.example.com/x")
    page = reverse("channels", args=["northwind"])
    given = {"channel": channel.public_id, "action": "change", "wants": "all", "version": "1"}
    assert adam.post(page, given | {"name": "first", "is_active": "on"}).status_code == 302
    answer = adam.post(page, given | {"name": "second"})
    assert answer.status_code == 409
    assert "Somebody else changed this channel" in text(answer)
    assert 'value="first"' in text(answer)

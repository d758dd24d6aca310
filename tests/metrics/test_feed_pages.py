"""The page of a feed: what is expected, what is learned, and the folder that it watches."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Workspace
from kpitracker.nightly import run_night
from metrics.coverage import CoveredSpan
from metrics.facts import write_facts
from metrics.feeds import create_feed, freshness
from metrics.learning import learn_rhythms
from metrics.models import Batch, Feed, LearnedRhythm, Metric, WatchedFolder
from metrics.setup import manual_feed
from objectives.models import Alert
from tests.cast import Cast, client_of
from tests.pages import text

MONDAY = date(2026, 1, 5)


@pytest.fixture(autouse=True)
def _on_its_own_disk(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def client(cast: Cast) -> Client:
    return client_of(cast.erin)


@pytest.fixture
def feed(inside: Workspace) -> Feed:
    return create_feed(inside, name="CRM")


def url(name: str, feed: Feed) -> str:
    return reverse(name, args=["northwind", feed.public_id])


def deliver(feed: Feed, *, received: date, last: date) -> None:
    """Figures of a week came on a day."""
    at = timezone.now().replace(year=received.year, month=received.month, day=received.day, hour=9)
    batch = Batch.objects.create(
        workspace=feed.workspace, feed=feed, kind=Batch.Kind.FILE,
        state=Batch.State.COMMITTED, committed_at=at,
    )  # fmt: skip
    leads = Metric.objects.get(workspace=feed.workspace, key="leads")
    span = CoveredSpan(feed.pk, leads.pk, last - timedelta(days=6), last)
    write_facts(batch, rows=[], coverage=[span])


def weeks(feed: Feed, count: int, lag: int = 2) -> date:
    """So many weeks, each some days after its Sunday; the last Sunday."""
    for week in range(count):
        last = MONDAY + timedelta(days=7 * week + 6)
        deliver(feed, received=last + timedelta(days=lag), last=last)
    return last


def test_the_night_learns_and_what_is_expected_follows(feed: Feed) -> None:
    last = weeks(feed, 10)
    run_night(feed.workspace, day=last + timedelta(days=3), now=timezone.now(), mail=False)
    feed.refresh_from_db()
    assert (feed.rhythm, feed.delay_days, feed.learns) == ("week", 2, True)
    assert LearnedRhythm.objects.get(feed=feed).seen == 9


def test_by_the_learned_rhythm_a_feed_is_in_time_and_then_late(feed: Feed) -> None:
    last = weeks(feed, 10)
    learn_rhythms(feed.workspace, day=last)
    for days, late in ((9, False), (10, True)):
        day = last + timedelta(days=days)
        fresh = {one.feed.pk: one for one in freshness(feed.workspace, today=day)}[feed.pk]
        assert fresh.is_late is late


def test_a_feed_late_by_the_learned_rhythm_opens_an_alert(feed: Feed) -> None:
    last = weeks(feed, 10)
    for days in (9, 10):
        run_night(feed.workspace, day=last + timedelta(days=days), now=timezone.now(), mail=False)
        assert Alert.objects.filter(feed=feed).exists() is (days == 10)


def test_learning_again_the_same_changes_nothing(feed: Feed) -> None:
    last = weeks(feed, 10)
    assert learn_rhythms(feed.workspace, day=last).changed == 1
    assert learn_rhythms(feed.workspace, day=last).changed == 0


def test_what_came_after_the_night_is_not_known_to_it(feed: Feed) -> None:
    weeks(feed, 10)
    assert learn_rhythms(feed.workspace, day=MONDAY + timedelta(days=20)).learned == 0


def test_what_a_person_set_holds_until_they_let_it_be_learned(client: Client, feed: Feed) -> None:
    last = weeks(feed, 10)
    sent = {"name": "CRM", "rhythm": "month", "delay_days": "5", "is_active": "on"}
    client.post(url("feed_edit", feed), sent)
    learn_rhythms(feed.workspace, day=last)
    feed.refresh_from_db()
    assert (feed.rhythm, feed.delay_days, feed.learns) == ("month", 5, False)
    assert "Set by hand" in text(client.get(url("feed_edit", feed)))

    client.post(url("feed_learn", feed))
    feed.refresh_from_db()
    assert (feed.rhythm, feed.delay_days, feed.learns) == ("week", 2, True)


def test_another_name_is_no_word_on_the_rhythm(client: Client, feed: Feed) -> None:
    sent = {"name": "Our CRM", "rhythm": "none", "delay_days": "1", "is_active": "on"}
    client.post(url("feed_edit", feed), sent)
    feed.refresh_from_db()
    assert (feed.name, feed.learns) == ("Our CRM", True)


def test_the_page_says_what_was_learned_and_how_sure_that_is(client: Client, feed: Feed) -> None:
    shown = text(client.get(url("feed_edit", feed)))
    assert "0 deliveries have come" in shown
    last = weeks(feed, 12)
    learn_rhythms(feed.workspace, day=last + timedelta(days=2))
    shown = text(client.get(url("feed_edit", feed)))
    assert "Every week, at most 2 days late" in shown
    assert "Sure: 11 of the last 11 deliveries" in shown


def test_what_is_typed_has_neither_rhythm_nor_folder(client: Client, inside: Workspace) -> None:
    manual = manual_feed(inside)
    shown = text(client.get(url("feed_edit", manual)))
    assert "Watched folder" not in shown
    client.post(url("feed_folder", manual), {"on": "1"})
    assert not WatchedFolder.objects.exists()


def test_a_folder_is_watched_and_left_alone(client: Client, feed: Feed, tmp_path: Path) -> None:
    client.post(url("feed_folder", feed), {"on": "1"})
    path = tmp_path / "inbox" / "northwind" / "crm"
    assert (path / "failed").is_dir()
    shown = text(client.get(url("feed_edit", feed)))
    assert str(path) in shown
    client.post(url("feed_folder", feed), {"on": "0"})
    assert not WatchedFolder.objects.get(feed=feed).is_on
    client.post(url("feed_folder", feed), {"on": "1"})
    assert WatchedFolder.objects.get(feed=feed).is_on


def test_a_disk_that_refuses_is_told(client: Client, feed: Feed, tmp_path: Path) -> None:
    (tmp_path / "inbox").write_text("in the way")
    response: Any = client.post(url("feed_folder", feed), {"on": "1"}, follow=True)
    assert "cannot be made" in text(response)
    assert not WatchedFolder.objects.exists()


def refused(feed: Feed) -> Batch:
    return Batch.objects.create(
        workspace=feed.workspace, feed=feed, kind=Batch.Kind.FILE, state=Batch.State.FAILED,
        is_from_folder=True, file_name="broken.csv",
        report={"refusal": "Row 3 has no date.", "folder": {"ticket": "7", "file": "x-broken.csv"}},
    )  # fmt: skip


def test_a_refused_file_is_announced_and_explained(client: Client, feed: Feed) -> None:
    batch = refused(feed)
    announced = "1 file of a watched folder was refused"
    assert announced in text(client.get(reverse("imports", args=["northwind"])))
    address = reverse("import_detail", args=["northwind", batch.public_id])
    assert "Row 3 has no date." in text(client.get(address))
    client.post(reverse("refused_settle", args=["northwind", batch.public_id]))
    assert announced not in text(client.get(reverse("imports", args=["northwind"])))


def test_a_refused_file_that_is_gone_is_said_to_be(client: Client, feed: Feed) -> None:
    batch = refused(feed)
    address = reverse("refused_open", args=["northwind", batch.public_id])
    assert "not there any more" in text(client.post(address, follow=True))


def test_viewers_and_contributors_do_not_change_feeds(cast: Cast, feed: Feed) -> None:
    for user in (cast.vera, cast.carl):
        for name in ("feed_learn", "feed_folder"):
            assert client_of(user).post(url(name, feed), {"on": "1"}).status_code == 403


@pytest.mark.parametrize("name", ["feed_learn", "feed_folder"])
def test_a_change_is_posted(client: Client, feed: Feed, name: str) -> None:
    assert client.get(url(name, feed)).status_code == 405

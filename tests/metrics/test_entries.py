"""Typed values: the facts they make, what is refused, and two people at once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import User, Workspace
from metrics import snapshots
from metrics.entries import Doubts, delete_entry, entry_doubts, save_entry
from metrics.facts import NotUndoable
from metrics.imports.importing import undo_import
from metrics.models import Batch, DimensionValue, Entry, Fact, Feed, Metric, StaleSpan
from metrics.resolution import EVERYTHING, Segment
from metrics.series import span_value
from metrics.typed import Conflict
from tests.cast import Cast, client_of
from tests.metrics.numbers import NOW

TODAY = date(2026, 3, 10)
JUNE = {"start": date(2025, 6, 1), "end": date(2025, 6, 30)}


def enter(workspace: Workspace, key: str, value: object, **rest: Any) -> Entry:
    """A value of one day, unless `rest` says otherwise."""
    given: dict[str, Any] = {
        "user": None,
        "metric": Metric.objects.get(workspace=workspace, key=key),
        "start": date(2026, 3, 1),
        "end": date(2026, 3, 1),
        "value": Decimal(str(value)),
        "today": TODAY,
    }
    return save_entry(workspace, **(given | rest))


def channel(workspace: Workspace, key: str) -> DimensionValue:
    return DimensionValue.objects.get(workspace=workspace, dimension=1, key=key)


def facts(workspace: Workspace) -> dict[tuple[date, date], Decimal]:
    return {(one.day, one.end): one.value for one in Fact.objects.filter(workspace=workspace)}


def test_a_value_of_a_day_is_a_fact_of_manual_entry(inside: Workspace, erin: User) -> None:
    entry = enter(inside, "leads", 12, user=erin, note="from the fair")
    fact = Fact.objects.get()
    assert (fact.day, fact.end) == (entry.start, entry.start)
    assert fact.value == 12
    assert fact.feed == Feed.objects.get(name="Manual entry")
    assert (entry.entered_by, entry.note) == (erin, "from the fair")


def test_a_span_adds_up_to_what_was_typed(inside: Workspace) -> None:
    enter(inside, "revenue", "1000.01", **JUNE)
    assert len(facts(inside)) == 30
    assert sum(facts(inside).values()) == Decimal("1000.01")


def test_a_count_is_spread_in_whole_numbers(inside: Workspace) -> None:
    enter(inside, "leads", 100, **JUNE)
    assert set(facts(inside).values()) == {3, 4}


def test_a_stock_of_a_month_is_its_last_day(inside: Workspace) -> None:
    enter(inside, "followers", 5200, **JUNE)
    assert facts(inside) == {(JUNE["end"], JUNE["end"]): 5200}


def test_a_unique_keeps_its_span(inside: Workspace) -> None:
    enter(inside, "visitors", 900, **JUNE)
    assert facts(inside) == {(JUNE["start"], JUNE["end"]): 900}


def test_a_value_of_a_channel(inside: Workspace) -> None:
    email = channel(inside, "email")
    enter(inside, "leads", 3, channel=email)
    assert Fact.objects.get().channel_id == email.pk


def test_changing_the_days_moves_the_facts(inside: Workspace) -> None:
    entry = enter(inside, "leads", 60, **JUNE)
    StaleSpan.objects.all().delete()

    days = {"start": date(2025, 6, 29), "end": date(2025, 7, 1)}
    changed = enter(inside, "leads", 9, entry=entry, version=1, **days)

    assert changed.version == 2
    assert {day: int(value) for (day, _end), value in facts(inside).items()} == {
        date(2025, 6, 29): 3, date(2025, 6, 30): 3, date(2025, 7, 1): 3
    }  # fmt: skip
    touched = StaleSpan.objects.order_by("start").values_list("start", flat=True)
    assert touched[0] == date(2025, 6, 1)


def test_deleting_takes_the_facts_along(inside: Workspace) -> None:
    entry = enter(inside, "leads", 60, **JUNE)
    feed = Feed.objects.get(name="Manual entry")
    assert feed.last_data_day == JUNE["end"]

    delete_entry(entry, user=None)

    feed.refresh_from_db()
    assert not Fact.objects.exists()
    assert not Entry.objects.exists()
    assert feed.last_data_day is None


def test_an_older_version_is_a_conflict_with_what_is_stored(inside: Workspace) -> None:
    entry = enter(inside, "leads", 1)
    enter(inside, "leads", 2, entry=entry, version=1)
    with pytest.raises(Conflict) as caught:
        enter(inside, "leads", 3, entry=entry, version=1)
    assert caught.value.current is not None
    assert Entry.objects.get().value == 2
    assert list(facts(inside).values()) == [2]


def test_a_deleted_value_is_a_conflict(inside: Workspace) -> None:
    entry = enter(inside, "leads", 1)
    delete_entry(Entry.objects.get(), user=None)
    with pytest.raises(Conflict) as caught:
        enter(inside, "leads", 3, entry=entry, version=1)
    assert caught.value.current is None


@pytest.mark.parametrize(
    ("key", "value", "rest", "field"),
    [
        ("cpl", 12, {}, "metric"),
        ("leads", -1, {}, "value"),
        ("leads", "NaN", {}, "value"),
        ("leads", 1, {"start": date(2026, 3, 2)}, "end"),
        ("leads", 1, {"start": date(2026, 3, 11), "end": date(2026, 3, 11)}, "start"),
        ("leads", 1, {"start": date(2015, 3, 1)}, "end"),
    ],
)
def test_what_cannot_be_typed(
    inside: Workspace, key: str, value: object, rest: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        enter(inside, key, value, **rest)
    assert list(caught.value.message_dict) == [field]
    assert not Fact.objects.exists()


def test_a_refund_is_negative_money(inside: Workspace) -> None:
    assert enter(inside, "revenue", "-20.50").value == Decimal("-20.50")


def test_two_values_for_the_same_days_are_refused(inside: Workspace) -> None:
    enter(inside, "leads", 60, **JUNE)
    with pytest.raises(ValidationError, match="2025-06-01 to 2025-06-30"):
        enter(inside, "leads", 2, start=date(2025, 6, 30), end=date(2025, 6, 30))


def test_other_channels_and_metrics_do_not_overlap(inside: Workspace) -> None:
    enter(inside, "leads", 60, **JUNE)
    enter(inside, "mqls", 20, **JUNE)
    enter(inside, "leads", 10, channel=channel(inside, "email"), **JUNE)
    assert Entry.objects.count() == 3


def test_visitors_of_a_week_and_of_its_month_stand_side_by_side(inside: Workspace) -> None:
    enter(inside, "visitors", 900, **JUNE)
    enter(inside, "visitors", 300, start=date(2025, 6, 2), end=date(2025, 6, 8))
    assert len(facts(inside)) == 2


def test_the_metric_of_another_workspace_is_refused(inside: Workspace, acme: Workspace) -> None:
    stranger = Metric(pk=-5, workspace=acme, key="leads")
    with pytest.raises(ValidationError, match="from the list"):
        enter(inside, "leads", 1, metric=stranger)


def test_a_device_is_not_a_channel(inside: Workspace) -> None:
    device = DimensionValue.objects.get(workspace=inside, dimension=3, key="tablet")
    with pytest.raises(ValidationError, match="from the list"):
        enter(inside, "leads", 1, channel=device)


def doubts(workspace: Workspace, value: int, **rest: Any) -> Doubts:
    """What is asked about a value of 1 March."""
    given: dict[str, Any] = {
        "metric": Metric.objects.get(workspace=workspace, key="leads"),
        "start": date(2026, 3, 1),
        "end": date(2026, 3, 1),
        "value": Decimal(value),
    }
    return entry_doubts(workspace, **(given | rest))


def test_a_part_larger_than_the_total_is_asked_about(inside: Workspace) -> None:
    enter(inside, "leads", 10)
    found = doubts(inside, 14, channel=channel(inside, "email"))
    assert found.asks
    (message,) = found.messages
    assert "14" in message
    assert "10" in message
    assert len(facts(inside)) == 1


def test_a_total_smaller_than_its_parts_is_asked_about(inside: Workspace) -> None:
    enter(inside, "leads", 10, channel=channel(inside, "email"))
    assert doubts(inside, 4).asks
    assert not doubts(inside, 10).messages


def test_a_value_of_days_that_have_one_is_asked_about(inside: Workspace) -> None:
    entry = enter(inside, "leads", 10)
    found = doubts(inside, 3)
    assert found.asks
    assert found.messages == ["There is a value for 2026-03-01 to 2026-03-01 already."]
    assert not doubts(inside, 3, entry=entry).messages  # it is changed, not entered


# --- Amounts that are added ----------------------------------------------------------------------


def total(workspace: Workspace, *, by: str = "") -> Decimal | None:
    """Leads of 1 March: all of them, or of a channel."""
    snapshots.recompute(workspace, today=TODAY, now=NOW)
    segment = Segment(1, channel(workspace, by).pk) if by else EVERYTHING
    day = date(2026, 3, 1)
    return span_value(workspace, "leads", segment, day, day).value


def test_an_amount_is_added_and_nothing_is_overwritten(inside: Workspace) -> None:
    first = enter(inside, "leads", 10)
    added = enter(inside, "leads", 14, channel=channel(inside, "email"), addition=True)
    first.refresh_from_db()
    assert (first.value, added.is_addition) == (10, True)
    assert total(inside) == 24
    assert total(inside, by="email") == 14


def test_a_total_added_to_its_parts_is_not_set(inside: Workspace) -> None:
    enter(inside, "leads", 10, channel=channel(inside, "email"))
    enter(inside, "leads", 4, addition=True)
    assert total(inside) == 14
    rest = span_value(inside, "leads", Segment(1, -1), date(2026, 3, 1), date(2026, 3, 1))
    assert rest.value == 4


def test_a_second_amount_is_added_to_the_first(inside: Workspace) -> None:
    enter(inside, "leads", 10)
    one = enter(inside, "leads", 3, addition=True)
    two = enter(inside, "leads", 2, addition=True)
    assert (one.pk, two.value, two.version) == (two.pk, 5, 2)
    assert total(inside) == 15


def test_an_added_amount_can_be_changed_and_deleted(inside: Workspace) -> None:
    enter(inside, "leads", 10)
    added = enter(inside, "leads", 3, addition=True)
    changed = enter(inside, "leads", 7, entry=added)
    assert changed.is_addition
    assert total(inside) == 17
    delete_entry(changed, user=None)
    assert total(inside) == 10


def test_nothing_is_added_to_a_level(inside: Workspace) -> None:
    with pytest.raises(ValidationError, match="does not add up"):
        enter(inside, "followers", 3, addition=True)


def test_nothing_is_added_where_another_feed_counts(inside: Workspace) -> None:
    feed = Feed.objects.create(workspace=inside, name="CRM")
    Metric.objects.filter(workspace=inside, key="leads").update(counting_feed=feed)
    with pytest.raises(ValidationError, match="Only “CRM” counts"):
        enter(inside, "leads", 3, addition=True)


@pytest.fixture
def carl(cast: Cast) -> Client:
    """The browser of a contributor."""
    return client_of(cast.carl)


def post(client: Client, **fields: str) -> Any:
    address = reverse("entry_new", args=["northwind"])
    return client.post(address, {"metric": "leads", "start": "2026-03-01", **fields})


@pytest.mark.parametrize(("meant", "leads"), [("total", 10), ("add", 24)])
def test_the_page_asks_at_once_what_a_number_is(
    inside: Workspace, carl: Client, meant: str, leads: int
) -> None:
    enter(inside, "leads", 10)
    asked = post(carl, value="14", channel="email", keep="1")
    assert asked.status_code == 422
    assert "What is 14?" in asked.content.decode()
    assert Entry.objects.count() == 1
    assert post(carl, value="14", channel="email", meant=meant).status_code == 302
    assert total(inside) == leads


def test_a_typed_value_is_not_undone_as_an_import(inside: Workspace) -> None:
    enter(inside, "leads", 10)
    with pytest.raises(NotUndoable, match="typed"):
        undo_import(Batch.objects.get(), user=None, now=Batch.objects.get().created_at)

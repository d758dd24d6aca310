"""The writer of facts: what it writes, what it leaves, and that undo gives the former facts."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Workspace
from accounts.scope import system_scope
from metrics.coverage import CoveredSpan
from metrics.facts import (
    DuplicateFact,
    NotUndoable,
    Undone,
    Written,
    delete_facts,
    forget_old_changes,
    undo_batch,
    write_facts,
)
from metrics.models import (
    Batch,
    Campaign,
    Coverage,
    Dimension,
    DimensionValue,
    Fact,
    FactChange,
    Metric,
    StaleSpan,
)
from metrics.setup import manual_feed
from metrics.staging import FactKey, FactRow
from tests.cast import Cast

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
DAY = date(2026, 3, 1)


def a_batch(workspace: Workspace) -> Batch:
    return Batch.objects.create(
        workspace=workspace, kind=Batch.Kind.FILE, state=Batch.State.COMMITTED, committed_at=NOW
    )


def leads(workspace: Workspace) -> int:
    return Metric.objects.get(workspace=workspace, key="leads").pk


def channel_ids(workspace: Workspace) -> list[int]:
    """No channel, then those of the workspace."""
    channels = DimensionValue.objects.filter(workspace=workspace, dimension=Dimension.CHANNEL)
    return [0, *channels.order_by("pk").values_list("pk", flat=True)]


def row(workspace: Workspace, value: object, *, day: date = DAY, channel: int = 0) -> FactRow:
    feed = manual_feed(workspace)
    return FactRow(
        leads(workspace), day, feed.pk, channel_ids(workspace)[channel], 0, 0, 0, 0, day,
        Decimal(str(value)),
    )  # fmt: skip


def write(workspace: Workspace, *rows: FactRow, coverage: Iterable[CoveredSpan] = ()) -> Batch:
    batch = a_batch(workspace)
    write_facts(batch, rows=rows, coverage=coverage)
    return batch


def facts(workspace: Workspace) -> dict[FactKey, tuple[Decimal, int]]:
    stored = Fact.objects.filter(workspace=workspace)
    return {
        FactKey(
            one.metric_id,
            one.day,
            one.feed_id,
            one.channel_id,
            one.campaign_id,
            one.device_id,
            one.asset_id,
            one.audience_id,
            one.end,
        ): (one.value, one.batch_id)
        for one in stored
    }


def values(workspace: Workspace) -> list[int]:
    return [int(value) for value, _batch in facts(workspace).values()]


def test_new_changed_and_same_are_told_apart(inside: Workspace) -> None:
    days = [DAY + timedelta(days=n) for n in range(3)]
    write(inside, row(inside, 1, day=days[0]), row(inside, 2, day=days[1]))

    written = write_facts(
        a_batch(inside),
        rows=[row(inside, value, day=day) for value, day in zip((1, 5, 9), days, strict=True)],
    )

    assert written == Written(created=1, changed=1, same=1)
    assert sorted(values(inside)) == [1, 5, 9]


def test_the_same_rows_again_write_nothing(inside: Workspace) -> None:
    first = write(inside, row(inside, 7))
    StaleSpan.objects.all().delete()

    again = a_batch(inside)

    assert write_facts(again, rows=[row(inside, "7.000")]) == Written(0, 0, 1)
    assert [batch for _value, batch in facts(inside).values()] == [first.pk]
    assert not FactChange.objects.exists()
    assert not StaleSpan.objects.exists()
    assert not Coverage.objects.filter(batch=again).exists()


def test_a_key_that_comes_twice_is_refused_and_nothing_is_written(inside: Workspace) -> None:
    with pytest.raises(DuplicateFact):
        write(inside, row(inside, 1), row(inside, 1))
    assert not Fact.objects.exists()


def test_a_value_that_is_no_number_is_refused(inside: Workspace) -> None:
    with pytest.raises(ValueError, match="finite"):
        write(inside, row(inside, "NaN"))


def test_two_writes_in_one_transaction(inside: Workspace) -> None:
    write(inside, row(inside, 1))
    write(inside, row(inside, 2))
    assert values(inside) == [2]


def test_only_the_touched_months_are_stale(inside: Workspace) -> None:
    days = [date(2025, 1, 30), date(2025, 2, 2), date(2026, 3, 1)]
    write(inside, *(row(inside, 1, day=day) for day in days))
    StaleSpan.objects.all().delete()

    write(inside, *(row(inside, 2, day=day) for day in days))

    spans = StaleSpan.objects.order_by("start").values_list("metric_id", "start", "end")
    assert list(spans) == [
        (leads(inside), days[0], days[1]),
        (leads(inside), days[2], days[2]),
    ]


def test_a_feed_has_figures_up_to_its_last_covered_day(inside: Workspace) -> None:
    feed = manual_feed(inside)
    span = CoveredSpan(feed.pk, leads(inside), DAY, date(2026, 3, 5), zero_filled=True)
    batch = write(inside, row(inside, 1), coverage=[span])
    feed.refresh_from_db()
    assert (feed.last_data_day, feed.last_received_at) == (date(2026, 3, 5), NOW)

    undo_batch(batch, user=None, now=NOW)

    feed.refresh_from_db()
    assert feed.last_data_day is None


def test_newly_covered_days_are_stale_even_without_a_row(inside: Workspace) -> None:
    write(inside, row(inside, 1))
    StaleSpan.objects.all().delete()
    feed = manual_feed(inside)

    span = CoveredSpan(feed.pk, leads(inside), DAY, date(2026, 3, 5), zero_filled=True)
    write(inside, row(inside, 1), coverage=[span])

    assert StaleSpan.objects.get().end == date(2026, 3, 5)


def test_coverage_that_touches_is_kept_as_one_span(inside: Workspace) -> None:
    feed = manual_feed(inside)
    spans = [
        CoveredSpan(feed.pk, leads(inside), DAY + timedelta(days=n), DAY + timedelta(days=n))
        for n in range(4)
    ]
    write(inside, row(inside, 1), coverage=spans)
    assert Coverage.objects.values_list("start", "end").get() == (DAY, DAY + timedelta(days=3))


def test_undo_of_two_batches_in_either_order(inside: Workspace) -> None:
    for order in ((0, 1), (1, 0)):
        batches = [write(inside, row(inside, 1)), write(inside, row(inside, 2))]
        for index in order:
            undo_batch(batches[index], user=None, now=NOW)
        assert facts(inside) == {}


def test_undo_leaves_what_a_later_batch_wrote(inside: Workspace) -> None:
    first, second = write(inside, row(inside, 1)), write(inside, row(inside, 2))

    assert undo_batch(first, user=None, now=NOW) == Undone(deleted=0, restored=0, kept=1)

    assert list(facts(inside).values()) == [(Decimal(2), second.pk)]


def test_undo_gives_back_the_old_batch_too(inside: Workspace) -> None:
    first, second = write(inside, row(inside, 1)), write(inside, row(inside, 2))
    undo_batch(second, user=None, now=NOW)
    assert list(facts(inside).values()) == [(Decimal(1), first.pk)]


def test_undo_of_a_deletion_under_a_new_fact(inside: Workspace) -> None:
    first = write(inside, row(inside, 1))
    deletion = a_batch(inside)
    assert delete_facts(deletion, keys=[row(inside, 1).key]) == 1
    third = write(inside, row(inside, 3))

    undo_batch(deletion, user=None, now=NOW)
    assert values(inside) == [3]
    undo_batch(third, user=None, now=NOW)
    assert list(facts(inside).values()) == [(Decimal(1), first.pk)]


def test_undo_marks_the_days_stale(inside: Workspace) -> None:
    batch = write(inside, row(inside, 1))
    StaleSpan.objects.all().delete()
    undo_batch(batch, user=None, now=NOW)
    assert StaleSpan.objects.values_list("start", "end").get() == (DAY, DAY)


def test_undo_twice_is_refused(inside: Workspace) -> None:
    batch = write(inside, row(inside, 1))
    undo_batch(batch, user=None, now=NOW)
    with pytest.raises(NotUndoable, match="undone already"):
        undo_batch(batch, user=None, now=NOW)


def test_undo_after_thirty_days_is_refused(inside: Workspace) -> None:
    batch = write(inside, row(inside, 1))
    with pytest.raises(NotUndoable, match="30 days"):
        undo_batch(batch, user=None, now=NOW + timedelta(days=31))


def test_what_cannot_be_undone_any_more_is_forgotten(inside: Workspace) -> None:
    write(inside, row(inside, 1))
    write(inside, row(inside, 2))
    assert forget_old_changes(inside, now=NOW + timedelta(days=30)) == 0
    assert forget_old_changes(inside, now=NOW + timedelta(days=31)) == 1
    assert values(inside) == [2]


def ids_of(workspace: Workspace) -> dict[str, int]:
    """A row of the workspace for each reference of a fact."""
    values = DimensionValue.objects.filter(workspace=workspace)
    campaign, _made = Campaign.objects.get_or_create(workspace=workspace, key="any", name="Any")
    dimensions = dict.fromkeys(("channel_id", "device_id", "asset_id", "audience_id"), values[0].pk)
    return dimensions | {
        "workspace_id": workspace.pk,
        "metric_id": leads(workspace),
        "feed_id": manual_feed(workspace).pk,
        "campaign_id": campaign.pk,
        "batch_id": a_batch(workspace).pk,
    }


def insert_fact(ids: dict[str, int], *, day: date = DAY) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO metrics_fact (workspace_id, metric_id, day, feed_id, channel_id,"
            ' campaign_id, device_id, asset_id, audience_id, "end", value, batch_id)'
            " VALUES (%(workspace_id)s, %(metric_id)s, %(day)s, %(feed_id)s, %(channel_id)s,"
            " %(campaign_id)s, %(device_id)s, %(asset_id)s, %(audience_id)s, %(day)s, 1,"
            " %(batch_id)s)",
            ids | {"day": day},
        )


REFERENCES = (
    "metric_id", "feed_id", "batch_id", "channel_id", "campaign_id", "device_id", "asset_id",
    "audience_id",
)  # fmt: skip


@pytest.mark.parametrize("column", REFERENCES)
@pytest.mark.parametrize("foreign", [True, False])
def test_a_fact_points_at_rows_of_its_own_workspace_only(
    cast: Cast, column: str, foreign: bool
) -> None:
    with system_scope():
        mine, other = ids_of(cast.northwind), ids_of(cast.acme)
        insert_fact(mine)
        strange = other[column] if foreign else 2_000_000_000
        with pytest.raises(IntegrityError, match="points at a row"), transaction.atomic():
            insert_fact(mine | {column: strange}, day=DAY + timedelta(days=1))


@pytest.mark.parametrize("column", REFERENCES)
def test_a_fact_cannot_be_turned_to_another_workspaces_row(cast: Cast, column: str) -> None:
    with system_scope(), connection.cursor() as cursor:
        mine, other = ids_of(cast.northwind), ids_of(cast.acme)
        insert_fact(mine)
        with pytest.raises(IntegrityError, match="points at a row"), transaction.atomic():
            cursor.execute(f"UPDATE metrics_fact SET {column} = %s", [other[column]])


TARGETS = {
    "metric_id": "metrics_metric",
    "feed_id": "metrics_feed",
    "batch_id": "metrics_batch",
    "channel_id": "metrics_dimensionvalue",
    "campaign_id": "metrics_campaign",
}


@pytest.mark.parametrize("column", TARGETS)
def test_what_a_fact_points_at_cannot_be_deleted(inside: Workspace, column: str) -> None:
    ids = ids_of(inside)
    insert_fact(ids)

    def delete_and_check() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TARGETS[column]} WHERE id = %s", [ids[column]])
            connection.check_constraints()

    with pytest.raises(IntegrityError, match="still pointed at"):
        delete_and_check()


def test_a_fact_and_what_it_points_at_can_go_together(inside: Workspace) -> None:
    ids = ids_of(inside)
    insert_fact(ids)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM metrics_campaign WHERE id = %s", [ids["campaign_id"]])
        Fact.objects.filter(campaign_id=ids["campaign_id"]).delete()
        connection.check_constraints()
    assert not Fact.objects.exists()


Pile = list[tuple[int, int | None]]
OPERATIONS = st.lists(
    st.one_of(
        st.dictionaries(st.integers(0, 2), st.integers(0, 2), min_size=1),
        st.sets(st.integers(0, 2), min_size=1),
    ),
    min_size=1,
    max_size=6,
)


def expected_after(
    operations: Sequence[dict[int, int] | set[int]], undone: Sequence[int]
) -> dict[int, tuple[int, int]]:
    """What stays: each fact is a pile of (operation, value), and undo takes one card out of it."""
    piles: dict[int, Pile] = {key: [] for key in range(3)}
    for number, operation in enumerate(operations):
        for key, pile in piles.items():
            top = pile[-1][1] if pile else None
            value = operation.get(key, top) if isinstance(operation, dict) else None
            if key in operation and value != top:
                pile.append((number, value))
    for number in undone:
        for key, pile in piles.items():
            piles[key] = [card for card in pile if card[0] != number]
    return {
        key: (pile[-1][0], pile[-1][1])
        for key, pile in piles.items()
        if pile and pile[-1][1] is not None
    }


@given(operations=OPERATIONS, data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_undo_in_any_order_gives_exactly_the_former_facts(
    inside: Workspace, operations: list[dict[int, int] | set[int]], data: st.DataObject
) -> None:
    Fact.objects.all().delete()
    FactChange.objects.all().delete()
    batches = [a_batch(inside) for _operation in operations]
    for batch, operation in zip(batches, operations, strict=True):
        if isinstance(operation, dict):
            rows = [row(inside, value, channel=key) for key, value in operation.items()]
            write_facts(batch, rows=rows)
        else:
            delete_facts(batch, keys=[row(inside, 0, channel=key).key for key in operation])
    channels = channel_ids(inside)
    order = data.draw(st.permutations(range(len(operations))))
    undone = order[: data.draw(st.integers(0, len(order)))]

    for position, number in enumerate(undone, start=1):
        undo_batch(batches[number], user=None, now=NOW)
        expected = expected_after(operations, undone[:position])
        assert {key.channel_id: fact for key, fact in facts(inside).items()} == {
            channels[key]: (Decimal(value), batches[author].pk)
            for key, (author, value) in expected.items()
        }


@pytest.mark.slow
def test_two_hundred_thousand_facts(inside: Workspace) -> None:
    feed, metric = manual_feed(inside), leads(inside)
    made = Campaign.objects.bulk_create(
        Campaign(workspace=inside, key=f"c{n}", name=f"C{n}") for n in range(500)
    )
    rows = [
        FactRow(metric, DAY + timedelta(days=n % 400), feed.pk, 0, made[n // 400].pk, 0, 0, 0,
                DAY + timedelta(days=n % 400), Decimal(n))
        for n in range(200_000)
    ]  # fmt: skip
    batch = a_batch(inside)
    assert write_facts(batch, rows=rows).created == 200_000
    assert write_facts(a_batch(inside), rows=rows).same == 200_000
    assert undo_batch(batch, user=None, now=NOW).deleted == 200_000

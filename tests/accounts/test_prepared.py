"""Prepared queries: the same rows and objects as the query itself, each time with new values."""

from datetime import date, timedelta

import pytest
from django.db import connection, connections
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, Workspace
from accounts.prepared import NotPrepared, Prepared, prepared_cursor
from accounts.scope import system_scope
from metrics.feeds import create_feed, latest_day
from metrics.models import Feed, Metric
from tests.cast import Cast


def test_objects_are_those_of_the_query_with_what_is_selected_beside(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    prepared = Prepared(
        lambda user: Membership.objects.filter(user=user).select_related("workspace"), int
    )
    with system_scope():
        for user in (cast.alice, cast.bob, cast.alice, cast.stranger):
            expected = list(Membership.objects.filter(user=user))
            with django_assert_num_queries(1):
                found = prepared.objects(user.pk)
                names = [one.workspace.name for one in found]
            assert found == expected
            assert names == [one.workspace.name for one in expected]
            for one, other in zip(found, expected, strict=True):
                fields = Membership._meta.concrete_fields
                assert [getattr(one, each.attname) for each in fields] == [
                    getattr(other, each.attname) for each in fields
                ]


def test_an_object_can_be_saved_again(inside: Workspace) -> None:
    prepared = Prepared(lambda key: Metric.objects.filter(key=key), str)
    (metric,) = prepared.objects("leads")
    metric.rule_text = "Somebody who asked"
    metric.save(update_fields=["rule_text"])
    assert prepared.objects("leads")[0].rule_text == "Somebody who asked"
    assert prepared.objects("nothing of this name") == []


def test_several_texts_are_a_value(inside: Workspace) -> None:
    prepared = Prepared(lambda keys: Metric.objects.filter(key__in=keys).order_by("key"), [str])
    for keys in (["leads"], ["leads", "mqls", "sqls"], ["sqls", "leads", "leads"], []):
        assert [one.key for one in prepared.objects(keys)] == sorted(set(keys))


def test_rows_are_tuples_and_places_say_which_column_is_which(inside: Workspace) -> None:
    prepared = Prepared(lambda key: Metric.objects.filter(key=key), str)
    (row,) = prepared.rows("leads")
    pk, key = prepared.places("id", "key")
    assert (row[pk], row[key]) == (Metric.objects.get(key="leads").pk, "leads")
    assert prepared.object(row).key == "leads"


def test_numbers_that_the_database_counts_are_converted_as_ever(inside: Workspace) -> None:
    counted = Prepared(
        lambda key: Metric.objects.filter(key=key).values("key").annotate(n=Count("pk")), str
    )
    assert [row[-1] for row in counted.rows("leads")] == [1]


def test_a_value_that_decides_on_the_shape_is_refused(db: None) -> None:
    changed = Prepared(lambda key: Metric.objects.filter(key=f"{key}!"), str)
    with pytest.raises(NotPrepared):
        changed.rows("leads")


def test_a_query_sees_only_what_its_scope_shows(cast: Cast) -> None:
    prepared = Prepared(lambda key: Metric.objects.filter(key=key), str)
    assert prepared.rows("leads") == []
    with system_scope():
        assert len(prepared.rows("leads")) == 2


def test_the_latest_day_is_of_feeds_in_use_with_a_rhythm(inside: Workspace) -> None:
    today = date(2026, 3, 18)
    assert latest_day(inside, today=today) is None
    days = {"GA4": ("day", 3), "CRM": ("week", 9), "Once": ("", 1)}
    for name, (rhythm, back) in days.items():
        feed = create_feed(inside, name=name, rhythm=rhythm or Feed.Rhythm.NONE)
        Feed.objects.filter(pk=feed.pk).update(last_data_day=today - timedelta(days=back))
    assert latest_day(inside, today=today) == today - timedelta(days=3)
    Feed.objects.filter(name="GA4").update(is_active=False)
    assert latest_day(inside, today=today) == today - timedelta(days=9)


PLANNED = """
SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE position(%s in statement) > 0
"""


def _times_planned_under_a_name(text: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(PLANNED, [text])
        return [times for (times,) in cursor.fetchall()]


def test_postgresql_keeps_the_plan_for_the_values_to_come(inside: Workspace) -> None:
    prepared = Prepared(lambda key: Metric.objects.filter(key=key, rule_text="kept"), str)
    for key in ("leads", "mqls", "sqls"):
        assert prepared.objects(key) == []
    assert _times_planned_under_a_name('"metrics_metric"."rule_text" =') == [3]


def test_nothing_is_kept_behind_a_pooler_that_cannot(
    inside: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)
    prepared = Prepared(lambda key: Metric.objects.filter(key=key, own_unit=""), str)
    assert [one.key for one in prepared.objects("leads")] == ["leads"]
    assert _times_planned_under_a_name('"metrics_metric"."own_unit" =') == []


def test_numbers_of_any_size_are_values(inside: Workspace) -> None:
    prepared = Prepared(lambda pk: Metric.objects.filter(pk=pk), int)
    known = Metric.objects.get(key="leads")
    for pk in (known.pk, 0, -1, 40_000, 5_000_000_000, known.pk):
        assert prepared.objects(pk) == ([known] if pk == known.pk else [])


def test_what_is_asked_is_listed_with_its_values(inside: Workspace) -> None:
    with CaptureQueriesContext(connection) as asked, prepared_cursor() as cursor:
        cursor.execute("SELECT %(one)s::int + 1", {"one": 41})
        assert cursor.fetchone() == (42,)
    assert [one["sql"] for one in asked] == ["SELECT 41::int + 1"]


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_noticed_by_the_first_query_of_a_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection.ensure_connection()
    connection.connection.close()
    # As at the beginning of a request.
    monkeypatch.setattr(connections["default"], "health_check_done", False)
    with prepared_cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)

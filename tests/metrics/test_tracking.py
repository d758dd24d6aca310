"""The history of rows that one statement changes together."""

from typing import Any

from django.apps import apps
from django.db.models import F

from accounts.models import Workspace
from metrics.models import Metric

EVENTS: Any = apps.get_model("metrics", "MetricEvent").objects


def said(label: str) -> int:
    return int(EVENTS.filter(pgh_label=label).count())


def test_every_row_of_a_statement_has_its_event(inside: Workspace) -> None:
    metrics = Metric.objects.filter(workspace=inside)
    assert said("insert") == metrics.count() > 100
    changed = metrics.filter(key__in=("leads", "sessions"))
    assert changed.update(is_hidden=True) == 2
    found = EVENTS.filter(pgh_label="update").values_list("key", "is_hidden").order_by("key")
    assert list(found) == [("leads", True), ("sessions", True)]


def test_what_stays_as_it_was_has_none(inside: Workspace) -> None:
    metrics = Metric.objects.filter(workspace=inside)
    assert metrics.update(is_hidden=F("is_hidden")) == metrics.count()
    assert metrics.filter(key="no such").update(is_hidden=True) == 0
    assert said("update") == 0


def test_a_deleted_row_leaves_what_it_was(inside: Workspace) -> None:
    Metric.objects.filter(workspace=inside, key="leads").delete()
    found = EVENTS.get(pgh_label="delete")
    assert (found.key, found.workspace_id) == ("leads", inside.pk)

"""Nothing in the administration saves a row past its writer, or a fact at all."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.admin import PersonAdmin
from accounts.models import AuditEvent, User
from accounts.scope import system_scope, workspace_scope
from accounts.workspace_admin import ReadOnlyAdmin, TriedForm, WrittenAdmin
from metrics.admin.metrics import MetricForm
from metrics.costs import save_cost
from metrics.imports.importing import import_file
from metrics.imports.parsed import ImportOptions
from metrics.models import Batch, Cost, DimensionValue, Entry, Fact, Metric, StaleSpan
from metrics.recurring_costs import Terms, save_recurring
from tests.admin.conftest import Enters, metric_id, sentences, typed
from tests.cast import Cast

MONTH = "/admin/metrics/entry/month/?month=2026-02"
FACTS = "/admin/metrics/batch/facts/"
VALUE = "/admin/metrics/dimensionvalue/"
CLICKS = b"date,metric,value\n2026-03-02,ad_clicks,4\n"
TODAY = date(2026, 3, 9)
DJANGOS_OWN = {PersonAdmin}
"""Accounts, which superusers change: Django's form is their writer, and each change is audited."""
REGISTERED = sorted(admin.site._registry.values(), key=lambda one: one.model._meta.label)


@pytest.mark.parametrize("own", REGISTERED, ids=lambda one: one.model._meta.label)
def test_every_administration_hands_over_to_a_writer(own: Any) -> None:
    if type(own) in DJANGOS_OWN or isinstance(own, ReadOnlyAdmin):
        return
    assert type(own).save_form is WrittenAdmin.save_form
    assert type(own).save_model is WrittenAdmin.save_model
    assert type(own).save_related is WrittenAdmin.save_related
    assert own.list_editable == ()
    assert list(own.inlines) == []


@pytest.mark.parametrize("own", REGISTERED, ids=lambda one: one.model._meta.label)
def test_no_administration_deletes_past_a_writer(own: Any, rf: Any, db: None) -> None:
    request = rf.get("/admin/")
    request.user = User(is_staff=True, is_superuser=True, is_active=True)
    if own.has_delete_permission(request):
        assert type(own).delete_model is not admin.ModelAdmin.delete_model
    if "delete_selected" in own.get_actions(request):
        assert type(own).delete_queryset is not admin.ModelAdmin.delete_queryset


def test_every_form_of_a_workspace_is_tried_by_its_writer(root: Client, rf: Any) -> None:
    request = rf.get("/admin/")
    request.user = User.objects.get(email="root@example.com")
    tried = 0
    for own in REGISTERED:
        if type(own) in DJANGOS_OWN or isinstance(own, ReadOnlyAdmin):
            continue
        if own.has_add_permission(request):
            assert issubclass(own.get_form(request), TriedForm), own
            tried += 1
    assert tried >= 5


def test_rows_that_are_looked_at_cannot_be_changed(root: Client) -> None:
    for own in REGISTERED:
        if isinstance(own, ReadOnlyAdmin) and own.model is not Batch:
            name = f"admin:{own.model._meta.app_label}_{own.model._meta.model_name}"
            assert root.post(reverse(f"{name}_add"), {}).status_code == 403, own


def test_a_page_or_channel_goes_through_its_writer(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    new = {"dimension": 1, "label": "Été à Paris"}
    assert client.post(f"{VALUE}add/", new).status_code == 302
    with system_scope():
        made = DimensionValue.objects.get(label="Été à Paris")
    assert made.key == "ete a paris"
    for label, sentence in (
        ("ETE A PARIS", "is there already"),
        ("E-mail", "is there already"),
        ("  ", "required"),
    ):
        answer = client.post(f"{VALUE}add/", {"dimension": 1, "label": label})
        assert sentence in sentences(answer), label
    address = f"{VALUE}{made.pk}/change/"
    assert client.post(address, {"label": "Paris"}).status_code == 302
    with system_scope():
        made.refresh_from_db()
    assert (made.label, made.key) == ("Paris", "ete a paris")
    assert "Erin Example" in sentences(client.get(f"{VALUE}{made.pk}/history/"))


def test_a_metrics_settings_go_through_their_writers(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    with workspace_scope(cast.northwind.pk):
        free = Metric.objects.filter(workspace=cast.northwind, golden_rank=None)
        metric = free.get(key="ad_clicks")
        taken = Metric.objects.get(workspace=cast.northwind, golden_rank=1)
        feed = import_file(
            cast.northwind, user=None, name="a.csv", data=CLICKS,
            options=ImportOptions(), today=TODAY, now=timezone.now(),
        ).feed  # fmt: skip
        StaleSpan.objects.all().delete()
    assert feed is not None
    address = f"/admin/metrics/metric/{metric.pk}/change/"
    refused = client.post(address, {"golden_rank": 1, "rule_text": "", "reason": ""})
    assert taken.name in sentences(refused)
    given = {"rule_text": "", "reason": "", "counting_feed": feed.pk, "is_hidden": "on"}
    assert client.post(address, given).status_code == 302
    with system_scope():
        metric.refresh_from_db()
        assert (metric.counting_feed_id, metric.is_hidden) == (feed.pk, True)
        assert StaleSpan.objects.filter(metric=metric).exists()
        assert AuditEvent.objects.filter(action="metric.counting_feed_changed").exists()
    assert issubclass(MetricForm, TriedForm)


def test_a_month_holds_its_costs_too(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    with workspace_scope(cast.northwind.pk):
        terms = Terms(category="tools", amount=Decimal(30), rhythm="month")
        save_recurring(
            cast.northwind, terms, user=None, start=date(2026, 1, 1), last=None, today=TODAY
        )
        save_cost(
            cast.northwind, user=None, category="media", amount=Decimal(310),
            start=date(2026, 1, 1), end=date(2026, 3, 31), supplier="Régie",
        )  # fmt: skip
    page = sentences(client.get(MONTH))
    assert "other lines: €30" in page
    assert "other lines: €96.4" in page  # 28 of 90 days, to the cent
    seen = {"seen.cost.tools": "0:", "seen.cost.agency": "0:", "seen.leads.2026-02-01": "0:"}
    wrong = {**seen, "cost.tools": "49,90 x", "leads.2026-02-01": "28"}
    assert "Enter a number, like" in sentences(client.post(MONTH, wrong))
    with system_scope():
        assert not Entry.objects.exists()
    right = {**seen, "cost.tools": "49.90", "cost.agency": "500", "leads.2026-02-01": "28"}
    assert client.post(MONTH, right).status_code == 302
    with system_scope():
        line = Cost.objects.get(category="tools", recurring=None)
        assert (line.amount, line.start, line.end) == (
            Decimal("49.90"), date(2026, 2, 1), date(2026, 2, 28),
        )  # fmt: skip
        assert Entry.objects.get().value == 28
        spent = Fact.objects.filter(metric__key="cost_tools", day__month=2)
        assert sum(spent.values_list("value", flat=True)) == Decimal("79.90")
    emptied = {"seen.cost.tools": "1:49.9", "cost.tools": ""}
    assert client.post(MONTH, emptied).status_code == 302
    with system_scope():
        assert not Cost.objects.filter(category="tools", recurring=None).exists()


def test_a_month_is_left_whole_where_a_cost_is_refused(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    seen = {"seen.cost.tools": "0:", "seen.cost.media": "0:", "seen.leads.2026-02-01": "0:"}
    for amount, sentence in (("-5", "greater than or equal to 0"), ("1.234567", "decimal")):
        sent = {**seen, "cost.media": "10", "cost.tools": amount, "leads.2026-02-01": "28"}
        answer = client.post(MONTH, sent)
        assert answer.status_code == 422, amount
        assert sentence in sentences(answer)
        with system_scope():
            assert not Cost.objects.exists()
            assert not Entry.objects.exists()


def test_a_months_cost_is_not_written_over(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    first = {"seen.cost.tools": "0:", "cost.tools": "10"}
    assert client.post(MONTH, first).status_code == 302
    late = client.post(MONTH, {"seen.cost.tools": "0:", "cost.tools": "20"})
    assert late.status_code == 422
    assert "it is 10 now" in sentences(late)
    with system_scope():
        assert Cost.objects.get().amount == 10


def test_stored_facts_lead_to_what_brought_them(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    client.post("/admin/metrics/entry/add/", typed(value="12"))
    with workspace_scope(cast.northwind.pk):
        save_cost(
            cast.northwind, user=None, category="tools", amount=Decimal(10),
            start=date(2026, 3, 2), end=date(2026, 3, 2),
        )  # fmt: skip
        batch = import_file(
            cast.northwind, user=None, name="ads.csv",
            data=b"date,metric,value,campaign\n2026-03-01,ad_clicks,4,Spring\n",
            options=ImportOptions(), today=TODAY, now=timezone.now(),
        )  # fmt: skip
        entry, cost = Entry.objects.get(), Cost.objects.get()
    page = sentences(client.get(FACTS))
    for address in (
        f"/admin/metrics/entry/{entry.pk}/change/", f"/admin/metrics/cost/{cost.pk}/change/",
        f"/admin/metrics/batch/{batch.pk}/change/",
    ):  # fmt: skip
        assert address in page
    assert "Spring" in page
    narrowed = sentences(client.get(FACTS, {"batch": batch.pk}))
    assert "Only what ads.csv brought." in narrowed
    assert f"/admin/metrics/cost/{cost.pk}/change/" not in narrowed
    assert "No fact matches" in sentences(client.get(FACTS, {"end": "2020-01-01"}))
    assert "Spring" not in sentences(client.get(FACTS, {"metric": "leads"}))
    undone = client.post(f"/admin/metrics/batch/{batch.pk}/act/", {"action": "undo"}, follow=True)
    assert "Undone" in sentences(undone)
    with system_scope():
        assert not Fact.objects.filter(metric=metric_id("ad_clicks")).exists()


def test_facts_of_other_workspaces_are_not_shown(cast: Cast, enters: Enters) -> None:
    with workspace_scope(cast.acme.pk):
        import_file(
            cast.acme, user=None, name="theirs.csv", data=CLICKS,
            options=ImportOptions(), today=TODAY, now=timezone.now(),
        )  # fmt: skip
        theirs = Batch.objects.get()
    client = enters(cast.carl)
    for asked in ({"workspace": cast.acme.pk}, {"batch": theirs.pk}):
        assert "theirs.csv" not in sentences(client.get(FACTS, asked))
    assert enters(cast.vera).get(FACTS).status_code == 403

"""Figures entered in the administration become facts, speak when wrong, and keep a history."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.scope import system_scope, workspace_scope
from metrics.models import (
    Batch,
    Campaign,
    Cost,
    Dimension,
    DimensionValue,
    Entry,
    Fact,
    Metric,
    StaleSpan,
)
from metrics.recurring_costs import Terms, save_recurring
from tests.admin.conftest import Enters, metric_id, sentences, typed
from tests.cast import Cast

ADD = "/admin/metrics/entry/add/"
LIST = "/admin/metrics/entry/"
COST = {"category": "tools", "amount": "100.00", "supplier": "Acme", "note": ""}


def facts(key: str) -> list[Decimal]:
    with system_scope():
        return list(
            Fact.objects.filter(metric=metric_id(key))
            .order_by("day")
            .values_list("value", flat=True)
        )


def enter(client: Client, **changes: str | int) -> Entry:
    response = client.post(ADD, typed(**changes))  # type: ignore[arg-type]
    assert response.status_code == 302, sentences(response)
    with system_scope():
        return Entry.objects.select_related("metric").latest("pk")


def test_a_value_becomes_a_fact(cast: Cast, enters: Enters) -> None:
    entry = enter(enters(cast.carl))
    assert (entry.start, entry.end, entry.entered_by_id) == (
        date(2026, 3, 2), date(2026, 3, 2), cast.carl.pk,
    )  # fmt: skip
    assert facts("leads") == [Decimal(12)]


def test_a_months_total_is_spread_over_its_days(cast: Cast, enters: Enters) -> None:
    entry = enter(enters(cast.carl), when="month", month="2026-02", value="280")
    assert (entry.start, entry.end) == (date(2026, 2, 1), date(2026, 2, 28))
    assert facts("leads") == [Decimal(10)] * 28


def test_a_span_goes_from_day_to_day(cast: Cast, enters: Enters) -> None:
    entry = enter(enters(cast.carl), when="span", first="2026-03-02", last="2026-03-04", value="9")
    assert (entry.end - entry.start).days == 2
    assert facts("leads") == [Decimal(3)] * 3


def test_numbers_are_read_as_their_reader_writes_them(cast: Cast, enters: Enters) -> None:
    with system_scope():
        User.objects.filter(pk=cast.carl.pk).update(language="fr")
    enter(enters(cast.carl), key="sessions", value="1 234")
    assert facts("sessions") == [Decimal(1234)]


def test_what_is_wrong_stands_beside_its_field(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    for changes, sentence in (
        ({"value": "a lot"}, "Enter a number, like"),
        ({"value": "-3"}, "This is counted"),
        ({"day": ""}, "Say which day."),
        ({"when": "month", "month": ""}, "Say which month"),
        ({"when": "span", "first": "2026-03-04", "last": "2026-03-02"}, "must not be before"),
        ({"key": "cpl"}, "is calculated from other metrics"),
    ):
        response = client.post(ADD, typed(**changes))
        assert sentence in sentences(response), changes
    assert facts("leads") == []


def test_a_second_value_for_a_day_is_refused(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    enter(client)
    assert "There is a value for" in sentences(client.post(ADD, typed(value="13")))


def test_somebody_quicker_is_not_written_over(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    entry = enter(client)
    address = f"{LIST}{entry.pk}/change/"
    assert client.post(address, typed(value="13", seen_version=1)).status_code == 302
    late = client.post(address, typed(value="14", seen_version=1))
    assert "Carl Example changed this meanwhile" in sentences(late)
    assert facts("leads") == [Decimal(13)]


def test_deleting_takes_the_facts_along(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    first, second = enter(client), enter(client, day="2026-03-03")
    client.post(f"{LIST}{first.pk}/delete/", {"post": "yes"})
    assert len(facts("leads")) == 1
    chosen = {"action": "delete_selected", "_selected_action": second.pk, "post": "yes"}
    client.post(LIST, chosen)
    assert facts("leads") == []


def test_the_list_is_searched_by_the_metrics_name(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    enter(client, note="found")
    assert "found" in sentences(client.get(LIST, {"q": "leads"}))
    assert "found" not in sentences(client.get(LIST, {"q": "followers"}))
    assert "found" in sentences(client.get(LIST, {"family": "acquisition", "metric_key": "leads"}))


def test_only_base_metrics_are_offered_for_a_value(cast: Cast, enters: Enters) -> None:
    asked = {"app_label": "metrics", "model_name": "entry", "field_name": "metric", "term": "lead"}
    found = enters(cast.carl).get("/admin/autocomplete/", asked).json()["results"]
    assert {"id": str(metric_id("leads")), "text": "Leads"} in found
    assert str(metric_id("cpl")) not in {one["id"] for one in found}


def test_the_history_tells_who_changed_what(cast: Cast, enters: Enters) -> None:
    entry = enter(enters(cast.carl))
    enters(cast.erin).post(f"{LIST}{entry.pk}/change/", typed(value="15", seen_version=1))
    text = sentences(enters(cast.alice).get(f"{LIST}{entry.pk}/history/"))
    assert "<del>12</del>" in text
    assert "<ins>15</ins>" in text
    assert "Carl Example" in text
    assert "Erin Example" in text


def test_a_deleted_value_stays_in_the_list_of_changes(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    entry = enter(client, note="gone")
    client.post(f"{LIST}{entry.pk}/delete/", {"post": "yes"})
    text = sentences(client.get("/admin/metrics/entryevent/"))
    assert "Deleted" in text
    assert "gone" in text


def test_an_export_is_imported_to_the_same_facts(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    with system_scope():
        email = DimensionValue.objects.get(workspace=cast.northwind, dimension=1, key="email")
    entries = [
        enter(client, when="month", month="2026-02", value="283"),
        enter(client, key="mqls", channel=email.pk, value="5"),
    ]
    chosen = {"action": "export_csv", "_selected_action": [one.pk for one in entries]}
    exported: Any = client.post(LIST, chosen)
    before = facts("leads"), facts("mqls")
    client.post(LIST, {**chosen, "action": "delete_selected", "post": "yes"})
    assert facts("leads") == []
    file = BytesIO(b"".join(exported.streaming_content))
    file.name = "values.csv"
    client.post(
        "/admin/metrics/batch/add/",
        {"workspace": cast.northwind.pk, "file": file, "pasted": "", "feed": ""},
    )
    with system_scope():
        batch = Batch.objects.get(kind="file")
    assert "Import" in sentences(client.get(f"/admin/metrics/batch/{batch.pk}/change/"))
    act = reverse("admin:metrics_batch_act", args=[batch.pk])
    client.post(act, {"action": "import"})
    assert (facts("leads"), facts("mqls")) == before
    client.post(act, {"action": "undo"})
    assert facts("leads") == []


def test_those_who_only_enter_do_not_import(cast: Cast, enters: Enters) -> None:
    assert enters(cast.carl).get("/admin/metrics/batch/add/").status_code == 403


def test_a_cost_is_spread_and_added_up(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    days = {"when": "span", "first": "2026-03-02", "last": "2026-03-05"}
    assert client.post("/admin/metrics/cost/add/", COST | days).status_code == 302
    assert facts("cost_tools") == [Decimal(25)] * 4
    text = sentences(client.get("/admin/metrics/cost/", {"category": "tools"}))
    assert "<strong>€100.00</strong>" in text
    with system_scope():
        cost = Cost.objects.get()
    client.post(f"/admin/metrics/cost/{cost.pk}/delete/", {"post": "yes"})
    assert facts("cost_tools") == []


def test_a_line_of_a_recurring_cost_is_there_to_look_at(cast: Cast, enters: Enters) -> None:
    with workspace_scope(cast.northwind.pk):
        recurring = save_recurring(
            cast.northwind,
            Terms(category="tools", amount=Decimal(31), rhythm="month", supplier="Acme"),
            user=cast.erin,
            start=date(2026, 3, 1),
            last=None,
            today=date(2026, 3, 9),
        )
        line = recurring.lines.get()
    client = enters(cast.carl)
    address = f"/admin/metrics/cost/{line.pk}/"
    assert client.post(address + "change/", COST | {"when": "day"}).status_code == 403
    assert client.post(address + "delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [line.pk], "post": "yes"}
    client.post("/admin/metrics/cost/", chosen)
    assert sum(facts("cost_tools")) == 31
    assert "Acme" in sentences(client.get("/admin/metrics/recurringcost/"))


def test_costs_are_exported_as_a_table(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    client.post("/admin/metrics/cost/add/", COST | {"when": "day", "day": "2026-03-02"})
    with system_scope():
        cost = Cost.objects.get()
    chosen = {"action": "export_csv", "_selected_action": [cost.pk]}
    exported: Any = client.post("/admin/metrics/cost/", chosen)
    lines = b"".join(exported.streaming_content).decode().splitlines()
    assert lines[0].startswith("date,end,metric,value,channel,campaign,supplier")
    assert lines[1].startswith("2026-03-02,2026-03-02,cost_tools,100")


def test_the_history_of_a_cost_can_be_read(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    client.post("/admin/metrics/cost/add/", COST | {"when": "day", "day": "2026-03-02"})
    with system_scope():
        cost = Cost.objects.get()
    assert client.get(f"/admin/metrics/cost/{cost.pk}/history/").status_code == 200


def test_a_cost_is_shared_or_refused_with_the_reason(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    shared = COST | {"when": "month", "month": "2026-02", "share_by": "sessions"}
    with system_scope():
        organic = DimensionValue.objects.get(
            workspace=cast.northwind, dimension=Dimension.CHANNEL, key="organic"
        )
    refused = client.post("/admin/metrics/cost/add/", shared | {"channel": organic.pk})
    assert "This cost has a channel" in sentences(refused)
    assert client.post("/admin/metrics/cost/add/", shared).status_code == 302
    with system_scope():
        assert Cost.objects.get().share_by == "sessions"


def test_a_month_is_saved_as_a_whole_or_not_at_all(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    address = f"/admin/metrics/entry/month/?workspace={cast.northwind.pk}&month=2026-02"
    seen = {"seen.leads.2026-02-01": "0:", "seen.mqls.2026-02-01": "0:"}
    wrong = client.post(address, {**seen, "leads.2026-02-01": "28", "mqls.2026-02-01": "x"})
    assert wrong.status_code == 422
    assert "Enter a number, like" in sentences(wrong)
    assert facts("leads") == []
    right = client.post(address, {**seen, "leads.2026-02-01": "28", "mqls.2026-02-01": "14"})
    assert right.status_code == 302
    assert facts("leads") == [Decimal(1)] * 28
    assert 'value="14"' in sentences(client.get(address))


def test_another_workspaces_month_is_not_shown(cast: Cast, enters: Enters) -> None:
    address = f"/admin/metrics/entry/month/?workspace={cast.acme.pk}&month=2026-02"
    response = enters(cast.alice).post(
        address, {"leads.2026-02-01": "28", "seen.leads.2026-02-01": "0:"}
    )
    assert "Acmé" not in sentences(response)
    with system_scope():
        assert not Entry.objects.exists()


def test_a_campaign_keeps_its_folded_key(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    address = "/admin/metrics/campaign/add/"
    assert client.post(address, {"name": "Été 2026"}).status_code == 302
    with system_scope():
        assert Campaign.objects.get(workspace=cast.northwind).key == "ete 2026"
    assert "“Été 2026” already" in sentences(client.post(address, {"name": "ETE 2026"}))


def test_a_golden_place_is_for_one_metric(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    address = f"/admin/metrics/metric/{metric_id('sessions')}/change/"
    taken = client.post(address, {"golden_rank": "1", "rule_text": ""})
    assert "has this place" in sentences(taken)
    client.post(f"/admin/metrics/metric/{metric_id('mqls')}/change/", {"rule_text": "Score 50"})
    assert client.post(address, {"golden_rank": "1"}).status_code == 302
    with system_scope():
        assert Metric.objects.get(pk=metric_id("sessions")).golden_rank == 1


def test_another_counting_feed_is_calculated_anew(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    entry = enter(client)
    with system_scope():
        feed = Fact.objects.get().feed_id
        StaleSpan.objects.all().delete()
    client.post(
        f"/admin/metrics/metric/{entry.metric_id}/change/",
        {"golden_rank": "2", "counting_feed": feed},
    )
    with system_scope():
        assert StaleSpan.objects.filter(metric=entry.metric_id, start=entry.start).exists()

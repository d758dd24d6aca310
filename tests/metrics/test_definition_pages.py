"""Pages of definitions: defining with a preview, changing, what counts, versions, past reports."""

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, User, Workspace
from accounts.scope import system_scope, workspace_scope
from metrics import snapshots
from metrics.charts import Annotation
from metrics.definition_checks import TAKEN_BY_PAGES, OwnDefinition
from metrics.definition_history import definition_marks, rests_on, versions_behind
from metrics.definition_preview import preview
from metrics.definitions import change_definition, change_rule_text, define
from metrics.formula import parse
from metrics.formula_preview import preview_rows
from metrics.models import Metric, RestatedRun
from metrics.periods import Grain
from metrics.series import values
from metrics.value_report import value_report
from metrics.vocabulary import Vocabulary
from tests.authz import routes
from tests.cast import Cast, client_of
from tests.metrics.numbers import NOW, TODAY, Book
from tests.pages import text
from tests.rolled_back import rolled_back

SOUND = {
    "name_en": "Cost of a demo",
    "name_fr": "Coût d'une démo",
    "definition": "What one demo costs us.",
    "formula": "cost_media / conversions",
    "unit": "money",
    "direction": "down",
}


@pytest.fixture(scope="module")
def figures(one_cast: Cast) -> Cast:
    """The cast, Northwind with figures of June and July."""
    with workspace_scope(one_cast.northwind.pk):
        write_figures(one_cast.northwind)
    return one_cast


def write_figures(workspace: Workspace) -> None:
    book = Book(workspace)
    organic = book.channel("organic").segment_id
    book.write(
        *(book.row("cost_media", f"2025-0{month}-01", 100 * month) for month in (6, 7)),
        *(book.row("conversions", f"2025-0{month}-02", 4) for month in (6, 7)),
        book.row("leads", "2025-07-01", 10),
        book.row("leads", "2025-07-01", 3, channel=organic),
        book.row("leads", "2025-06-01", 5),
        book.row("customers", "2025-06-30", 50),
        book.row("customer_lifetime_years", "2025-06-30", 3),
        book.row("leads", "2025-08-19", 1),
        book.row("new_customers", "2025-07-04", 2),
        book.row("visitors", "2025-07-01", 40),
    )
    snapshots.refresh(workspace, today=TODAY, now=NOW)


@pytest.fixture
def cast(figures: Cast) -> Iterator[Cast]:
    """The cast and its figures as they were created."""
    with rolled_back():
        yield deepcopy(figures)


@pytest.fixture
def book(inside: Workspace) -> Book:
    """Northwind's."""
    return Book(inside)


@pytest.fixture
def erin(cast: Cast) -> Client:
    """The browser of an editor."""
    return client_of(cast.erin)


def address(name: str, *args: str) -> str:
    return reverse(name, args=["northwind", *args])


def post(client: Client, name: str, *args: str, **data: str) -> Any:
    headers = {"HX-Request": "true"} if data.pop("htmx", "") else {}
    with time_machine.travel(NOW, tick=False):
        return client.post(address(name, *args), data, headers=headers)


def get(client: Client, name: str, *args: str, **query: str) -> str:
    with time_machine.travel(NOW, tick=False):
        response = client.get(address(name, *args), query)
    assert response.status_code == 200
    return text(response)


def own(workspace: Workspace, key: str = "rate", formula: str = "leads / sessions") -> Metric:
    wanted = OwnDefinition(formula=formula, unit="percent", direction="up", name_en=key)
    return define(workspace, key=key, wanted=wanted, user=None, now=NOW)


# Defining, with a preview


def test_a_metric_is_defined(book: Book, erin: Client) -> None:
    response = post(erin, "definition_new", **SOUND)
    assert response.headers["Location"] == address("metric", "cost_of_a_demo")
    with system_scope():
        metric = Metric.objects.get(workspace=book.workspace, key="cost_of_a_demo")
        event = AuditEvent.objects.get(action="metric.defined")
        assert metric.definition_versions.get().user == event.actor
    assert (metric.own_name_fr, (event.after or {})["own_formula"]) == (
        "Coût d'une démo", "cost_media / conversions",
    )  # fmt: skip


def test_what_is_wrong_stands_beside_the_field_and_at_its_place(book: Book, erin: Client) -> None:
    response = post(erin, "definition_new", **SOUND | {"formula": "cost_media / convertions"})
    assert response.status_code == 422
    shown = text(response)
    assert "Did you mean “conversions”" in shown
    assert "(At character 14.)" in shown
    assert "<code>cost_media / <mark>convertions</mark></code>" in shown


def test_the_preview_alone_is_sent_while_typing(book: Book, erin: Client) -> None:
    response = post(erin, "definition_new", htmx="yes", preview="1", **SOUND)
    shown = text(response)
    assert "<html" not in shown
    assert "Media cost ÷ Conversions" in shown
    assert "Achat média ÷ Conversions" in shown
    assert re.search(r"July 2025</dt><dd class=\"num\" data-preview-value>€175", shown)
    assert "that fits the unit “amount of money”" in shown
    assert "<code>cost_of_a_demo</code>" in shown


def test_without_javascript_a_button_shows_the_preview_and_keeps_what_was_typed(
    book: Book, erin: Client
) -> None:
    shown = text(post(erin, "definition_new", preview="1", **SOUND | {"unit": "", "name_en": ""}))
    assert "<html" in shown
    assert "Units that fit: amount of money." in shown
    assert "cost_media / conversions</textarea>" in shown
    assert "Give the metric a name" not in shown


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"formula": "cost_media + conversions"}, "<mark>+</mark>"),
        ({"formula": "cost_media /"}, "<mark>here</mark>"),
        ({"formula": '<script>alert("x")</script>'}, "&lt;"),
        ({"formula": "leads"}, "does not fit the unit “amount of money”"),
        ({"formula": "cost_media / mqls"}, "Nothing is known of Marketing-qualified leads."),
        ({"formula": ""}, "As soon as there is a formula"),
        ({"formula": "cost_media / (leads - leads)"}, "Nothing to divide by"),
        ({"grain": "week", "formula": "cost_media"}, "week 27 ("),
    ],
)
def test_the_preview_says_what_is_wanting(
    book: Book, erin: Client, typed: dict[str, str], words: str
) -> None:
    shown = text(post(erin, "definition_new", htmx="yes", preview="1", **SOUND | typed))
    assert words in shown
    assert "<script>" not in shown


def test_a_french_reader_is_told_in_french(book: Book, cast: Cast) -> None:
    User.objects.filter(pk=cast.erin.pk).update(language="fr")
    typed = SOUND | {"formula": "cost_media + conversions"}
    shown = text(post(client_of(cast.erin), "definition_new", htmx="yes", preview="1", **typed))
    assert "un montant" in shown
    assert "un nombre d’éléments" in shown
    assert "amount" not in shown
    assert "money" not in shown


@pytest.mark.parametrize(
    "formula",
    [
        "cost_media / conversions",
        'leads where channel = "organic"',
        "(cost_media - prev(cost_media)) / prev(cost_media)",
        "new_customers / start(customers)",
        "leads / lag(leads, 30)",
        "cost_media / year_ago(cost_media)",
        "parts(cost_media, cost_tools)",
        "per_year(leads / customers) * customer_lifetime_years",
        "visitors / leads",
        "cpl_media * 2",
    ],
)
def test_the_preview_is_what_will_be_stored(book: Book, formula: str) -> None:
    workspace = book.workspace
    wanted_unit = preview(workspace, {"formula": formula}, None, today=TODAY).unit
    wanted = OwnDefinition(formula=formula, unit=wanted_unit, direction="up", name_en="Mine")
    shown = preview_rows(workspace, parse(formula), Grain.MONTH, today=TODAY)
    define(workspace, key="mine", wanted=wanted, user=None, now=NOW)
    snapshots.recompute(workspace, today=TODAY, now=NOW, full=True)
    start = shown[-1].period.start
    stored = values(workspace, "mine", Grain.MONTH, start, TODAY, today=TODAY)[::-1]
    assert len(shown) == len(stored) == 13
    for row, kept in zip(shown, stored, strict=True):
        assert row.value == pytest.approx(kept.value) if kept.value else row.value == kept.value
        assert row.incomplete == kept.incomplete
        assert row.reason == kept.reason


def test_no_page_hides_a_metric() -> None:
    parts = (pattern.split("/") for pattern in routes().values())
    pages = {part[3] for part in parts if part[:1] == ["w"] and part[2:3] == ["metrics"]}
    assert {one for one in pages if one and not one.startswith("<")} == TAKEN_BY_PAGES


# Changing


def test_a_change_asks_why_and_is_dated(book: Book, erin: Client) -> None:
    own(book.workspace)
    typed = {"name_en": "rate", "formula": "leads / pageviews", "unit": "percent", "seen": "1"}
    typed |= {"direction": "up"}
    refused = post(erin, "definition_edit", "rate", **typed)
    assert refused.status_code == 422
    assert "Write why the definition changes" in text(refused)
    saved = post(erin, "definition_edit", "rate", reason="Pages count", **typed)
    assert saved.status_code == 302
    with workspace_scope(book.workspace.pk):
        assert Metric.objects.get(key="rate").definition_versions.count() == 2
    late = post(erin, "definition_edit", "rate", reason="Mine", **typed | {"formula": "mqls"})
    assert "Erin Example changed this definition meanwhile" in text(late)
    assert 'name="seen" value="2"' in text(late)


def test_what_ships_has_no_page_to_change_its_formula(book: Book, erin: Client) -> None:
    assert post(erin, "definition_edit", "cpl", reason="Better so").status_code == 404
    assert post(erin, "definition_state", "cpl", move="delete").status_code == 404


def test_a_metric_is_archived_restored_and_deleted(book: Book, erin: Client) -> None:
    own(book.workspace)
    assert "“rate”" not in get(erin, "metrics", all="1")
    post(erin, "definition_state", "rate", move="archive")
    assert ">rate</a>" not in get(erin, "metrics", all="1")
    assert "This metric is archived" in get(erin, "metric", "rate")
    post(erin, "definition_state", "rate", move="restore")
    assert ">rate</a>" in get(erin, "metrics", all="1")
    post(erin, "definition_state", "rate", move="delete")
    with time_machine.travel(NOW, tick=False):
        assert erin.get(address("metric", "rate")).status_code == 404
    with system_scope():
        found = AuditEvent.objects.filter(action__startswith="metric.").order_by("pk")
        actions = [one.action for one in found]
    assert actions == ["metric.archived", "metric.restored", "metric.deleted"]


def test_what_is_used_is_kept_and_the_page_says_by_what(book: Book, erin: Client) -> None:
    own(book.workspace)
    own(book.workspace, "twice", "rate * 2")
    assert "these are calculated from it" in get(erin, "definition_edit", "rate")
    post(erin, "definition_state", "rate", move="delete")
    assert "“twice” is calculated from it" in get(erin, "definition_edit", "rate")


def test_what_counts_is_stated_and_dated(book: Book, erin: Client) -> None:
    post(erin, "rule_edit", "mqls", rule_text="Score of 50.", reason="", seen="")
    refused = post(erin, "rule_edit", "mqls", rule_text="Score of 60.", reason="", seen="1")
    assert "Write why the rule changes" in text(refused)
    post(erin, "rule_edit", "mqls", rule_text="Score of 60.", reason="Sales asked", seen="1")
    shown = get(erin, "metric", "mqls")
    assert "Numbers before 20 August 2025 were reported under the old definition:" in shown
    assert "Sales asked" in shown
    assert "Erin Example" in shown


# On the metric's page


def test_a_change_is_marked_on_every_chart_that_rests_on_it(book: Book, cast: Cast) -> None:
    workspace = book.workspace
    mqls = Metric.objects.get(workspace=workspace, key="mqls")
    rate = Metric.objects.get(workspace=workspace, key="lead_to_mql_rate")
    for rule, reason in (("Score of 50.", ""), ("Score of 60.", "Sales asked")):
        change_rule_text(mqls, rule_text=rule, user=cast.erin, now=NOW, reason=reason)
    span = date(2025, 8, 1), date(2025, 8, 31)
    known = Vocabulary(workspace).metrics

    def marks(metric: Metric, start: date, end: date) -> list[Annotation]:
        behind = versions_behind(workspace, metric.key, known)
        return definition_marks(workspace, metric, start, end, behind)

    (mark,) = marks(rate, *span)
    assert (mark.at, mark.text, mark.line) == (
        TODAY, "New definition of Marketing-qualified leads", True,
    )  # fmt: skip
    assert [one.text for one in marks(mqls, *span)] == ["New definition"]
    assert marks(Metric.objects.get(workspace=workspace, key="leads"), *span) == []
    assert marks(mqls, span[0], TODAY - timedelta(days=1)) == []


def test_a_metric_rests_on_all_that_its_formula_reads(inside: Workspace) -> None:
    metrics = {one.key: one for one in Metric.objects.filter(workspace=inside)}
    assert {"clv_to_cac", "clv", "arpa", "mrr", "cac", "cost_media", "new_customers"} <= rests_on(
        "clv_to_cac", metrics
    )


def test_the_chart_and_its_table_carry_the_mark(book: Book, erin: Client, cast: Cast) -> None:
    leads = Metric.objects.get(workspace=book.workspace, key="leads")
    for rule, reason in (("Forms.", ""), ("Forms and calls.", "Calls too")):
        change_rule_text(leads, rule_text=rule, user=cast.erin, now=NOW, reason=reason)
    shown = get(erin, "metric", "leads")
    assert '"text": "New definition", "number": null, "today": false, "line": true' in shown
    assert "<dt>20 Aug</dt><dd>New definition</dd>" in shown


def test_the_variants_stand_on_the_page_and_the_default_is_chosen(
    book: Book, erin: Client, cast: Cast
) -> None:
    shown = get(erin, "metric", "cpl_media", grain="month")
    assert "media cost only ÷ leads" in shown
    assert "full marketing cost ÷ new customers" in shown
    assert post(erin, "variant_default", "cpl_media").status_code == 302
    with system_scope():
        assert Metric.objects.get(workspace=book.workspace, key="cpl_media").is_default_variant
        assert AuditEvent.objects.filter(action="metric.variant_chosen").count() == 1
    assert "Make it the default" not in get(client_of(cast.vera), "metric", "cpl_media")


def test_the_default_is_proposed_for_objectives(book: Book, erin: Client) -> None:
    post(erin, "variant_default", "cpl_media")
    shown = get(erin, "objective_new")
    assert "Cost per lead, media only (default)" in shown
    assert shown.index("media only (default)") < shown.index(">Cost per lead</option>")


def test_the_viewer_sees_no_way_to_change_anything(book: Book, cast: Cast) -> None:
    own(book.workspace)
    shown = get(client_of(cast.vera), "metric", "rate")
    assert "Change the definition" not in shown
    assert "As reported on a past day" in shown


# As reported


@pytest.fixture
def changed(book: Book) -> Metric:
    """A rate of July that was 0.2 until its definition changed."""
    workspace = book.workspace
    book.write(book.row("sessions", "2025-07-01", 50), book.row("pageviews", "2025-07-01", 100))
    metric = own(workspace)
    snapshots.recompute(workspace, today=TODAY, now=NOW, full=True)
    wanted = OwnDefinition(
        formula="leads / pageviews", unit="percent", direction="up", name_en="rate"
    )
    later = NOW + timedelta(days=2)
    change_definition(metric, wanted=wanted, user=None, now=later, reason="Pages count")
    snapshots.recompute(workspace, today=TODAY + timedelta(days=2), now=later, full=True)
    metric.refresh_from_db()
    return metric


def report(metric: Metric, as_of: date | None) -> Any:
    july = date(2025, 7, 1)
    return value_report(
        metric.workspace, metric, Grain.MONTH, july, july, today=TODAY + timedelta(days=9),
        as_of=as_of,
    )  # fmt: skip


def test_old_numbers_stay_readable_under_the_formula_that_held(changed: Metric) -> None:
    then = report(changed, TODAY)
    assert then["metric"]["formula"] == "leads / sessions"
    (july,) = then["values"]
    assert (Decimal(july["value"]), july["inputs"]) == (
        Decimal("0.2"), {"leads": "10", "sessions": "50"},
    )  # fmt: skip
    now = report(changed, None)
    assert now["metric"]["formula"] == "leads / pageviews"
    assert Decimal(now["values"][0]["value"]) == Decimal("0.1")


def test_before_its_definition_a_metric_was_not_reported(changed: Metric) -> None:
    before = report(changed, TODAY - timedelta(days=1))
    assert before["metric"]["formula"] is None
    assert (before["values"][0]["value"], before["values"][0]["reason"]) == (None, "no_data")


def test_the_page_sets_what_was_reported_beside_what_is_known_now(
    changed: Metric, erin: Client
) -> None:
    version = changed.definition_versions.get(number=2)
    RestatedRun.objects.filter(metric_key="rate").update(definition=version)
    with time_machine.travel(NOW + timedelta(days=9), tick=False):
        query = {"on": TODAY.isoformat(), "grain": "month"}
        shown = text(erin.get(address("metric_reported", "rate"), query))
    assert "As reported on 20 August 2025" in shown
    assert ">20%<" in shown.replace(" ", "")
    assert ">10%" in shown.replace(" ", "")
    assert "The definition changed on 22 August 2025:" in shown
    assert "a new definition, Pages count" in shown


@pytest.mark.parametrize("on", ["", "yesterday", "2025-99-99"])
def test_a_day_that_is_none_is_refused_with_a_sentence(book: Book, erin: Client, on: str) -> None:
    assert re.search("Choose a day|This is not a date", get(erin, "metric_reported", "cpl", on=on))


def test_the_metrics_page_asks_a_fixed_number_of_times(
    book: Book, erin: Client, django_assert_max_num_queries: Any
) -> None:
    own(book.workspace)
    get(erin, "metric", "cpl")
    with django_assert_max_num_queries(22):
        get(erin, "metric", "cpl")

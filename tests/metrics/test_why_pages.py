"""The pages that explain a change and a number: what they say, in both languages, and for whom."""

import csv
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Workspace
from metrics import snapshots
from metrics.models import Batch, Campaign, Dimension, Metric
from metrics.periods import Grain, local_today
from metrics.resolution import EVERYTHING
from metrics.rules import calendar_of
from metrics.why_page import chosen_spans, page_happenings, why_page
from metrics.why_shown import shown_amount
from metrics.why_words import headline
from tests.cast import Cast, client_of
from tests.metrics.numbers import NOW, TODAY, Book, day

JULY = {"grain": "month", "start": "2025-07-01"}


@pytest.fixture
def book(inside: Workspace) -> Book:
    """Five channels of leads and sessions in two months."""
    book = Book(inside)
    rows = []
    for when, factor in (("2025-06-10", 3), ("2025-07-10", 2)):
        for place, key in enumerate(("organic", "email", "social", "direct", "referral")):
            channel = book.value(key)
            amount = 10 + factor * (place + 1) ** 2
            rows.append(book.row("leads", when, amount, channel=channel))
            rows.append(book.row("sessions", when, 300 + 20 * place * factor, channel=channel))
    book.write(*rows)
    snapshots.refresh(inside, today=TODAY, now=NOW)
    return book


@pytest.fixture
def vera(cast: Cast) -> Client:
    """The browser of a viewer."""
    return client_of(cast.vera)


def page(client: Client, name: str, key: str, **query: str) -> str:
    response = client.get(reverse(name, args=["northwind", key]), query)
    assert response.status_code == 200
    return response.content.decode()


def explained(book: Book, key: str, asked: dict[str, str]):  # type: ignore[no-untyped-def]
    spans = chosen_spans(book.workspace, asked, today=TODAY)
    assert spans is not None
    metric = Metric.objects.get(workspace=book.workspace, key=key)
    return why_page(book.workspace, metric, EVERYTHING, spans, Dimension.CHANNEL, today=TODAY)


def test_the_sentence_says_what_the_table_says(book: Book) -> None:
    found = explained(book, "leads", JULY)
    parts = [(one.label, one.shown) for one in found.movement.segments]
    assert found.headline == (
        "Leads fell by 55 (-25.6%): Referral -25, Direct -16, Social -9, others -5."
    )
    assert sum(amount for _label, amount in parts) == found.movement.shown_change == -55
    for label, amount in parts[:3]:
        assert f"{label} {amount}" in found.headline


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("key", ["leads", "visit_to_lead_rate", "sessions"])
def test_the_numbers_in_the_sentence_add_up(book: Book, key: str, lang: str) -> None:
    with translation.override(lang):
        found = explained(book, key, JULY).movement
        text = headline(found, key, "EUR")
        total = Decimal(0)
        for number, one in enumerate(found.segments):
            if len([part for part in found.segments if part.shown]) <= 4 or number < 3:
                shown = shown_amount(one.shown, found.unit, "EUR", found.places, lang)
                assert f"{one.label} {shown}" in text or not one.shown
            else:
                total += one.shown
        if total:
            assert shown_amount(total, found.unit, "EUR", found.places, lang) in text


def test_by_default_the_last_closed_month_against_the_one_before(book: Book) -> None:
    spans = chosen_spans(book.workspace, {}, today=TODAY)
    assert spans is not None
    assert (spans.now, spans.then) == (
        (day("2025-07-01"), day("2025-07-31")),
        (day("2025-06-01"), day("2025-06-30")),
    )


def test_a_running_period_is_compared_like_for_like(book: Book) -> None:
    spans = chosen_spans(book.workspace, {"grain": "month", "start": "2025-08-01"}, today=TODAY)
    assert spans is not None
    assert spans.is_partial
    assert spans.now == (day("2025-08-01"), day("2025-08-19"))
    assert spans.then == (day("2025-07-01"), day("2025-07-19"))


@pytest.mark.parametrize(
    ("asked", "then"),
    [
        (JULY | {"against": "year"}, ("2024-07-01", "2024-07-31")),
        (JULY | {"against": "2025-02-01"}, ("2025-02-01", "2025-02-28")),
        ({"from": "2025-07-05", "to": "2025-07-14"}, ("2025-06-25", "2025-07-04")),
        (
            {"from": "2025-07-05", "to": "2025-07-14", "then_from": "2025-05-01",
             "then_to": "2025-05-31"},
            ("2025-05-01", "2025-05-31"),
        ),
    ],
)  # fmt: skip
def test_any_two_spans_can_be_asked_for(
    book: Book, asked: dict[str, str], then: tuple[str, str]
) -> None:
    spans = chosen_spans(book.workspace, asked, today=TODAY)
    assert spans is not None
    assert spans.then == (day(then[0]), day(then[1]))


def test_what_happened_in_those_days_stands_beside(book: Book) -> None:
    workspace = book.workspace
    Campaign.objects.create(
        workspace=workspace, name="Summer", key="summer", start=date(2025, 7, 4)
    )
    Campaign.objects.create(
        workspace=workspace, name="Old", key="old", start=date(2024, 1, 4), end=date(2024, 2, 1)
    )
    book.write(book.row("leads", "2025-07-11", 9, channel=book.value("email")))
    snapshots.refresh(workspace, today=TODAY, now=NOW)
    found = explained(book, "visit_to_lead_rate", JULY)
    beside = page_happenings(workspace, found)
    assert [(one.campaign.name, one.starts) for one in beside.campaigns] == [("Summer", True)]
    assert {one.kind for one in beside.imports} == {Batch.Kind.FILE}
    assert len(beside.imports) == 2
    assert [one.start for one in beside.restated] == [date(2025, 7, 1)]


def test_the_page_for_a_viewer(book: Book, vera: Client) -> None:
    shown = page(vera, "metric_why", "leads", **JULY)
    assert "Leads fell by 55" in shown
    assert "By segment" in shown
    rate = page(vera, "metric_why", "visit_to_lead_rate", **JULY)
    assert "By its own rate" in rate
    assert "By what it is calculated from" in rate


def test_a_page_without_a_change(book: Book, vera: Client) -> None:
    assert "There is no change to explain" in page(vera, "metric_why", "revenue")


def test_the_file_adds_up_exactly(book: Book, vera: Client) -> None:
    address = reverse("metric_why_export", args=["northwind", "visit_to_lead_rate"])
    answer: Any = vera.get(address, JULY)
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(StringIO(text)))
    total = next(Fraction(one["contribution"]) for one in rows if one["of"] == "total")
    for kind in ("segment", "operand"):
        parts = [Fraction(one["contribution"]) for one in rows if one["of"] == kind]
        assert len(parts) >= 2
        assert sum(parts) == total
    assert {one["key"] for one in rows} >= {"channel:organic", "leads"}


@pytest.mark.parametrize(
    "query",
    [
        {"grain": "fortnight"},
        {"grain": "month", "start": "yesterday"},
        {"start": "0001-01-01"},
        {"from": "2025-07-05", "to": "2025-07-01"},
        {"segment": "channel:nowhere"},
        {"segment": "planet:mars"},
    ],
)
@pytest.mark.parametrize("name", ["metric_why", "metric_lineage"])
def test_what_there_is_not(book: Book, vera: Client, name: str, query: dict[str, str]) -> None:
    response = vera.get(reverse(name, args=["northwind", "leads"]), query)
    assert response.status_code == 404


def test_lineage_of_a_rate_for_a_viewer(book: Book, vera: Client) -> None:
    shown = page(vera, "metric_lineage", "visit_to_lead_rate", **JULY)
    assert "Leads ÷ Sessions (visits)" in shown
    assert "160 ÷ 1,900 = 8.4%" in shown
    assert "metrics/leads/lineage/?from=2025-07-01&amp;to=2025-07-31" in shown


def test_lineage_of_a_segment(book: Book, vera: Client) -> None:
    shown = page(vera, "metric_lineage", "leads", **JULY, segment="channel:organic")
    assert "The sum of 1 value over 1 day." in shown
    assert "Organic search" in shown


def test_the_metric_page_explains_and_links(book: Book, vera: Client, inside: Workspace) -> None:
    today = local_today(timezone.now(), inside.time_zone)
    calendar = calendar_of(inside)
    last = calendar.previous(calendar.period_of(today, Grain.MONTH))
    before = calendar.previous(last)
    book.write(
        book.row("mqls", last.start.isoformat(), 12, channel=book.value("email")),
        book.row("mqls", before.start.isoformat(), 40, channel=book.value("email")),
    )
    snapshots.refresh(inside, today=today, now=timezone.now())
    shown = page(vera, "metric", "mqls", grain="month")
    assert "Why did it move?" in shown
    name = Metric.objects.get(workspace=inside, key="mqls").name
    assert f"{name} fell by 28" in shown
    assert f"metrics/mqls/lineage/?grain=month&amp;start={last.start}" in shown

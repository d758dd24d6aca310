"""The funnel of a period by hand: counts, rates, changes in points, cycle-adjusted rates."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Workspace
from metrics import snapshots
from metrics.funnel import Funnel, check_steps, funnel, funnel_chart
from metrics.periods import Calendar, Grain, Period
from tests.cast import Cast, client_of
from tests.metrics.numbers import NOW, TODAY, Book

JULY = Calendar().period_of(date(2025, 7, 1), Grain.MONTH)
STEPS = {"sessions": 1000, "leads": 100, "mqls": 50, "sqls": 20, "new_customers": 5}


@pytest.fixture
def book(inside: Workspace) -> Book:
    """June: one for ten of July's, sessions 1 000 in both. 31 days each way for a lead to an MQL.

    July by channel too: all MQLs came by e-mail.
    """
    Workspace.objects.filter(pk=inside.pk).update(days_to_mql=31)
    inside.refresh_from_db()
    book = Book(inside)
    rows = [book.row(key, "2025-07-31", value) for key, value in STEPS.items()]
    rows += [
        book.row(key, "2025-06-30", value // 10) for key, value in STEPS.items() if value < 999
    ]
    rows += [
        book.row("sessions", "2025-06-30", 1000),
        book.row("mqls", "2025-07-31", 50, channel=book.value("email")),
        book.row("leads", "2025-07-31", 60, channel=book.value("email")),
        book.row("leads", "2025-08-01", 40),
        book.row("sessions", "2025-08-02", 200),
    ]
    book.write(*rows)
    snapshots.recompute(inside, today=TODAY, now=NOW)
    return book


def of(book: Book, period: Period = JULY, **more: Any) -> Funnel:
    found = funnel(book.workspace, period, today=TODAY, **more)
    assert found is not None
    return found


@pytest.mark.django_db
def test_counts_and_rates_of_the_steps(book: Book) -> None:
    found = of(book)
    assert [one.count.now for one in found.steps] == [1000, 100, 50, 20, 5]
    rates = [one.rate.now for one in found.steps if one.rate]
    assert rates == [Decimal("0.1"), Decimal("0.5"), Decimal("0.4"), Decimal("0.25")]
    assert found.through == Decimal("0.005")


@pytest.mark.django_db
def test_the_first_step_has_no_rate(book: Book) -> None:
    assert of(book).steps[0].rate is None


@pytest.mark.django_db
def test_the_previous_period_and_the_bases_that_are_small(book: Book) -> None:
    _sessions, leads, mqls, *_rest = of(book).steps
    assert (leads.count.previous, leads.count.small_previous) == (10, 10)
    assert leads.rate is not None
    assert (leads.rate.previous, leads.rate.small_previous) == (Decimal("0.01"), None)
    assert mqls.rate is not None
    assert (mqls.rate.previous, mqls.rate.small_previous) == (Decimal("0.5"), 10)
    assert leads.count.year_ago is None


@pytest.mark.django_db
def test_a_step_with_a_delay_has_an_adjusted_rate_beside(book: Book) -> None:
    _sessions, leads, mqls, sqls, _customers = of(book).steps
    assert (leads.adjusted, sqls.adjusted) == (None, None)
    assert mqls.adjusted is not None
    # 50 MQLs of 1–31 July over the 10 leads of 31 May–30 June
    assert (mqls.adjusted.value, mqls.adjusted.earlier_start) == (5, date(2025, 5, 31))
    assert "31 days earlier" in mqls.adjusted_text


@pytest.mark.django_db
def test_a_running_month_is_compared_with_as_many_days(book: Book) -> None:
    august = Calendar().period_of(TODAY, Grain.MONTH)
    found = of(book, august)
    assert (found.partial, found.end) == (True, date(2025, 8, 19))
    assert found.previous == (date(2025, 7, 1), date(2025, 7, 19))
    assert found.steps[0].count.now == 200


@pytest.mark.django_db
def test_of_one_channel(book: Book) -> None:
    found = of(book, segment=book.channel("email"), keys=["leads", "mqls"])
    assert [one.count.now for one in found.steps] == [60, 50]


@pytest.mark.django_db
def test_a_period_to_come_has_no_funnel(book: Book) -> None:
    assert funnel(book.workspace, Calendar().period_of(TODAY, Grain.DAY), today=TODAY) is None


@pytest.mark.django_db
def test_the_chart_has_both_periods_and_a_sentence(book: Book) -> None:
    spec = funnel_chart(of(book), title="t", subtitle="s")
    assert [one.role for one in spec.series] == ["actual", "previous"]
    assert "5, that is 0.5%." in spec.summary


@pytest.mark.parametrize(
    ("keys", "wrong"),
    [
        (["leads"], "A funnel has from 2 to 8 steps. Choose as many."),
        (["leads", "leads"], "A funnel has from 2 to 8 steps. Choose as many."),
        (["leads", "bounce_rate"], "“bounce_rate” cannot be a step. Choose from:"),
    ],
)
def test_what_cannot_be_a_funnel(keys: list[str], wrong: str) -> None:
    with pytest.raises(ValueError, match="step") as refused:
        check_steps(keys)
    assert str(refused.value).startswith(wrong)


@pytest.fixture
def vera(cast: Cast) -> Client:
    """The browser of a viewer."""
    return client_of(cast.vera)


def shown(client: Client, **query: Any) -> str:
    response = client.get(reverse("funnel", args=["northwind"]), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.django_db
def test_the_page_of_a_month(book: Book, vera: Client) -> None:
    text = shown(vera, on="2025-07-10")
    assert "MQLs of 1–31 July 2025 over" in text.replace("Marketing-qualified leads", "MQLs")
    assert 'href="?on=2025-06-01"' in text


@pytest.mark.django_db
@pytest.mark.parametrize("query", [{"step": "leads"}, {"step": ["leads", "nonsense"]}])
def test_the_page_says_what_is_wrong_with_the_steps(
    book: Book, vera: Client, query: dict[str, Any]
) -> None:
    assert "step" in shown(vera, on="2025-07-10", **query)
    assert "banner" in shown(vera, on="2025-07-10", **query)


@pytest.mark.django_db
@pytest.mark.parametrize("on", ["", "nonsense", "2025-02-30", "0001-01-01", "9999-12-31"])
def test_any_day_in_the_address_gives_a_page(book: Book, vera: Client, on: str) -> None:
    assert shown(vera, on=on)

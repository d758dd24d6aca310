"""Cohorts by month of lead: what is counted for them, how they grow, which are too young."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Workspace
from metrics import snapshots
from metrics.cohorts import Cohort, cohorts, stages_known
from tests.cast import Cast, client_of
from tests.metrics.numbers import NOW, TODAY, Book
from tests.metrics.test_sales_cycle import every_day, set_cycle


@pytest.fixture
def book(inside: Workspace) -> Book:
    """From 1 January to 19 August 2025: each day 4 leads, 2 MQLs, 1 SQL, 100 of media.

    One customer a day from 1 May on. A lead is an MQL after 10 days, a customer after 60.
    """
    set_cycle(inside, days_to_mql=10, days_to_sql=20, days_to_customer=30)
    book = Book(inside)
    daily = {"leads": 4, "mqls": 2, "sqls": 1, "cost_media": 100}
    rows = [
        book.row(key, day, value)
        for key, value in daily.items()
        for day in every_day("2025-01-01", "2025-08-19")
    ]
    rows += [book.row("new_customers", day, 1) for day in every_day("2025-05-01", "2025-08-19")]
    book.write(*rows)
    snapshots.recompute(inside, today=TODAY, now=NOW)
    return book


def cohort_of(book: Book, month: str, *, today: date = TODAY) -> Cohort:
    found = cohorts(book.workspace, today=today)
    return next(one for one in found if one.month.key == month)


@pytest.mark.django_db
def test_what_a_month_of_leads_cost_and_became(book: Book) -> None:
    may = cohort_of(book, "2025-05")
    assert (may.leads, may.spent, may.cpl, may.age) == (124, 3100, 25, 3)
    mqls, sqls, customers = may.outcomes
    assert (mqls.start, mqls.end, mqls.count) == (date(2025, 5, 11), date(2025, 6, 10), 62)
    assert (sqls.start, sqls.count, sqls.share) == (date(2025, 5, 31), 31, Decimal("0.25"))
    assert (customers.start, customers.end) == (date(2025, 6, 30), date(2025, 7, 30))
    assert (customers.count, customers.cost) == (31, 100)


@pytest.mark.django_db
def test_a_cohort_grows_with_its_age(book: Book) -> None:
    may = cohort_of(book, "2025-05")
    # customers of 30 June to 30 July: none in May, one by the end of June, all by that of July
    assert may.outcomes[-1].by_age == [None, 1, 31, 31]
    assert may.outcomes[0].by_age == [42, 62, 62, 62]


@pytest.mark.django_db
def test_growth_never_falls_and_ends_with_the_count(book: Book) -> None:
    for cohort in cohorts(book.workspace, today=TODAY):
        for outcome in cohort.outcomes:
            known = [count for count in outcome.by_age if count is not None]
            assert known == sorted(known)
            assert outcome.by_age[-1] == outcome.count
            assert len(outcome.by_age) == cohort.age + 1


@pytest.mark.django_db
def test_a_cohort_is_too_young_until_the_last_lead_had_its_time(book: Book) -> None:
    # June's last leads are customers by 29 August, known on the 30th
    ripe = date(2025, 8, 30)
    for today, mature in ((ripe - timedelta(1), False), (ripe, True)):
        mqls, _sqls, customers = cohort_of(book, "2025-06", today=today).outcomes
        assert customers.maturity.is_mature is mature
        assert mqls.maturity.is_mature


@pytest.mark.django_db
def test_the_running_month_is_a_cohort_that_is_not_over(book: Book) -> None:
    august = cohort_of(book, "2025-08")
    assert (august.partial, august.age, august.leads) == (True, 0, 76)
    assert not august.outcomes[0].maturity.is_mature


@pytest.mark.django_db
def test_stages_after_an_unknown_delay_are_left_out(book: Book) -> None:
    set_cycle(book.workspace, days_to_sql=None)
    assert stages_known(book.workspace) == ["mqls"]
    assert [one.key for one in cohort_of(book, "2025-05").outcomes] == ["mqls"]


@pytest.fixture
def vera(cast: Cast) -> Client:
    """The browser of a viewer."""
    return client_of(cast.vera)


def shown(client: Client, **query: str) -> str:
    response = client.get(reverse("cohorts", args=["northwind"]), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.django_db
def test_the_page_says_that_it_is_an_estimate(book: Book, vera: Client) -> None:
    text = shown(vera)
    assert "Figures are counts, not people" in text
    assert "60 days after the lead" in text
    assert "too young to read" in text


@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["mqls", "sqls", "nonsense"])
def test_the_growth_of_any_stage(book: Book, vera: Client, stage: str) -> None:
    assert "by age of the cohort" in shown(vera, stage=stage, channel="email")


@pytest.mark.django_db
def test_without_delays_the_page_asks_for_them(inside: Workspace, vera: Client) -> None:
    assert "How long does a stage take?" in shown(vera)


@pytest.mark.django_db
def test_one_delay_is_enough_to_begin_with(inside: Workspace, vera: Client) -> None:
    set_cycle(inside, days_to_mql=5)
    assert "nobody has said how long this stage takes" in shown(vera)

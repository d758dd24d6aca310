"""The worked examples of the catalogue: through facts, a recompute and the command, exact."""

import json
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from accounts.models import Workspace
from metrics import snapshots
from tests.metrics.numbers import NOW, TODAY, Book


@pytest.fixture
def book(inside: Workspace) -> Book:
    return Book(inside)


def printed(key: str, grain: str, start: str, end: str, *options: str) -> list[dict[str, Any]]:
    """What metric_values --json prints as values."""
    out = StringIO()
    arguments = ["--workspace", "northwind", "--grain", grain, "--from", start, "--to", end]
    with time_machine.travel(NOW, tick=False):
        call_command("metric_values", key, *arguments, *options, "--json", stdout=out)
    found: list[dict[str, Any]] = json.loads(out.getvalue())["values"]
    return found


def of_june(key: str) -> str:
    """The value of June 2025."""
    (found,) = printed(key, "month", "2025-06-01", "2025-06-30")
    assert found["period"] == "2025-06"
    return str(found["value"])


def refresh(book: Book) -> None:
    snapshots.refresh(book.workspace, today=TODAY, now=NOW)


@pytest.mark.parametrize(
    ("monthly", "years", "expected"), [(20, 1, "240.00"), (5_000, 3, "180000.00")]
)
def test_lifetime_value_of_subscriptions(
    book: Book, monthly: int, years: int, expected: str
) -> None:
    book.write(
        book.row("mrr", "2025-06-30", monthly),
        book.row("customers", "2025-06-30", 1),
        book.row("customer_lifetime_years", "2025-06-30", years),
    )
    refresh(book)
    assert of_june("clv") == expected


def test_lifetime_value_does_not_lose_to_division(book: Book) -> None:
    book.write(
        book.row("mrr", "2025-06-30", 100),
        book.row("customers", "2025-06-30", 3),
        book.row("customer_lifetime_years", "2025-06-30", 1),
    )
    refresh(book)
    assert of_june("clv") == "400.00"


def test_lifetime_value_of_a_shop(book: Book) -> None:
    book.write(
        book.row("revenue", "2024-12-31", 500),
        book.row("orders", "2024-12-31", 5),
        book.row("customers", "2024-12-31", 1),
        book.row("customer_lifetime_years", "2024-12-31", 2),
    )
    refresh(book)
    (year,) = printed("clv_orders", "year", "2024-01-01", "2024-12-31")
    assert year["value"] == "1000.00"
    assert year["inputs"] == {
        "average_order_value": "100",
        "orders": "5",
        "customers": "1",
        "customer_lifetime_years": "2",
    }


def test_return_on_ad_spend(book: Book) -> None:
    book.write(
        book.row("cost_media", "2025-06-10", 2_000), book.row("ad_revenue", "2025-06-12", 10_000)
    )
    refresh(book)
    assert of_june("roas") == "5"


def test_leads_become_qualified_never_the_reverse(book: Book) -> None:
    book.write(book.row("leads", "2025-06-10", 200), book.row("mqls", "2025-06-11", 50))
    refresh(book)
    assert of_june("lead_to_mql_rate") == "0.25"


def test_net_promoter_score(book: Book) -> None:
    book.write(
        book.row("nps_promoters", "2025-06-10", 60),
        book.row("nps_passives", "2025-06-10", 25),
        book.row("nps_detractors", "2025-06-10", 15),
    )
    refresh(book)
    assert of_june("nps") == "45"


def test_churn_is_of_the_customers_at_the_start(book: Book) -> None:
    book.write(
        book.row("customers", "2025-05-31", 200),
        book.row("customers", "2025-06-30", 230),
        book.row("lost_customers", "2025-06-15", 9),
    )
    refresh(book)
    assert of_june("churn_rate") == "0.045"
    assert of_june("retention_rate") == "0.955"
    (june,) = printed("churn_rate", "month", "2025-06-01", "2025-06-30")
    assert june["inputs"] == {"lost_customers": "9", "start(customers)": "200"}


def test_a_month_s_ratio_is_not_the_mean_of_its_days(book: Book) -> None:
    book.write(
        book.row("ad_clicks", "2025-06-01", 1),
        book.row("ad_impressions", "2025-06-01", 10),
        book.row("ad_clicks", "2025-06-02", 90),
        book.row("ad_impressions", "2025-06-02", 100),
    )
    refresh(book)
    assert of_june("ctr") == "0.827272727272727273"

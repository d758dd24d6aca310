"""Reports of a shop's own analytics."""

from datetime import date

import pytest

from metrics.imports.parsed import NOT_SET
from tests.metrics.imports.reading import SEPTEMBER, codes, read_text, sample, values


@pytest.mark.parametrize("language", ["en", "fr"])
def test_sales_by_day_are_the_total_of_their_orders(language: str) -> None:
    result = sample(f"shop_reports_sales_{language}.csv")

    assert (result.layout, result.questions, result.errors) == ("shop_reports", [], [])
    assert result.sums == {"orders": 5, "revenue": 565}
    assert values(result, "revenue", "start") == {
        (date(2026, 9, 1),): 315,
        (date(2026, 9, 2),): 250,
    }


def test_without_a_total_the_net_sales_count_and_never_the_gross_ones() -> None:
    result = read_text("Month,Gross sales,Discounts,Net sales\n2026-09-01,300.00,-50.00,250.00\n")

    assert result.sums == {"revenue": 250}
    assert result.period == SEPTEMBER


def test_where_visits_come_from_is_their_channel() -> None:
    assert codes(sample("shop_reports_referrers_en.csv").questions) == ["period"]

    result = sample("shop_reports_referrers_en.csv", period=SEPTEMBER)

    assert values(result, "sessions", "channel") == {
        ("organic",): 65,
        ("direct",): 30,
        ("social",): 10,
        (NOT_SET,): 2,
    }
    assert values(result, "visitors", "channel")[("direct",)] == 25


def test_net_sales_alone_are_any_table() -> None:
    text = "Date,Net sales,Leads\n2026-09-01,300.00,4\n2026-09-02,200.00,5\n"

    assert read_text(text).layout != "shop_reports"

from datetime import date
from decimal import Decimal

from tests.metrics.imports.reading import SEPTEMBER, codes, read_text, sample, values


def test_a_daily_report_in_utf_16_with_five_lines_above() -> None:
    result = sample("linkedin_ads_days_en.csv")

    assert (result.layout, result.encoding, result.delimiter) == (
        "linkedin_ads",
        "utf-16-le",
        "\t",
    )
    assert (result.period, result.currency, result.date_order) == (SEPTEMBER, "EUR", "mdy")
    assert result.sums == {
        "cost_media": Decimal("261.38"),
        "ad_impressions": 16_876,
        "ad_clicks": 120,
        "leads": 13,
        "ad_conversions": 3,
        "ad_revenue": Decimal("1750.50"),
    }


def test_campaigns_are_paid_social() -> None:
    result = sample("linkedin_ads_days_en.csv")

    assert result.campaigns == {"Decision makers, FR": "paid_social", "Lookalike": "paid_social"}
    assert values(result, "leads", "channel", "campaign", "start")[
        "paid_social", "Lookalike", date(2026, 9, 1)
    ] == Decimal(4)


def test_a_french_report_of_a_whole_month() -> None:
    result = sample("linkedin_ads_span_fr.csv")

    assert (result.layout, result.period, result.date_order) == ("linkedin_ads", SEPTEMBER, "dmy")
    assert result.sums["cost_media"] == Decimal("1718.27")
    assert result.sums["ad_impressions"] == 118_190
    assert values(result, "social_reach", "campaign", "start", "end") == {
        ("Décideurs, FR", *SEPTEMBER): 20_100,
        ("Audience similaire", *SEPTEMBER): 30_050,
    }


def test_days_counted_in_utc_are_pointed_out() -> None:
    assert "days_in_utc" in codes(sample("linkedin_ads_days_en.csv").warnings)


def test_leads_of_the_tool_s_forms_may_be_counted_elsewhere_too() -> None:
    assert "leads_of_ads" in codes(sample("linkedin_ads_days_en.csv").warnings)


def test_who_saw_the_ads_is_an_estimate_and_refused() -> None:
    text = (
        "Demographics Report (in UTC)\nReport Start: 09/01/2026, Report End: 09/30/2026\n\n"
        "Job Function Segment,Impressions,% of Impressions,Clicks,% of Clicks\n"
        "Sales,1000,50%,10,50%\nMarketing,700,35%,9,45%\n"
    )

    result = read_text(text)

    assert (result.layout, [problem.kind for problem in result.errors]) == (
        "linkedin_ads",
        ["layout"],
    )

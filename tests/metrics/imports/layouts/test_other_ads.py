"""TikTok, X and Microsoft: the same rules as for the larger tools, and their own totals rows."""

from datetime import date
from decimal import Decimal

import pytest

from metrics.imports.parsed import Span
from tests.metrics.imports.reading import SEPTEMBER, codes, read_text, sample, values

FORTNIGHT = Span(date(2026, 9, 1), date(2026, 9, 14))


@pytest.mark.parametrize("name", ["tiktok_ads_days_en.csv", "tiktok_ads_span_fr.csv"])
def test_tiktok_counts_clicks_to_the_destination_and_not_its_own_total(name: str) -> None:
    result = sample(name, period=SEPTEMBER)

    assert (result.layout, result.totals_skipped) == ("tiktok_ads", 1)
    assert (
        result.sums
        == result.totals
        == {
            "cost_media": Decimal("50.00"),
            "ad_impressions": 14_000,
            "ad_clicks": 140,
            "ad_conversions": 4,
        }
    )
    assert result.campaigns == {"Webinar": "paid_social", "Guide": "paid_social"}


def test_tiktok_without_dates_asks_for_the_period() -> None:
    assert codes(sample("tiktok_ads_span_fr.csv").questions) == ["period"]


def test_x_counts_link_clicks_and_no_results() -> None:
    result = sample("x_ads_days_en.csv")

    assert result.layout == "x_ads"
    assert result.sums == {
        "cost_media": Decimal("130.50"),
        "ad_impressions": 30_000,
        "ad_clicks": 93,
    }
    assert values(result, "ad_clicks", "channel", "campaign", "start")[
        "paid_social", "Brand", date(2026, 9, 2)
    ] == Decimal(9)


def test_microsoft_s_preamble_and_copyright_line() -> None:
    result = sample("microsoft_ads_days_en.csv")

    assert (result.layout, result.period, result.rows) == ("microsoft_ads", FORTNIGHT, 3)
    assert result.date_order == "mdy"
    assert result.sums == {
        "cost_media": Decimal("49.50"),
        "ad_impressions": 10_500,
        "ad_clicks": 120,
        "ad_conversions": 3,
        "ad_revenue": Decimal("490.50"),
    }
    assert result.campaigns == {"Brand": "paid_search", "Native": "display"}


def test_microsoft_s_weeks_are_cut_at_the_report_s_edges() -> None:
    result = sample("microsoft_ads_weeks_fr.csv")

    assert (result.layout, result.period) == ("microsoft_ads", FORTNIGHT)
    assert values(result, "cost_media", "start", "end") == {
        (date(2026, 9, 1), date(2026, 9, 5)): Decimal("36.00"),
        (date(2026, 9, 6), date(2026, 9, 12)): Decimal("13.50"),
    }


def test_microsoft_s_api_writes_its_columns_in_one_word() -> None:
    text = (
        "TimePeriod,CampaignName,CampaignType,CurrencyCode,Impressions,Clicks,Spend,Conversions\n"
        "2026-09-01,Brand,Search & content,EUR,100,10,5.00,1\n"
        "2026-09-02,Everything,Performance max,EUR,200,20,9.00,1\n"
    )

    result = read_text(text)

    assert (result.layout, result.sums["cost_media"]) == ("microsoft_ads", Decimal("14.00"))
    assert result.campaigns == {"Brand": "paid_search", "Everything": "other"}


def test_microsoft_s_own_list_of_campaigns_ends_with_an_overall_total() -> None:
    text = (
        "Campaign,Account name,Clicks,Impr.,CTR,Avg. CPC,Spend,Conv.\n"
        'Brand,Example,60,"1,200",5%,0.5,30.00,2\nGeneric,Example,40,"1,800",2%,0.5,20.00,1\n'
        'Overall total - 2 campaigns,-,100,"3,000",3%,0.5,50.00,3\n'
    )

    result = read_text(text, period=SEPTEMBER)

    assert (result.layout, result.totals_skipped) == ("microsoft_ads", 1)
    assert result.sums == result.totals
    assert result.sums["cost_media"] == Decimal("50.00")

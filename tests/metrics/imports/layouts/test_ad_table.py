"""Advertising figures in tables of no tool's own."""

from datetime import date
from decimal import Decimal

from metrics.imports.parsed import Span, WorkspaceHints
from tests.metrics.imports.reading import TODAY, codes, read_text, sample, values

DOLLARS = WorkspaceHints(today=TODAY, currency="USD", language="en")


def test_rows_that_differ_in_age_and_gender_are_added_up() -> None:
    result = sample("ad_table_platforms.csv", workspace=DOLLARS)

    assert result.errors == []
    assert (result.rows, result.totals_skipped) == (5, 1)
    assert result.totals == result.sums
    assert result.sums == {
        "ad_impressions": 26000,
        "ad_clicks": 380,
        "cost_media": Decimal("260.00"),
        "ad_conversions": 19,
        "ad_revenue": Decimal("515.00"),
    }
    assert values(result, "cost_media", "channel", "campaign") == {
        ("paid_search", "Brand"): Decimal("100.00"),
        ("paid_social", "Autumn"): Decimal("20.00"),
        ("display", "Film"): Decimal("60.00"),
    }


def test_months_by_name_take_their_year_from_its_column() -> None:
    result = sample("ad_table_months.csv")

    assert result.period == Span(date(2025, 1, 1), date(2026, 1, 31))
    assert {(fact.start, fact.end) for fact in result.facts} == {
        (date(2025, 1, 1), date(2025, 1, 31)),
        (date(2026, 1, 1), date(2026, 1, 31)),
    }
    assert (result.sums["cost_media"], result.sums["leads"]) == (Decimal("800.00"), 35)


def test_approved_conversions_are_orders_beside_all_conversions() -> None:
    text = (
        "Date,ad_id,xyz_campaign_id,age,interest,Impressions,Clicks,Spent,Total_Conversion,"
        "Approved_Conversion\n"
        "30-08-2025,708746,916,30-34,15,7350,1,1.43,2,1\n"
        "30-08-2025,708749,916,35-39,16,17861,2,1.82,2,0\n"
    )

    result = read_text(text)

    assert (result.layout, result.date_order) == ("ad_table", "dmy")
    assert result.sums["ad_conversions"] == 4
    assert result.sums["orders"] == 1
    assert result.sums["cost_media"] == Decimal("3.25")


def test_a_portuguese_table_with_decimal_commas() -> None:
    text = (
        "data;plataforma;campanha;impressões;clicks;ad_gasto;receita\n"
        "21/01/2025;Google Ads;Search;59886;2113;2662,38;4803,43\n"
        "22/01/2025;TikTok Ads;Video;135608;5220;6159,6;64126,68\n"
    )

    result = read_text(text)

    assert (result.layout, result.errors, result.questions) == ("ad_table", [], [])
    assert result.sums["cost_media"] == Decimal("8821.98")
    assert set(result.campaigns.values()) == {"paid_search", "paid_social"}


def test_a_currency_in_a_header_of_a_database_is_the_files() -> None:
    text = "day,campaign_name,spend_usd,impressions\n2025-09-30,Autumn,12.50,1000\n"

    result = read_text(text)

    assert (result.layout, result.currency) == ("ad_table", "USD")
    assert "currency_differs" in codes(result.warnings)


def test_names_of_the_catalogue_stay_a_table_of_the_workspace() -> None:
    text = "date,ad_clicks,ad_impressions,cost_media\n2025-09-30,5,100,12.50\n"

    assert read_text(text).layout == "own_wide"


def test_statcounters_visitors_are_of_a_day_and_never_added() -> None:
    result = sample("statcounter_days.csv")

    assert result.errors == []
    assert result.sums == {"pageviews": 9465}
    assert values(result, "visitors", "start")[(date(2025, 9, 15),)] == 2528
    assert values(result, "returning_visitors", "start")[(date(2025, 9, 16),)] == 278


def test_sales_within_some_days_of_a_click() -> None:
    result = read_text(
        "Start Date,End Date,Campaign Name,Impressions,Clicks,Spend,7 Day Total Orders (#),"
        '7 Day Total Sales \n2026-01-01,2026-01-01,One,"1,234",12,"$1,234.56",3,"2,345.00"\n'
        "2026-01-02,2026-01-02,Two,50,1,2.00,1,10.50\n",
        workspace=DOLLARS,
    )

    assert (result.layout, result.questions, result.errors) == ("ad_table", [], [])
    assert result.sums == {
        "ad_impressions": 1284,
        "ad_clicks": 13,
        "cost_media": Decimal("1236.56"),
        "orders": 4,
        "ad_revenue": Decimal("2355.50"),
    }


def test_figures_by_data_source_without_what_they_cost() -> None:
    result = read_text(
        "Date,Datasource,Campaign,Clicks,Impressions\n"
        "13.01.2025,Facebook Ads,Like Ads,274,1979\n13.01.2025,Google Adwords,B2B,7,444\n"
    )

    assert (result.layout, result.feed, result.questions) == ("ad_table", "Advertising", [])
    assert result.sums == {"ad_clicks": 281, "ad_impressions": 2423}
    assert values(result, "ad_clicks", "channel") == {("paid_social",): 274, ("paid_search",): 7}


def test_organic_search_beside_advertising_is_search_console_s() -> None:
    result = sample("ad_table_organic.csv", workspace=DOLLARS)

    assert values(result, "ad_clicks", "channel") == {("paid_search",): 290}
    assert values(result, "search_clicks", "channel") == {("organic",): 40}
    assert values(result, "search_impressions", "channel") == {("organic",): 1300}
    assert result.sums["sessions"] == 977


def test_spotify_s_report_is_no_report_of_microsoft_s() -> None:
    text = (
        "Report Name: Campaign Performance\nReport Date Range: 2026-09-01 - 2026-09-30 (UTC)\n"
        "Campaign id,Campaign name,Ad set id,Ad set name,Date,Impressions,Reach,Clicks,CTR,Spend,"
        "CPC,Ad played to: 25%\n"
        "c1,Brand,s1,One,2026-09-01,900,700,9,1%,4.50,0.50,80\n"
    )

    result = read_text(text, name="Spotify_ads.csv", workspace=DOLLARS)

    assert (result.layout, result.feed) == ("ad_table", "Spotify Ads")
    assert result.sums == {"ad_impressions": 900, "ad_clicks": 9, "cost_media": Decimal("4.50")}


def test_pinterest_s_words_are_known() -> None:
    text = (
        "Date,Campaign name,Ad group name,Spend in account currency,Impressions,Outbound clicks,"
        "Total conversions (Checkout),Total order value (Checkout)\n"
        "2026-09-01,Brand,One,0.76,100,2,1,30\n2026-09-01,Brand,One,0.76,100,2,1,30\n"
    )

    result = read_text(text, name="pinterest_ads.csv", workspace=DOLLARS)

    assert (result.feed, result.questions, result.errors) == ("Pinterest Ads", [], [])
    assert result.sums == {
        "ad_impressions": 200, "ad_clicks": 4, "cost_media": Decimal("1.52"),
        "ad_conversions": 2, "ad_revenue": 60,
    }  # fmt: skip


def test_what_came_of_the_clicks_is_read_under_its_own_name_and_the_rest_is_said() -> None:
    result = read_text(
        "date,channel,spend,impressions,clicks,new_customers,signups\n"
        "2026-09-01,Google Ads,10,100,5,2,3\n2026-09-02,Google Ads,20,200,9,1,4\n"
    )

    assert result.sums["new_customers"] == 3
    assert any("signups" in one.message for one in result.warnings)


def test_words_of_a_header_may_be_joined() -> None:
    result = read_text(
        "date,Campaign,AdSpend,Impressions,Clicks,ConversionRate\n"
        "2026-09-01,Spring,10,100,5,0.1\n2026-09-02,Spring,20,200,9,0.1\n"
    )

    assert result.sums == {"cost_media": 30, "ad_impressions": 300, "ad_clicks": 14}

from datetime import date
from decimal import Decimal

import pytest

from metrics.imports.parsed import NOT_SET, Span
from tests.metrics.imports.reading import SEPTEMBER, codes, read_text, sample, values


def test_keywords_are_added_up_to_their_campaign_in_paid_search() -> None:
    result = sample("google_ads_keywords_en.csv")

    assert (result.rows, result.totals_skipped, result.period) == (3, 3, SEPTEMBER)
    assert result.totals == result.sums
    assert values(result, "cost_media", "channel", "campaign") == {
        ("paid_search", "Brand"): Decimal("91.20"),
        ("paid_search", "Generic"): 0,
    }
    assert result.sums["ad_conversions"] == Decimal("3.50")


def test_shares_below_ten_percent_are_neither_errors_nor_zero() -> None:
    result = sample("google_ads_keywords_en.csv")

    assert result.errors == []
    assert result.sums.keys() == {"ad_impressions", "ad_clicks", "cost_media", "ad_conversions"}


def test_locations_are_an_audience_in_a_german_download_for_excel() -> None:
    result = sample("google_ads_locations_de.csv")

    assert (result.encoding, result.number_format) == ("utf-16-le", "1.234,5")
    assert values(result, "ad_clicks", "channel", "audience") == {
        ("paid_search", "Berlin, Deutschland"): 1020,
        ("display", "Paris, Frankreich"): 50,
    }
    assert result.totals == result.sums


def test_the_time_series_card_has_days_and_the_currency_in_its_cells() -> None:
    result = sample("google_ads_time_series_en.csv")

    assert result.layout == "google_ads"
    assert result.period == Span(date(2026, 9, 1), date(2026, 9, 3))
    assert (result.currency, result.sums["cost_media"]) == ("EUR", Decimal("125.50"))
    assert values(result, "ad_clicks", "start")[(date(2026, 9, 2),)] == 100


@pytest.mark.parametrize(
    "name",
    [
        "google_ads_card_campaigns_en.csv",
        "google_ads_card_devices_fr.csv",
        "google_ads_card_hours_en.csv",
    ],
)
def test_a_card_without_dates_asks_for_its_period(name: str) -> None:
    result = sample(name)

    assert (result.layout, codes(result.questions), result.facts) == ("google_ads", ["period"], [])
    assert sample(name, period=SEPTEMBER).period == SEPTEMBER


def test_the_card_of_devices_has_four_kinds() -> None:
    result = sample("google_ads_card_devices_fr.csv", period=SEPTEMBER)

    assert values(result, "ad_clicks", "device") == {
        ("desktop",): 120,
        ("smartphone",): 100,
        ("tablet",): 80,
        ("other",): 0,
    }


def test_weekdays_of_the_card_of_hours_are_no_dates() -> None:
    result = sample("google_ads_card_hours_en.csv", period=SEPTEMBER)

    assert result.errors == []
    assert result.sums == {"ad_clicks": Decimal(22), "cost_media": Decimal("10.50")}


def test_networks_give_the_channel_where_no_campaign_does() -> None:
    text = (
        "Network,Clicks,Cost,Avg. CPC\nGoogle search,100,€50.00,€0.50\n"
        "Search partners,10,€4.00,€0.40\nDisplay Network,40,€6.00,€0.15\n"
    )

    clicks = values(read_text(text, period=SEPTEMBER), "ad_clicks", "channel")
    assert clicks == {("paid_search",): 110, ("display",): 40}


@pytest.mark.parametrize("language", ["es", "it"])
def test_a_campaign_report_in_other_languages(language: str) -> None:
    result = sample(f"google_ads_campaigns_{language}.csv")

    assert (result.layout, result.period, result.number_format) == (
        "google_ads",
        SEPTEMBER,
        "1.234,5",
    )
    assert result.sums == result.totals
    assert result.sums["cost_media"] == Decimal("49.50")
    assert "paid_search" in result.campaigns.values()
    assert "display" in result.campaigns.values()


def test_rows_of_the_api_have_millionths_and_types_in_capitals() -> None:
    result = sample("google_ads_api_rows.csv")

    assert result.sums["cost_media"] == Decimal("49.50")
    assert result.campaigns == {"Brand": "paid_search", "Everywhere": "other"}
    assert values(result, "ad_clicks", "device") == {
        ("smartphone",): 60,
        ("desktop",): 15,
        ("other",): 45,
    }


def test_search_terms_are_a_part_of_the_account() -> None:
    text = (
        "Search terms report\n1 September 2026 - 30 September 2026\n"
        "Search term,Match type,Campaign,Impr.,Clicks,Cost\nkpi tool,Exact match,Brand,50,9,4.50\n"
        "Total: Search terms,--,--,50,9,4.50\nTotal: Other search terms,--,--,80,11,5.50\n"
        "Total: Account,--,--,130,20,10.00\n"
    )

    result = read_text(text)

    assert result.part_only
    assert (result.totals_skipped, result.sums["ad_clicks"]) == (3, 9)
    assert "search_terms_hidden" in codes(result.warnings)
    assert {(fact.asset, fact.audience) for fact in result.facts} == {(NOT_SET, NOT_SET)}


CARD_DAYS = "(2026.09.01-2026.09.30_compared_to_2025.09.01-2025.09.30).csv"


def test_a_card_without_days_has_those_of_its_name_and_not_the_compared_ones() -> None:
    text = (
        "Campaign Name,Cost,Cost (Comparison),Clicks,Clicks (Comparison)\n"
        'Brand,"€60.00","€10.00",120,7\nGeneric,"€45.00","€0.00",100,0\n'
    )

    result = read_text(text, name=f"Campaigns{CARD_DAYS}")

    assert (result.layout, result.period, result.ready) == ("google_ads", SEPTEMBER, True)
    assert result.sums == {"cost_media": Decimal(105), "ad_clicks": Decimal(220)}
    assert codes(result.warnings) == ["period_from_name"]


def test_the_card_of_days_and_hours_may_have_one_figure_that_is_no_cost() -> None:
    text = "Jour,Heure de début,Impressions,Impressions (Comparaison)\n"
    text += 'Dimanche,00 h,"1\u202f178",0\nLundi,01 h,22,5\n'

    result = read_text(text, name=f"Jour_et_heure{CARD_DAYS}")

    assert (result.layout, result.sums) == ("google_ads", {"ad_impressions": Decimal(1200)})


def test_the_card_of_words_counts_searches_more_than_once_and_is_refused() -> None:
    text = "Mot,Coût,Clics,Impressions,Conversions,Principales requêtes contenant ce mot\n"
    text += 'bois,"4,00 €",4,40,"0,00",(pergola bois)\npergola,"3,00 €",3,30,"0,00",(pergola)\n'

    result = read_text(text, period=SEPTEMBER)

    assert [one.kind for one in result.errors] == ["layout"]
    assert "each of its words" in result.errors[0].expected


def test_the_card_of_the_biggest_changes_is_a_part_of_its_campaigns() -> None:
    text = (
        "Ad Group Name,Campaign Name,Cost,Cost (Comparison),Clicks,Clicks (Comparison),"
        "Interactions,Interactions (Comparison)\n"
        "Shoes,Generic,€45.00,€0.00,100,0,100,0\n"
    )

    result = read_text(text, period=SEPTEMBER)

    assert (result.layout, result.part_only) == ("google_ads", True)
    assert values(result, "cost_media", "campaign", "asset") == {("Generic", NOT_SET): 45}


def test_keywords_without_their_campaigns_are_a_part() -> None:
    text = "Search keyword,Match type,Cost,Clicks,CTR\nshoes,Exact,€45.00,100,5.00%\n"

    result = read_text(text, period=SEPTEMBER)

    assert (result.layout, result.part_only) == ("google_ads", True)
    assert values(result, "ad_clicks", "channel", "campaign", "asset") == {
        ("paid_search", NOT_SET, NOT_SET): 100
    }


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Day,Impressions\nSunday,40\nMonday,60\n", False),
        ("Jour,Impressions\nDimanche,40\nLundi,60\n", False),
        ("Start Hour,Impressions\n00,40\n01,60\n", False),
        ("Heure de début,Impressions\n00 h,40\n01 h,60\n", False),
        ("Age Range,Impressions,Percent of known total\n18–24,40,40%\n25–34,60,60%\n", True),
        ("Sexe,Impressions,Pourcentage du total connu\nHomme,40,40 %\nFemme,60,60 %\n", True),
        ("Location Name,Impressions\nLyon,40\nParis,60\n", True),
    ],
)
def test_cards_with_one_figure_are_added_up_or_are_a_part(text: str, part: bool) -> None:
    result = read_text(text, period=SEPTEMBER)

    assert (result.layout, result.part_only, result.questions) == ("google_ads", part, [])
    assert result.sums == {"ad_impressions": 100}


def test_people_who_are_known_never_stand_for_all() -> None:
    text = "Gender,Impressions,Percent of known total\nMale,40,40%\nFemale,60,60%\n"

    result = read_text(text, period=SEPTEMBER)

    assert {(fact.asset, fact.audience) for fact in result.facts} == {(NOT_SET, NOT_SET)}


def test_the_card_of_searches_leaves_out_the_rare_ones() -> None:
    text = "Search,Cost,Clicks,Impressions,Conversions\nkpi,US$1.06,1,3,0.00\n"

    result = read_text(text, period=SEPTEMBER)

    assert (result.layout, result.part_only, result.currency) == ("google_ads", True, "USD")


def test_a_card_by_day_is_told_by_the_currency_beside_each_cost() -> None:
    text = (
        "Date,Clics ,Impressions,Conversions,Coût\n"
        'mar. 13 févr. 2024,66,539,"2,00","44,11 €"\n'
        'mer. 14 févr. 2024,76,675,"16,61","1 051,04 €"\n'
    )

    result = read_text(text)

    assert (result.layout, result.feed, result.currency) == ("google_ads", "Google Ads", "EUR")
    assert result.sums["cost_media"] == Decimal("1095.15")
    assert result.period == Span(date(2024, 2, 13), date(2024, 2, 14))


def test_weeks_are_cut_by_the_days_in_the_card_s_name() -> None:
    text = (
        "Week,Clicks,Impressions,Avg. CPC,Cost\n"
        '"Week of Dec 1, 2025",5,50,€1.00,€5.00\n"Week of Dec 29, 2025",1,10,€1.00,€1.00\n'
    )

    result = read_text(text, name="Time_series(2025.12.03-2025.12.31).csv")

    assert values(result, "ad_clicks", "start", "end") == {
        (date(2025, 12, 3), date(2025, 12, 7)): 5,
        (date(2025, 12, 29), date(2025, 12, 31)): 1,
    }


def test_a_card_of_one_day_has_it_in_its_name() -> None:
    text = (
        "Hour,Clicks,Impressions,Avg. CPC,Cost\n00 - 01,1,10,€1.00,€1.00\n01 - 02,0,0,€0.00,€0.00\n"
    )

    result = read_text(text, name="Time_series(2026.02.05).csv")

    assert result.period == Span(date(2026, 2, 5), date(2026, 2, 5))
    assert result.sums["ad_clicks"] == 1


def test_campaigns_of_a_group_are_no_other_tool_s() -> None:
    text = (
        "Campaign Name,Campaign Group Name,Campaign Status,Cost,Clicks,CTR\n"
        'Brand,,Enabled,"€1,622.60",902,10.57%\n'
    )

    result = read_text(text, period=SEPTEMBER)

    assert (result.layout, result.sums["cost_media"]) == ("google_ads", Decimal("1622.60"))

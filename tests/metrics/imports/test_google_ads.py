from datetime import date
from decimal import Decimal

import pytest

from metrics.imports.parsed import Span
from tests.metrics.imports.reading import SEPTEMBER, codes, read, read_text, values

HEADER = "Day,Campaign,Campaign type,Currency code,Impr.,Clicks,Cost,Conversions\n"
TITLE = 'Campaign report\n"September 1, 2026 - September 2, 2026"\n'
ROW = "2026-09-01,Brand,Search,EUR,100,10,5.00,1.00\n"


@pytest.mark.parametrize("name", ["google_ads_campaigns_fr.csv", "google_ads_devices_en.csv"])
def test_the_sums_are_the_tool_s_own_totals(name: str) -> None:
    result = read(name)

    assert result.layout == "google_ads"
    assert result.totals == {key: result.sums[key] for key in result.totals}
    assert len(result.totals) == 5
    assert "totals_differ" not in codes(result.warnings)


def test_a_french_download_for_excel() -> None:
    result = read("google_ads_campaigns_fr.csv")

    assert (result.encoding, result.delimiter) == ("utf-16-le", "\t")
    assert (result.number_format, result.currency) == ("1 234,5", "EUR")
    assert (result.period, result.rows, result.totals_skipped) == (SEPTEMBER, 3, 3)
    assert result.ready


def test_without_a_day_column_the_line_of_dates_is_the_span() -> None:
    result = read("google_ads_campaigns_fr.csv")

    assert {(fact.start, fact.end) for fact in result.facts} == {tuple(SEPTEMBER)}


def test_the_campaign_s_type_gives_its_channel() -> None:
    assert read("google_ads_campaigns_fr.csv").campaigns == {
        "Marque | Recherche": "paid_search",
        "Totalement B2B": "other",
        "Reciblage (UE)": "display",
    }


def test_dashes_are_nothing() -> None:
    result = read("google_ads_campaigns_fr.csv")

    assert ("Reciblage (UE)",) not in values(result, "cost_media", "campaign")


def test_devices_are_a_breakdown() -> None:
    clicks = values(read("google_ads_devices_en.csv"), "ad_clicks", "start", "device", "campaign")

    assert clicks[date(2026, 9, 1), "smartphone", "Brand"] == 41
    assert (date(2026, 9, 2), "other", "Brand") not in clicks


def test_four_kinds_of_totals_rows_and_a_campaign_that_looks_like_one() -> None:
    result = read("google_ads_devices_en.csv")

    assert result.totals_skipped == 4
    assert "Total: Energies" in result.campaigns


def test_a_totals_row_may_repeat_what_it_is_the_total_of() -> None:
    text = (
        "Campaign report\n27 January 2026 - 23 February 2026\n"
        "Campaign status,Campaign,Budget,Budget type,Status,Campaign type,Impr.,Clicks,Cost\n"
        "Paused,Brand,4.00,Campaign Total,Paused,Search,100,10,5.00\n"
        "Enabled,Banner,4.00,Daily,Eligible,Display,50,5,2.00\n"
        "Total: Campaigns, --, --, --, --, --,150,15,7.00\n"
        "Total: Account,,8.00,,,,150,15,7.00\n"
        "Total: Search,,,,,Search,100,10,5.00\n"
        "Total: Display,,,,,Display,50,5,2.00\n"
    )

    result = read_text(text)

    assert (result.rows, result.totals_skipped) == (2, 4)
    assert result.totals == result.sums


def test_totals_by_device_are_totals_too_and_a_campaign_that_looks_like_one_is_none() -> None:
    text = (
        "Search keyword report\n1 September 2026 - 2 September 2026\n"
        "Device,Keyword,Campaign,Currency code,Impr.,Clicks,Cost\n"
        "Computers,shoes,Total: Energies,EUR,100,10,5.00\n"
        "Tablets,shoes,Total: Energies,EUR,50,5,2.00\n"
        ",Total: Account,,EUR,900,40,20.00\n"
        "Computers,Total: Account,,EUR,600,30,15.00\n"
        "Tablets,Total: Account,,EUR,300,10,5.00\n"
        ",Total: Search,,EUR,150,15,7.00\n"
        "Tablets,Total: Search,,EUR,50,5,2.00\n"
    )

    result = read_text(text)

    assert (result.rows, result.totals_skipped) == (2, 5)
    assert result.sums["ad_clicks"] == 15
    assert result.totals == result.sums


def test_micros_of_the_api_are_millionths() -> None:
    result = read("google_ads_api.csv")

    assert result.layout == "google_ads"
    assert result.sums["cost_media"] == Decimal("13.84")
    assert values(result, "ad_clicks", "start", "campaign")[date(2026, 9, 1), "Brand"] == 15


def test_the_old_api_s_report_has_micros_under_a_plain_name() -> None:
    text = (
        '"CAMPAIGN_PERFORMANCE_REPORT (Sep 1, 2026-Sep 2, 2026)"\n'
        "Day,Campaign,Clicks,Impressions,Cost\n2026-09-01,Brand,10,100,12340000\n"
        "Total, --,10,100,12340000\n"
    )

    result = read_text(text)

    assert (result.totals_skipped, result.sums["cost_media"]) == (1, Decimal("12.34"))


def test_rows_of_one_campaign_and_day_are_added() -> None:
    result = read_text(TITLE + HEADER + ROW + ROW)

    assert result.sums["ad_clicks"] == 20
    assert len(values(result, "ad_clicks", "campaign")) == 1
    assert result.ready


def test_a_total_that_the_rows_do_not_reach_is_pointed_out() -> None:
    result = read_text(f"{TITLE}{HEADER}{ROW}Total: Account, --, --,EUR,100,12,5.00,1.00\n")

    assert codes(result.warnings) == ["totals_differ"]
    assert result.totals["ad_clicks"] == 12


def test_the_stated_days_are_covered_and_zero_where_empty() -> None:
    coverage = read_text(TITLE + HEADER + ROW).coverage[0]

    assert coverage.zero_filled
    assert (coverage.start, coverage.end) == (date(2026, 9, 1), date(2026, 9, 2))


def test_weeks_are_cut_at_the_report_s_edges() -> None:
    text = (
        'Campaign report\n"Sep 2, 2026 - Sep 10, 2026"\nWeek,Campaign,Impr.,Clicks,Cost\n'
        "2026-08-31,Brand,10,1,2.00\n2026-09-07,Brand,10,1,2.00\n"
    )

    assert [(fact.start.day, fact.end.day) for fact in read_text(text).facts[::3]] == [
        (2, 6),
        (7, 10),
    ]


def test_all_time_asks_for_the_period() -> None:
    text = "Campaign report\nAll time\nCampaign,Impr.,Clicks,Cost\nBrand,10,1,2.00\n"

    result = read_text(text)

    assert (result.layout, codes(result.questions)) == ("google_ads", ["period"])


@pytest.mark.parametrize(
    "totals",
    [
        "Total : compte",
        "Total – Compte",
        "Total\u00a0: Campagnes",
        "Total: Search",
        "Gesamt: Konto",
        "Total",
    ],
)
def test_totals_in_every_wording(totals: str) -> None:
    result = read_text(f"{TITLE}{HEADER}{ROW}{totals},--,--,EUR,100,10,5.00,1.00\n")

    assert result.totals_skipped == 1
    assert result.sums["ad_clicks"] == 10


def test_semicolons_and_decimal_commas_after_a_detour_through_excel() -> None:
    text = (
        "Rapport sur les campagnes;;;;\n1 sept. 2026 - 2 sept. 2026;;;;\n"
        "Jour;Campagne;Coût;Impr.;Clics\n01/09/2026;Été;12,34;1\u202f234;7\n"
        "02/09/2026;Été;1 020,50;10 500;88\nTotal : compte;--;1 032,84;11 734;95\n"
    )

    result = read_text(text)

    assert result.period == Span(date(2026, 9, 1), date(2026, 9, 2))
    assert {key: str(value) for key, value in result.sums.items()} == {
        "cost_media": "1032.84",
        "ad_impressions": "11734",
        "ad_clicks": "95",
    }

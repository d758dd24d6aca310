"""Reports of a tool pasted below each other, each month under its name."""

from datetime import date

from metrics.imports.parsed import Span
from tests.metrics.imports.reading import codes, read_text, values

BESIDE = """\
Google Ads,,,,
,,,,
November,Campaign,Cost,Impr.,Clicks
,Brand,"$1,000",8000,100
,Generic,$500,2000,20
,Total,"$1,500",10000,120
,,,,
January,Campaign,Cost,Impr.,Clicks
,Brand,$700,6000,90
,Total,$700,6000,90
"""
ABOVE = """\
Octobre 2025
Campagne,Coût,Impr.,Clics
Marque,"10,00 €",100,5
Novembre 2025
Campagne,Coût,Impr.,Clics
Marque,"20,00 €",150,7
Générique,"2,50 €",50,1
"""


def test_months_without_a_year_ask_for_the_days_they_cover() -> None:
    asked = read_text(BESIDE)

    assert codes(asked.questions) == ["period"]
    assert "no year" in asked.questions[0].message
    assert asked.facts == []


def test_each_block_has_its_own_month_from_the_first_one_on() -> None:
    result = read_text(BESIDE, period=Span(date(2025, 11, 1), date(2026, 1, 31)))

    assert (result.layout, result.rows, result.totals_skipped) == ("google_ads", 3, 2)
    assert values(result, "cost_media", "campaign", "start", "end") == {
        ("Brand", date(2025, 11, 1), date(2025, 11, 30)): 1000,
        ("Generic", date(2025, 11, 1), date(2025, 11, 30)): 500,
        ("Brand", date(2026, 1, 1), date(2026, 1, 31)): 700,
    }


def test_the_year_in_the_file_s_name_is_that_of_its_months() -> None:
    result = read_text(BESIDE.replace("January", "December"), name="ads 2025.csv")

    assert result.questions == []
    assert result.period == Span(date(2025, 11, 1), date(2025, 12, 31))


def test_a_month_on_the_line_above_the_same_header_again() -> None:
    result = read_text(ABOVE)

    assert (result.questions, result.errors) == ([], [])
    assert values(result, "ad_clicks", "campaign", "start") == {
        ("Marque", date(2025, 10, 1)): 5,
        ("Marque", date(2025, 11, 1)): 7,
        ("Générique", date(2025, 11, 1)): 1,
    }
    assert result.sums["cost_media"] == 32.5


def test_a_header_that_stands_again_among_its_rows_is_no_new_block() -> None:
    text = "Campaign,Cost,Impr.,Clicks\nBrand,10,100,5\nCampaign,Cost,Impr.,Clicks\nOther,20,80,2\n"

    result = read_text(text, period=Span(date(2025, 10, 1), date(2025, 10, 31)))

    assert result.rows == 2
    assert result.sums["ad_clicks"] == 7


def test_dates_in_the_rows_come_before_a_title() -> None:
    text = "Octobre 2025\nJour,Campagne,Coût,Impr.,Clics\n2025-11-03,Marque,10,100,5\n"

    assert read_text(text).period == Span(date(2025, 11, 3), date(2025, 11, 3))

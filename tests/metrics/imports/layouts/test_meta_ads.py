from datetime import date
from decimal import Decimal

import pytest

from metrics.imports.parsed import Span
from tests.metrics.imports.reading import codes, read_text, sample, values

SUMS = {
    "cost_media": Decimal("119.50"),
    "ad_impressions": Decimal(36_500),
    "ad_clicks": Decimal(440),
}
EVERY = [
    "meta_ads_days_en.csv",
    "meta_ads_days_fr.csv",
    "meta_ads_span_de.csv",
    "meta_ads_adsets_es.csv",
]


@pytest.mark.parametrize("name", EVERY)
def test_the_same_figures_in_every_language(name: str) -> None:
    result = sample(name)

    assert (result.layout, result.currency) == ("meta_ads", "EUR")
    assert result.period == Span(date(2026, 9, 1), date(2026, 9, 2))
    assert {key: result.sums[key] for key in SUMS} == SUMS
    assert {fact.channel for fact in result.facts} == {"paid_social"}


def test_two_languages_make_the_same_facts() -> None:
    english, french = (
        {
            (fact.metric, fact.start, fact.campaign, fact.value)
            for fact in sample(f"meta_ads_days_{language}.csv").facts
        }
        for language in ("en", "fr")
    )

    assert english == french


def test_the_account_s_own_rows_at_the_top_of_each_day_are_not_added() -> None:
    result = sample("meta_ads_days_en.csv")

    assert (result.rows, result.totals_skipped) == (4, 2)
    assert "totals_differ" not in codes(result.warnings)


def test_a_total_without_a_name_is_checked_and_not_added() -> None:
    result = sample("meta_ads_span_de.csv")

    assert (result.rows, result.totals_skipped) == (2, 1)
    assert result.totals == SUMS


def test_only_results_that_are_conversions_count_as_such() -> None:
    result = sample("meta_ads_days_en.csv")

    assert result.sums["ad_conversions"] == 6
    assert {one[0] for one in values(result, "ad_conversions", "campaign")} == {"Lead form, DACH"}


def test_results_without_an_indicator_are_pointed_out() -> None:
    text = (
        "Campaign name,Day,Amount spent (EUR),Impressions,Results\nA,2026-09-01,5.00,100,3\n"
        "B,2026-09-01,6.00,100,2\n"
    )

    result = read_text(text)

    assert result.sums["ad_conversions"] == 5
    assert "results_unnamed" in codes(result.warnings)


def test_reach_keeps_its_own_span_and_is_never_added() -> None:
    result = sample("meta_ads_span_de.csv")

    assert values(result, "social_reach", "campaign", "start", "end") == {
        ("Lead form, DACH", date(2026, 9, 1), date(2026, 9, 2)): 4800,
        ("Reach Q3", date(2026, 9, 1), date(2026, 9, 2)): 8000,
    }
    assert "social_reach" not in result.sums


def test_ad_sets_are_added_up_but_their_reach_is_left_out() -> None:
    result = sample("meta_ads_adsets_es.csv")

    assert values(result, "social_reach", "campaign") == {}
    assert "uniques_not_added" in codes(result.warnings)


def test_a_pivot_s_sums_over_days_are_not_added() -> None:
    text = (
        "Campaign name,Day,Amount spent (EUR),Impressions\nAll,All,11.00,200\nA,All,11.00,200\n"
        "A,2026-09-01,5.00,100\nA,2026-09-02,6.00,100\n"
    )

    result = read_text(text)

    assert (result.sums["cost_media"], result.totals_skipped) == (Decimal("11.00"), 2)
    assert result.totals["cost_media"] == Decimal("11.00")


@pytest.mark.parametrize("unit", ["USD", "US$"])
def test_another_currency_is_said(unit: str) -> None:
    text = f"Campaign name,Day,Amount spent ({unit}),Impressions\nA,2026-09-01,5.00,100\n"

    result = read_text(text)

    assert result.currency == "USD"
    assert "currency_differs" in codes(result.warnings)


def test_a_report_without_data_says_so() -> None:
    text = '"Reporting starts","Campaign name","Amount spent (EUR)"\n"No data available."\n'

    assert [problem.kind for problem in read_text(text).errors] == ["empty"]


def test_the_interface_in_portuguese() -> None:
    text = (
        "Início dos relatórios,Encerramento dos relatórios,Nome do anúncio,Resultados,"
        "Indicador de resultados,Alcance,Valor usado (BRL),Impressões,Cliques no link,"
        "Cliques (todos)\n"
        "2026-04-19,2026-04-19,Vídeo,16,actions:onsite_conversion.messaging_first_reply,2093,"
        "33.12,2550,22,123\n"
        "2026-04-18,2026-04-18,Vídeo,900,reach,900,1.88,1000,,\n"
    )

    result = read_text(text)

    assert (result.layout, result.currency) == ("meta_ads", "BRL")
    assert result.sums["ad_conversions"] == 16
    assert result.sums["ad_clicks"] == 22
    assert result.sums["cost_media"] == 35

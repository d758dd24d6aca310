from datetime import date
from decimal import Decimal

import pytest

from metrics.imports.parsed import Span
from tests.metrics.imports.reading import SEPTEMBER, codes, read_text, sample, values

WEEKS = Span(date(2026, 8, 31), date(2026, 9, 20))


@pytest.mark.parametrize(
    "name", ["search_console_weeks_en.csv", "search_console_week_ranges_fr.csv"]
)
def test_the_chart_by_week_holds_seven_days_a_row(name: str) -> None:
    result = sample(name)

    assert (result.layout, result.period, result.part_only) == ("search_console", WEEKS, False)
    assert [(fact.start.day, fact.end.day) for fact in result.facts[::3]] == [
        (31, 6),
        (7, 13),
        (14, 20),
    ]
    assert result.sums == {
        "search_clicks": 1500,
        "search_impressions": 40_000,
        "search_position": Decimal("10.5"),
    }


def test_days_that_follow_one_another_stay_days() -> None:
    text = "Date,Clicks,Impressions,CTR,Position\n" + "".join(
        f"2026-09-{day:02},1,10,10%,5\n" for day in (1, 8, 15, 16)
    )

    assert "longer_rows" not in codes(read_text(text).warnings)


def test_hours_are_added_up_to_their_days() -> None:
    result = sample("search_console_hours_en.csv")

    assert values(result, "search_clicks", "start") == {
        (date(2026, 9, 1),): 11,
        (date(2026, 9, 2),): 1,
    }
    assert values(result, "search_position", "start")[(date(2026, 9, 1),)] == 6


@pytest.mark.parametrize(
    ("name", "dimension", "part"),
    [
        ("search_console_queries_es.csv", "audience", True),
        ("search_console_pages_it.csv", "asset", True),
        ("search_console_countries_de.csv", "audience", False),
    ],
)
def test_lists_in_every_language(name: str, dimension: str, part: bool) -> None:
    result = sample(name, period=SEPTEMBER)

    assert (result.layout, result.part_only) == ("search_console", part)
    assert result.sums == {
        "search_clicks": 50,
        "search_impressions": 2000,
        "search_position": Decimal("7.5"),
    }
    assert None not in {getattr(fact, dimension) for fact in result.facts}


def test_a_thousand_queries_are_cut_and_never_the_site_s_total() -> None:
    rows = "".join(f"query {number},1,10,10%,5\n" for number in range(1000))

    result = read_text(f"Top queries,Clicks,Impressions,CTR,Position\n{rows}", period=SEPTEMBER)

    assert (result.part_only, result.coverage) == (True, [])
    assert codes(result.warnings) == ["rows_truncated"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_file_of_filters_is_named_for_what_it_is(language: str) -> None:
    result = sample(f"search_console_filters_{language}.csv")

    assert (result.layout, [problem.kind for problem in result.errors]) == (
        "search_console",
        ["layout"],
    )
    assert "filters" in result.errors[0].expected


def test_appearances_overlap_and_are_refused() -> None:
    assert "several appearances" in sample("search_console_appearance_en.csv").errors[0].expected


def test_the_bulk_export_counts_positions_from_zero() -> None:
    result = sample("search_console_bulk.csv")

    assert values(result, "search_position", "audience", "device") == {
        ("kpi software", "desktop"): Decimal("5.5"),
        ("smart goals", "smartphone"): 10,
    }
    assert result.sums["search_position"] == Decimal("8.875")


def test_the_chart_of_the_index_brings_the_sites_impressions() -> None:
    result = sample("search_console_index_en.csv")

    assert (result.layout, result.part_only) == ("search_console", False)
    assert result.sums == {"search_impressions": 59}


@pytest.mark.parametrize(
    "header", ["Date Range", "Plage de dates", "Zeitraum", "Intervalo de fechas"]
)
def test_weeks_as_ranges_keep_the_days_they_name(header: str) -> None:
    result = read_text(
        f"{header},Clicks,Impressions,CTR,Position\n"
        "2025-12-08 - 2025-12-13,5,50,10%,12.2\n2025-12-14 - 2025-12-20,6,60,10%,11\n"
    )

    assert (result.layout, result.questions) == ("search_console", [])
    assert values(result, "search_clicks", "start", "end") == {
        (date(2025, 12, 8), date(2025, 12, 13)): 5,
        (date(2025, 12, 14), date(2025, 12, 20)): 6,
    }


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("Last 3 months", "Previous 3 months"),
        ("3 derniers mois", "3 mois précédents"),
        ("Letzte 3 Monate", "Vorherige 3 Monate"),
    ],
)
def test_of_two_periods_the_later_is_read_wherever_it_stands(now: str, before: str) -> None:
    text = (
        f"Top pages,{before} Clicks,{now} Clicks,{before} Impressions,{now} Impressions\n"
        "https://example.com/,500,400,10000,9000\n"
    )

    result = read_text(text, period=SEPTEMBER)

    assert (result.sums["search_clicks"], result.sums["search_impressions"]) == (400, 9000)


def test_a_row_of_totals_that_somebody_added_is_not_a_day() -> None:
    text = (
        "Date,Clicks,Impressions,CTR,Position\n"
        "2026-09-01,5,50,10%,3\n2026-09-02,6,50,12%,4\nTotal,11,100,11%,3.5\n"
    )

    result = read_text(text)

    assert (result.errors, result.totals_skipped) == ([], 1)
    assert result.sums["search_clicks"] == 11


def test_the_search_total_counts_and_a_total_of_searches_does_not() -> None:
    text = "Top queries,Clicks,Impressions,CTR,Position\nkpi,5,50,10%,3\ntotal,6,50,12%,4\n"

    added = read_text(f"{text}Total,11,100,11%,3.5\n", period=SEPTEMBER)

    assert values(added, "search_clicks", "audience") == {("kpi",): 5, ("total",): 6}
    assert read_text(text, period=SEPTEMBER).sums["search_clicks"] == 11

from datetime import date
from decimal import Decimal

import pytest

from tests.metrics.imports.reading import SEPTEMBER, codes, read, read_bytes, read_text, values
from tests.metrics.imports.workbooks import Cell, Grid, xlsx

PAGES = "Top pages,Clicks,Impressions,CTR,Position\n"


def test_the_chart_is_the_site() -> None:
    result = read("search_console_chart_fr.csv")

    assert (result.layout, result.feed) == ("search_console", "Google Search Console")
    assert result.ready
    assert not result.part_only
    assert result.sums["search_clicks"] == 100
    assert result.sums["search_impressions"] == 4000


def test_the_position_is_weighted_by_impressions() -> None:
    assert read("search_console_chart_fr.csv").sums["search_position"] == Decimal("11.55")


def test_a_day_without_an_impression_has_no_position() -> None:
    result = read("search_console_chart_fr.csv")

    assert (date(2026, 9, 3),) not in values(result, "search_position", "start")
    assert values(result, "search_clicks", "start")[(date(2026, 9, 3),)] == 0


def test_dated_rows_cover_their_days() -> None:
    coverage = read("search_console_chart_fr.csv").coverage[0]

    assert (coverage.start, coverage.end) == (date(2026, 9, 1), date(2026, 9, 3))
    assert coverage.zero_filled


def test_devices_ask_for_the_period_and_keep_it() -> None:
    asked = read("search_console_devices_en.csv")
    answered = read("search_console_devices_en.csv", period=SEPTEMBER)

    assert (codes(asked.questions), asked.facts) == (["period"], [])
    assert answered.ready
    assert values(answered, "search_clicks", "device", "start", "end") == {
        ("desktop", *SEPTEMBER): 60,
        ("smartphone", *SEPTEMBER): 30,
        ("tablet", *SEPTEMBER): 2,
    }


def test_pages_are_assets_and_never_the_total() -> None:
    result = read("search_console_pages_de.csv", period=SEPTEMBER)

    assert result.number_format == "1234,5"
    assert result.part_only
    assert result.coverage == []
    assert codes(result.warnings) == ["pages_apart"]
    assert values(result, "search_position", "asset")[("https://example.com/",)] == Decimal("5.1")


def test_a_list_cut_at_a_thousand_rows_says_so() -> None:
    rows = "".join(f"https://example.com/{number},1,10,10%,5\n" for number in range(1000))

    assert codes(read_text(PAGES + rows, period=SEPTEMBER).warnings) == ["rows_truncated"]


def test_countries_and_queries_of_one_month_are_not_one_breakdown() -> None:
    countries = read_text(
        "Pays,Clics,Impressions,CTR,Position\nFrance,5,50,10 %,3\n", period=SEPTEMBER
    )
    queries = read_text(
        "Requêtes les plus fréquentes,Clics,Impressions,CTR,Position\ntotal,5,50,10 %,3\n",
        period=SEPTEMBER,
    )

    assert values(countries, "search_clicks", "asset", "audience") == {(None, "France"): 5}
    assert values(queries, "search_clicks", "asset", "audience") == {("not_set", "total"): 5}
    assert not countries.part_only
    assert queries.part_only


def test_search_appearances_overlap_and_are_refused() -> None:
    text = "Search Appearance,Clicks,Impressions,CTR,Position\nVideos,5,50,10%,3\n"

    assert "several appearances" in read_text(text, period=SEPTEMBER).errors[0].expected


def test_weeks_are_spans() -> None:
    text = (
        "Date,Clics,Impressions,CTR,Position\n"
        "2026-09-07 - 2026-09-13,5,50,10 %,3\n2026-09-14 - 2026-09-20,6,50,12 %,4\n"
    )

    assert [(fact.start.day, fact.end.day) for fact in read_text(text).facts[::3]] == [
        (7, 13),
        (14, 20),
    ]


def test_of_two_compared_periods_the_first_is_read() -> None:
    text = (
        "Top queries,2026-09-01 - 2026-09-30 Clicks,2026-08-01 - 2026-08-31 Clicks,"
        "2026-09-01 - 2026-09-30 Impressions,2026-08-01 - 2026-08-31 Impressions,"
        "2026-09-01 - 2026-09-30 Position,2026-08-01 - 2026-08-31 Position\nkpi,5,9,50,90,3,4\n"
    )

    result = read_text(text)

    assert result.ready
    assert result.period == SEPTEMBER
    assert result.sums["search_clicks"] == 5


@pytest.mark.parametrize(
    ("now", "before", "name"),
    [
        ("9/1/26 - 9/30/26", "8/1/26 - 8/31/26", "Clicks"),
        ("01/09/2026 - 30/09/2026", "01/08/2026 - 31/08/2026", "Clics"),
        ("1/9/26 - 30/9/26", "1/8/26 - 31/8/26", "Clics"),
        ("01.09.26 - 30.09.26", "01.08.26 - 31.08.26", "Klicks"),
    ],
)
def test_compared_periods_are_read_as_each_language_writes_them(
    now: str, before: str, name: str
) -> None:
    impressions = {"Klicks": "Impressionen"}.get(name, "Impressions")
    header = f"{now} {name},{before} {name},{now} {impressions},{before} {impressions}"
    result = read_text(f"Top queries,{header},{now} Position\nkpi,5,9,50,90,3\nroi,1,2,9,8,4\n")

    assert result.period == SEPTEMBER
    assert result.sums["search_clicks"] == 6


def test_a_workbook_of_compared_periods_is_read_sheet_by_sheet() -> None:
    figures = ("Clicks", "Impressions", "CTR", "Position")
    spans = ("9/1/26 - 9/30/26", "8/1/26 - 8/31/26")
    heads = [f"{span} {figure}" for figure in figures for span in spans]
    row: list[Cell] = [5, 9, 50, 90, 0.1, 0.1, 3, 4]
    result = read_bytes(
        xlsx(
            {
                "Queries": Grid([["Top queries", *heads], ["kpi", *row]]),
                "Pages": Grid([["Top pages", *heads], ["https://example.com/", *row]]),
                "Devices": Grid(
                    [["Device", *heads], ["Mobile", 4, *row[1:]], ["Desktop", 3, *row[1:]]]
                ),
            }
        ),
        name="report.xlsx",
    )

    assert result.errors == []
    assert result.period == SEPTEMBER
    assert result.sums["search_clicks"] == 7

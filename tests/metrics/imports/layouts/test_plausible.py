from datetime import date

import pytest

from tests.metrics.imports.reading import SEPTEMBER, codes, read_bytes, sample, values
from tests.metrics.imports.workbooks import archive


@pytest.mark.parametrize("name", ["plausible_visitors.csv", "plausible_imported_visitors.csv"])
def test_rates_and_counts_come_to_the_same(name: str) -> None:
    result = sample(name)

    assert result.layout == "plausible"
    assert result.sums == {
        "sessions": 220,
        "pageviews": 550,
        "bounces": 100,
        "session_seconds": 18_600,
    }
    assert values(result, "visitors", "start") == {
        (date(2026, 9, 1),): 80,
        (date(2026, 9, 2),): 90,
    }


def test_sources_are_channels_and_the_period_is_asked() -> None:
    assert codes(sample("plausible_sources.csv").questions) == ["period"]

    result = sample("plausible_sources.csv", period=SEPTEMBER)

    assert values(result, "sessions", "channel") == {
        ("organic",): 400,
        ("direct",): 200,
        ("social",): 80,
    }
    assert result.sums["bounces"] == 160 + 100 + 48


def test_pages_keep_their_views_and_leave_out_visits() -> None:
    result = sample("plausible_pages.csv", period=SEPTEMBER)

    assert result.sums == {"pageviews": 550}
    assert values(result, "pageviews", "asset") == {("/",): 420, ("/pricing",): 130}


def test_entry_pages_are_landing_pages() -> None:
    result = sample("plausible_entry_pages.csv", period=SEPTEMBER)

    assert values(result, "page_sessions", "asset") == {("/",): 260, ("/pricing",): 45}
    assert values(result, "page_visitors", "asset") == {("/",): 200, ("/pricing",): 40}


DASHBOARD = {
    "visitors.csv": b"date,visitors,pageviews,visits,views_per_visit,bounce_rate,visit_duration\n"
    b"2026-01-01,10,18,11,1.6,45,90\n2026-01-02,6,6,6,1.0,100,\n",
    "sources.csv": b"name,visitors,bounce_rate,visit_duration\nDirect / None,10,50,40\n",
    "channels.csv": b"name,visitors,bounce_rate,visit_duration\nDirect,10,50,40\n"
    b"Organic Social,6,60,20\n",
    "pages.csv": b"name,visitors,pageviews,bounce_rate,time_on_page\n/,12,20,50,30\n",
    "entry_pages.csv": b"name,unique_entrances,total_entrances,bounce_rate,visit_duration\n"
    b"/,16,17,55,45\n",
    "utm_terms.csv": b"name,visitors,bounce_rate,visit_duration\nshoes,1,0,1\n",
    "browsers.csv": b"name,visitors\nChrome,12\n",
}


def test_the_archive_of_a_dashboard_is_read_as_a_whole() -> None:
    result = read_bytes(archive(DASHBOARD), name="Plausible export.zip")

    days = {"start": date(2026, 1, 1), "end": date(2026, 1, 2)}
    lists = [fact for fact in result.facts if fact.channel or fact.asset]
    assert (result.layout, result.questions, result.errors) == ("plausible", [], [])
    assert result.sums["pageviews"] == 24
    assert {(fact.start, fact.end) for fact in lists} == {(days["start"], days["end"])}
    assert values(result, "visitors", "channel", "asset") | {
        ("direct", None): 10,
        ("social", None): 6,
    } == values(result, "visitors", "channel", "asset")
    assert values(result, "page_sessions", "asset") == {("/",): 17}

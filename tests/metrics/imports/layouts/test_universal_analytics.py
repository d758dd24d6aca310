from datetime import date
from decimal import Decimal

import pytest

from metrics.imports.parsed import Span
from tests.metrics.imports.reading import codes, read_text, sample, values

PREAMBLE = "# ----\n# View\n# Report\n# 20230601-20230603\n# ----\n\n"
THREE_DAYS = Span(date(2023, 6, 1), date(2023, 6, 3))
BOTH = pytest.mark.parametrize("language", ["en", "fr"])


@BOTH
def test_channels_and_the_chart_s_days_in_one_file(language: str) -> None:
    result = sample(f"universal_analytics_channels_{language}.csv")

    assert (result.layout, result.feed) == ("universal_analytics", "Universal Analytics")
    assert (result.period, result.totals_skipped) == (THREE_DAYS, 2)
    assert result.sums["sessions"] == result.totals["sessions"] == 1920
    assert result.sums["conversions"] == 15


@BOTH
def test_users_are_not_added_and_the_totals_row_knows_them_all(language: str) -> None:
    result = sample(f"universal_analytics_channels_{language}.csv")

    assert result.sums["visitors"] == 1550
    assert values(result, "visitors", "channel", "start", "end")["organic", *THREE_DAYS] == 1000


@BOTH
def test_counts_are_worked_out_from_rates_and_averages(language: str) -> None:
    result = sample(f"universal_analytics_channels_{language}.csv")

    assert values(result, "bounces", "channel") == {
        ("organic",): 480,
        ("direct",): 300,
        ("social",): 90,
    }
    assert result.sums["pageviews"] == 3000 + 1200 + 180
    assert result.sums["session_seconds"] == 120_000 + 36_000 + 3600


def test_the_chart_gives_days() -> None:
    days = values(sample("universal_analytics_channels_en.csv"), "visitors", "start", "channel")

    assert days[date(2023, 6, 2), None] == 550


def test_segments_overlap_and_only_all_users_are_taken() -> None:
    result = sample("universal_analytics_segments_en.csv")

    assert result.sums["sessions"] == result.totals["sessions"] == 2000
    assert values(result, "sessions", "device") == {("desktop",): 1500, ("smartphone",): 500}
    assert result.sums["visitors"] == 1380
    assert "segments_overlap" in codes(result.warnings)


def test_one_goal_stands_for_conversions_and_two_do_not() -> None:
    goals = "Default Channel Grouping,Sessions,Contact (Goal 1 Completions){}\nDirect,100,4{}\n"

    one = read_text(PREAMBLE + goals.format("", ""))
    two = read_text(PREAMBLE + goals.format(",Trial (Goal 2 Completions)", ",2"))

    assert one.sums["conversions"] == 4
    assert "conversions" not in two.sums


def test_a_site_without_a_shop_has_no_revenue() -> None:
    text = f"{PREAMBLE}Default Channel Grouping,Sessions,Transactions,Revenue\nDirect,100,0,€0.00\n"

    assert read_text(text).sums == {"sessions": Decimal(100)}


def test_the_api_s_names_are_words() -> None:
    result = sample("universal_analytics_api.csv")

    assert result.layout == "universal_analytics"
    assert result.sums == {
        "sessions": 1000,
        "bounces": 430,
        "session_seconds": 88_000,
        "pageviews": 2350,
        "conversions": 8,
    }


def test_hours_counted_from_the_first_day_are_added_up_to_days() -> None:
    rows = "".join(f"{hour}, {1 if hour % 24 else 10}\n" for hour in range(72))

    result = read_text(f"{PREAMBLE}Hour Index, Sessions\n{rows}")

    assert values(result, "sessions", "start") == {
        (date(2023, 6, day),): 10 + 23 for day in (1, 2, 3)
    }


def test_the_first_ten_rows_are_a_part_of_the_total() -> None:
    text = (
        f"{PREAMBLE}Landing Page,Sessions,New Users,Bounce Rate,Pages/Session\n"
        '/a,553,531,92.41%,1.12\n,"3,215","3,068",88.99%,1.18\n\n'
        'Day Index,Sessions\n01/06/2023,"3,215"\n,"3,215"\n'
    )

    result = read_text(text)

    assert (result.part_only, result.sums["sessions"]) == (True, 3215)
    assert values(result, "page_sessions", "asset") == {("/a",): 553}


def test_the_sum_below_keywords_is_no_keyword_whatever_they_cost() -> None:
    text = (
        "# ----\n# Site\n# Google Ads Keywords\n# 20190901-20190930\n# ----\n\n"
        "Keyword,Clicks,Cost,CPC,Users,Sessions,Bounce Rate,Pages / Session,Transactions,Revenue\n"
        "chat,19,$22.50,$1.18,17,20,75.00%,0.95,0,$0.00\n"
        "sip,16,$114.43,$7.15,29,55,29.09%,1.16,0,$0.00\n"
        ",35,$136.93,$3.91,44,75,41.33%,1.10,0,$0.00\n\n"
        "Day Index,Users\n9/29/19,30\n9/30/19,28\n,44\n"
    )

    result = read_text(text)

    assert (result.layout, result.totals_skipped) == ("universal_analytics", 2)
    assert result.sums["sessions"] == 75
    assert result.sums["bounces"] == 31

from datetime import date
from decimal import Decimal

import pytest

from metrics.imports.dimensions import channel_of_source
from tests.metrics.imports.reading import SEPTEMBER, codes, read, read_text, values

PREAMBLE = "# ----\n# Report\n# All Users\n# Start date: 20260901\n# End date: 20260930\n"


def test_a_french_report_by_channel() -> None:
    result = read("ga4_channels_fr.csv")

    assert (result.layout, result.feed, result.period) == ("ga4", "GA4", SEPTEMBER)
    assert (result.rows, result.totals_skipped) == (6, 1)
    assert result.sums["sessions"] == result.totals["sessions"] == 12_000
    assert result.sums["conversions"] == result.totals["conversions"] == 120


def test_channel_groups_become_channels() -> None:
    sessions = values(read("ga4_channels_fr.csv"), "sessions", "channel")

    assert sessions == {
        ("organic",): 6000,
        ("direct",): 3400,
        ("other",): 300 + 100 + 1200,
        ("not_set",): 1000,
    }


def test_people_are_never_added_and_the_total_row_knows_them_all() -> None:
    result = read("ga4_channels_fr.csv")

    assert values(result, "visitors", "channel") == {
        ("organic",): 5000,
        ("direct",): 2500,
        ("not_set",): 700,
        (None,): 9000,
    }
    assert result.sums["visitors"] == 9000
    assert "uniques_not_added" in codes(result.warnings)


def test_bounces_are_sessions_that_did_not_engage() -> None:
    result = read("ga4_channels_fr.csv")

    assert result.sums["bounces"] == 12_000 - 7000
    assert values(result, "bounces", "channel")[("organic",)] == 1800


def test_time_on_site_is_the_average_times_the_sessions() -> None:
    result = read("ga4_channels_fr.csv")

    assert values(result, "session_seconds", "channel")[("organic",)] == Decimal(243000)
    assert "engagement_time" in codes(result.warnings)


def test_a_site_without_a_shop_gets_no_revenue() -> None:
    assert "revenue" not in read("ga4_channels_fr.csv").sums
    assert read("ga4_landing_pages_en.csv").sums["revenue"] == Decimal("99.5")


def test_the_nth_day_counts_from_the_start_date() -> None:
    result = read("ga4_snapshot_en.csv")

    days = values(result, "new_visitors", "start", "end")
    assert days == {
        (date(2026, 9, 1), date(2026, 9, 1)): 80,
        (date(2026, 9, 2), date(2026, 9, 2)): 70,
        (date(2026, 9, 3), date(2026, 9, 3)): 60,
    }


def test_several_tables_are_views_and_not_added() -> None:
    result = read("ga4_snapshot_en.csv")

    assert result.sums["sessions"] == 400
    assert {fact.channel for fact in result.facts if fact.metric == "sessions"} == {
        "organic",
        "direct",
        "email",
    }


def test_pages_countries_and_events_keep_to_their_own_dimensions() -> None:
    result = read("ga4_snapshot_en.csv")

    assert values(result, "pageviews", "asset") == {("Home",): 500, ("Pricing",): 300}
    assert values(result, "conversions", "asset") == {("form_submit",): 12}
    assert values(result, "visitors", "audience")[("France",)] == 200


def test_a_table_without_a_metric_is_named() -> None:
    assert "table_left_out" in codes(read("ga4_snapshot_en.csv").warnings)


def test_an_exploration_by_day_source_and_device() -> None:
    result = read("ga4_exploration_en.csv")

    assert (result.rows, result.totals_skipped) == (6, 1)
    assert result.sums["sessions"] == 600
    assert result.sums["visitors"] == 410
    assert values(result, "sessions", "start", "channel", "device") == {
        (date(2026, 9, 1), "organic", "desktop"): 200,
        (date(2026, 9, 1), "paid_search", "smartphone"): 100,
        (date(2026, 9, 1), "paid_social", "desktop"): 50,
        (date(2026, 9, 2), "direct", "desktop"): 150,
        (date(2026, 9, 2), "organic", "desktop"): 100,
    }


def test_a_real_session_duration_is_preferred_to_engagement_time() -> None:
    result = read("ga4_exploration_en.csv")

    assert result.sums["session_seconds"] == 55_750
    assert "engagement_time" not in codes(result.warnings)


def test_landing_pages_are_assets_with_sessions_of_their_own() -> None:
    result = read("ga4_landing_pages_en.csv")

    pages = {("/",): 500, ("/pricing",): 200, ("not_set",): 50}
    assert values(result, "page_sessions", "asset") == pages
    assert values(result, "sessions", "asset") == pages


def test_visits_by_page_are_not_taken_for_they_overlap() -> None:
    text = f"{PREAMBLE}Page path and screen class,Views,Sessions\n/,500,300\n/a,200,180\n"

    result = read_text(text)

    assert result.sums == {"pageviews": Decimal(700)}
    assert codes(result.warnings) == ["visits_by_page"]


def test_weeks_of_a_report_start_on_sunday_and_end_with_it() -> None:
    text = f"{PREAMBLE}Nth week,New users\n0000,10\n0001,20\n0004,5\n"

    spans = values(read_text(text), "new_visitors", "start", "end")
    assert [(start.day, end.day) for start, end in spans] == [(1, 5), (6, 12), (27, 30)]


def test_a_comparison_s_second_audience_is_left_out() -> None:
    table = "Session primary channel group (Default Channel Group),Sessions\nDirect,{}\n"
    text = PREAMBLE + table.format(100) + PREAMBLE.replace("All Users", "Mobile") + table.format(60)

    assert read_text(text).sums["sessions"] == 100


def test_an_unknown_dimension_is_added_up_where_nothing_better_is_there() -> None:
    result = read_text(f"{PREAMBLE}Browser,Sessions\nChrome,70\nSafari,30\n")

    assert values(result, "sessions", "channel", "asset", "audience") == {(None, None, None): 100}


def test_a_channel_group_of_the_site_s_own_counts_as_other() -> None:
    text = f"{PREAMBLE}Session primary channel group,Sessions\nPartners,5\nDirect,6\n"

    result = read_text(text)

    assert values(result, "sessions", "channel") == {("other",): 5, ("direct",): 6}
    assert codes(result.warnings) == ["channel_unknown"]


def test_a_padded_preamble_is_still_one() -> None:
    padded = "".join(f"{line},,\n" for line in PREAMBLE.splitlines())

    result = read_text(f"{padded}Session primary channel group,Sessions,Active users\nDirect,6,5\n")

    assert (result.layout, result.period) == ("ga4", SEPTEMBER)


def test_the_tool_s_scientific_notation_is_read() -> None:
    text = f"{PREAMBLE}Session primary channel group,Sessions,Bounce rate\nDirect,2000,5.0E-4\n"

    assert read_text(text).sums["bounces"] == 1


@pytest.mark.parametrize(
    ("pair", "channel"),
    [
        ("google / organic", "organic"),
        ("google / cpc", "paid_search"),
        ("(direct) / (none)", "direct"),
        ("linkedin.com / referral", "social"),
        ("facebook / paid_social", "paid_social"),
        ("newsletter / email", "email"),
        ("partner.example / referral", "referral"),
        ("dv360 / display", "display"),
        ("awin / affiliate", "affiliate"),
        ("(not set) / (not set)", "not_set"),
        ("qr / print", "other"),
    ],
)
def test_source_and_medium_give_the_channel(pair: str, channel: str) -> None:
    assert channel_of_source(pair) == channel

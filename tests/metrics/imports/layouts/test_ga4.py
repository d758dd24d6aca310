from datetime import date
from decimal import Decimal

from metrics.imports.parsed import Span
from tests.metrics.imports.reading import codes, read_text, sample, values

PREAMBLE = "# ----\n# Free form 1\n# Site\n# 20260901-20260930\n# ----\n\n"


def test_a_dimension_in_the_columns_is_turned_into_rows() -> None:
    result = sample("ga4_pivot_en.csv")

    assert (result.layout, result.rows, result.totals_skipped) == ("ga4", 6, 1)
    assert values(result, "sessions", "start", "channel", "device") == {
        (date(2026, 9, 1), "organic", "desktop"): 200,
        (date(2026, 9, 1), "organic", "smartphone"): 150,
        (date(2026, 9, 2), "organic", "desktop"): 100,
        (date(2026, 9, 2), "organic", "smartphone"): 50,
        (date(2026, 9, 1), "direct", "desktop"): 200,
        (date(2026, 9, 1), "direct", "smartphone"): 100,
    }
    assert result.sums["sessions"] == result.totals["sessions"] == 800


def test_the_totals_column_of_a_pivot_knows_the_users_of_the_span() -> None:
    assert sample("ga4_pivot_en.csv").sums["visitors"] == 640


def test_values_written_once_stand_for_the_columns_to_their_right() -> None:
    text = (
        f"{PREAMBLE}Device category,desktop,,mobile,\n"
        "Session default channel group,Sessions,Key events,Sessions,Key events\n"
        "Organic Search,100,3,50,1\nDirect,80,2,20,0\n"
    )

    result = read_text(text)

    assert values(result, "conversions", "channel", "device") == {
        ("organic", "desktop"): 3,
        ("organic", "smartphone"): 1,
        ("direct", "desktop"): 2,
        ("direct", "smartphone"): 0,
    }


def test_segments_overlap_and_everyone_is_taken() -> None:
    result = sample("ga4_segments_fr.csv")

    assert values(result, "sessions", "channel") == {("organic",): 500, ("direct",): 300}
    assert codes(result.warnings) == ["segments_overlap"]


def test_the_api_s_names_are_words() -> None:
    result = sample("ga4_api.csv")

    assert result.layout == "ga4"
    assert result.sums == {
        "sessions": 350,
        "pageviews": 770,
        "conversions": 5,
        "bounces": 130,
        "session_seconds": 13_500,
        "revenue": Decimal("120.5"),
    }
    assert values(result, "visitors", "start", "channel", "device")[
        date(2026, 9, 1), "organic", "desktop"
    ] == Decimal(180)


def test_users_of_days_and_of_the_whole_span_stand_beside_each_other() -> None:
    text = (
        f"{PREAMBLE}Session default channel group,Sessions,Total users\n,600,410,Grand total\n"
        "Organic Search,400,300\nDirect,200,150\n"
        f"{PREAMBLE}Date,Total users\n20260901,220\n20260902,230\n"
    )

    result = read_text(text)

    assert values(result, "visitors", "start", "channel")[date(2026, 9, 2), None] == 230
    assert result.sums["visitors"] == 410


def test_weeks_counted_from_a_first_day_that_is_cut_off_ask_for_it() -> None:
    text = "Nth week,Total revenue\n0000,81.7\n0001,76.3\n"

    asked = read_text(text)
    answered = read_text(text, period=Span(date(2026, 9, 6), date(2026, 9, 19)))

    assert (codes(asked.questions), asked.errors) == (["period"], [])
    assert answered.ready
    assert values(answered, "revenue", "start", "end") == {
        (date(2026, 9, 6), date(2026, 9, 12)): Decimal("81.7"),
        (date(2026, 9, 13), date(2026, 9, 19)): Decimal("76.3"),
    }


def test_figures_that_are_no_metric_of_such_rows_are_said() -> None:
    text = "Event name,Event count,Total users,Event count per user\npage_view,15,5,3\n"

    result = read_text(
        f"# ----\n# Events\n# ----\n#\n# Start date: 20260901\n# End date: 20260930\n\n{text}"
    )

    assert [problem.kind for problem in result.errors] == ["columns"]
    assert "none that is a metric here" in result.errors[0].expected


def test_several_breakdowns_below_each_other_count_once() -> None:
    text = (
        "date,dimension_type,dimension_value,sessions,users\n"
        "2026-09-01,channel,Organic Search,60,50\n2026-09-01,channel,Direct,40,35\n"
        "2026-09-01,device,desktop,70,60\n2026-09-01,device,mobile,30,25\n"
        "2026-09-01,city,Paris,55,50\n2026-09-01,city,Lyon,45,40\n"
    )

    result = read_text(text)

    assert (result.layout, result.errors, result.sums) == ("ga4", [], {"sessions": 100})
    assert values(result, "sessions", "channel", "device") == {
        ("organic", None): 60,
        ("direct", None): 40,
        (None, "desktop"): 70,
        (None, "smartphone"): 30,
    }


def test_the_whole_stands_beside_its_breakdowns() -> None:
    text = (
        "dimension_type,dimension_value,total_users,sessions\noverall,all,90,100\n"
        "country,France,80,85\ncountry,Spain,10,15\n"
    )

    result = read_text(text, period=Span(date(2026, 9, 1), date(2026, 9, 30)))

    assert values(result, "visitors", "audience") == {(None,): 90, ("France",): 80, ("Spain",): 10}
    assert result.sums["sessions"] == 100

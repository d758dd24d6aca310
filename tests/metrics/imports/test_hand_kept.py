"""What people's own tables hold besides plain rows: sums within, odd dates, other languages."""

from datetime import date

import pytest

from metrics.imports.parsed import Span, WorkspaceHints
from tests.metrics.imports.reading import codes, read_bytes, read_text, values
from tests.metrics.imports.workbooks import Grid, xlsx

QUARTERS = "Month,Visits\nJan 2026,100\nFeb 2026,110\nMar 2026,120\nQ1 2026,330\nApr 2026,130\n"
MONTHS_ACROSS = (
    "Indicateur;janv. 2026;févr. 2026;mars 2026;T1 2026\nVisites;1 200;1 300;1 400;3 900\n"
)
YEAR_END = "Quarter,Revenue\nQ1 2025,10\nQ2 2025,20\nQ3 2025,30\nQ4 2025,40\n2025,100\n"


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        (QUARTERS, {"sessions": 460}),
        (MONTHS_ACROSS, {"sessions": 3900}),
        (YEAR_END, {"revenue": 100}),
    ],
)
def test_a_period_beside_its_parts_does_not_count_twice(text: str, sums: dict[str, int]) -> None:
    result = read_text(text)

    assert (result.sums, result.totals_skipped) == (sums, 1)
    assert "covering_periods" in codes(result.warnings)


def test_people_counted_once_in_a_quarter_stay_beside_those_of_its_months() -> None:
    result = read_text(QUARTERS.replace("Visits", "Unique visitors"))

    assert len(result.facts) == 5


def test_a_campaign_s_days_may_hold_those_of_others() -> None:
    rows = ("2026-01-03,2026-01-29,5", "2026-01-05,2026-01-06,1", "2026-01-08,2026-01-09,2")
    text = "\n".join(("start,end,leads", *rows))

    assert read_text(text).sums == {"leads": 8}


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        (
            "Année;Semaine;Visites\n2026;sem. 5;1\n2026;6;2\n",
            [Span(date(2026, 1, 26), date(2026, 2, 1)), Span(date(2026, 2, 2), date(2026, 2, 8))],
        ),
        (
            "Year,Quarter,Visits\n2025,Q4,1\n2026,1,2\n",
            [
                Span(date(2025, 10, 1), date(2025, 12, 31)),
                Span(date(2026, 1, 1), date(2026, 3, 31)),
            ],
        ),
        (
            "Date,Visits\n46023,1\n46024,2\n",
            [Span(date(2026, 1, 1), date(2026, 1, 1)), Span(date(2026, 1, 2), date(2026, 1, 2))],
        ),
        (
            "Date,Visits\n46023,1\n46054,2\n",
            [Span(date(2026, 1, 1), date(2026, 1, 31)), Span(date(2026, 2, 1), date(2026, 2, 28))],
        ),
    ],
)
def test_odd_dates(text: str, spans: list[Span]) -> None:
    result = read_text(text)

    assert (result.questions, result.errors) == ([], [])
    assert [Span(one.start, one.end) for one in result.facts] == spans


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (("30 décembre", "2 janvier"), [date(2025, 12, 30), date(2026, 1, 2)]),
        (("Dec 30", "Jan 2"), [date(2025, 12, 30), date(2026, 1, 2)]),
        (("S51", "S02"), [date(2025, 12, 15), date(2026, 1, 5)]),
        (("Q4", "Q1"), [date(2025, 10, 1), date(2026, 1, 1)]),
    ],
)
def test_days_without_a_year_ask_for_the_period(cells: tuple[str, str], days: list[date]) -> None:
    text = f"Date,Visits\n{cells[0]},1\n{cells[1]},2\n"
    said = Span(date(2025, 10, 1), date(2026, 3, 31))

    assert codes(read_text(text).questions) == ["period"]
    assert [one.start for one in read_text(text, period=said).facts] == days


def test_views_of_videos_are_no_page_views() -> None:
    header = "Date,Video views,Views,Watch time (hours),Leads"

    result = read_text(f"{header}\n2026-09-01,12,13,4.5,1\n2026-09-02,1,2,3,4\n")

    assert result.sums == {"leads": 5}
    assert ("Views", "-") in [(one.column, one.default) for one in result.questions]


@pytest.mark.parametrize(
    ("header", "metric"),
    [
        ("Net sales", "gross_revenue"),
        ("Active users", "visitors"),
        ("Form submissions", "leads"),
        ("Inscriptions", "leads"),
        ("Purchased", "orders"),
    ],
)
def test_a_likely_column_is_asked_about(header: str, metric: str) -> None:
    result = read_text(f"Date,Sessions,{header}\n2026-09-01,5,3\n2026-09-02,6,4\n")

    assert [one.default for one in result.questions] == [metric]


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        (
            "Datum;Besuche;Bestellungen;Umsatz\n01.09.2026;100;12;1.234,56 €\n",
            {"sessions": 100, "orders": 12, "gross_revenue": 1234.56},
        ),
        (
            "Fecha;Visitas;Páginas vistas;Pedidos\n13/09/2026;100;300;12\n",
            {"sessions": 100, "pageviews": 300, "orders": 12},
        ),
        (
            "Mese;Visite;Spesa pubblicitaria\ngennaio 2026;1.200;1.234,50\n",
            {"sessions": 1200, "cost_media": 1234.5},
        ),
    ],
)
def test_names_in_other_languages(text: str, sums: dict[str, float]) -> None:
    result = read_text(text)

    assert {key: float(value) for key, value in result.sums.items()} == sums
    assert result.questions == []


def test_a_dollar_sign_says_that_the_comma_groups_thousands() -> None:
    text = 'Month,Revenue,Refunds\nJan-26,"$12,345",($900)\nFeb-26,"$11,000",n/a\n'

    result = read_text(text)

    assert (result.questions, result.sums) == ([], {"revenue": 23_345})


def test_one_answer_about_numbers_is_asked_for_once() -> None:
    text = 'Date,Revenue,Media cost\n2026-09-13,"1,234","2,345"\n'

    assert codes(read_text(text).questions) == ["number_format"]


def test_a_number_with_both_marks_is_read_wherever_the_point_stands() -> None:
    text = "date;leads;x\n13/09/2026;1;1.234,56\n14/09/2026;2;12.000,00\n"

    assert values(read_text(text), "leads", "start") == {
        (date(2026, 9, 13),): 1, (date(2026, 9, 14),): 2
    }  # fmt: skip


GROUPED = ",Visits,,Leads,\nMonth,Organic,Paid,Organic,Paid\nJan 2026,1,2,3,4\nFeb 2026,1,2,3,4\n"
MERGED = {
    "KPIs": Grid(
        [
            ["Marketing dashboard 2026"],
            [None, "Visits", None, "Leads", None],
            ["Month", "Organic", "Paid", "Organic", "Paid"],
            [date(2026, 1, 1), 100, 50, 4, 2],
            [date(2026, 2, 1), 120, 60, 5, 3],
            ["Total", 220, 110, 9, 5],
        ],
        merged=["A1:E1", "B2:C2", "D2:E2"],
    )
}


def test_merged_metrics_group_the_columns_below() -> None:
    result = read_bytes(xlsx(MERGED), name="kpis.xlsx")

    assert (result.questions, result.sums) == ([], {"sessions": 330, "leads": 14})
    assert values(result, "leads", "channel", "start")["organic", date(2026, 1, 1)] == 4


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("Visits\nMonth,2024,2025\nJanuary,10,20\nFebruary,11,21\nTotal,21,41\n", 62),
        ("Visits\nYear,Jan,Feb,Total\n2024,10,11,21\n2025,20,21,41\n", 62),
        (GROUPED, 6),
        ("KPI,Unit,Jan 2026,Feb 2026,Target\nVisits,nb,10,20,40\nAd spend,EUR,5,6,20\n", 30),
        ("Web statistics 2025,\nMonth,Visits\nJanuary,10\nFebruary,11\nYear total,21\n", 21),
    ],
)
def test_months_and_metrics_in_any_place(text: str, sums: int) -> None:
    result = read_text(text)

    assert (result.questions, result.errors, result.sums["sessions"]) == ([], [], sums)


def test_months_of_years_across_are_their_own() -> None:
    result = read_text("Visits\nMonth,2024,2025\nJanuary,10,20\nFebruary,11,21\nTotal,21,41\n")

    assert values(result, "sessions", "start") == {
        (date(2024, 1, 1),): 10, (date(2024, 2, 1),): 11,
        (date(2025, 1, 1),): 20, (date(2025, 2, 1),): 21,
    }  # fmt: skip


FISCAL = "{0};Visites\n{1};10\n{2};20\n{3};30\n"


@pytest.mark.parametrize(
    ("header", "years"),
    [
        ("Year", ("2022-2023", "2023-2024", "2024-2025")),
        ("Exercice", ("Exercice 2022/2023", "Exercice 2023/2024", "Exercice 2024/2025")),
        ("Year", ("2022/23", "2023/24", "2024/25")),
        ("Fiscal year", ("FY22/23", "FY23/24", "FY24/25")),
    ],
)
def test_years_over_two_calendar_years_are_the_workspace_s_own(
    header: str, years: tuple[str, ...]
) -> None:
    july = WorkspaceHints(today=date(2026, 11, 23), fiscal_year_start=7)
    result = read_text(FISCAL.format(header, *years), workspace=july)

    assert result.questions == []
    assert result.facts[0].start == date(2022, 7, 1)
    assert result.facts[-1].end == date(2025, 6, 30)


def test_the_first_month_of_such_years_is_asked_where_the_workspace_has_calendar_years() -> None:
    text = FISCAL.format("Year", "2010-11", "2011-12", "2012-13")
    asked = read_text(text)
    answered = read_text(text, period=Span(date(2010, 4, 1), date(2013, 3, 31)))

    assert codes(asked.questions) == ["period"]
    assert not asked.facts
    assert [(fact.start, fact.end) for fact in answered.facts][1:] == [
        (date(2011, 4, 1), date(2012, 3, 31)),
        (date(2012, 4, 1), date(2013, 3, 31)),
    ]


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        ("M1 2026", "M2 2026", (date(2026, 1, 1), date(2026, 2, 28))),
        ("2026M01", "2026M02", (date(2026, 1, 1), date(2026, 2, 28))),
        ("W05 2026", "W06 2026", (date(2026, 1, 26), date(2026, 2, 8))),
        ("S05-2026", "S06-2026", (date(2026, 1, 26), date(2026, 2, 8))),
        ("T1-26", "T2-26", (date(2026, 1, 1), date(2026, 6, 30))),
        ("Q1'26", "Q2'26", (date(2026, 1, 1), date(2026, 6, 30))),
        ("1er trimestre 2026", "2e trimestre 2026", (date(2026, 1, 1), date(2026, 6, 30))),
        ("H1 2025", "H2 2025", (date(2025, 1, 1), date(2025, 12, 31))),
        ("S2 2024", "S1 2025", (date(2024, 7, 1), date(2025, 6, 30))),
        ("FY24", "FY25", (date(2024, 1, 1), date(2025, 12, 31))),
    ],
)
def test_periods_are_read_under_their_short_names_across_and_below(
    first: str, second: str, days: tuple[date, date]
) -> None:
    across = read_text(f"KPI;{first};{second}\nVisites;100;200\nLeads;5;6\n")
    below = read_text(f"Période;Visites;Leads\n{first};100;5\n{second};200;6\n")

    assert across.sums == below.sums == {"sessions": 300, "leads": 11}
    assert across.period == below.period == Span(*days)


def test_s1_and_s2_of_one_year_may_be_weeks_and_are_asked() -> None:
    text = "KPI;S1 2025;S2 2025\nVisites;100;200\nLeads;5;6\n"
    halves = read_text(text, period=Span(date(2025, 1, 1), date(2025, 12, 31)))
    weeks = read_text(text, period=Span(date(2025, 1, 1), date(2025, 1, 12)))

    assert codes(read_text(text).questions) == ["period"]
    assert halves.period == Span(date(2025, 1, 1), date(2025, 12, 31))
    assert weeks.period == Span(date(2024, 12, 30), date(2025, 1, 12))


@pytest.mark.parametrize("unit", ["", "000", "000000"])
def test_seconds_since_1970_are_days_of_the_workspace(unit: str) -> None:
    rows = f"1767222000{unit},3,10\n1767312000{unit},2,7\n"
    text = f"visitStartTime,sessions,pageviews\n{rows}"
    paris = WorkspaceHints(today=date(2026, 11, 23), zone="Europe/Paris")

    assert values(read_text(text), "sessions", "start") == {
        (date(2025, 12, 31),): 3,
        (date(2026, 1, 2),): 2,
    }
    assert (date(2026, 1, 1),) in values(read_text(text, workspace=paris), "sessions", "start")


def test_a_list_of_sessions_may_give_seconds_since_1970() -> None:
    rows = "a1,u1,1767225600,3\na2,u2,1767312000,2\n"
    result = read_text(f"session_id,user_id,timestamp,page_views\n{rows}")

    assert result.sums == {"sessions": 2, "pageviews": 5}
    assert result.period == Span(date(2026, 1, 1), date(2026, 1, 2))


PARTS = (
    "Month,Product,Region,MRR\n"
    "2026-09-01,Pro,North,100\n2026-09-01,Pro,South,50\n2026-09-01,Free,North,10\n"
    "2026-10-01,Pro,North,110\n2026-10-01,Pro,South,60\n2026-10-01,Free,North,20\n"
)


def test_a_stock_by_product_and_region_is_the_sum_of_its_parts() -> None:
    result = read_text(PARTS)

    assert (result.errors, result.questions) == ([], [])
    assert values(result, "mrr", "end") == {
        (date(2026, 9, 30),): 160,
        (date(2026, 10, 31),): 190,
    }
    assert "rows_added" in codes(result.warnings)


def test_people_by_product_and_region_are_left_out_and_no_mistake() -> None:
    text = PARTS.replace("MRR", "Unique visitors").replace("\n2026", ",1\n2026")
    result = read_text(text.replace("visitors,1", "visitors,Leads").rstrip() + ",1\n")

    assert (result.errors, result.sums) == ([], {"leads": 6})
    assert "uniques_not_added" in codes(result.warnings)


def test_two_values_of_one_stock_that_differ_in_how_sure_they_are_stay_a_mistake() -> None:
    text = PARTS.replace("Product,Region", "Status,Version")

    assert {one.kind for one in read_text(text).errors} == {"duplicate"}


def test_a_year_and_a_month_may_have_longer_names() -> None:
    result = read_text("sale_year,sale_month,plan,revenue\n2025,12,Pro,10\n2026,1,Pro,20\n")

    assert (result.questions, result.sums) == ([], {"revenue": 30})
    assert result.period == Span(date(2025, 12, 1), date(2026, 1, 31))


def test_the_first_day_of_a_week_stands_for_all_of_it() -> None:
    result = read_text("week_start,leads\n2026-09-07,5\n2026-09-14,6\n")

    assert result.period == Span(date(2026, 9, 7), date(2026, 9, 20))


LIBRARIES = (
    "Authority,Location,Period,Visits\n"
    "A,Town,2025-04-01/P1M,10\nA,Town,2025-05-01/P1M,11\nA,Town,2025-06-01/P1M,12\n"
    "B,Town,2025-04-01/P3M,50\nB,Town,2025-07-01/P3M,60\nC,Town,2025-04-01/P1Y,400\n"
)


def test_one_place_s_year_is_not_the_sum_of_another_s_months() -> None:
    result = read_text(LIBRARIES)

    assert (result.sums, result.totals_skipped) == ({"sessions": 543}, 0)
    assert result.period == Span(date(2025, 4, 1), date(2026, 3, 31))


def test_a_column_that_says_how_long_periods_are_makes_no_places() -> None:
    rows: tuple[str, ...] = (
        "Monthly,Jan 2026,1",
        "Monthly,Feb 2026,2",
        "Monthly,Mar 2026,3",
        "Quarterly,Q1 2026,6",
    )
    rows += (
        "Monthly,Apr 2026,4",
        "Monthly,May 2026,5",
        "Monthly,Jun 2026,6",
        "Quarterly,Q2 2026,15",
    )
    result = read_text("\n".join(("Frequency,Date,Leads", *rows)))

    assert (result.sums, result.totals_skipped) == ({"leads": 21}, 2)


def test_rates_and_averages_are_not_asked_about_whatever_joins_their_words() -> None:
    result = read_text(
        "month,n_new_customers,churn_rate,ConversionRate\n2026-08,5,0.1,0.2\n2026-09,6,0.1,0.2\n"
    )

    assert (result.questions, result.sums) == ([], {"new_customers": 11})


def test_comments_in_figures_are_those_of_posts() -> None:
    result = read_text("Date,Likes,Comments\n2026-09-01,50,7\n2026-09-02,60,8\n")
    words = read_text("Date,Likes,Comments\n2026-09-01,50,launch\n2026-09-02,60,\n")

    assert result.sums == {"social_reactions": 110, "social_comments": 15}
    assert words.sums == {"social_reactions": 110}


def test_a_source_that_names_channels_is_one() -> None:
    result = read_text("date,sessions,source\n2026-09-01,5,Direct\n2026-09-02,7,Organic search\n")

    assert values(result, "sessions", "channel") == {("direct",): 5, ("organic",): 7}

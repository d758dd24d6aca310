from datetime import date
from decimal import Decimal

import pytest

from metrics.imports.parsed import CustomMetric, Span, WorkspaceHints
from tests.metrics.imports.reading import SEPTEMBER, TODAY, codes, read, read_text, values

DAY = "2026-09-01"


def test_a_long_french_file() -> None:
    result = read("own_long_fr.csv")

    assert (result.layout, result.date_order, result.number_format) == (
        "own_long",
        "dmy",
        "1 234,5",
    )
    assert result.ready
    assert values(result, "sessions", "channel", "device") == {
        (None, None): Decimal(1250),
        ("organic", None): Decimal(900),
        ("direct", "desktop"): Decimal(300),
    }
    assert values(result, "leads", "asset", "audience") == {("/demo", "PME"): Decimal(12)}
    assert result.campaigns == {"Rentrée": "paid_search"}


def test_the_total_of_a_day_is_its_row_without_a_breakdown() -> None:
    assert read("own_long_fr.csv").sums["sessions"] == 1250


def test_a_wide_english_file() -> None:
    result = read("own_wide_en.csv")

    assert (result.layout, result.number_format, result.currency) == ("own_wide", "1,234.5", "USD")
    assert result.sums["session_seconds"] == 150_750
    assert values(result, "cost_media", "start", "channel") == {
        (date(2026, 9, 1), "organic"): Decimal(0),
        (date(2026, 9, 1), "paid_search"): Decimal("1050.25"),
        (date(2026, 9, 2), "organic"): Decimal(0),
        (date(2026, 9, 2), "paid_search"): Decimal(900),
    }


def test_a_totals_row_is_compared_and_not_added() -> None:
    result = read("own_wide_en.csv")

    assert (result.rows, result.totals_skipped) == (4, 1)
    assert {key: result.sums[key] for key in result.totals} == result.totals
    assert "totals_differ" not in codes(result.warnings)


def test_a_totals_row_that_disagrees_is_pointed_out() -> None:
    result = read_text("date,leads\n2026-09-01,5\n2026-09-02,6\nTotal,12\n")

    assert result.sums["leads"] == 11
    assert "add up to 11" in result.warnings[0].message


def test_a_dash_is_no_value_and_zero_is_one() -> None:
    leads = values(read("own_wide_en.csv"), "leads", "start", "channel")

    assert (date(2026, 9, 2), "organic") not in leads
    zero = read_text("date,leads\n2026-09-01,0\n")
    assert values(zero, "leads", "start") == {(date(2026, 9, 1),): Decimal(0)}


def test_columns_that_are_left_out_are_named() -> None:
    messages = [warning.message for warning in read("own_wide_en.csv").warnings]

    assert "The column “Bounce rate” is left out: it is worked out from other metrics." in messages


def test_a_mistyped_column_is_asked_about_with_a_proposal() -> None:
    result = read_text("date,Leads,Impresions publicitaires\n2026-09-01,1,2\n")

    assert [one.default for one in result.questions] == ["ad_impressions"]


def test_thousands_in_the_header_scale_the_column() -> None:
    assert read_text("Date;Coût média (k€)\n2026-09-13;3,2\n").sums["cost_media"] == 3200


def test_a_word_that_is_no_metric_is_asked_about_once() -> None:
    result = read_text(f"date,metric,value\n{DAY},Leeds,1\n2026-09-14,leeds,2\n{DAY},zzz,3\n")

    assert [(one.option, one.default) for one in result.questions] == [
        ("name:metric:leeds", "leads"),
        ("name:metric:zzz", "-"),
    ]
    assert (result.errors, result.sums) == ([], {"leads": 3})


def test_a_word_that_is_worked_out_is_left_out_and_said() -> None:
    result = read_text(f"date,metric,value\n{DAY},cpl,1\n{DAY},Bounce rate,0.4\n{DAY},leads,3\n")

    assert (result.questions, result.errors, result.sums) == ([], [], {"leads": 3})
    assert "“cpl”, “Bounce rate”" in result.warnings[0].message


@pytest.mark.parametrize(
    ("names", "sums"),
    [({"metric:zzz": "sessions"}, {"sessions": 3, "leads": 1}), ({"metric:zzz": ""}, {"leads": 1})],
)
def test_a_word_stands_for_what_was_said(names: dict[str, str], sums: dict[str, int]) -> None:
    text = f"date,metric,value\n{DAY},zzz,3\n{DAY},leads,1\n"

    result = read_text(text, names=names)

    assert (result.questions, result.sums) == ([], sums)
    assert [one.option for one in result.settled] == ["name:metric:zzz"]


def test_a_mapping_says_what_words_stand_for_too() -> None:
    text = f"date,metric,value,channel\n{DAY},zzz,3,Moon\n"

    result = read_text(text, mapping={"zzz": "sessions", "Moon": "social"})

    assert (result.questions, result.facts[0].channel) == ([], "social")


def test_who_wants_the_good_rows_only_is_not_asked() -> None:
    text = f"date,metric,value,channel\n{DAY},zzz,3,\n{DAY},leads,1,Moon\n{DAY},leads,1,seo\n"

    result = read_text(text, partial=True)

    assert [one.kind for one in result.errors] == ["metric", "channel"]
    assert (result.questions, result.sums) == ([], {"leads": 1})


def test_a_metric_of_the_workspace_s_own_is_known_by_its_names() -> None:
    own = CustomMetric("demo_requests", ("Demo requests", "Demandes de démo"))
    workspace = WorkspaceHints(today=TODAY, metrics=(own,))

    result = read_text(f"Date;Demandes de démo\n{DAY};7\n", workspace=workspace)

    assert result.sums == {"demo_requests": Decimal(7)}


@pytest.mark.parametrize(
    ("cell", "default"),
    [("Podcasts", "+"), ("Paid Search - Brand", "paid_search"),
     ("Organc search", "organic"), ("google / cpc", "paid_search"),
     ("TikTok", "paid_social"), ("Email/Organic", "email")],
)  # fmt: skip
def test_an_unknown_channel_is_asked_about_with_a_proposal(cell: str, default: str) -> None:
    result = read_text(f"date,metric,value,channel\n{DAY},leads,1,{cell}\n{DAY},mqls,1,{cell}\n")

    assert [one.default for one in result.questions] == [default]


def test_a_channel_of_the_workspace_s_own_is_known() -> None:
    text = f"date,metric,value,channel\n{DAY},leads,1,Podcasts\n"
    workspace = WorkspaceHints(today=TODAY, channels={"podcast": ("Podcasts",)})

    assert read_text(text, workspace=workspace).facts[0].channel == "podcast"


@pytest.mark.parametrize(
    ("said", "channels"), [("+", ["Podcasts"]), ("social", ["social"]), ("", [])]
)
def test_a_channel_is_what_was_said(said: str, channels: list[str]) -> None:
    text = f"date,metric,value,channel\n{DAY},leads,1,Podcasts\n{DAY},leads,2,\n"

    result = read_text(text, names={"channel:podcasts": said})

    assert [one.channel for one in result.facts] == [*channels, None]


def test_a_row_for_all_channels_and_devices_is_a_total() -> None:
    text = f"date,channel,device,sessions\n{DAY},All channels,Total,9\n{DAY},seo,mobile,3\n"

    found = [(one.channel, one.device) for one in read_text(text).facts]

    assert found == [(None, None), ("organic", "smartphone")]


def test_not_set_is_kept_apart_from_not_broken_down() -> None:
    text = f"date,metric,value,channel\n{DAY},leads,1,not_set\n{DAY},leads,5,\n"

    assert values(read_text(text), "leads", "channel") == {("not_set",): 1, (None,): 5}


TWICE = f"date,metric,value\n{DAY},leads,1\n{DAY},leads,1\n{DAY},leads,2\n"


def test_whether_the_very_same_row_counts_again_is_asked() -> None:
    result = read_text(TWICE)

    assert result.errors == []
    assert [(one.option, one.default) for one in result.questions] == [("repeats", "once")]
    assert "Row 3 says the very same as row 2." in result.questions[0].message
    assert not result.ready


def test_the_very_same_row_counts_as_was_said() -> None:
    once = read_text(TWICE, repeats="once")
    each = read_text(TWICE, repeats="each")

    assert (once.sums["leads"], each.sums["leads"]) == (3, 4)
    assert "repeats_left_out" in codes(once.warnings)
    assert once.questions == each.questions == []


def test_the_same_row_twice_is_a_problem_where_nobody_is_asked() -> None:
    result = read_text(TWICE, partial=True)

    assert [(problem.row, problem.kind) for problem in result.errors] == [(3, "duplicate")]
    assert result.errors[0].expected == "Row 3 repeats row 2. Remove one of the two."


def test_two_values_of_one_place_are_added_with_a_warning() -> None:
    result = read_text(f"date,metric,value\n{DAY},leads,1\n{DAY},leads,2\n")

    assert result.sums["leads"] == 3
    assert codes(result.warnings) == ["rows_added"]


@pytest.mark.parametrize("metric", ["followers", "visitors"])
def test_two_values_that_cannot_be_added_are_an_error(metric: str) -> None:
    result = read_text(f"date,metric,value\n{DAY},{metric},1\n{DAY},{metric},2\n")

    assert [problem.kind for problem in result.errors] == ["duplicate"]


def test_a_mean_is_weighted_by_its_metric() -> None:
    text = (
        "date,search_impressions,search_position\n"
        "2026-09-01,10,5\n2026-09-01,90,15\n2026-09-02,100,4\n"
    )

    result = read_text(text)

    assert values(result, "search_position", "start")[(date(2026, 9, 1),)] == 14
    assert result.sums["search_position"] == 9


def test_the_last_value_of_a_stock_is_its_sum() -> None:
    result = read_text("date,followers\n2026-09-13,100\n2026-09-14,120\n")

    assert result.sums["followers"] == 120


def test_a_file_kept_by_hand_covers_its_days_without_making_zeros() -> None:
    text = "date,leads\n2026-09-03,1\n2026-09-20,1\n"

    plain = read_text(text).coverage[0]
    said = read_text(text, covers=SEPTEMBER).coverage[0]

    assert (plain.start, plain.end, plain.zero_filled) == (
        date(2026, 9, 3),
        date(2026, 9, 20),
        False,
    )
    assert (said.start, said.end, said.zero_filled) == (*SEPTEMBER, True)


def test_a_file_without_dates_asks_for_its_period() -> None:
    text = "Leads,MQL\n12,3\n"

    asked, answered = read_text(text), read_text(text, period=SEPTEMBER)

    assert codes(asked.questions) == ["period"]
    assert asked.facts == []
    assert (answered.facts[0].start, answered.facts[0].end) == SEPTEMBER


def test_a_mapping_names_the_columns() -> None:
    text = "Tag,Foo,Bar\n2026-09-01,5,9\n"

    result = read_text(text, mapping={"tag": "date", "Foo": "leads", "Bar": ""})

    assert result.sums == {"leads": Decimal(5)}
    assert result.warnings == []


def test_two_currencies_cannot_be_added() -> None:
    text = f"date,metric,value,currency\n{DAY},cost_media,5,EUR\n{DAY},cost_tools,5,USD\n"

    assert [problem.kind for problem in read_text(text).errors] == ["currency"]


def test_another_currency_is_pointed_out_unless_said() -> None:
    text = f"date,Media cost (USD)\n{DAY},5\n"

    assert codes(read_text(text).warnings) == ["currency_differs"]
    assert read_text(text, currency="EUR").warnings == []


def test_a_month_column_gives_whole_months() -> None:
    result = read_text("Mois;Leads\nsept. 2026;5\noctobre 2026;6\n")

    assert result.facts[0].end == date(2026, 9, 30)
    assert result.period == Span(date(2026, 9, 1), date(2026, 10, 31))


def test_a_layout_that_does_not_exist_is_refused_with_those_that_do() -> None:
    result = read_text("date,leads\n2026-09-01,5\n", layout="nope")

    assert "own_wide" in result.errors[0].expected


def test_a_layout_that_does_not_fit_is_refused() -> None:
    result = read_text("date,leads\n2026-09-01,5\n", layout="search_console")

    assert result.errors[0].kind == "layout"


def test_a_bare_dollar_sign_is_pointed_out() -> None:
    result = read_text("date,revenue,leads\n2024-03-01,$5,1\n2024-03-02,$6,2\n")
    assert result.currency is None
    assert "currency_differs" in codes(result.warnings)


def test_payments_are_no_leads() -> None:
    result = read_text(
        "Date,Name,Type,Status,Gross,Fee,Net,From Email Address,Transaction ID\n"
        "2024-03-01,Ann,Payment,Completed,10.00,-0.50,9.50,ann@example.com,1AB\n"
        "2024-03-02,Bob,Payment,Pending,12.00,-0.60,11.40,bob@example.com,1AC\n"
    )
    assert result.layout != "lead_list"


def test_a_size_without_brackets_scales_the_column() -> None:
    result = read_text("Trimestre;CA k€;Nouveaux clients\n2025-T1;120;8\n2025-T2;125,5;9\n")

    assert result.sums["gross_revenue"] == 245_500
    assert result.currency == "EUR"


@pytest.mark.parametrize(
    ("cell", "value"), [("$342.09K", "342090"), ("1.2M", "1200000"), ("12.5 k", "12500")]
)
def test_shortened_numbers_are_written_out(cell: str, value: str) -> None:
    result = read_text(f"date,cost_media\n2026-09-01,{cell}\n2026-09-02,3.5\n")

    assert result.sums["cost_media"] == Decimal(value) + Decimal("3.5")


def test_a_mean_below_the_rows_is_no_row() -> None:
    result = read_text("Semaine;Visites\nS1 2026;1000\nS2 2026;1100\nMoyenne;1050\n")

    assert (result.errors, result.sums["sessions"]) == ([], 2100)


def test_emoji_in_headers_say_nothing() -> None:
    result = read_text("📅 Date,👀 Sessions,🎯 Leads\n2026-09-01,1000,10\n")

    assert result.sums == {"sessions": 1000, "leads": 10}


def test_a_year_and_a_month_beside_it_are_a_month() -> None:
    result = read_text("Année;Mois;Visites\n2025;1;1000\n2025;Décembre;900\n")

    assert values(result, "sessions", "start", "end") == {
        (date(2025, 1, 1), date(2025, 1, 31)): 1000,
        (date(2025, 12, 1), date(2025, 12, 31)): 900,
    }


def test_months_without_a_year_take_it_from_the_period_that_is_asked() -> None:
    text = "Mois;Visites\nNovembre;900\nDécembre;950\nJanvier;1000\n"
    season = Span(date(2025, 11, 1), date(2026, 1, 31))

    assert codes(read_text(text).questions) == ["period"]
    assert values(read_text(text, period=season), "sessions", "start") == {
        (date(2025, 11, 1),): 900, (date(2025, 12, 1),): 950, (date(2026, 1, 1),): 1000,
    }  # fmt: skip


def test_a_year_of_accounts_is_the_workspace_s() -> None:
    july = WorkspaceHints(today=TODAY, fiscal_year_start=7)
    result = read_text("Exercice;Nouveaux clients\nFY2025;85\n", workspace=july)

    assert [fact.start.month for fact in result.facts] == [7]


def test_the_one_column_of_days_is_the_date_whatever_its_name() -> None:
    result = read_text("c_date,label,leads\n2026-09-01,x,3\n2026-09-02,y,4\n")

    assert (result.questions, result.period) == ([], Span(date(2026, 9, 1), date(2026, 9, 2)))
    assert "column_of_days" in codes(result.warnings)


def test_a_column_of_words_is_no_metric_whatever_its_name() -> None:
    result = read_text("date,contact,leads\n2026-09-01,unknown,3\n2026-09-02,cellular,4\n")

    assert (result.errors, result.sums) == ([], {"leads": 7})


def test_impressions_beside_clicks_are_an_advertisers() -> None:
    result = read_text(
        "date,campaign,impressions,clicks,mark_spent,leads\n2026-09-01,Brand,1000,20,30.5,2\n"
    )

    assert {key: str(value) for key, value in result.sums.items()} == {
        "ad_impressions": "1000", "ad_clicks": "20", "cost_media": "30.5", "leads": "2",
    }  # fmt: skip


def test_counts_with_three_digits_behind_each_mark_are_thousands() -> None:
    text = 'date,leads\n2026-09-01,"1,234"\n2026-09-02,"2,345"\n2026-09-03,"1,001"\n'
    result = read_text(text)

    assert (result.questions, result.sums["leads"]) == ([], 4580)
    assert "thousands" in codes(result.warnings)


def test_the_world_of_a_published_table_is_the_total_of_its_countries() -> None:
    result = read_text(
        "Entity,Year,Visits\nWorld,2024,100\nFrance,2024,40\nWorld,2025,110\nFrance,2025,42\n"
    )

    assert (result.questions, result.errors) == ([], [])
    assert result.sums["sessions"] == 210
    assert {(fact.start.year, fact.audience): fact.value for fact in result.facts} == {
        (2024, None): 100,
        (2024, "France"): 40,
        (2025, None): 110,
        (2025, "France"): 42,
    }


MONTHS = [f"{year}-{month:02}" for year in (2023, 2024, 2025) for month in range(1, 13)]
SERIES = (
    '"Libellé";"Indice de la production";"Codes"\n"idBank";"010537323";""\n'
    '"Dernière mise à jour";"05/04/2026 08:45";""\n"Période";"";""\n'
    + "".join(f'"{month}";"94.91";"A"\n' for month in reversed(MONTHS))
)


def test_a_published_series_asks_what_it_is_and_nothing_else() -> None:
    result = read_text(SERIES)

    assert [one.option for one in result.questions] == ["mapping:Indice de la production"]


def test_what_stands_between_a_series_header_and_its_first_day_is_left_out() -> None:
    result = read_text(SERIES, mapping={"Libellé": "date", "Indice de la production": "leads"})

    february = values(result, "leads", "start", "end")[date(2025, 2, 1), date(2025, 2, 28)]
    assert (result.errors, result.rows, february) == ([], 36, Decimal("94.91"))
    assert "heads_left_out" in codes(result.warnings)


def test_firsts_of_january_are_years_where_they_are_many() -> None:
    text = "date,country,leads\n2023-01-01,France,10\n2024-01-01,France,20\n"

    assert read_text(text).period == Span(date(2023, 1, 1), date(2024, 1, 31))
    result = read_text(text + "2025-01-01,France,30\n")
    assert result.period == Span(date(2023, 1, 1), date(2025, 12, 31))
    assert "yearly_rows" in codes(result.warnings)


def test_figures_that_nobody_asks_about_are_named_when_they_are_left_out() -> None:
    text = "date,a,b,c,leads,d,e,f\n2026-09-01,1,2,3,4,5,6,7\n2026-09-02,1,2,3,4,5,6,7\n"

    result = read_text(text)

    assert result.sums == {"leads": 8}
    assert codes(result.warnings) == ["column_left_out"]
    assert "“a”, “b”, “c”, “d”, “e”, “f”" in result.warnings[0].message


def test_a_long_table_in_spanish() -> None:
    result = read_text("fecha;metrica;valor\n2026-09-01;leads;4\n")

    assert (result.layout, result.sums) == ("own_long", {"leads": 4})

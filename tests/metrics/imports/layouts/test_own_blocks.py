"""Tables kept by hand: blocks a month, months side by side, in every arrangement."""

from datetime import date
from decimal import Decimal

import pytest

from metrics.imports.parsed import Span
from tests.metrics.imports.reading import codes, read_bytes, read_text, values
from tests.metrics.imports.workbooks import Grid, xlsx

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
CHANNELS = """Suivi marketing

Janvier 2026
;SEO;Google Ads;Total
Visites;1 200;800;2 100
Leads;20;15;35
Coût média;0,00;1 500,50;1 500,50
Taux de clics;1,7 %;1,9 %;1,8 %

Février 2026
;SEO;Google Ads;Total
Visites;1 300;700;2 000
Leads;22;14;36
Coût média;0,00;1 400,00;1 400,00
"""


def test_a_block_for_each_month_with_channels_beside_metrics() -> None:
    result = read_text(CHANNELS)

    assert (result.layout, result.errors, result.questions) == ("own_blocks", [], [])
    assert result.period == Span(JANUARY, date(2026, 2, 28))
    assert values(result, "sessions", "start", "end", "channel") == {
        (JANUARY, date(2026, 1, 31), "organic"): Decimal(1200),
        (JANUARY, date(2026, 1, 31), "paid_search"): Decimal(800),
        (JANUARY, date(2026, 1, 31), None): Decimal(2100),
        (FEBRUARY, date(2026, 2, 28), "organic"): Decimal(1300),
        (FEBRUARY, date(2026, 2, 28), "paid_search"): Decimal(700),
        (FEBRUARY, date(2026, 2, 28), None): Decimal(2000),
    }
    assert result.sums == {
        "sessions": Decimal(4100),
        "leads": Decimal(71),
        "cost_media": Decimal("2900.50"),
    }


def test_rates_are_left_out_and_said() -> None:
    assert "row_left_out" in codes(read_text(CHANNELS).warnings)


def test_the_transpose_with_the_month_in_the_corner() -> None:
    result = read_text(
        "Janvier 2026,Visites,Leads,CPL\nSEO,1200,20,3\nSEA,800,15,4\nTotal,2000,35,\n"
        "Février 2026,Visites,Leads,CPL\nSEO,1300,22,3\nSEA,700,14,4\nTotal,2000,36,\n"
    )

    assert (result.layout, result.errors) == ("own_blocks", [])
    assert result.sums == {"sessions": Decimal(4000), "leads": Decimal(71)}
    assert values(result, "leads", "start", "channel")[FEBRUARY, "paid_search"] == 14


def test_months_side_by_side_without_adding_their_total() -> None:
    result = read_text(
        "Indicateur;janv. 2026;févr. 2026;mars 2026;Total\n"
        "Visites;1200;1300;1400;3900\nLeads;20;22;25;67\nMQL;10;11;;21\n"
    )

    assert result.layout == "own_blocks"
    assert result.sums == {"sessions": Decimal(3900), "leads": Decimal(67), "mqls": Decimal(21)}


def test_metric_and_channel_as_labels_with_a_year_above() -> None:
    result = read_text(
        "2026;;;;\nIndicateur;Canal;Janvier;Février;Mars\n"
        "Leads;SEO;10;11;12\n;SEA;5;6;7\nVisites;SEO;100;110;120\n;SEA;50;60;70\n"
    )

    assert result.layout == "own_blocks"
    assert values(result, "leads", "start", "channel")[FEBRUARY, "paid_search"] == 6
    assert result.sums == {"leads": Decimal(51), "sessions": Decimal(510)}


def test_channels_that_group_columns_of_metrics() -> None:
    result = read_text(
        ";SEO;;SEA;\nMois;Visites;Leads;Visites;Leads\n"
        "2026-01;100;10;50;5\n2026-02;110;11;60;6\nTotal;210;21;110;11\n"
    )

    assert values(result, "leads", "start", "channel") == {
        (JANUARY, "organic"): Decimal(10),
        (JANUARY, "paid_search"): Decimal(5),
        (FEBRUARY, "organic"): Decimal(11),
        (FEBRUARY, "paid_search"): Decimal(6),
    }


def test_a_metric_as_title_with_months_beside_channels() -> None:
    result = read_text(
        "Leads\n;SEO;SEA;Total\njanvier 2026;10;5;15\nfévrier 2026;11;6;17\n\n"
        "Visites\n;SEO;SEA;Total\njanvier 2026;100;50;150\nfévrier 2026;110;60;170\n"
    )

    assert result.sums == {"leads": Decimal(32), "sessions": Decimal(320)}


def test_a_sheet_for_each_month_whose_name_is_the_month() -> None:
    def month(seo: int) -> Grid:
        return Grid([("", "SEO", "Google Ads"), ("Visites", seo, 50), ("Leads", 3, 4)])

    result = read_bytes(
        xlsx({"Janvier 2026": month(100), "Février 2026": month(110)}), name="suivi.xlsx"
    )

    assert (result.layout, result.questions) == ("own_blocks", [])
    assert values(result, "sessions", "start", "channel")[FEBRUARY, "organic"] == 110


def test_months_without_a_year_are_asked_for() -> None:
    text = "Indicateur;Janvier;Février\nVisites;100;110\nLeads;10;11\n"

    asked = read_text(text)
    answered = read_text(text, period=Span(JANUARY, date(2026, 12, 31)))

    assert codes(asked.questions) == ["period"]
    assert values(answered, "leads", "start") == {(JANUARY,): Decimal(10), (FEBRUARY,): Decimal(11)}


def test_a_label_that_should_be_a_channel_is_asked_about() -> None:
    text = "Janvier 2026,Visites,Leads\nSEO,1200,20\nLe réseau,800,15\nDirect,10,1\n"

    result = read_text(text)
    answered = read_text(text, names={"channel:le reseau": "social"})

    assert [(one.option, one.default) for one in result.questions] == [
        ("name:channel:le reseau", "+")
    ]
    assert values(answered, "leads", "channel") == {
        ("organic",): Decimal(20), ("social",): Decimal(15), ("direct",): Decimal(1)
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Date,Visites,Leads\n2026-09-01,10,1\n2026-09-02,11,2\n",
        "Date,Canal,Visites,Leads\n2026-09-01,SEO,10,1\n2026-09-01,SEA,11,2\n",
        "Mois;Visites;Leads\njanv. 2026;10;1\nfévr. 2026;11;2\n",
    ],
)
def test_a_plain_table_stays_one(text: str) -> None:
    assert read_text(text).layout == "own_wide"


def test_metrics_of_a_channel_in_one_name() -> None:
    result = read_text(
        "Mois;Visites SEO;Visites - Google Ads;Trafic direct;Leads (SEA)\n"
        "2026-01;8000;4000;300;60\n2026-02;8500;4200;310;62\nMoyenne;8250;4100;305;61\n"
    )

    assert (result.layout, result.errors, result.questions) == ("own_blocks", [], [])
    assert values(result, "sessions", "start", "channel") == {
        (JANUARY, "organic"): 8000, (JANUARY, "paid_search"): 4000, (JANUARY, "direct"): 300,
        (FEBRUARY, "organic"): 8500, (FEBRUARY, "paid_search"): 4200, (FEBRUARY, "direct"): 310,
    }  # fmt: skip
    assert values(result, "leads", "start", "channel") == {
        (JANUARY, "paid_search"): 60, (FEBRUARY, "paid_search"): 62,
    }  # fmt: skip


def test_platforms_that_group_clicks_and_costs() -> None:
    result = read_text(
        "Mois;Google Ads;;;E-mail;;\n;Impressions;Clics;Coût;Envois;Clics;Désinscriptions\n"
        "janvier 2026;100 000;2 000;1 500,50;5 000;250;12\n"
        "février 2026;110 000;2 100;1 600,00;5 200;260;9\n"
        "Total;210 000;4 100;3 100,50;10 200;510;21\n"
    )

    assert (result.layout, result.errors) == ("own_blocks", [])
    assert {key: str(value) for key, value in result.sums.items()} == {
        "ad_impressions": "210000", "ad_clicks": "4100", "cost_media": "3100.50",
        "emails_sent": "10200", "emails_clicked": "510", "email_unsubscribes": "21",
    }  # fmt: skip


def test_months_beside_each_other_with_sizes_totals_and_years_to_date() -> None:
    result = read_text(
        'KPI,Jan 2026,Feb 2026,Q1 Total,YTD\nSessions,"12,500","13,200","25,700","25,700"\n'
        'Leads,"1,120",132,"1,252","1,252"\nCoût média (k€),4.5,5.2,9.7,9.7\nMQL,30,-,30,30\n'
    )

    assert (result.layout, result.errors, result.questions) == ("own_blocks", [], [])
    assert {key: str(value) for key, value in result.sums.items()} == {
        "sessions": "25700", "leads": "1252", "cost_media": "9700.0", "mqls": "30",
    }  # fmt: skip


def test_a_table_with_campaigns_is_no_block() -> None:
    result = read_text("Mois;Campagne;Visites SEO;Leads\n2026-01;Printemps;80;3\n")

    assert result.layout != "own_blocks"

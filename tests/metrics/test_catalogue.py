"""The catalogue that ships: its figures by hand, its words, the names it answers to."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest

from metrics.calculation import Result, evaluate
from metrics.catalogue import CATALOGUE, ENTRIES, FAMILIES, GOLDEN, find_metric
from metrics.catalogue.definition import Direction, MetricDefinition, Rollup, SourceKind
from metrics.catalogue.dimensions import (
    CHANNELS,
    DEVICES,
    DimensionValue,
    find_channel,
    find_device,
)
from metrics.catalogue.packs import PACKS, Pack
from metrics.formula import parse
from metrics.formula_nodes import Filter, Modifier, metrics_in, operands_in_order
from metrics.formula_text import readable

D = Decimal
DERIVED = [entry for entry in ENTRIES if entry.formula is not None]


def calculate(key: str, values: Mapping[str, str | None], per_year: int = 12) -> Result:
    """A derived metric from values by the operands' texts, through the metrics it reads.

    An operand that is not given is calculated where its metric is derived.
    """

    def lookup(name: str) -> Decimal | Result | None:
        if name in values:
            value = values[name]
            return None if value is None else D(value)
        entry = CATALOGUE.get(name)
        return calculate(name, values, per_year) if entry and entry.formula else None

    formula = CATALOGUE[key].formula
    assert formula is not None
    node = parse(formula)
    return evaluate(node, lambda operand: lookup(str(operand)), periods_per_year=per_year)


# Worked examples


@pytest.mark.parametrize(
    ("key", "values", "per_year", "expected"),
    [
        (
            "clv",
            {"mrr": "20", "customers": "1", "customer_lifetime_years": "1"},
            12,
            "240",
        ),
        (
            "clv",
            {"mrr": "5000", "customers": "1", "customer_lifetime_years": "3"},
            12,
            "180000",
        ),
        (
            "clv_orders",
            {"revenue": "500", "orders": "5", "customers": "1", "customer_lifetime_years": "2"},
            1,
            "1000",
        ),
        ("roas", {"ad_revenue": "10000", "cost_media": "2000"}, 12, "5"),
        ("lead_to_mql_rate", {"mqls": "12", "leads": "48"}, 12, "0.25"),
        (
            "nps",
            {"nps_promoters": "60", "nps_passives": "25", "nps_detractors": "15"},
            12,
            "45",
        ),
        ("churn_rate", {"start(customers)": "200", "lost_customers": "9"}, 12, "0.045"),
    ],
)
def test_a_worked_example_comes_out_exactly(
    key: str, values: dict[str, str], per_year: int, expected: str
) -> None:
    assert calculate(key, values, per_year)[:2] == (D(expected), None)


def test_a_month_s_rate_is_the_rate_of_its_sums() -> None:
    clicks, impressions = 1 + 90, 10 + 100
    found = calculate("ctr", {"ad_clicks": str(clicks), "ad_impressions": str(impressions)})
    assert str(found.value) == "0.8272727272727272727272727272727273"


def test_orders_of_a_month_are_brought_to_a_year() -> None:
    values = {"revenue": "50", "orders": "1", "customers": "2", "customer_lifetime_years": "2"}
    assert calculate("clv_orders", values, per_year=12).value == 50 * 6 * 2


# Every derived metric: operands, the figure by hand, the operand whose zero leaves no value

COSTS = ("cost_media", "cost_creative", "cost_staff", "cost_tools", "cost_agency", "cost_other")
COST = dict(zip(COSTS, ("100", "20", "300", "40", "30", "10.50"), strict=True))  # 500.50

BY_HAND: dict[str, tuple[dict[str, str], str, str | None]] = {
    "organic_sessions": ({'sessions where channel = "organic"': "7"}, "7", None),
    "paid_sessions": (
        {
            'sessions where channel = "paid_search"': "7",
            'sessions where channel = "paid_social"': "5",
            'sessions where channel = "display"': "1",
        },
        "13",
        None,
    ),
    "direct_sessions": ({'sessions where channel = "direct"': "6"}, "6", None),
    "social_sessions": ({'sessions where channel = "social"': "5"}, "5", None),
    "referral_sessions": ({'sessions where channel = "referral"': "4"}, "4", None),
    "email_sessions": ({'sessions where channel = "email"': "3"}, "3", None),
    "traffic_growth": (
        {"sessions": "90", "year_ago(sessions)": "120"},
        "-0.25",
        "year_ago(sessions)",
    ),
    "pages_per_visitor": ({"pageviews": "300", "visitors": "120"}, "2.5", "visitors"),
    "pages_per_session": ({"pageviews": "300", "sessions": "200"}, "1.5", "sessions"),
    "avg_session_duration": ({"session_seconds": "9000", "sessions": "200"}, "45", "sessions"),
    "avg_visitor_duration": ({"session_seconds": "9000", "visitors": "120"}, "75", "visitors"),
    "avg_time_on_page": ({"page_seconds": "6000", "pageviews": "300"}, "20", "pageviews"),
    "bounce_rate": ({"bounces": "82", "sessions": "200"}, "0.41", "sessions"),
    "exit_rate": ({"exits": "75", "pageviews": "300"}, "0.25", "pageviews"),
    "new_visitor_rate": ({"new_visitors": "90", "visitors": "120"}, "0.75", "visitors"),
    "returning_visitor_rate": ({"returning_visitors": "30", "visitors": "120"}, "0.25", "visitors"),
    "search_ctr": (
        {"search_clicks": "133", "search_impressions": "5320"},
        "0.025",
        "search_impressions",
    ),
    "conversion_rate_sessions": ({"conversions": "3", "sessions": "200"}, "0.015", "sessions"),
    "conversion_rate_visitors": ({"conversions": "3", "visitors": "120"}, "0.025", "visitors"),
    "landing_conversion_rate": (
        {"conversions": "3", "page_sessions": "60"},
        "0.05",
        "page_sessions",
    ),
    "landing_conversion_rate_visitors": (
        {"conversions": "3", "page_visitors": "50"},
        "0.06",
        "page_visitors",
    ),
    "visit_to_lead_rate": ({"leads": "48", "sessions": "1200"}, "0.04", "sessions"),
    "lead_to_mql_rate": ({"mqls": "12", "leads": "48"}, "0.25", "leads"),
    "mql_to_sql_rate": ({"sqls": "6", "mqls": "12"}, "0.5", "mqls"),
    "sql_to_customer_rate": ({"new_customers": "3", "sqls": "6"}, "0.5", "sqls"),
    "lead_to_customer_rate": ({"new_customers": "3", "leads": "48"}, "0.0625", "leads"),
    "lead_to_opportunity_rate": ({"opportunities": "6", "leads": "48"}, "0.125", "leads"),
    "visits_per_lead": ({"sessions": "1200", "leads": "48"}, "25", "leads"),
    "leads_per_customer": ({"leads": "48", "new_customers": "3"}, "16", "new_customers"),
    "email_delivery_rate": (
        {"emails_delivered": "1950", "emails_sent": "2000"},
        "0.975",
        "emails_sent",
    ),
    "email_open_rate": (
        {"emails_opened": "390", "emails_delivered": "1950"},
        "0.2",
        "emails_delivered",
    ),
    "email_click_rate": (
        {"emails_clicked": "39", "emails_delivered": "1950"},
        "0.02",
        "emails_delivered",
    ),
    "email_click_to_open_rate": (
        {"emails_clicked": "39", "emails_opened": "390"},
        "0.1",
        "emails_opened",
    ),
    "email_conversion_rate": (
        {"email_conversions": "13", "emails_delivered": "1950"},
        "0.006666666666666666666666666666666667",
        "emails_delivered",
    ),
    "email_unsubscribe_rate": (
        {"email_unsubscribes": "39", "emails_delivered": "19500"},
        "0.002",
        "emails_delivered",
    ),
    "email_invalid_rate": ({"email_bounces": "50", "emails_sent": "2000"}, "0.025", "emails_sent"),
    "engagements": (
        {"social_reactions": "30", "social_comments": "8", "social_shares": "2"},
        "40",
        None,
    ),
    "engagement_rate": (
        {
            "social_reactions": "30",
            "social_comments": "8",
            "social_shares": "2",
            "followers": "1600",
        },
        "0.025",
        "followers",
    ),
    "people_engagement_rate": ({"engaged_people": "24", "followers": "1600"}, "0.015", "followers"),
    "social_leads": ({'leads where channel = "social"': "4"}, "4", None),
    "ctr": ({"ad_clicks": "234", "ad_impressions": "4000"}, "0.0585", "ad_impressions"),
    "cpc": ({"cost_media": "207.09", "ad_clicks": "234"}, "0.885", "ad_clicks"),
    "cpl": (COST | {"leads": "50"}, "10.01", "leads"),
    "cpl_media": ({"cost_media": "100", "leads": "50"}, "2", "leads"),
    "cost_per_mql": (COST | {"mqls": "25"}, "20.02", "mqls"),
    "cac": (COST | {"new_customers": "5"}, "100.10", "new_customers"),
    "marketing_cost": (COST, "500.50", None),
    "arpa": ({"mrr": "12000", "customers": "40"}, "300", "customers"),
    "average_order_value": ({"revenue": "1001", "orders": "10"}, "100.1", "orders"),
    "roas": ({"ad_revenue": "650", "cost_media": "100"}, "6.5", "cost_media"),
    "roi": (COST | {"revenue": "1001"}, "1", None),
    "roi_growth": (
        COST | {"gross_revenue": "4001", "baseline_revenue": "3250.25"},
        "0.5",
        None,
    ),
    "attributed_revenue_share": (
        {"attributed_revenue": "900", "gross_revenue": "4000"},
        "0.225",
        "gross_revenue",
    ),
    "sales_growth": (
        {"gross_revenue": "4000.10", "year_ago(gross_revenue)": "4200.30"},
        "-200.20",
        None,
    ),
    "market_share": ({"gross_revenue": "4000", "market_size": "80000"}, "0.05", "market_size"),
    "churn_rate": (
        {"lost_customers": "9", "start(customers)": "200"},
        "0.045",
        "start(customers)",
    ),
    "retention_rate": (
        {"lost_customers": "9", "start(customers)": "200"},
        "0.955",
        "start(customers)",
    ),
    "clv": (
        {"mrr": "12000", "customers": "40", "customer_lifetime_years": "2.5"},
        "9000",
        "customers",
    ),
    "clv_orders": (
        {"revenue": "1000", "orders": "10", "customers": "40", "customer_lifetime_years": "2"},
        "600",  # 100 an order × 0.25 orders a month × 12 × 2
        "customers",
    ),
    "clv_to_cac": (
        COST
        | {
            "new_customers": "5",
            "mrr": "12000",
            "customers": "40",
            "customer_lifetime_years": "1.001",
        },
        "36",
        "new_customers",
    ),
    "nps": (
        {"nps_promoters": "10", "nps_passives": "5", "nps_detractors": "25"},
        "-37.5",
        None,
    ),
}

ZERO = [(key, zero) for key, (_, _, zero) in BY_HAND.items() if zero]
MISSING = [(key, name) for key, (values, _, _) in BY_HAND.items() for name in values]


def test_every_derived_metric_is_calculated_by_hand() -> None:
    assert BY_HAND.keys() == {entry.key for entry in DERIVED}


@pytest.mark.parametrize("key", BY_HAND)
def test_a_derived_metric_is_what_it_comes_to_by_hand(key: str) -> None:
    values, expected, _ = BY_HAND[key]
    assert calculate(key, values)[:3] == (D(expected), None, ())


@pytest.mark.parametrize(("key", "zero"), ZERO)
def test_a_zero_below_the_line_is_no_value(key: str, zero: str) -> None:
    found = calculate(key, BY_HAND[key][0] | {zero: "0"})
    assert (found.value, found.reason) == (None, "zero_denominator")


@pytest.mark.parametrize(
    ("key", "zeros"),
    [
        ("roi", COSTS),
        ("roi_growth", COSTS),
        ("nps", ("nps_promoters", "nps_passives", "nps_detractors")),
    ],
)
def test_nothing_spent_and_nobody_asked_are_no_value(key: str, zeros: tuple[str, ...]) -> None:
    found = calculate(key, BY_HAND[key][0] | dict.fromkeys(zeros, "0"))
    assert (found.value, found.reason) == (None, "zero_denominator")


def test_every_metric_with_a_division_meets_its_zero() -> None:
    divided = {entry.key for entry in DERIVED if "/" in str(entry.formula)}
    assert divided <= {key for key, _ in ZERO} | {"roi", "roi_growth", "nps"}


@pytest.mark.parametrize(("key", "name"), MISSING)
def test_a_missing_operand_is_named_and_leaves_a_value_only_to_sums_of_parts(
    key: str, name: str
) -> None:
    values = {**BY_HAND[key][0], name: None}
    found = calculate(key, values)
    assert found.missing == (name,)
    is_part = name.startswith(("cost_", "social_")) and key not in {"cpc", "cpl_media", "roas"}
    if is_part or key == "paid_sessions":
        assert found.value is not None
        assert found.reason is None
    else:
        assert (found.value, found.reason) == (None, "no_data")


@pytest.mark.parametrize("key", ["marketing_cost", "engagements"])
def test_a_sum_without_any_part_is_no_value(key: str) -> None:
    found = calculate(key, {})
    assert (found.value, found.reason) == (None, "no_data")
    assert set(found.missing) == set(BY_HAND[key][0])


# What is declared


def test_the_whole_catalogue_is_there() -> None:
    assert len(CATALOGUE) == len(ENTRIES) == 125
    assert len(DERIVED) == 61


@pytest.mark.parametrize(
    ("key", "rollup", "direction"),
    [
        ("sessions", Rollup.SUM, Direction.UP),
        ("visitors", Rollup.UNIQUE, Direction.UP),
        ("followers", Rollup.LAST, Direction.UP),
        ("search_position", Rollup.WEIGHTED_MEAN, Direction.DOWN),
        ("bounce_rate", Rollup.FORMULA, Direction.DOWN),
        ("exit_rate", Rollup.FORMULA, Direction.CONTEXT),
        ("mrr", Rollup.LAST, Direction.UP),
        ("cost_staff", Rollup.SUM, Direction.CONTEXT),
    ],
)
def test_a_metric_says_how_it_adds_up_and_which_way_is_good(
    key: str, rollup: Rollup, direction: Direction
) -> None:
    assert (CATALOGUE[key].rollup, CATALOGUE[key].direction) == (rollup, direction)


def test_vanity_metrics_have_the_pair_to_read_them_with() -> None:
    pairs = {entry.key: entry.pair for entry in ENTRIES if entry.vanity}
    assert pairs == {
        "sessions": "visit_to_lead_rate",
        "pageviews": "pages_per_session",
        "backlinks": "referring_domains",
        "followers": "engagement_rate",
    }


def test_weighted_means_have_their_weight() -> None:
    weights = {entry.key: entry.weight for entry in ENTRIES if entry.weight}
    assert weights == {
        "page_load_ms": "pageviews",
        "search_position": "search_impressions",
        "sales_cycle_days": "new_customers",
    }


def test_returns_are_read_after_the_fact() -> None:
    assert {entry.key for entry in ENTRIES if entry.after_the_fact} == {"roi", "roi_growth"}


def test_only_summed_metrics_come_from_lists_of_events() -> None:
    events = [entry for entry in ENTRIES if entry.source_kind is SourceKind.EVENTS]
    assert {"leads", "sqls", "nps_promoters"} <= {entry.key for entry in events}
    assert {entry.rollup for entry in events} == {Rollup.SUM}


def test_churn_reads_the_stock_at_the_start_of_its_period() -> None:
    lost, start = operands_in_order(parse(str(CATALOGUE["churn_rate"].formula)))
    assert (lost.metric, start.metric, start.modifier) == (
        "lost_customers",
        "customers",
        Modifier.START,
    )


def test_channels_in_formulas_exist() -> None:
    known = {channel.key for channel in CHANNELS}
    filters = [
        operand.where
        for entry in DERIVED
        for operand in operands_in_order(parse(str(entry.formula)))
        if operand.where
    ]
    assert filters
    assert all(isinstance(one, Filter) and one.dimension == "channel" for one in filters)
    assert {one.key for one in filters} <= known


def test_the_cost_of_a_lead_is_readable_in_french() -> None:
    names = {key: entry.name("fr") for key, entry in CATALOGUE.items()}
    node = parse(str(CATALOGUE["cpl"].formula))
    assert metrics_in(node) == {"marketing_cost", "leads"}
    assert readable(node, names, "fr") == "Coût marketing complet ÷ Leads"


def words_of(entry: MetricDefinition) -> list[str]:
    """Everything it says in French."""
    benchmark = entry.benchmark.text("fr") if entry.benchmark else ""
    return [
        entry.name("fr"),
        entry.definition("fr"),
        entry.question("fr"),
        entry.note("fr"),
        entry.badge("fr"),
        benchmark,
    ]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_french_punctuation_has_its_own_spaces(entry: MetricDefinition) -> None:
    for text in words_of(entry):
        assert not re.search(r"(?<![\u00a0\u202f])[?;:!%»]|«(?!\u00a0)", text)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_a_definition_is_one_sentence_in_each_language(entry: MetricDefinition) -> None:
    for language in ("en", "fr"):
        sentence = entry.definition(language)
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert ". " not in sentence
        assert "!" not in sentence
    assert entry.definition_en != entry.definition_fr


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_a_question_ends_with_a_question_mark(entry: MetricDefinition) -> None:
    for language in ("en", "fr"):
        assert entry.question(language) == "" or entry.question(language).endswith("?")


def test_families_are_the_shelves_of_the_catalogue() -> None:
    assert [family.name("en") for family in FAMILIES] == [
        "Site",
        "Conversion",
        "E-mail",
        "Social",
        "Link building",
        "Acquisition and leads",
        "Return and revenue",
        "Loyalty",
    ]
    assert {entry.family for entry in ENTRIES} == {family.key for family in FAMILIES}


def test_qualified_leads_come_first_among_the_golden_kpis() -> None:
    assert GOLDEN[0] == "mqls"
    assert len(GOLDEN) == len(set(GOLDEN)) <= 7


# Names that people use


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("cost_media", "cost_media"),
        ("Coût média (€)", "cost_media"),
        ("COUT MEDIA", "cost_media"),
        ("Coûts média (EUR HT)", "cost_media"),
        ("Media spend ($)", "cost_media"),
        ("Leads", "leads"),
        ("lead", "leads"),
        ("Prospects", "leads"),
        ("Piste", "leads"),
        ("MQL", "mqls"),
        ("SQLs", "sqls"),
        ("Nouveaux clients", "new_customers"),
        ("Nouveau client", "new_customers"),
        ("Sessions", "sessions"),
        ("  visites ", "sessions"),
        ("Taux d’ouverture (%)", "email_open_rate"),
        ("E-mails envoyés", "emails_sent"),
        ("Emails sent", "emails_sent"),
        ("Promoteurs", "nps_promoters"),
        ("Taux de conversion (par visiteur)", "conversion_rate_visitors"),
    ],
)
def test_a_header_names_its_metric(header: str, key: str) -> None:
    assert find_metric(header) == key


@pytest.mark.parametrize(
    "header", ["", "Coût média (k€)", "CPA", "Clics", "Clicks", "Date", "(€)", "\x00", "é" * 10_000]
)
def test_a_header_that_could_mean_several_or_none_is_left_to_people(header: str) -> None:
    assert find_metric(header) is None


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_a_metric_answers_to_its_key_and_both_names(entry: MetricDefinition) -> None:
    for header in (entry.key, entry.name_en, entry.name_fr.upper(), *entry.aliases):
        assert find_metric(header) == entry.key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Organic Search", "organic"),
        ("Paid Social", "paid_social"),
        ("Organic Social", "social"),
        ("Direct Traffic", "direct"),
        ("Recherche payante", "paid_search"),
        ("Référencement naturel", "organic"),
        ("Affiliates", "affiliate"),
        ("Offline Sources", "other"),
        ("E-mailing", "email"),
        ("(not set)", None),
    ],
)
def test_a_channel_is_found_by_what_tools_call_it(text: str, key: str | None) -> None:
    assert find_channel(text) == key


@pytest.mark.parametrize(
    ("text", "key"), [("Mobile", "smartphone"), ("Ordinateur", "desktop"), ("toaster", None)]
)
def test_a_device_is_found_by_what_tools_call_it(text: str, key: str | None) -> None:
    assert find_device(text) == key


def test_channels_and_devices_have_their_stable_keys() -> None:
    assert [channel.key for channel in CHANNELS] == [
        "direct",
        "organic",
        "paid_search",
        "social",
        "paid_social",
        "email",
        "referral",
        "display",
        "affiliate",
        "events",
        "other",
    ]
    assert [device.key for device in DEVICES] == ["desktop", "smartphone", "tablet", "other"]


@pytest.mark.parametrize(
    ("values", "find"),
    [(CHANNELS, find_channel), (DEVICES, find_device)],
    ids=["channel", "device"],
)
def test_what_tools_call_a_value_means_one_value_only(
    values: tuple[DimensionValue, ...], find: Callable[[str], str | None]
) -> None:
    for value in values:
        for name in (value.key, value.name_en, value.name_fr, *value.aliases):
            assert find(name) == value.key


# Packs


def test_the_packs_are_those_a_workspace_can_start_from() -> None:
    assert [pack.name("en") for pack in PACKS] == [
        "Inbound traffic",
        "E-mail",
        "Social",
        "Lead generation",
        "Paid campaigns",
        "Revenue and retention",
    ]


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.key)
def test_a_pack_s_statements_can_be_filled_in(pack: Pack) -> None:
    blanks = {"target": "1,200", "baseline": "900", "start": "1 January", "end": "31 March"}
    for one in pack.objectives:
        for language in ("en", "fr"):
            statement = one.statement(language)
            assert "{target}" in statement
            assert "{" not in statement.format(**blanks)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.key)
def test_a_pack_asks_for_improvement_in_the_metric_s_own_direction(pack: Pack) -> None:
    for one in pack.objectives:
        better = CATALOGUE[one.metric].direction
        assert one.metric not in {entry.key for entry in ENTRIES if entry.after_the_fact}
        if one.kind in {"reach", "above"}:
            assert better is Direction.UP
            assert one.change is None or one.change >= 0
        if one.kind in {"reduce", "below"}:
            assert better is Direction.DOWN
            assert one.change is None or one.change < 0

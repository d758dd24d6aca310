"""The language of derived metrics: reading it, writing it, calculating with it, its units."""

import sys
from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.calculation import Result, compile_formula, evaluate
from metrics.formula import parse
from metrics.formula_nodes import (
    Binary,
    Filter,
    FormulaError,
    Modifier,
    Node,
    Operand,
    Value,
    evaluation_order,
    is_metric_key,
    metrics_in,
    operands,
    operands_in_order,
    places,
)
from metrics.formula_text import readable, to_text
from metrics.periods import PERIODS_PER_YEAR, Grain
from metrics.quantities import check_unit
from metrics.units import UNIT_NAMES, Unit

D = Decimal


def result(text: str, values: Mapping[str, str | None], **options: int) -> Result:
    """Evaluate a text with values by the operands' texts."""
    given = {key: None if value is None else D(value) for key, value in values.items()}
    return evaluate(parse(text), lambda operand: given.get(str(operand)), **options)


# Reading


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("10 - 3 - 2", "5"),
        ("12 / 3 / 2", "2"),
        ("-2 * -3", "6"),
        ("3 - -2", "5"),
        ("--2", "2"),
        ("-(-2)", "2"),
        ("100 × (7 − 2) ÷ 4", "125"),
        ("0.1 + 0.2", "0.3"),
        ("min(3, 1, 2)", "1"),
        ("max(3, 1, 2)", "3"),
        ("\f 2 +\v3\f", "5"),
    ],
)
def test_arithmetic_follows_the_usual_order(text: str, value: str) -> None:
    assert result(text, {}).value == D(value)


def test_operands_are_metrics_with_their_period_and_segment() -> None:
    node = parse('start(customers) + lag(leads, 30) + prev(sessions where channel = "organic")')
    assert operands_in_order(node) == (
        Operand("customers", Modifier.START),
        Operand("leads", Modifier.LAG, 30),
        Operand("sessions", Modifier.PREV, where=Filter("channel", "organic")),
    )


def test_a_modifier_around_an_expression_applies_to_each_metric_in_it() -> None:
    assert parse("year_ago(a / b)") == parse("year_ago(a) / year_ago(b)")


def test_a_restriction_applies_to_the_whole_expression_before_it() -> None:
    whole = parse('a / b where device = "tablet"')
    assert whole == parse('(a where device = "tablet") / (b where device = "tablet")')


def test_the_metrics_read_are_known_by_key() -> None:
    node = parse("(sessions - year_ago(sessions)) / leads")
    assert metrics_in(node) == {"sessions", "leads"}
    assert len(operands(node)) == 3


def test_keys_are_read_in_any_case() -> None:
    assert parse("Leads / SESSIONS") == parse("leads / sessions")


@pytest.mark.parametrize(
    ("text", "position", "sentence"),
    [
        ("", 0, "Write a formula, like leads / sessions."),
        (" \n", 0, "Write a formula, like leads / sessions."),
        ("leads sessions", 6, "“sessions” does not belong here."),
        ("leads /", 7, "The formula ends too early: something is missing at its end."),
        ("(leads", 6, "The formula ends too early: something is missing at its end."),
        ("(a b)", 3, "A “)” is missing before “b”."),
        ("leads)", 5, "“)” does not belong here."),
        ("os.system", 2, "The character “.” has no meaning in a formula."),
        ("a[0]", 1, "The character “[” has no meaning in a formula."),
        ("a ** b", 3, "“*” does not belong here."),
        ("leads\x00", 5, "The character “U+0000” has no meaning in a formula."),
        ("\u202eleads", 0, "The character “U+202E” has no meaning in a formula."),
        ("١ + 1", 0, "The character “١” has no meaning in a formula."),
        ("1e9", 0, "Write numbers with digits and one point, like 12 or 0.5."),
        ("1.2.3", 0, "Write numbers with digits and one point, like 12 or 0.5."),
        ("9" * 19, 0, "Numbers in a formula have at most 18 digits."),
        ("start", 0, "“start” is a function: write what it applies to after it."),
        ("prev(prev(leads))", 0, "“leads” can be moved in time only once."),
        ("lag(leads, 0)", 11, "A lag is a whole number of days from 1 to 1096."),
        ("lag(leads, 1.5)", 11, "A lag is a whole number of days from 1 to 1096."),
        ("lag(leads)", 9, "A “,” is missing before “)”."),
        ("per_year(a, b)", 0, "“per_year” takes one thing only."),
        ("parts(a + b, c)", 0, "The parts of a sum are metrics, separated by commas."),
        ('a where colour = "red"', 8, "“colour” is no dimension. Use one of channel, "),
        ('a where channel = "', 18, 'The text after " is not closed by another ", or is empty.'),
        ("where", 0, "“where” does not belong here."),
        (
            '(a where channel = "x") where device = "y"',
            30,
            "“a” can be restricted to one segment only.",
        ),
        ("+".join("a" * 60), 101, "The formula has too many terms: use at most 100."),
        ("a" * 501, 500, "The formula is too long: use at most 500 characters."),
        ("(" * 30 + "a" + ")" * 30, 20, "The formula is nested too deeply: use at most 20 levels."),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place(
    text: str, position: int, sentence: str
) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert str(caught.value).startswith(sentence)
    assert caught.value.position == position
    assert caught.value.message % caught.value.params == str(caught.value)


def test_an_unknown_function_is_answered_with_those_that_exist() -> None:
    with pytest.raises(FormulaError, match="Use one of coalesce, lag, max, min") as caught:
        parse("1 + __import__(os)")
    assert caught.value.position == 4


@given(st.text(max_size=60) | st.text("ab01.+-*/()×÷−,=\"' where min\x00", max_size=80))
def test_any_text_is_a_formula_or_a_formula_error(text: str) -> None:
    node, position = None, None
    try:
        node = parse(text)
    except FormulaError as error:
        position = error.position
    if node is None:
        assert position is not None
        assert 0 <= position <= len(text)
    else:
        assert parse(to_text(node)) == node


@pytest.mark.parametrize("text", ["-" * 499 + "a", "-(" * 19 + "a" + ")" * 19, "+".join("a" * 50)])
def test_the_longest_formulas_are_read_written_and_calculated(text: str) -> None:
    node = parse(text)
    assert parse(to_text(node)) == node
    assert evaluate(node, lambda operand: D(1)).value is not None


@pytest.mark.parametrize(
    ("key", "allowed"),
    [
        ("leads", True),
        ("x9_y", True),
        ("where", False),
        ("min", False),
        ("a-b", False),
        ("é", False),
    ],
)
def test_a_key_is_one_that_a_formula_can_name(key: str, allowed: bool) -> None:
    assert is_metric_key(key) is allowed


# Writing


leaves = st.sampled_from(
    ["a", "b", "start(c)", "lag(a, 7)", '(a where channel = "x")', "2", "0.5", "1.50"]
)
formulas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("-{}".format, inner),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "coalesce"]), inner, inner),
        st.builds("per_year({})".format, inner),
    ),
    max_leaves=8,
)


@given(formulas)
def test_the_canonical_text_means_the_same(text: str) -> None:
    node = parse(text)
    assert parse(to_text(node)) == node
    assert to_text(parse(to_text(node))) == to_text(node)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("((a)) × ( b÷c )", "a * (b / c)"),
        ("(a*b)/c", "a * b / c"),
        ("a-(b-c)", "a - (b - c)"),
        ("-(a+b)", "-(a + b)"),
        ("1.50", "1.5"),
        ('parts(a,b where channel="x")', 'parts(a, b where channel = "x")'),
        ('(a where channel="x")/b', '(a where channel = "x") / b'),
    ],
)
def test_a_formula_has_one_spelling(text: str, canonical: str) -> None:
    assert to_text(parse(text)) == canonical


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        ("100 * leads / sessions", "100 × Leads ÷ Visits", "100 × Leads ÷ Visites"),
        ("0.5 - leads", "0.5 − Leads", "0,5 − Leads"),
        ("parts(leads, mqls) / 2", "(Leads + mqls) ÷ 2", "(Leads + mqls) ÷ 2"),
        (
            "year_ago(leads)",
            "Leads a year earlier",
            "Leads un an plus tôt",
        ),
        (
            'start(leads where channel = "organic")',
            "Leads (channel: Organic) at the start of the period",
            "Leads (canal\u00a0: Organic) au début de la période",
        ),
        ("lag(leads, 30)", "Leads 30 days earlier", "Leads 30 jours plus tôt"),
        ("per_year(leads / 2)", "(Leads ÷ 2) over a year", "(Leads ÷ 2) sur un an"),
        (
            "min(leads, 2)",
            "the smallest of (Leads; 2)",
            "le plus petit de (Leads\u202f; 2)",
        ),
        ("coalesce(leads, 0)", "(Leads, or without it 0)", "(Leads, ou à défaut 0)"),
    ],
)
def test_a_formula_is_readable_in_both_languages(text: str, english: str, french: str) -> None:
    names = {"leads": "Leads", "sessions": "Visits", "channel:organic": "Organic"}
    assert readable(parse(text), names, "en") == english
    assert readable(parse(text), names | {"sessions": "Visites"}, "fr-fr") == french


# Calculating


def test_a_ratio_is_one_of_sums() -> None:
    value = result("a / b", {"a": "91", "b": "110"}).value
    assert str(value) == "0.8272727272727272727272727272727273"


def test_a_division_by_zero_is_no_value() -> None:
    assert result("a / b", {"a": "1", "b": "0"})[:3] == (None, "zero_denominator", ())


def test_a_missing_operand_is_no_value_and_is_named() -> None:
    found = result("(a - start(b)) / c", {"a": "1", "c": "0"})
    assert found[:3] == (None, "no_data", ("start(b)",))


def test_inputs_are_kept_in_the_order_of_the_text() -> None:
    found = result("b / a + b", {"a": "2", "b": None})
    assert found.inputs == ((Operand("b"), None), (Operand("a"), D(2)))


def test_a_zero_is_a_value() -> None:
    assert result("a / b", {"a": "0", "b": "5"}).value == 0


def test_parts_add_the_known_ones_and_name_the_missing() -> None:
    found = result("parts(a, b, c)", {"a": "1.10", "c": "2.20"})
    assert found[:3] == (D("3.30"), None, ("b",))


def test_parts_have_no_value_where_none_is_known() -> None:
    assert result("parts(a, b)", {})[:3] == (None, "no_data", ("a", "b"))


def test_a_gap_in_the_parts_is_not_the_reason_of_a_later_division_by_zero() -> None:
    found = result("parts(a, b) / c", {"a": "1", "c": "0"})
    assert found[:3] == (None, "zero_denominator", ("b",))


def test_coalesce_takes_the_first_that_has_a_value() -> None:
    found = result("coalesce(a, b / c, d)", {"b": "1", "c": "0", "d": "7"})
    assert found[:3] == (D(7), None, ())


def test_coalesce_without_any_value_says_what_is_missing() -> None:
    assert result("coalesce(a, b)", {})[:3] == (None, "no_data", ("a", "b"))


@pytest.mark.parametrize("function", ["min", "max"])
def test_an_extreme_of_something_unknown_is_unknown(function: str) -> None:
    assert result(f"{function}(a, b)", {"a": "1"})[:3] == (None, "no_data", ("b",))


@pytest.mark.parametrize("grain", list(Grain))
def test_a_year_holds_so_many_periods(grain: Grain) -> None:
    times = PERIODS_PER_YEAR[grain]
    assert result("per_year(a)", {"a": "5"}, periods_per_year=times).value == 5 * times


def test_a_yearly_figure_needs_to_know_its_periods() -> None:
    with pytest.raises(ValueError, match="how many periods"):
        result("per_year(a)", {"a": "5"})


def test_the_reason_and_the_gaps_of_a_calculated_operand_are_handed_on() -> None:
    given = {
        "clv": Result(D(10), missing=("mrr",)),
        "cac": Result(None, "zero_denominator", ("cost_staff",)),
    }
    found = evaluate(parse("clv / cac"), lambda operand: given[operand.metric])
    assert found[:3] == (None, "zero_denominator", ("mrr", "cost_staff"))


def test_a_reason_of_an_operand_s_own_is_kept() -> None:
    found = evaluate(parse("a / b"), lambda operand: Result(None, "not_additive"))
    assert found[:3] == (None, "not_additive", ("a", "b"))


def test_money_is_never_a_float() -> None:
    with pytest.raises(TypeError, match="Decimal, not a float"):
        evaluate(parse("a"), lambda operand: 1.5)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "sNaN"])
def test_what_is_no_number_is_missing(value: str) -> None:
    assert result("a + 1", {"a": value})[:3] == (None, "no_data", ("a",))


@pytest.mark.parametrize("value", ["1E+30", "1E+6000"])
def test_a_number_past_any_measure_is_no_value(value: str) -> None:
    found = result("max(a * a, 0) - a * a + a", {"a": value})
    assert (found.value, found.reason) == (None, "too_large")


def test_a_compiled_formula_calculates_from_a_mapping() -> None:
    compiled = compile_formula(parse("(revenue - start(cost)) / start(cost)"))
    assert [str(operand) for operand in compiled.operands] == ["revenue", "start(cost)"]
    assert compiled({"revenue": D(150), "start(cost)": D(100)}) == Result(D("0.5"))
    assert compiled({"revenue": D(150)}) == Result(None, "no_data", ("start(cost)",))


amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False)


@given(amounts, amounts, amounts)
def test_sums_of_money_are_exact(a: Decimal, b: Decimal, c: Decimal) -> None:
    found = evaluate(parse("a - b + c"), lambda operand: {"a": a, "b": b, "c": c}[operand.metric])
    assert found.value == a - b + c


# Order


def formulas_of(**texts: str) -> dict[str, Node]:
    return {key: parse(text) for key, text in texts.items()}


def test_metrics_come_after_those_they_read() -> None:
    order = evaluation_order(formulas_of(c="b / x", a="y", b="start(a) + x"))
    assert order.index("a") < order.index("b") < order.index("c")


def test_a_circle_is_refused_with_its_members() -> None:
    with pytest.raises(FormulaError, match="calculated from each other") as caught:
        evaluation_order(formulas_of(a="b + 1", b="prev(c)", c="a", d="a"))
    assert set(str(caught.value.params["circle"]).split(" → ")) == {"a", "b", "c"}


def test_a_metric_read_from_itself_is_a_circle() -> None:
    with pytest.raises(FormulaError, match="a → a"):
        evaluation_order(formulas_of(a="prev(a) + 1"))


# Units

UNITS = {
    "clicks": Unit.COUNT,
    "people": Unit.PEOPLE,
    "cost": Unit.MONEY,
    "mrr": Unit.MONEY_PER_MONTH,
    "years": Unit.YEARS,
    "seconds": Unit.SECONDS,
    "millis": Unit.MILLISECONDS,
    "rate": Unit.PERCENT,
}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("clicks / people", Unit.PERCENT),
        ("clicks / people", Unit.PAGES),
        ("cost / clicks", Unit.MONEY),
        ("cost / clicks * clicks + cost", Unit.MONEY),
        ("(cost - start(cost)) / cost", Unit.RATIO),
        ("1 - rate", Unit.PERCENT),
        ("clicks + 5", Unit.COUNT),
        ("coalesce(cost, 0)", Unit.MONEY),
        ("mrr * 12 * years", Unit.MONEY),
        ("seconds / clicks", Unit.SECONDS),
        ("millis / 1000", Unit.SECONDS),
        ("cost * per_year(clicks / people) * years", Unit.MONEY),
        ("min(cost, cost)", Unit.MONEY),
    ],
)
def test_a_unit_that_fits(text: str, unit: Unit) -> None:
    check_unit(parse(text), unit, UNITS.__getitem__)


@pytest.mark.parametrize(
    ("text", "unit", "sentence"),
    [
        ("cost + clicks", Unit.MONEY, "an amount of money and a number of things"),
        ("parts(cost, seconds)", Unit.MONEY, "adds up .* a duration in seconds"),
        ("clicks - rate", Unit.COUNT, "subtracts .* things less a plain number, such as a rate"),
        ("seconds + millis", Unit.SECONDS, "a duration in seconds and a duration in milliseconds"),
        ("cost + mrr", Unit.MONEY, "an amount of money and an amount of money per month"),
        ("max(cost, clicks)", Unit.MONEY, "chooses between unlike things: an amount of money"),
        ("cost", Unit.COUNT, "does not fit the unit “number”. It would fit: amount of money."),
        ("clicks", Unit.PERCENT, "gives a number of things"),
        ("cost * clicks", Unit.MONEY, "an amount of money × a number of things, which fits no"),
        ("cost * cost", Unit.MONEY, "gives an amount of money squared"),
        ("1 / (cost * cost * cost * cost)", Unit.MONEY, "gives 1 ÷ an amount .* to the power of 4"),
        ("mrr * years", Unit.MONEY, "an amount of money with durations in different units"),
        ("millis", Unit.SECONDS, "does not fit the unit “seconds”"),
        ("3", Unit.MONEY, "does not fit the unit “amount of money”"),
    ],
)
def test_a_unit_that_does_not_fit(text: str, unit: Unit, sentence: str) -> None:
    with pytest.raises(FormulaError, match=sentence):
        check_unit(parse(text), unit, UNITS.__getitem__)


def test_unlike_things_are_named_in_both_languages_at_their_place() -> None:
    with pytest.raises(FormulaError) as refused:
        check_unit(parse("clicks / people * (cost + clicks)"), Unit.MONEY, UNITS.__getitem__)
    assert refused.value.position == 24
    assert refused.value.filling("fr-FR") == {
        "first": "un montant",
        "second": "un nombre d’éléments",
    }


def test_every_unit_has_a_name_in_both_languages() -> None:
    assert set(UNIT_NAMES) == set(Unit)
    assert all(name.en and name.fr for name in UNIT_NAMES.values())


def test_the_places_of_a_formula_are_those_of_its_text() -> None:
    node = parse('leads / prev(leads + Sessions where channel = "organic")')
    assert [(str(one.operand.metric), one.at) for one in places(node)] == [
        ("leads", 0),
        ("leads", 13),
        ("sessions", 21),
    ]


def test_no_formula_reaches_python() -> None:
    before = set(sys.modules)
    for text in ("__import__", "a.__class__", "lambda x: x", "exec(a)", "a if b else c"):
        try:
            node = parse(text)
        except FormulaError:
            continue
        assert node == Value(Operand(text))
    assert set(sys.modules) == before


def test_the_tree_of_a_formula_is_plain_data() -> None:
    assert parse("a + b") == Binary("+", Value(Operand("a")), Value(Operand("b")))

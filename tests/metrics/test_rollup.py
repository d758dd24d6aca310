"""From days to periods, and formulas over a row."""

from decimal import Decimal

import pytest

from metrics.derive import Formulas, Surroundings, derive
from metrics.formula_nodes import Modifier
from metrics.resolution import EVERYTHING, NOT_SET, Mean, Segment, rest_of
from metrics.rollup import Given, Row, Rows, Tally, given_of, rows_of, tally_of, total

ORGANIC, EMAIL = Segment(1, 11), Segment(1, 12)
UNKNOWN = Segment(1, NOT_SET)
NOTHING = Given()
SUMS, MEANS = frozenset({"leads", "sqls"}), frozenset({"position"})


def tally(**sums: dict[Segment, int]) -> Tally:
    found = Tally()
    for key, by_segment in sums.items():
        for segment, amount in by_segment.items():
            found.add(segment, key, Decimal(amount))
    return found


def test_not_set_is_what_the_total_holds_beyond_the_named() -> None:
    rows = rows_of(tally(leads={EVERYTHING: 100, ORGANIC: 60, EMAIL: 30}), NOTHING, NOTHING)
    assert rows[UNKNOWN].values["leads"] == 10


def test_not_set_may_be_negative() -> None:
    rows = rows_of(tally(leads={EVERYTHING: 80, ORGANIC: 60, EMAIL: 30}), NOTHING, NOTHING)
    assert rows[UNKNOWN].values["leads"] == -10


def test_everything_is_not_set_where_nothing_is_broken_down() -> None:
    rows = rows_of(tally(leads={EVERYTHING: 80}), NOTHING, NOTHING)
    assert {segment: row.values["leads"] for segment, row in rows.items()} == {
        EVERYTHING: 80,
        UNKNOWN: 80,
        Segment(2, NOT_SET): 80,
        Segment(3, NOT_SET): 80,
    }


def test_pages_are_not_set_only_where_something_is_broken_down_by_page() -> None:
    page = Segment(4, 41)
    rows = rows_of(tally(leads={EVERYTHING: 80, page: 50}), NOTHING, NOTHING)
    assert rows[Segment(4, NOT_SET)].values["leads"] == 30
    assert Segment(5, NOT_SET) not in rows


def test_a_segment_with_facts_is_zero_where_silence_is_zero() -> None:
    found = tally(leads={EVERYTHING: 5, ORGANIC: 5}, sqls={EVERYTHING: 0, rest_of(1): 0})
    rows = rows_of(found, NOTHING, NOTHING)
    assert rows[ORGANIC].values == {"leads": 5, "sqls": 0}


def test_known_zeros_alone_make_no_row() -> None:
    found = tally(sqls={EVERYTHING: 0, rest_of(1): 0, ORGANIC: 0})
    assert ORGANIC not in rows_of(found, NOTHING, NOTHING)


def test_a_longer_period_adds_the_shorter_ones() -> None:
    january = rows_of(tally(leads={EVERYTHING: 10, ORGANIC: 6}), NOTHING, NOTHING)
    february = rows_of(tally(leads={EVERYTHING: 5, EMAIL: 5}), NOTHING, NOTHING)
    added = total(tally_of(rows, SUMS, MEANS) for rows in (january, february))
    rows = rows_of(added, NOTHING, NOTHING)
    channels = {segment: row.values["leads"] for segment, row in rows.items()}
    assert [int(channels[one]) for one in (EVERYTHING, ORGANIC, EMAIL, UNKNOWN)] == [15, 6, 5, 4]


def means(*parts: Mean) -> Rows:
    found = Tally()
    for part in parts:
        found.add_mean(EVERYTHING, "position", part)
    return rows_of(found, NOTHING, NOTHING)


def plain(value: int) -> Mean:
    return Mean(Decimal(0), Decimal(0), frozenset({Decimal(value)}))


def test_a_weighted_mean_adds_both_of_its_sums() -> None:
    first = means(Mean(Decimal(180), Decimal(90)))
    second = means(Mean(Decimal(100), Decimal(10)))
    rows = rows_of(total(tally_of(one, SUMS, MEANS) for one in (first, second)), NOTHING, NOTHING)
    assert rows[EVERYTHING].values["position"] == Decimal("2.8")
    assert rows[EVERYTHING].weights["position"] == (Decimal(280), Decimal(100))


def test_equal_values_need_no_weights() -> None:
    assert means(plain(12), plain(12))[EVERYTHING].values["position"] == 12


def test_different_values_without_weights_have_no_mean() -> None:
    rows = means(plain(12), plain(13))
    assert rows[EVERYTHING].reasons == {"position": "not_additive"}
    again = rows_of(tally_of(rows, SUMS, MEANS), NOTHING, NOTHING)
    assert again[EVERYTHING].reasons == {"position": "not_additive"}


def test_weights_of_zero_are_a_zero_denominator() -> None:
    rows = means(Mean(Decimal(0), Decimal(0)))
    assert rows[EVERYTHING].reasons == {"position": "zero_denominator"}


def test_stocks_are_taken_from_the_last_part() -> None:
    rows = {EVERYTHING: Row({"customers": Decimal(230)}, {"mrr": "stale"})}
    found = rows_of(Tally(), given_of(rows, frozenset({"customers", "mrr"})), NOTHING)
    assert found[EVERYTHING].values == {"customers": 230}
    assert found[EVERYTHING].reasons == {"mrr": "stale"}


# Formulas

FORMULAS = Formulas(
    {
        "cost": "parts(media, staff)",
        "cpl": "cost / leads",
        "churn": "lost / start(customers)",
        "organic_leads": 'leads where channel = "organic"',
        "monthly": "per_year(leads)",
        "pages": "views / visitors",
    }
)


def derived(
    values: dict[str, int],
    *,
    rows: Rows | None = None,
    before: Rows | None = None,
    reasons: dict[str, str] | None = None,
    incomplete: set[str] | None = None,
) -> Row:
    row = Row(
        {key: Decimal(value) for key, value in values.items()}, reasons or {}, incomplete or set()
    )
    around = Surroundings(
        {EVERYTHING: row, **(rows or {})},
        {(Modifier.START, 0): before or {}},
        lambda dimension, key: ORGANIC if key == "organic" else None,
    )
    derive(FORMULAS, around, periods_per_year=12)
    return row


def test_a_formula_is_applied_to_the_period_s_values() -> None:
    assert derived({"media": 500, "staff": 100, "leads": 40}).values["cpl"] == 15


def test_a_sum_of_parts_adds_the_known_ones_and_is_incomplete() -> None:
    row = derived({"media": 500, "leads": 40})
    assert row.values["cost"] == 500
    assert {"cost", "cpl"} <= row.incomplete


def test_division_by_zero_says_so() -> None:
    row = derived({"media": 500, "staff": 0, "leads": 0})
    assert "cpl" not in row.values
    assert row.reasons["cpl"] == "zero_denominator"


def test_a_missing_operand_is_no_data_and_leaves_no_trace() -> None:
    row = derived({"media": 500, "staff": 0})
    assert "cpl" not in row.values
    assert "cpl" not in row.reasons


def test_the_reason_of_an_operand_is_handed_on() -> None:
    row = derived({"views": 10}, reasons={"visitors": "not_additive"})
    assert row.reasons["pages"] == "not_additive"


def test_incomplete_operands_make_an_incomplete_result() -> None:
    row = derived({"media": 1, "staff": 1, "leads": 1}, incomplete={"leads"})
    assert {"cpl", "monthly"} <= row.incomplete
    assert "cost" not in row.incomplete


def test_start_reads_the_day_before_and_is_kept_as_an_input() -> None:
    before = {EVERYTHING: Row({"customers": Decimal(200)})}
    row = derived({"lost": 9}, before=before)
    assert row.values["churn"] == Decimal("0.045")
    assert row.inputs == {"start(customers)": 200}


def test_where_reads_another_segment() -> None:
    row = derived({"leads": 40}, rows={ORGANIC: Row({"leads": Decimal(15)})})
    assert row.values["organic_leads"] == 15


def test_where_falls_back_to_known_zeros() -> None:
    row = derived({"leads": 40}, rows={rest_of(1): Row({"leads": Decimal(0)})})
    assert row.values["organic_leads"] == 0


def test_per_year_multiplies_by_the_periods_of_a_year() -> None:
    assert derived({"leads": 40}).values["monthly"] == 480


@pytest.mark.parametrize(
    ("key", "base"), [("cpl", {"media", "staff", "leads"}), ("leads", {"leads"})]
)
def test_what_a_metric_rests_on(key: str, base: set[str]) -> None:
    assert FORMULAS.base_of(key) == base

"""Facts as columns read like the facts that they were made of."""

from datetime import date
from decimal import Decimal

from metrics.imports.fact_columns import FactColumns
from metrics.imports.parsed import ImportOptions, Limits, ParsedFact, Span
from metrics.imports.parsing import parse_file
from tests.metrics.imports.reading import PARIS

DAY, LATER = date(2026, 9, 1), date(2026, 9, 30)
FACTS = [
    ParsedFact(2, "leads", DAY, DAY, Decimal(5), "email"),
    ParsedFact(3, "sessions", DAY, LATER, Decimal("7.5")),
    ParsedFact(4, "leads", LATER, LATER, Decimal(5), "email", "Spring"),
]


def test_facts_come_back_as_they_were() -> None:
    assert FactColumns.of(FACTS) == FACTS
    assert FactColumns.of(FACTS)[1:] == FACTS[1:]
    assert list(FactColumns.of(FACTS).only("leads")) == [FACTS[0], FACTS[2]]


def test_two_columns_of_facts_are_joined_under_one_set_of_codes() -> None:
    joined = FactColumns.of(FACTS[1:])
    joined += FactColumns.of(FACTS)
    assert joined == FACTS[1:] + FACTS
    assert joined.keys_told == ["sessions", "leads"]
    assert joined.extent == Span(DAY, LATER)


def test_facts_of_one_key_and_no_others_share_their_identity() -> None:
    one, other, third, again = FactColumns.of([*FACTS, FACTS[0]]).identities()
    assert one == again
    assert len({one, other, third}) == 3


def test_what_no_fact_has_is_forgotten() -> None:
    facts = FactColumns.of(FACTS).picked([1]).compact()
    assert (facts.metrics.listed, len(facts.places)) == (["sessions"], 1)
    assert facts == FACTS[1:2]


def test_the_problems_of_a_file_come_in_the_order_of_its_rows() -> None:
    text = (
        "date,metric,channel,value\n2026-09-01,leads,moon,1\nsoon,leads,email,2\n"
        "2026-09-03,leads,email,many\n2026-09-04,moons,email,4\n2026-09-05,leads,email,5\n"
    )
    options = ImportOptions(partial=True)
    parsed = parse_file("a.csv", text.encode(), options=options, workspace=PARIS, limits=Limits())
    assert [(one.row, one.kind) for one in parsed.errors] == [
        (2, "channel"),
        (3, "date"),
        (4, "number"),
        (5, "metric"),
    ]
    assert [fact.row for fact in parsed.facts] == [6]

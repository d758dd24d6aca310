"""Where a number comes from: formulas with their values, facts, files, people, the ledger."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from accounts.models import User, Workspace
from metrics import snapshots
from metrics.costs import save_cost
from metrics.entries import save_entry
from metrics.imports.importing import import_file
from metrics.imports.parsed import ImportOptions
from metrics.lineage import Lineage, lineage
from metrics.lineage_sql import Gap
from metrics.lineage_words import gap_texts
from metrics.models import Batch, Dimension, Metric
from metrics.models.fact import FileRows
from metrics.resolution import EVERYTHING, NOT_SET, Segment
from tests.metrics.numbers import NOW, TODAY, Book, day

JUNE = day("2025-06-01"), day("2025-06-30")
JULY = day("2025-07-01"), day("2025-07-31")


@pytest.fixture
def book(inside: Workspace) -> Book:
    return Book(inside)


def ask(
    book: Book,
    key: str,
    span: tuple[date, date] = JULY,
    segment: Segment = EVERYTHING,
    page: int = 1,
) -> Lineage:
    snapshots.refresh(book.workspace, today=TODAY, now=NOW)
    metric = Metric.objects.get(workspace=book.workspace, key=key)
    return lineage(book.workspace, metric, segment, span, today=TODAY, page=page)


def bring_in(book: Book, name: str, text: str) -> Batch:
    return import_file(
        book.workspace,
        user=None,
        name=name,
        data=text.encode(),
        options=ImportOptions(),
        today=TODAY,
        now=NOW,
    )


def test_a_formula_with_its_values_in_both_languages(book: Book) -> None:
    book.write(
        book.row("leads", "2025-07-10", 50),
        book.row("cost_media", "2025-07-10", 700),
        book.row("cost_staff", "2025-07-10", 200),
    )
    found = ask(book, "cpl")
    assert found.value == 18
    assert (found.formula, found.filled) == ("Marketing cost ÷ Leads", "€900.00 ÷ 50")
    cost, leads = found.inputs
    assert (cost.metric.key, cost.value, leads.value) == ("marketing_cost", 900, 50)
    assert [one.value for one in cost.inputs if one.value is not None] == [700, 200]
    assert cost.filled == "€700.00 + – + €200.00 + – + – + –"
    with translation.override("fr"):
        assert ask(book, "cpl").filled == "900,00\u00a0€ ÷ 50"


def test_an_operand_of_another_period_or_segment_says_where_it_is_read(book: Book) -> None:
    book.write(
        book.row("customers", "2025-06-30", 40), book.row("customers", "2025-07-31", 44),
        book.row("lost_customers", "2025-07-10", 4),
        book.row("sessions", "2025-07-10", 30, channel=book.value("organic")),
    )  # fmt: skip
    lost, before = ask(book, "churn_rate").inputs
    assert (lost.value, before.value) == (4, 40)
    assert before.span == (day("2025-06-30"), day("2025-06-30"))
    (organic,) = ask(book, "organic_sessions").inputs
    assert (organic.segment_key, organic.value) == ("channel:organic", 30)


def test_which_breakdown_counted_and_what_was_left_aside(book: Book) -> None:
    ga4, ads = book.feed("GA4"), book.feed("Google Ads")
    organic, desktop = book.value("organic"), book.value("desktop", Dimension.DEVICE)
    book.write(
        book.row("sessions", "2025-07-10", 90, feed=ga4, channel=organic),
        book.row("sessions", "2025-07-10", 80, feed=ga4, device=desktop),
        book.row("sessions", "2025-07-11", 5, feed=ads),
    )
    found = ask(book, "sessions")
    roles = {(one.feed.name, one.dimensions): (one.role, one.total) for one in found.feeds}
    assert roles == {
        ("GA4", (Dimension.CHANNEL,)): ("counted", 90),
        ("GA4", (Dimension.DEVICE,)): ("view", 0),
        ("Google Ads", ()): ("counted", 5),
    }
    assert (found.of_facts, found.fact_count, found.day_count) == (95, 2, 2)
    Metric.objects.filter(workspace=book.workspace, key="sessions").update(counting_feed=ga4)
    snapshots.recompute(book.workspace, today=TODAY, now=NOW, full=True)
    aside = [one.feed.name for one in ask(book, "sessions").feeds if one.role == "other_feed"]
    assert aside == ["Google Ads"]


def test_not_set_is_what_the_breakdown_leaves(book: Book) -> None:
    book.write(
        book.row("leads", "2025-07-10", 50),
        book.row("leads", "2025-07-10", 30, channel=book.value("organic")),
        book.row("leads", "2025-07-10", 5, channel=NOT_SET),
    )
    found = ask(book, "leads", segment=Segment(Dimension.CHANNEL, NOT_SET))
    assert (found.value, found.of_facts, found.rest) == (20, 5, 15)


def test_a_stock_says_since_when_it_is_carried(book: Book) -> None:
    book.write(book.row("followers", "2025-07-09", 120), book.row("followers", "2025-07-02", 110))
    found = ask(book, "followers")
    assert (found.value, found.newest, found.is_carried) == (120, day("2025-07-09"), True)
    assert [one.fact.value for one in found.lines] == [120]


def test_a_weighted_mean_shows_its_weights(book: Book) -> None:
    for when, position, impressions in (("2025-07-10", 2, 300), ("2025-07-11", 8, 100)):
        book.write(
            book.row("search_position", when, position),
            book.row("search_impressions", when, impressions),
        )
    found = ask(book, "search_position")
    assert (found.value, found.weighted_sum, found.weight_sum) == (Decimal("3.5"), 1400, 400)
    assert found.weight is not None
    assert [one.fact.weight for one in found.lines] == [100, 300]


def test_the_file_and_the_row_that_brought_a_fact(book: Book) -> None:
    text = "date,channel,metric,value\n2025-07-01,organic,leads,4\n2025-07-02,email,leads,6\n"
    batch = bring_in(book, "leads of July.csv", text)
    lines = ask(book, "leads").lines
    assert [(one.batch, one.row.row if one.row else 0, one.fact.value) for one in lines] == [
        (batch, 3, 6),
        (batch, 2, 4),
    ]
    assert lines[0].place == ((Dimension.CHANNEL, "E-mail"),)


def test_facts_that_one_row_was_spread_over_have_its_row(book: Book) -> None:
    text = "start,end,metric,value\n2025-07-01,2025-07-10,leads,40\n2025-07-12,2025-07-12,leads,6\n"
    bring_in(book, "spans.csv", text)
    rows = [one.row.row for one in ask(book, "leads").lines if one.row]
    assert rows == [3] + [2] * 10


def test_rows_of_a_large_file_are_kept_small(book: Book) -> None:
    lines = [f"2025-07-{n % 28 + 1:02d},campaign {n // 28},leads,{n}" for n in range(28 * 100)]
    batch = bring_in(book, "large.csv", "\n".join(["date,campaign,metric,value", *lines]))
    kept = FileRows.objects.get(workspace=book.workspace, batch=batch)
    assert len(bytes(kept.packed)) < 8 * len(lines)
    found = ask(book, "leads", page=3)
    assert (found.fact_count, found.pages, len(found.lines)) == (2800, 28, 100)
    for one in found.lines:
        assert one.row
        assert lines[one.row.row - 2].endswith(f",{one.fact.value:f}")


def test_a_typed_value_leads_to_its_entry_and_its_author(book: Book, alice: User) -> None:
    entry = save_entry(
        book.workspace,
        user=alice,
        metric=Metric.objects.get(workspace=book.workspace, key="leads"),
        start=day("2025-07-01"),
        end=day("2025-07-31"),
        value=Decimal(62),
        today=TODAY,
    )
    found = ask(book, "leads")
    assert found.fact_count == 31
    assert {one.entry for one in found.lines} == {entry}
    assert {one.entry.entered_by for one in found.lines if one.entry} == {alice}


def test_a_cost_leads_to_its_lines_of_the_ledger(book: Book) -> None:
    for amount, start, end in (("1200", *JUNE), ("30", day("2025-06-10"), day("2025-06-12"))):
        save_cost(
            book.workspace,
            user=None,
            category="staff",
            amount=Decimal(amount),
            start=start,
            end=end,
        )
    lines = {one.fact.day: one for one in ask(book, "cost_staff", JUNE).lines}
    assert [one.share for one in lines[day("2025-06-11")].costs] == [40, 10]
    assert lines[day("2025-06-01")].costs[0].cost.amount == 1200
    for one in lines.values():
        assert sum(cost.share for cost in one.costs) == one.fact.value


def test_unknown_days_are_named(book: Book) -> None:
    ga4 = book.feed("GA4")
    days = [n for n in range(1, 32) if n not in (5, 6, 20)]
    book.write(*(book.row("sessions", f"2025-07-{n:02d}", 5, feed=ga4) for n in days))
    found = ask(book, "sessions")
    assert found.is_incomplete
    assert found.gaps[:2] == (
        Gap(None, day("2025-07-05"), day("2025-07-06")),
        Gap(None, day("2025-07-20"), day("2025-07-20")),
    )


def test_parts_of_a_formula_that_are_not_known_are_named(book: Book) -> None:
    book.write(
        book.row("leads", "2025-06-03", 4),
        book.row("cost_media", "2025-06-03", 100),
    )
    found = ask(book, "cpl", JUNE)
    assert found.is_incomplete
    wanted = {"Creative cost", "Staff cost", "Tools cost", "Agency cost", "Other cost"}
    absent, partly = gap_texts(found)
    assert all(name in absent for name in wanted)
    assert "Leads" in partly
    assert "Media cost" in partly
    assert "Leads" not in absent
    with translation.override("fr"):
        assert gap_texts(found)[0].startswith("Aucun chiffre connu pour\xa0:")


def test_a_stored_value_that_is_behind_is_said(book: Book) -> None:
    book.write(book.row("leads", "2025-07-10", 5))
    assert ask(book, "leads").agrees
    book.write(book.row("leads", "2025-07-11", 2))
    metric = Metric.objects.get(workspace=book.workspace, key="leads")
    late = lineage(book.workspace, metric, EVERYTHING, JULY, today=TODAY)
    assert (late.value, late.of_facts, late.agrees) == (5, 7, False)


def test_a_fixed_number_of_queries(
    book: Book, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [f"2025-07-{n % 28 + 1:02d},c{n // 28},leads,{n}" for n in range(280)]
    bring_in(book, "many.csv", "\n".join(["date,campaign,metric,value", *rows]))
    ask(book, "leads")
    metric = Metric.objects.get(workspace=book.workspace, key="leads")
    with django_assert_max_num_queries(10):
        found = lineage(book.workspace, metric, EVERYTHING, JULY, today=TODAY)
    assert len(found.lines) == 100

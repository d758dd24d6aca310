"""Why a metric moved, on stored values: every way of splitting adds up to the change."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from accounts.models import Workspace
from metrics import snapshots
from metrics.catalogue import CATALOGUE
from metrics.models import Dimension, Metric
from metrics.movement import Part
from metrics.series import EVERYTHING
from metrics.why import UNSPLIT, Movement, drivers
from tests.metrics.numbers import NOW, TODAY, Book, day

JUNE = day("2025-06-01"), day("2025-06-30")
JULY = day("2025-07-01"), day("2025-07-31")
D = Decimal


@pytest.fixture
def book(inside: Workspace) -> Book:
    return Book(inside)


def ask(book: Book, key: str, **options: object) -> Movement:
    given = {
        "segment": EVERYTHING,
        "now_span": JULY,
        "then_span": JUNE,
        "dimension": Dimension.CHANNEL,
        "today": TODAY,
    }
    snapshots.refresh(book.workspace, today=TODAY, now=NOW)
    return drivers(book.workspace, key, **(given | options))  # type: ignore[arg-type]


def adds_up(found: Movement) -> None:
    """Both columns add up to the change, and what is shown to what is shown."""
    assert found.change is not None
    for parts in (found.segments, found.operands):
        if parts and found.method != "beside":
            assert sum((Fraction(one.amount) for one in parts), Fraction(0)) == found.change
            assert sum((one.shown for one in parts), D(0)) == found.shown_change
    for one in found.segments:
        if one.mix is not None and one.rate is not None:
            assert one.mix + one.rate == one.shown


def by_label(parts: Iterable[Part[Any]]) -> dict[str, Decimal]:
    return {one.label: one.shown for one in parts}


def test_a_sum_by_its_segments_and_not_set(book: Book) -> None:
    organic, email = book.value("organic"), book.value("email")
    book.write(
        book.row("leads", "2025-06-10", 50), book.row("leads", "2025-07-10", 40),
        book.row("leads", "2025-06-10", 30, channel=organic),
        book.row("leads", "2025-07-10", 12, channel=organic),
        book.row("leads", "2025-07-10", 20, channel=email),
    )  # fmt: skip
    found = ask(book, "leads")
    assert (found.method, found.change) == ("difference", -10)
    assert by_label(found.segments) == {"E-mail": 20, "Organic search": -18, "Not set": -12}
    assert not found.is_small
    adds_up(found)


def test_a_stock_by_its_segments(book: Book) -> None:
    social, email = book.value("social"), book.value("email")
    for when, one, two in (("2025-06-30", 100, 50), ("2025-07-31", 130, 40)):
        book.write(
            book.row("followers", when, one, channel=social),
            book.row("followers", when, two, channel=email),
        )
    found = ask(book, "followers")
    assert by_label(found.segments) == {"Social": 30, "E-mail": -10}
    adds_up(found)


def rate_facts(book: Book) -> None:
    organic, social = book.value("organic"), book.value("social")
    for when, values in (
        ("2025-06-10", ((organic, 1000, 100), (social, 1000, 20))),
        ("2025-07-10", ((organic, 1000, 100), (social, 3000, 60))),
    ):
        for channel, sessions, leads in values:
            book.write(
                book.row("sessions", when, sessions, channel=channel),
                book.row("leads", when, leads, channel=channel),
            )


def test_a_rate_by_mix_and_rate(book: Book) -> None:
    rate_facts(book)
    found = ask(book, "visit_to_lead_rate")
    assert found.method == "mix_rate"
    assert found.shown_change == D("-0.020")
    assert {one.label: (one.mix, one.rate) for one in found.segments} == {
        "Organic search": (D("-0.012"), 0),
        "Social": (D("-0.008"), 0),
    }
    assert {one.label: one.share_now for one in found.segments}["Social"] == D("0.75")
    assert by_label(found.operands).keys() == {"Leads", "Sessions (visits)"}
    adds_up(found)


def test_a_cost_per_lead_with_costs_of_no_channel(book: Book) -> None:
    organic = book.value("organic")
    for when, leads, media, staff in (("2025-06-10", 40, 400, 100), ("2025-07-10", 50, 700, 200)):
        book.write(
            book.row("leads", when, leads, channel=organic),
            book.row("cost_media", when, media, channel=organic),
            book.row("cost_staff", when, staff),
        )
    found = ask(book, "cpl")
    assert (found.method, found.shown_change) == ("mix_rate", D("5.50"))
    assert {one.label: (one.mix, one.rate) for one in found.segments} == {
        "Organic search": (0, D("4.00")),
        "Not set": (0, D("1.50")),
    }
    adds_up(found)


def test_a_sum_of_parts_names_its_parts(book: Book) -> None:
    for when, media, staff in (("2025-06-10", 400, 100), ("2025-07-10", 350, 200)):
        book.write(book.row("cost_media", when, media), book.row("cost_staff", when, staff))
    found = ask(book, "marketing_cost")
    shown = {one.key: one.shown for one in found.operands if one.shown}
    assert shown == {"cost_media": -50, "cost_staff": 100}
    assert (found.method, found.note) == ("effects", "no_breakdown")
    adds_up(found)


def test_a_weighted_mean_by_mix_and_rate(book: Book) -> None:
    organic, social = book.value("organic"), book.value("social")
    for when, values in (
        ("2025-06-10", ((organic, 3, 700), (social, 8, 100))),
        ("2025-07-10", ((organic, 2, 700), (social, 9, 300))),
    ):
        for channel, position, impressions in values:
            book.write(
                book.row("search_position", when, position, channel=channel),
                book.row("search_impressions", when, impressions, channel=channel),
            )
    found = ask(book, "search_position")
    assert found.method == "mix_rate"
    assert len(found.segments) == 2
    adds_up(found)


def test_people_are_shown_beside_and_not_added(book: Book) -> None:
    organic = book.value("organic")
    for (start, end), everyone, some in ((JUNE, 900, 500), (JULY, 700, 450)):
        for value, channel in ((everyone, 0), (some, organic)):
            book.write(
                book.row("visitors", start.isoformat(), value, to=end.isoformat(), channel=channel)
            )
    found = ask(book, "visitors")
    assert (found.method, found.note, found.change) == ("beside", "unique", -200)
    assert by_label(found.segments) == {"Organic search": -50}
    assert not any(one.is_split for one in found.segments)


def test_a_rate_over_people_keeps_a_line_for_what_cannot_be_split(book: Book) -> None:
    organic = book.value("organic")
    for (start, end), people, conversions in ((JUNE, 900, 90), (JULY, 700, 84)):
        book.write(
            book.row("visitors", start.isoformat(), people, to=end.isoformat()),
            book.row("conversions", start.isoformat(), conversions, channel=organic),
        )
    found = ask(book, "conversion_rate_visitors")
    assert (found.method, found.note) == ("effects", "unsplit")
    assert {one.key for one in found.segments} == {book.channel("organic"), UNSPLIT}
    adds_up(found)


def test_roi_and_churn_and_a_product_of_formulas_add_up(book: Book) -> None:
    organic, social = book.value("organic"), book.value("social")
    for when, factor in (("2025-05-31", 1), ("2025-06-10", 2), ("2025-07-10", 3)):
        for channel, times in ((organic, 2), (social, 5)):
            for key, value in (
                ("revenue", 700), ("cost_media", 200), ("customers", 40), ("orders", 30),
                ("lost_customers", 3), ("new_customers", 7), ("mrr", 900),
            ):  # fmt: skip
                amount = value * times + factor * (11 if channel == organic else -9)
                book.write(book.row(key, when, amount, channel=channel))
        book.write(book.row("customer_lifetime_years", when, 3 + factor))
    for key in ("roi", "churn_rate", "retention_rate", "clv_orders", "arpa", "cac"):
        found = ask(book, key)
        assert found.change, key
        assert found.note in ("", "unsplit"), (key, found.note)
        assert found.operands, key
        adds_up(found)


def test_any_two_spans(book: Book) -> None:
    rate_facts(book)
    spans = {"now_span": (day("2025-07-05"), day("2025-07-14")),
             "then_span": (day("2025-06-03"), day("2025-06-12"))}  # fmt: skip
    for key in ("visit_to_lead_rate", "leads"):
        found = ask(book, key, **spans)
        assert len(found.segments) == 2
        adds_up(found)


def test_inside_a_segment_only_operands_explain(book: Book) -> None:
    rate_facts(book)
    found = ask(book, "visit_to_lead_rate", segment=book.channel("social"))
    assert (found.segments, found.note) == ((), "within_segment")
    assert found.change == 0
    adds_up(found)


def test_few_events_are_said(book: Book) -> None:
    book.write(
        book.row("sessions", "2025-06-10", 100), book.row("leads", "2025-06-10", 9),
        book.row("sessions", "2025-07-10", 20), book.row("leads", "2025-07-10", 5),
    )  # fmt: skip
    found = ask(book, "visit_to_lead_rate")
    assert (found.is_small, found.base_then, found.base_now) == (True, 100, 20)


def test_without_a_value_there_is_nothing_to_explain(book: Book) -> None:
    book.write(book.row("leads", "2025-07-10", 5))
    found = ask(book, "leads")
    assert (found.note, found.reason, found.segments) == ("no_value", "no_data", ())


def test_every_metric_of_the_catalogue_adds_up(book: Book) -> None:
    """Everything at once: whatever the formula, nothing is left over."""
    channels = [book.value(key) for key in ("organic", "social", "email", "direct", "referral")]
    moment: list[tuple[str, int]] = [("2024-06-15", 5), ("2024-07-15", 7), ("2025-05-31", 6),
                                     ("2025-06-10", 3), ("2025-07-10", 4)]  # fmt: skip
    rows = []
    for n, (key, one) in enumerate(sorted(CATALOGUE.items())):
        for when, factor in moment:
            if one.formula is None and one.rollup == "unique":
                start = date.fromisoformat(when).replace(day=1)
                end = JUNE[1] if start == JUNE[0] else JULY[1]
                if start in (JUNE[0], JULY[0]):
                    rows.append(
                        book.row(key, start.isoformat(), 900 + factor * n, to=end.isoformat())
                    )
            elif one.formula is None:
                for place, channel in enumerate(channels):
                    amount = 20 + (n * 7 + factor * (place + 2) * 13) % 61
                    rows.append(book.row(key, when, amount, channel=channel))
    book.write(*rows)
    explained = 0
    for metric in Metric.objects.filter(workspace=book.workspace):
        found = ask(book, metric.key)
        if found.change is not None:
            assert found.note != "unexplained", metric.key
            adds_up(found)
            explained += bool(found.segments or found.operands)
    assert explained > 80

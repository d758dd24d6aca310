"""Whatever is taken out comes back as it was, in another workspace that has nothing yet."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from random import Random
from typing import Any

import pytest

from accounts.models import Workspace
from accounts.scope import workspace_scope
from accounts.spreadsheets import Format, write_table
from metrics.fact_export import COLUMNS, Asked, fact_rows
from metrics.imports.importing import import_file
from metrics.imports.parsed import ImportOptions, Limits
from metrics.models import Feed
from metrics.sending import SentFact, send_facts
from tests.objectives.board import at

TODAY = date(2026, 2, 15)
FIRST, LAST = date(2025, 1, 1), date(2026, 2, 28)
NAMES = (
    "Été à la plage", "=1+1", "+33 1 23", "-50 % sur tout", "@home", "'=quoted", "''+2", "'tis",
    'Say "yes"', '"', "a;b,c\td", "Line\nbreak", "＝full", "Total", "Totaux", "Grand total", "All",
    "-", "--", "n/a", "not set", "not_set", "none", "0", "007", "1,234", "2026-01-05",
    "12/01/2026", "50%", "#1 – spring", "# comment", "NaN", "TRUE", "  spaced  out ", "sessions",
    "Straße", "İstanbul", "日本", "=HYPERLINK(\"x\")", "e-mail", "Moyenne", "Sous-total",
)  # fmt: skip
NUMBERS = (
    "0", "1", "12", "1234", "-5", "-0.5", "0.045", "4.5", "1.234", "1234.567", "1234567.89",
    "0.00000001", "123456789012345.12345678", "99999999999999", "100000", "1.5", "0.1", "7.125",
)  # fmt: skip
SUMS = ("leads", "ad_clicks", "cost_media", "revenue", "sessions", "ad_revenue", "cost_staff")
MONEY = ("cost_media", "revenue", "ad_revenue", "cost_staff", "mrr")
STOCKS = ("followers", "mrr", "customers", "customer_lifetime_years")
UNIQUES = ("visitors", "social_reach")
MEANS = ("search_position", "page_load_ms", "sales_cycle_days")


def sent(given: Random, number: int) -> list[SentFact]:
    """Facts of every kind, each at a place of its own."""
    found: dict[tuple[Any, ...], SentFact] = {}
    while len(found) < number:
        key = given.choice(SUMS + STOCKS + UNIQUES + MEANS)
        start = FIRST + timedelta(days=given.randrange(400))
        end = start + timedelta(days=given.choice((0, 6, 27))) if key in UNIQUES else start
        place: dict[str, Any] = {
            "channel": given.choice((None, "organic", "email", "paid_social", "not_set")),
            "campaign": given.choice((None, None, *NAMES)),
            "device": given.choice((None, None, "desktop", "smartphone", "other")),
            "asset": given.choice((None, None, None, "/fr/prix?a=1&b=2", *NAMES)),
            "segment": given.choice((None, None, None, "SMB, FR", *NAMES)),
        }
        value = Decimal(given.choice(NUMBERS))
        value = value if key in MONEY else abs(value)
        fact = SentFact(key, start, end, value, **place)
        found[key, start, end, *place.values()] = fact
    return list(found.values())


def taken_out(workspace: Workspace, feed: Feed, how: Format) -> bytes:
    target = BytesIO()
    write_table(target, COLUMNS, fact_rows(Asked(workspace, feed, FIRST, LAST)), how)
    return target.getvalue()


def told(workspace: Workspace, feed: Feed) -> list[tuple[Any, ...]]:
    return sorted(fact_rows(Asked(workspace, feed, FIRST, LAST)), key=repr)


def there_and_back(
    one: Workspace, other: Workspace, rows: list[SentFact], how: Format
) -> tuple[list[Any], list[Any]]:
    """What the first workspace has, and what the other one has of its file."""
    now = at(TODAY)
    with workspace_scope(one.pk):
        done = send_facts(one, user=None, feed_name="All", rows=rows, today=TODAY, now=now)
        before, data = told(one, done.feed), taken_out(one, done.feed, how)
    name = "file.xlsx" if how is Format.XLSX else "file.csv"
    with workspace_scope(other.pk):
        batch = import_file(
            other, user=None, name=name, data=data, options=ImportOptions(), today=TODAY, now=now,
            feed="All", limits=Limits(),
        )  # fmt: skip
        assert batch.feed is not None
        return before, told(other, batch.feed)


@pytest.mark.parametrize("how", list(Format))
@pytest.mark.parametrize("seed", [1, 2])
def test_facts_of_every_kind(northwind: Workspace, acme: Workspace, how: Format, seed: int) -> None:
    before, after = there_and_back(northwind, acme, sent(Random(seed), 300), how)
    assert sorted(set(before) - set(after), key=repr) == []
    assert after == before


@pytest.mark.parametrize("how", [Format.CSV_FR, Format.XLSX])
@pytest.mark.parametrize("value", ["-5", "0.045", "1.234", "1234.567", "123456789012345.12345678"])
def test_a_value_alone(northwind: Workspace, acme: Workspace, how: Format, value: str) -> None:
    rows = [SentFact("revenue", date(2026, 1, 1), date(2026, 1, 1), Decimal(value))]
    before, after = there_and_back(northwind, acme, rows, how)
    assert after == before


@pytest.mark.parametrize(
    "name", ["=1+1", "'=quoted", "Total", "-", "007", "12/01/2026", "# comment"]
)
def test_a_name_alone(northwind: Workspace, acme: Workspace, name: str) -> None:
    rows = [
        SentFact("ad_clicks", day, day, Decimal(3), campaign=name)
        for day in (date(2026, 1, 4), date(2026, 1, 5))
    ]
    rows.append(SentFact("conversions", date(2026, 1, 4), date(2026, 1, 4), Decimal(2), asset=name))
    before, after = there_and_back(northwind, acme, rows, Format.CSV)
    assert after == before


@pytest.mark.parametrize("how", list(Format))
def test_stocks_on_firsts_of_months_stay_there(
    northwind: Workspace, acme: Workspace, how: Format
) -> None:
    days = [date(2025, month, 1) for month in range(1, 13)]
    rows = [SentFact("followers", day, day, Decimal(100)) for day in days]
    rows += [SentFact("leads", day, day, Decimal(31)) for day in days]
    before, after = there_and_back(northwind, acme, rows, how)
    assert after == before

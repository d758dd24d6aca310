"""The same person in two files counts once; a deal is as the newest list has it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts.models import Workspace
from metrics.counted import hashing_key
from metrics.facts import NotUndoable
from metrics.imports.importing import dry_run, import_file, undo_import
from metrics.imports.parsed import ImportOptions
from metrics.models import Batch, CountedItem, Fact, HashingKey

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LEADS = "E-mail;Date de création;Canal;Date MQL;Date SQL\n"
DEALS = "Record ID,Deal Name,Deal Stage,Amount,Create Date,Close Date,Original Source Type\n"
Counts = dict[tuple[str, str], Decimal]


def imported(workspace: Workspace, text: str, *, feed: str = "CRM") -> Batch:
    return import_file(
        workspace,
        user=None,
        name="people.csv",
        data=text.encode(),
        options=ImportOptions(),
        today=TODAY,
        now=NOW,
        feed=feed,
    )


def counts(workspace: Workspace, *keys: str) -> Counts:
    """What is stored by metric and day, zeros left out, channels added up."""
    found: Counts = {}
    for one in Fact.objects.filter(workspace=workspace, metric__key__in=keys).select_related(
        "metric"
    ):
        place = (one.metric.key, one.day.isoformat())
        found[place] = found.get(place, Decimal(0)) + one.value
    return {place: value for place, value in found.items() if value}


FIRST = LEADS + (
    "ada@x.example;01/09/2026;SEO;;\n"
    "bob@x.example;01/09/2026;SEO;15/09/2026;\n"
    "cid@x.example;02/09/2026;SEA;;\n"
)


def test_the_same_file_again_changes_nothing(inside: Workspace) -> None:
    imported(inside, FIRST)
    before = counts(inside, "leads", "mqls")
    rows = CountedItem.objects.count()

    again = imported(inside, FIRST)

    assert (again.created, again.changed) == (0, 0)
    assert counts(inside, "leads", "mqls") == before
    assert CountedItem.objects.count() == rows == 4


def test_a_person_in_two_files_counts_once_and_a_day_holds_both_files(inside: Workspace) -> None:
    imported(inside, FIRST)

    imported(inside, LEADS + "BOB@x.example;01/09/2026;SEO;;\ndan@x.example;01/09/2026;SEO;;\n")

    assert counts(inside, "leads") == {("leads", "2026-09-01"): 3, ("leads", "2026-09-02"): 1}
    assert counts(inside, "mqls") == {("mqls", "2026-09-15"): 1}


def test_who_moves_on_adds_the_later_stage_on_its_day(inside: Workspace) -> None:
    imported(inside, FIRST)

    imported(inside, LEADS + "bob@x.example;01/09/2026;SEO;15/09/2026;10/10/2026\n")

    assert counts(inside, "leads", "mqls", "sqls") == {
        ("leads", "2026-09-01"): 2,
        ("leads", "2026-09-02"): 1,
        ("mqls", "2026-09-15"): 1,
        ("sqls", "2026-10-10"): 1,
    }


def test_a_stage_without_a_date_of_its_own_does_not_move_a_person_back(inside: Workspace) -> None:
    header = "Email,Created at,Status,Updated at\n"
    imported(inside, header + "ada@x.example,2026-09-01,MQL,2026-09-15\n")

    imported(inside, header + "ada@x.example,2026-09-01,SQL,2026-10-10\n")

    assert counts(inside, "leads", "sqls") == {
        ("leads", "2026-09-01"): 1,
        ("sqls", "2026-10-10"): 1,
    }
    assert sum(counts(inside, "mqls").values()) == 1


def test_an_earlier_day_that_comes_later_moves_the_count(inside: Workspace) -> None:
    imported(inside, LEADS + "ada@x.example;05/09/2026;SEO;;\n")

    imported(inside, LEADS + "ada@x.example;01/09/2026;SEO;;\n")

    assert counts(inside, "leads") == {("leads", "2026-09-01"): 1}


def test_what_another_feed_counts_is_left_to_it(inside: Workspace) -> None:
    imported(inside, FIRST, feed="CRM")

    batch = imported(
        inside,
        LEADS + "ada@x.example;01/09/2026;SEO;;\neve@x.example;01/09/2026;SEO;;\n",
        feed="Salon",
    )

    assert counts(inside, "leads") == {("leads", "2026-09-01"): 3, ("leads", "2026-09-02"): 1}
    assert "counted_elsewhere" in {one["code"] for one in batch.report["warnings"]}


def deal(number: int, stage: str, amount: str, closed: str) -> str:
    return f"{number},D{number},{stage},{amount},2026-09-01,{closed},Organic Search\n"


def test_a_deal_is_as_the_newest_list_has_it(inside: Workspace) -> None:
    imported(
        inside,
        DEALS
        + deal(1, "Closed Won", "100", "2026-09-11")
        + deal(2, "Closed Won", "50", "2026-09-11"),
    )
    assert counts(inside, "revenue", "new_customers") == {
        ("revenue", "2026-09-11"): 150,
        ("new_customers", "2026-09-11"): 2,
    }

    imported(
        inside,
        DEALS
        + deal(1, "Closed Won", "120", "2026-09-21")
        + deal(2, "Closed Lost", "50", "2026-09-22"),
    )

    assert counts(inside, "revenue", "new_customers", "opportunities") == {
        ("revenue", "2026-09-21"): 120,
        ("new_customers", "2026-09-21"): 1,
        ("opportunities", "2026-09-01"): 2,
    }


def test_lists_with_other_deals_share_a_day(inside: Workspace) -> None:
    imported(inside, DEALS + deal(1, "Closed Won", "100", "2026-09-11"))

    imported(inside, DEALS + deal(2, "Closed Won", "50", "2026-09-11"))

    assert counts(inside, "revenue", "new_customers", "sales_cycle_days") == {
        ("revenue", "2026-09-11"): 150,
        ("new_customers", "2026-09-11"): 2,
        ("sales_cycle_days", "2026-09-11"): 10,
    }


def test_undo_puts_back_what_was_there_and_who_was_counted(inside: Workspace) -> None:
    imported(inside, FIRST)
    before = counts(inside, "leads", "mqls")
    second = imported(inside, LEADS + "dan@x.example;01/09/2026;SEO;;\n")

    undo_import(second, user=None, now=NOW)

    assert counts(inside, "leads", "mqls") == before
    assert not CountedItem.objects.filter(batch=second).exists()
    imported(inside, LEADS + "dan@x.example;01/09/2026;SEO;;\n")
    assert counts(inside, "leads")[("leads", "2026-09-01")] == 3


def test_of_two_lists_on_one_day_the_later_is_undone_first(inside: Workspace) -> None:
    first = imported(inside, FIRST)
    second = imported(inside, LEADS + "dan@x.example;01/09/2026;SEO;;\n")

    with pytest.raises(NotUndoable, match="later"):
        undo_import(first, user=None, now=NOW)
    undo_import(second, user=None, now=NOW)
    undo_import(first, user=None, now=NOW)

    assert counts(inside, "leads", "mqls") == {}


def test_nothing_of_a_person_is_kept(inside: Workspace) -> None:
    batch = imported(inside, FIRST)

    batch.refresh_from_db()
    kept = repr(list(CountedItem.objects.values())) + repr((batch.report, batch.options))
    assert batch.content is None
    assert "x.example" not in kept


def test_each_workspace_hashes_under_its_own_sealed_key(inside: Workspace) -> None:
    key = hashing_key(inside)

    assert key == hashing_key(inside)
    assert len(key) == 32
    assert key.hex() not in HashingKey.objects.get(workspace=inside).sealed


def test_a_dry_run_counts_nobody(inside: Workspace) -> None:
    dry_run(
        inside,
        name="people.csv",
        data=FIRST.encode(),
        options=ImportOptions(),
        today=TODAY,
    )

    assert CountedItem.objects.count() == 0


ORDERS = "Order ID,Order Date,Customer Email,Total\n"


def test_an_order_is_as_the_newest_list_has_it_and_its_customer_stays_as_first_seen(
    inside: Workspace,
) -> None:
    imported(inside, ORDERS + "1001,2026-09-01,a@b.example,100\n")
    imported(inside, ORDERS + "1001,2026-09-01,a@b.example,80\n1002,2026-09-09,a@b.example,50\n")

    assert counts(inside, "orders", "revenue", "new_customers") == {
        ("orders", "2026-09-01"): 1, ("orders", "2026-09-09"): 1,
        ("revenue", "2026-09-01"): 80, ("revenue", "2026-09-09"): 50,
        ("new_customers", "2026-09-01"): 1,
    }  # fmt: skip


def test_a_customer_who_ordered_before_is_not_new_in_a_later_list(inside: Workspace) -> None:
    imported(inside, ORDERS + "1001,2026-09-01,a@b.example,100\n")
    imported(inside, ORDERS + "1002,2026-10-09,a@b.example,50\n")

    assert counts(inside, "new_customers") == {("new_customers", "2026-09-01"): 1}

"""The tables of imports as they are taken out: what came in, what changes, what is to be mended."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from accounts.spreadsheets import Cell, Column, Table
from metrics.import_page import ReadColumn
from metrics.models import Batch
from metrics.page_tables import days, numbers


def import_table(batches: QuerySet[Batch]) -> Table:
    """Every file and call that came in, with what it did."""
    columns = (
        Column("import"), Column("file"), Column("kind"), Column("state"), Column("feed"),
        Column("layout"), *numbers("new", "changed", "same"), Column("user"),
        *days("received", "imported"),
    )  # fmt: skip
    rows = (
        (
            one.public_id, one.file_name, one.kind, one.state, one.feed.name if one.feed else "",
            one.layout, one.created, one.changed, one.same,
            one.user.get_full_name() if one.user else "", _day(one, "created_at"),
            _day(one, "committed_at"),
        )
        for one in batches.select_related("workspace")
    )  # fmt: skip
    return Table("imports", columns, rows)


def _day(batch: Batch, name: str) -> date | None:
    moment = getattr(batch, name)
    return moment.astimezone(batch.workspace.zone).date() if moment else None


def change_table(batch: Batch) -> Table:
    """The values that the file has otherwise than the workspace, the largest change first."""
    columns = (*days("date", "end"), Column("metric"), Column("of"), *numbers("before", "in_file"))
    rows = (
        (
            date.fromisoformat(one["day"]), date.fromisoformat(one["end"]), one["metric"],
            ", ".join(one["place"]), Decimal(one["old"]), Decimal(one["new"]),
        )
        for one in batch.report.get("differences", [])
    )  # fmt: skip
    return Table(f"{batch.public_id}-changes", columns, rows)


def problem_table(batch: Batch) -> Table:
    """What is to be mended in the file: where, what was found, and what is expected."""
    columns = (*numbers("row"), Column("column"), Column("found"), Column("expected"))

    def rows(errors: Sequence[dict[str, Any]]) -> Iterator[Sequence[Cell]]:
        for one in sorted(errors, key=lambda error: (error["row"] or 0, error["column"])):
            yield one["row"], one["column"], str(one["found"]), one["expected"]

    return Table(f"{batch.public_id}-problems", columns, rows(batch.report.get("errors", [])))


def sum_table(batch: Batch) -> Table:
    """What the file comes to, by metric: the total, or the last value of a stock."""
    sums = batch.report.get("metrics", {})
    rows = ((key, Decimal(value)) for key, value in sums.items())
    return Table(f"{batch.public_id}-totals", (Column("metric"), *numbers("total")), rows)


def column_table(batch: Batch, read: Sequence[ReadColumn]) -> Table:
    """The columns of a table kept by hand, and what each was read as."""
    columns = (Column("column"), Column("read_as"), *numbers("certainty"), Column("examples"))
    rows = (
        (one.header, one.read_as, one.confidence if one.read_as else None, one.samples)
        for one in read
    )
    return Table(f"{batch.public_id}-columns", columns, rows)

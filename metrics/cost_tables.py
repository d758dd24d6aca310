"""The tables of the cost ledger as they are taken out."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.spreadsheets import Column, Kind, Rows, Table
from metrics.addresses import NOT_SET_KEY
from metrics.cost_list import Totals
from metrics.cost_sharing import SharedMonth, parts_of
from metrics.models import Cost, Dimension, RecurringCost
from metrics.page_tables import days, numbers
from metrics.rules import LEDGER_PREFIX


def cost_table(costs: QuerySet[Cost]) -> Table:
    """The ledger, a line each, in the product's own long layout, which an import reads back.

    What is shared over channels has a row for each of them and each month. Where a cost belongs to
    no channel or campaign this is said: left blank, it would be the total of all channels.
    `line` tells two lines apart that are otherwise the same.
    """
    columns = (
        *days("date", "end"), Column("metric"), *numbers("value"), Column("channel"),
        Column("campaign"), Column("supplier"), Column("rhythm"), Column("share_by"),
        Column("note"), Column("line"),
    )  # fmt: skip
    chosen = costs.select_related("workspace", "channel", "campaign__channel", "recurring")
    return Table("costs", columns, _lines(chosen))


def _lines(costs: QuerySet[Cost]) -> Rows:
    keys: dict[int, str] = {}
    for one in costs:
        if not keys:
            channels = one.workspace.dimension_values.filter(dimension=Dimension.CHANNEL)
            keys = dict(channels.values_list("pk", "key"))
        for part in parts_of(one):
            yield (
                part.start, part.end, f"{LEDGER_PREFIX}{one.category}", part.amount,
                keys.get(part.channel_id, NOT_SET_KEY),
                one.campaign.name if one.campaign else NOT_SET_KEY, one.supplier,
                one.recurring.rhythm if one.recurring else "", one.share_by, one.note,
                one.public_id,
            )  # fmt: skip


def recurring_table(costs: QuerySet[RecurringCost]) -> Table:
    """What comes back, a row each; its turns are lines of the ledger."""
    columns = (
        Column("category"), Column("supplier"), *numbers("amount"), Column("rhythm"),
        *days("first_day", "last_day"), Column("channel"), Column("campaign"),
        Column("share_by"), Column("note"),
    )  # fmt: skip
    rows = (
        (
            one.category, one.supplier, one.amount, one.rhythm, one.start, one.last,
            one.channel.key if one.channel else "", one.campaign.name if one.campaign else "",
            one.share_by, one.note,
        )
        for one in costs.select_related("channel", "campaign").order_by("start", "pk")
    )  # fmt: skip
    return Table("recurring-costs", columns, rows)


def month_table(totals: Totals) -> Table:
    """What the shown costs come to by month."""
    return Table("costs-by-month", (*days("month"), *numbers("amount")), totals.months)


def supplier_table(totals: Totals) -> Table:
    """What the shown costs come to by supplier."""
    columns = (Column("supplier"), *numbers("amount"), Column("share", Kind.SHARE))
    rows = ((one.label, one.amount, one.share) for one in totals.suppliers)
    return Table("costs-by-supplier", columns, rows)


def category_table(totals: Totals) -> Table:
    """What the shown costs come to by category."""
    columns = (Column("category"), *numbers("amount"), Column("share", Kind.SHARE))
    rows = ((one.label, one.amount, one.share) for one in totals.categories)
    return Table("costs-by-category", columns, rows)


def share_table(cost: Cost, months: Iterable[SharedMonth]) -> Table:
    """How a cost is shared over channels, month by month."""
    columns = (*days("date", "end"), Column("channel"), *numbers("amount"))
    rows = (
        (month.start, month.end, name, amount) for month in months for name, amount in month.parts
    )
    return Table(f"{cost.public_id}-shares", columns, rows)

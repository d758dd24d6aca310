"""The tables of these pages as they are taken out: machine numbers and days under fixed headers."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial

from accounts.spreadsheets import Column, Kind, Table
from metrics.models import Campaign
from metrics.page_tables import days, funnel_table, numbers
from objectives.page_tables import chart_table
from reports.campaign_page import CampaignPage
from reports.models import Duty
from reports.owed import OwedNumber


def owed_table(owed: Iterable[OwedNumber]) -> Table:
    """The numbers that are owed, the earliest due first."""
    columns = (
        Column("metric"), Column("name"), Column("period"), *days("start", "end"), Column("who"),
        *days("due"), Column("state"),
    )  # fmt: skip

    def state(one: OwedNumber) -> str:
        return "late" if one.is_late else "owed" if one.is_owed else "not_due"

    rows = (
        (
            one.duty.metric.key, one.duty.metric.name, one.period.key, one.period.start,
            one.period.end, str(one.duty.membership.user), one.due, state(one),
        )
        for one in owed
    )  # fmt: skip
    return Table("owed", columns, rows)


def duty_table(duties: Iterable[Duty]) -> Table:
    """Who types what, how often and by when."""
    columns = (
        Column("metric"), Column("name"), Column("who"), Column("rhythm"), *numbers("due_days"),
    )  # fmt: skip
    rows = (
        (one.metric.key, one.metric.name, str(one.membership.user), one.rhythm, one.due_days)
        for one in duties
    )
    return Table("duties", columns, rows)


def campaign_tables(campaign: Campaign, page: CampaignPage) -> dict[str, Callable[[], Table]]:
    """What can be taken out of a campaign's page, by its name in the address."""
    tables: dict[str, Callable[[], Table]] = {
        "figures": partial(_figure_table, campaign, page),
        "costs": partial(_cost_table, campaign, page),
        "objectives": partial(_objective_table, campaign, page),
    }
    if page.funnel is not None:
        tables["funnel"] = partial(funnel_table, page.funnel)
    if page.spec is not None:
        tables["chart"] = partial(chart_table, campaign.public_id, page.spec)
    return tables


def _figure_table(campaign: Campaign, page: CampaignPage) -> Table:
    """Before, during and after, of the campaign, its channel or everything."""
    columns = (
        Column("metric"), Column("name"), Column("of"),
        *numbers("campaign", "before", "during", "after"),
    )  # fmt: skip
    rows = (
        (
            row.metric.key, row.metric.name, page.of, row.own, row.before, row.during, row.after,
        )
        for row in page.rows
    )  # fmt: skip
    return Table(f"{campaign.public_id}-figures", columns, rows)


def _cost_table(campaign: Campaign, page: CampaignPage) -> Table:
    """Costs by category, what they come to, and what each lead or customer cost."""
    found: list[tuple[str, str, Decimal | None]] = []
    found += [(metric.key, metric.name, amount) for metric, amount in page.costs]
    found += [(one.metric.key, one.metric.name, one.value) for one in page.unit_costs]
    if page.roi.value is not None:
        found.append(("roi", "ROI", page.roi.value))
    columns = (Column("metric"), Column("name"), *numbers("value"))
    return Table(f"{campaign.public_id}-costs", columns, found)


def _objective_table(campaign: Campaign, page: CampaignPage) -> Table:
    """The objectives that the campaign touches, and its share of their values."""
    columns = (
        Column("objective"), Column("statement"), Column("status"), *days("start", "end"),
        *numbers("value"), Column("share", Kind.SHARE),
    )  # fmt: skip
    rows = (
        (
            one.row.objective.public_id, one.row.objective.statement, one.row.status,
            one.row.objective.start, one.row.objective.end,
            one.row.result.value if one.row.result else None, one.share,
        )
        for one in page.touched
    )  # fmt: skip
    return Table(f"{campaign.public_id}-objectives", columns, rows)

"""The tables of the pages as they are taken out: machine numbers and days under fixed headers.

Headers are keys, the same in both languages; a share is a fraction.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import chain

from django.db.models import QuerySet

from accounts.spreadsheets import Cell, Column, Kind, Rows, Table
from metrics.addresses import segment_text
from metrics.campaign_files import joined_names
from metrics.campaign_list import CampaignRow
from metrics.cohorts import Cohort
from metrics.coverage_page import CoverageTable
from metrics.entry_grid import Grid
from metrics.fact_origins import SourceLine
from metrics.feeds import FeedFreshness
from metrics.funnel import Compared, Funnel
from metrics.lineage_inputs import Input
from metrics.metric_list import Shelf
from metrics.models import Dimension, Entry, Feed, Metric
from metrics.movement import Part
from metrics.reported import ReportedPage
from metrics.resolution import Segment
from metrics.rules import DIMENSION_NAMES
from metrics.units import Unit
from metrics.why_page import WhyPage


def numbers(*headers: str) -> tuple[Column, ...]:
    """Columns of numbers."""
    return tuple(Column(header, Kind.NUMBER) for header in headers)


def days(*headers: str) -> tuple[Column, ...]:
    """Columns of days."""
    return tuple(Column(header, Kind.DAY) for header in headers)


def in_unit(header: str, metric: Metric) -> Column:
    """A column of a metric's values."""
    is_share = metric.definition.unit is Unit.PERCENT
    return Column(header, Kind.SHARE if is_share else Kind.NUMBER)


def cohort_table(cohorts: Sequence[Cohort], keys: Sequence[str]) -> Table:
    """The leads of each month, and what became of them: at the end, and by the month of age."""
    by_stage: list[Column] = []
    for key in keys:
        by_stage += [
            *numbers(key), Column(f"{key}_share", Kind.SHARE), *numbers(f"{key}_cost"),
            *days(f"{key}_readable_on"),
        ]  # fmt: skip
    by_age = [f"{key}_month_{age}" for key in keys for age in range(len(cohorts))]
    columns = (
        Column("month"), *days("start", "end"), *numbers("leads", "spent", "cpl"),
        *by_stage, *numbers(*by_age),
    )  # fmt: skip

    def row(one: Cohort) -> Sequence[Cell]:
        cells: list[Cell] = [
            one.month.key, one.month.start, one.month.end, one.leads, one.spent, one.cpl
        ]  # fmt: skip
        for outcome in one.outcomes:
            cells += [outcome.count, outcome.share, outcome.cost, outcome.maturity.matures_on]
        for outcome in one.outcomes:
            cells += [*outcome.by_age, *[None] * (len(cohorts) - len(outcome.by_age))]
        return cells

    return Table("cohorts", columns, map(row, cohorts))


def funnel_table(found: Funnel) -> Table:
    """A row a step: how many came, and the share of the step before that did."""
    columns = (
        *days("start", "end"), Column("metric"), Column("name"),
        *numbers("now", "previous", "year_ago"),
        *(Column(name, Kind.SHARE) for name in ("rate", "rate_previous", "rate_year_ago")),
        Column("rate_cycle_adjusted", Kind.SHARE),
    )  # fmt: skip

    def three(one: Compared | None) -> tuple[Decimal | None, ...]:
        return (one.now, one.previous, one.year_ago) if one else (None, None, None)

    rows = (
        (
            found.start, found.end, step.key, step.name, *three(step.count), *three(step.rate),
            step.adjusted.value if step.adjusted else None,
        )
        for step in found.steps
    )  # fmt: skip
    return Table("funnel", columns, rows)


def coverage_rows(table: CoverageTable) -> Table:
    """A row for each metric and period: what is known, and the value."""
    columns = (
        Column("metric"), Column("name"), Column("period"), *days("start", "end"),
        Column("known"), *numbers("value"), *days("figures_to"),
    )  # fmt: skip
    rows = (
        (
            row.metric.key, row.metric.name, cell.period.key, cell.period.start, cell.period.end,
            str(cell.known), cell.value, row.last_day,
        )
        for row in table.rows
        for cell in row.cells
    )  # fmt: skip
    return Table("coverage", columns, rows)


def campaign_table(rows: Iterable[CampaignRow]) -> Table:
    """The campaigns of the list with their plan, their costs and how they stand."""
    columns = (
        Column("campaign"), Column("other_names"), Column("phase"), *days("start", "end"),
        Column("channel"), Column("owner"), *numbers("budget", "costs"),
        Column("budget_spent", Kind.SHARE), Column("time_gone", Kind.SHARE),
        Column("planned_metric"), *numbers("planned_number", "reached_number", "values"),
    )  # fmt: skip

    def row(one: CampaignRow) -> Sequence[Cell]:
        campaign, stands = one.campaign, one.standing
        outcome = stands.outcome if stands else None
        return (
            campaign.name, joined_names(one.names), str(stands.phase) if stands else "",
            campaign.start, campaign.end, one.channel,
            campaign.owner.email if campaign.owner else "", campaign.budget, one.costs,
            stands.spending.share if stands else None, stands.time if stands else None,
            campaign.outcome.key if campaign.outcome else "", campaign.outcome_target,
            outcome.total if outcome else None, one.values,
        )  # fmt: skip

    return Table("campaigns", columns, map(row, rows))


def metric_list_table(shelves: Iterable[Shelf]) -> Table:
    """The list of metrics: the newest month of each, and the one before."""
    columns = (
        Column("family"), Column("metric"), Column("name"), Column("unit"), *days("month"),
        *numbers("value", "month_before"), Column("partial"),
    )  # fmt: skip
    rows = (
        (
            shelf.key, one.metric.key, one.metric.name, one.unit, one.month, one.value,
            one.before, "yes" if one.partial else "",
        )
        for shelf in shelves
        for one in shelf.metrics
    )  # fmt: skip
    return Table("metrics", columns, rows)


def grid_table(grid: Grid) -> Table:
    """The table in which figures are typed: metrics by periods, with what is known of each."""
    columns = (
        Column("metric"), Column("name"), Column("unit"),
        *numbers(*(one.period.key for one in grid.columns)),
    )  # fmt: skip
    rows = (
        (
            row.metric.key, row.metric.name, row.unit,
            *(one.value for one in row.cells or row.values),
        )
        for row in grid.rows
    )  # fmt: skip
    return Table("figures", columns, rows)


def reported_table(metric: Metric, page: ReportedPage) -> Table:
    """Numbers as they were reported on a day, beside those of now."""
    columns = (
        Column("period"), *days("start", "end"), in_unit("as_reported", metric),
        in_unit("now", metric),
    )  # fmt: skip
    rows = (
        (row.period.key, row.period.start, row.period.end, row.then, row.now) for row in page.rows
    )
    return Table(f"{metric.key}-reported-{page.day}", columns, rows)


def feed_table(feeds: Iterable[FeedFreshness], resting: Iterable[Feed]) -> Table:
    """The feeds, to which day their figures go, and what is expected."""
    columns = (
        Column("feed"), Column("kind"), Column("rhythm"), *numbers("delay_days"),
        *days("figures_to", "due"), *numbers("days_late"), Column("in_use"),
    )  # fmt: skip
    used = (
        (
            one.feed.name, one.feed.kind, one.feed.rhythm, one.feed.delay_days, one.last_day,
            one.due, one.days_late if one.is_late else 0, "yes",
        )
        for one in feeds
    )  # fmt: skip
    others = (
        (one.name, one.kind, one.rhythm, one.delay_days, one.last_data_day, None, None, "no")
        for one in resting
    )
    return Table("feeds", columns, chain(used, others))


def entry_table(entries: QuerySet[Entry]) -> Table:
    """Typed values in the product's own long layout, which an import reads back."""
    columns = (
        *days("date", "end"), Column("metric"), *numbers("value"), Column("channel"),
        Column("campaign"), Column("device"), Column("note"), Column("line"),
    )  # fmt: skip
    rows = (
        (
            one.start, one.end, one.metric.key, one.value,
            one.channel.key if one.channel else "", one.campaign.name if one.campaign else "",
            one.device.key if one.device else "", one.note, one.public_id,
        )
        for one in entries.select_related("metric", "channel", "campaign", "device")
    )  # fmt: skip
    return Table("values", columns, rows)


def fact_table(metric: Metric, lines: Iterable[SourceLine]) -> Table:
    """The facts behind a value, each with its feed and what brought it."""
    columns = (
        *days("date", "end"), Column("metric"), Column("feed"),
        *(Column(name) for name in DIMENSION_NAMES), in_unit("value", metric),
        *numbers("weight"), Column("file"), *numbers("row"),
    )  # fmt: skip

    def row(one: SourceLine) -> Sequence[Cell]:
        places = dict(one.place)
        return (
            one.fact.day, one.fact.end, metric.key, one.feed.name,
            *(places.get(dimension, "") for dimension in DIMENSION_NAMES.values()),
            one.fact.value, one.fact.weight, one.batch.file_name if one.batch else "",
            one.row.row if one.row else None,
        )  # fmt: skip

    return Table(f"{metric.key}-facts", columns, map(row, lines))


def input_table(metric: Metric, inputs: Iterable[Input]) -> Table:
    """What a formula is calculated from."""
    columns = (Column("metric"), Column("name"), *numbers("value"))
    rows = ((one.metric.key, one.metric.name, one.value) for one in inputs)
    return Table(f"{metric.key}-inputs", columns, rows)


def why_table(metric: Metric, page: WhyPage | None) -> Table:
    """The contributions to a change: they add up to it exactly."""
    columns = (
        Column("of"), Column("key"), Column("label"),
        *(in_unit(one, metric) for one in ("then", "now", "contribution", "mix", "rate")),
    )  # fmt: skip
    return Table(f"{metric.key}-why", columns, _why_rows(metric, page) if page else ())


def _why_rows(metric: Metric, page: WhyPage) -> Rows:
    found = page.movement
    names = {number: name for name, number in DIMENSION_NAMES.items()}
    for part in found.segments:
        name = names.get(Dimension(part.key.dimension), "") if part.key.dimension >= 0 else ""
        text = segment_text(metric.workspace, part.key) if name else ""
        yield "segment", text, part.label, *_why_numbers(part)
    for one in found.operands:
        yield "operand", one.key, one.label, *_why_numbers(one)
    yield "total", metric.key, metric.name, found.then, found.now, found.change, None, None


def _why_numbers(part: Part[Segment] | Part[str]) -> tuple[Decimal | None, ...]:
    return part.then, part.now, part.amount, part.mix, part.rate

"""The tables of the pages as they are taken out: machine numbers and days under fixed headers."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from accounts.spreadsheets import Cell, Column, Kind, Table
from metrics.charts import ChartSpec
from metrics.page_tables import days, numbers
from metrics.units import Unit
from objectives.alert_wording import alert_text
from objectives.calibration import Bucket
from objectives.models import Alert
from objectives.rows import Row


def objective_table(rows: Iterable[Row]) -> Table:
    """The objectives of the list, each with its latest result."""
    columns = (
        Column("objective"), Column("statement"), Column("metric"), Column("owner"),
        *days("start", "end"), Column("status"), *days("day", "data_date"),
        *numbers("baseline", "target", "value", "expected", "pace_ratio", "progress", "chance"),
        *numbers("forecast_low", "forecast_median", "forecast_high"),
    )  # fmt: skip
    names = (
        "day", "data_date", "baseline", "target", "value", "expected", "pace_ratio", "progress",
        "chance", "forecast_low", "forecast_median", "forecast_high",
    )  # fmt: skip

    def row(one: Row) -> Sequence[Cell]:
        objective = one.objective
        key = objective.metric.key if objective.metric else ""
        return (
            objective.public_id, objective.statement, key,
            objective.owner.get_full_name() if objective.owner else "", objective.start,
            objective.end, one.status,
            *(getattr(one.result, name) if one.result else None for name in names),
        )  # fmt: skip

    return Table("objectives", columns, map(row, rows))


def alert_table(alerts: QuerySet[Alert]) -> Table:
    """The alerts of a folder, in words."""
    columns = (
        Column("alert"), Column("kind"), Column("title"), Column("text"),
        *days("opened_on", "closed_on"), Column("assigned_to"),
    )  # fmt: skip

    def row(one: Alert) -> Sequence[Cell]:
        text = alert_text(one)
        return (
            one.public_id, one.kind, text.title, " ".join(text.sentences), one.opened_on,
            one.closed_on, one.assigned_to.get_full_name() if one.assigned_to else "",
        )  # fmt: skip

    return Table("alerts", columns, map(row, alerts))


def chance_table(buckets: Iterable[Bucket]) -> Table:
    """How many of the objectives that were given a chance were met."""
    columns = (
        Column("chance_from", Kind.SHARE), Column("chance_to", Kind.SHARE),
        *numbers("objectives", "met"), Column("expected", Kind.SHARE), Column("share", Kind.SHARE),
    )  # fmt: skip
    rows = ((one.low, one.high, one.count, one.met, one.expected, one.met_share) for one in buckets)
    return Table("chances", columns, rows)


def chart_table(name: str, spec: ChartSpec) -> Table:
    """The lines of a chart over its days."""
    kind = Kind.SHARE if spec.unit == Unit.PERCENT else Kind.NUMBER
    columns = (*days("date"), *(Column(one.role, kind) for one in spec.series))

    def number(value: object) -> Decimal | None:
        return None if value is None else Decimal(str(value))

    rows = (
        (
            label if isinstance(label, date) else str(label),
            *(number(one.values[place]) for one in spec.series),
        )
        for place, label in enumerate(spec.labels)
    )
    return Table(name, columns, rows)

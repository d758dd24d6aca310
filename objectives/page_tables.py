"""The tables of the pages as they are taken out: machine numbers and days under fixed headers."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.spreadsheets import Cell, Column, Kind, Rows, Table
from metrics.charts import ChartSpec
from metrics.page_tables import days, numbers
from metrics.units import Unit
from objectives.alert_wording import alert_text
from objectives.calibration import Bucket
from objectives.chain import Stage
from objectives.chain_basis import COST, Chain
from objectives.channels import Share
from objectives.metric_wording import slice_name
from objectives.milestones import milestones_of
from objectives.models import Alert, DailyResult, Objective, ObjectiveVersion
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

    rows = (
        (
            label if isinstance(label, date) else str(label),
            *(_number(one.values[place]) for one in spec.series),
        )
        for place, label in enumerate(spec.labels)
    )
    return Table(name, columns, rows)


def driver_table(alert: Alert) -> Table:
    """What made up the change that an alert is about: the parts add up to it."""
    columns = (Column("part"), *numbers("contribution", "mix", "rate"))
    drivers = alert.evidence.get("drivers") or {}

    def rows() -> Rows:
        for one in drivers.get("parts", []):
            mix, rate = (_number(one.get(name)) for name in ("mix", "rate"))
            yield slice_name(one), _number(one["amount"]), mix, rate
        if drivers.get("others") is not None:
            yield _("Others"), _number(drivers["others"]), None, None
        if drivers:
            yield _("Total"), _number(drivers["change"]), None, None

    return Table(f"{alert.public_id}-drivers", columns, rows())


def point_table(alert: Alert) -> Table:
    """The last values, as they were known when the alert was judged."""
    unit = str(alert.metric.definition.unit) if alert.metric else ""
    kind = Kind.SHARE if unit == Unit.PERCENT else Kind.NUMBER
    rows = ((date.fromisoformat(day), _number(value)) for day, value in alert.evidence["points"])
    return Table(f"{alert.public_id}-values", (*days("period"), Column("value", kind)), rows)


def channel_table(objective: Objective, shares: Iterable[Share]) -> Table:
    """What each channel brought to an objective, most first."""
    is_share = objective.metric is not None and objective.metric.definition.unit is Unit.PERCENT
    value = Column("value", Kind.SHARE if is_share else Kind.NUMBER)
    rows = ((one.name, one.value, one.share) for one in shares)
    columns = (Column("channel"), value, Column("share", Kind.SHARE))
    return Table(f"{objective.public_id}-channels", columns, rows)


def milestone_table(objective: Objective, result: DailyResult | None) -> Table:
    """The milestones of an objective, as the last night found them."""
    columns = (*days("date"), *numbers("milestone", "actual"), Column("state"), *days("reached_on"))
    told = result.milestones if result else []
    stored = {(one["day"], Decimal(one["value"])): one for one in told}

    def row(day: date, value: Decimal) -> Sequence[Cell]:
        found = stored.get((day.isoformat(), value), {})
        on = found.get("reached_on")
        return (
            day, value, _number(found.get("actual")), found.get("state", "ahead"),
            date.fromisoformat(on) if on else None,
        )  # fmt: skip

    rows = (row(day, value) for day, value in milestones_of(objective))
    return Table(f"{objective.public_id}-milestones", columns, rows)


def version_table(objective: Objective, versions: Iterable[ObjectiveVersion]) -> Table:
    """What was agreed, and when that changed."""
    columns = (
        *numbers("version"), *days("since"), Column("who"),
        *numbers("target", "target_high", "baseline"), *days("start", "end"), Column("why"),
    )  # fmt: skip
    zone = objective.workspace.zone
    rows = (
        (
            number, one.at.astimezone(zone).date(), one.user.get_full_name() if one.user else "",
            one.target, one.target_high, one.baseline, one.start, one.end, one.reason,
        )
        for number, one in enumerate(versions, start=1)
    )  # fmt: skip
    return Table(f"{objective.public_id}-versions", columns, rows)


def stage_table(chain: Chain) -> Table:
    """What it takes to win customers, stage by stage, and the money."""
    columns = (
        Column("metric"), *numbers("target", "low", "high"), Column("rate", Kind.SHARE),
        *days("start", "end"),
    )  # fmt: skip

    def row(one: Stage) -> Sequence[Cell]:
        share = one.link.share if one.link else None
        rate = None if share is None else Decimal(share.numerator) / Decimal(share.denominator)
        return one.key, one.target, one.low, one.high, rate, one.start, one.end

    last = chain.stages[-1]
    money = (COST, chain.money, None, None, None, last.start, last.end)
    return Table("what-it-takes", columns, [*map(row, chain.stages), money])


def _number(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))

"""One alert: its evidence, its chart, what drove it, and everything that was done about it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import fmt, fmt_dates
from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from accounts.spreadsheets import Table, wanted_file
from accounts.typed_numbers import typed_text
from metrics import series
from metrics.campaign_bands import campaign_bands
from metrics.charts import Annotation, ChartSpec, Role, Series
from metrics.periods import Grain, local_today
from metrics.resolution import Segment
from objectives.alert_forms import DeviationForm
from objectives.alert_life import FAR
from objectives.alert_rules import LEAST_SENSITIVE
from objectives.alert_wording import alert_text
from objectives.deviations import deviation_of
from objectives.expected_around import expected_around
from objectives.inbox import with_subjects
from objectives.metric_wording import MetricWords, metric_words_of
from objectives.models import Alert, AlertAct, AlertRule
from objectives.page_tables import chart_table, driver_table, point_table
from objectives.rule_wording import rule_notes, rule_sentence
from objectives.views.alerts import days, members_of
from objectives.views.rules import rule_link
from objectives.wording import lang

AROUND = {"day": 42, "week": 182, "month": 730, "quarter": 1460}
"""So many days before the alert its chart begins."""


@workspace_view(Right.READ)
@require_GET
def alert_detail(request: WorkspaceRequest, public_id: str) -> HttpResponse | FileResponse:
    """The page of an alert."""
    found = with_subjects(Alert.objects.filter(workspace=request.workspace))
    alert = get_object_or_404(found, public_id=public_id)
    today = local_today(timezone.now(), request.workspace.time_zone)
    figure = _figure(request, alert, today)
    if file := wanted_file(request.GET, _tables(alert, figure)):
        return file
    words = metric_words_of(alert) if alert.evidence.get("asks") else None
    deviation = deviation_of(request.workspace, day=today, cause=alert.cause)
    is_closed = alert.closed_on is not None
    context = {
        "nav": "alerts",
        "alert": alert,
        "text": alert_text(alert),
        "words": words,
        "figure": figure,
        "deviation": deviation,
        "accepted": _value(alert, deviation.target) if deviation else "",
        "can_accept": (alert.objective is not None or words is not None)
        and alert.severity != Alert.Severity.INFO,
        "deviation_form": DeviationForm(
            initial={"until": days(today)["next_week"]}, alert=alert, today=today
        ),
        "acts": [_act(one, alert) for one in alert.acts.select_related("user")],
        "rule": alert.rule,
        "rule_sentence": rule_sentence(alert.rule) if alert.rule else "",
        "rule_notes": rule_notes(alert.rule) if alert.rule else [],
        "rule_link": rule_link(alert),
        "weaker": _weaker(alert, words) if alert.is_false_alarm else None,
        "may_act": allows(request.membership.role, Right.ENTER),
        "may_write": allows(request.membership.role, Right.WRITE),
        "members": members_of(request),
        "is_snoozed": bool(alert.snoozed_until and alert.snoozed_until > today and not is_closed),
        "waits_for_worse": alert.snoozed_weight is not None,
        **days(today),
    }
    return render(request, "objectives/alert.html", context)


def _tables(alert: Alert, figure: ChartSpec | None) -> dict[str, Callable[[], Table]]:
    """What can be taken out of the page, by its name in the address."""
    tables: dict[str, Callable[[], Table]] = {}
    if "points" in alert.evidence:
        tables |= {
            "drivers": partial(driver_table, alert),
            "values": partial(point_table, alert),
        }
    if figure is not None:
        tables["chart"] = partial(chart_table, alert.public_id, figure)
    return tables


def _value(alert: Alert, value: Decimal) -> str:
    metric = alert.metric or (alert.objective.metric if alert.objective else None)
    unit = str(metric.definition.unit) if metric else "count"
    return fmt.metric_value(value, unit, alert.workspace.currency, lang())


def _figure(request: WorkspaceRequest, alert: Alert, today: date) -> ChartSpec | None:
    """The metric's values around the alert, as they are now, with its period marked."""
    evidence, metric = alert.evidence, alert.metric
    if metric is None or "grain" not in evidence:
        return None
    start, end = date.fromisoformat(evidence["start"]), date.fromisoformat(evidence["end"])
    grain = Grain(evidence["grain"])
    last = max(end, min(alert.updated_on, today - timedelta(days=1)))
    segment = Segment(evidence["dimension"], evidence["segment"])
    rows = series.values(
        request.workspace,
        metric.key,
        grain,
        start - timedelta(days=AROUND[grain.value]),
        last,
        today=today,
        segment=segment,
    )
    labels = [one.period.start for one in rows]
    lines = [
        Series(
            name=metric.name,
            role="actual",
            values=[one.value for one in rows],
            partial=[one.partial for one in rows],
        ),
        *_beside(alert, labels, today),
    ]
    title = alert_text(alert).title
    summary = metric_words_of(alert)
    return ChartSpec(
        title=title,
        subtitle=metric.name,
        summary=summary.sentences[0] if summary else title,
        kind="line",
        unit=str(metric.definition.unit),
        currency=request.workspace.currency,
        labels=labels,
        series=lines,
        grain=evidence["grain"],
        annotations=[Annotation(at=start, text=_("The alert's period"))],
        bands=campaign_bands(request.workspace, labels[0], last, segment=segment),
        csv_url=f"{request.path}?table=chart",
        week_start=request.workspace.week_start,
        fiscal_start=request.workspace.fiscal_year_start,
    )


def _beside(alert: Alert, labels: list[date], today: date) -> list[Series]:
    """The level that was crossed, or the range that was expected."""
    evidence = alert.evidence
    if evidence["asks"] == "level":
        level = Decimal(str(evidence["compared"]))
        return [Series(name=_("Level"), role="target", values=[level for _label in labels])]
    if evidence["asks"] != "expected_range" or alert.rule is None:
        return []
    told = expected_around(alert, today=today)
    if not told:
        return []
    roles: tuple[tuple[str, Role, str], ...] = (
        (_("Low end of the range"), "forecast_low", "low"),
        (_("Expected"), "forecast_median", "expected"),
        (_("High end of the range"), "forecast_high", "high"),
    )
    return [
        Series(name=name, role=role, values=[told.get(day, {}).get(key) for day in labels])
        for name, role, key in roles
    ]


def _act(one: AlertAct, alert: Alert) -> dict[str, Any]:
    return {
        "label": one.get_kind_display(),
        "detail": _detail(one, alert),
        "who": one.user.get_full_name() if one.user else _("The night"),
        "day": one.day,
        "at": one.created_at,
        "note": one.note,
    }


def _detail(one: AlertAct, alert: Alert) -> str:
    params = one.params
    if one.kind == AlertAct.Kind.ASSIGNED:
        return _("To %(name)s") % {"name": params["to"]} if params.get("to") else _("To nobody")
    if one.kind == AlertAct.Kind.SNOOZED:
        if params.get("until_worse"):
            return _("Until it gets worse")
        until = date.fromisoformat(params["until"])
        return (
            "" if until == FAR else _("Until %(day)s") % {"day": fmt_dates.date_long(until, lang())}
        )
    if one.kind == AlertAct.Kind.ACCEPTED:
        return _("%(target)s until %(day)s") % {
            "target": _value(alert, Decimal(params["target"])),
            "day": fmt_dates.date_long(date.fromisoformat(params["until"]), lang()),
        }
    return ""


def _weaker(alert: Alert, words: MetricWords | None) -> dict[str, str] | None:
    """A limit under which this alert would not have opened, after a false alarm."""
    rule, evidence = alert.rule, alert.evidence
    if rule is None or words is None or alert.metric is None:
        return None
    unit = str(alert.metric.definition.unit)
    if rule.kind == AlertRule.Kind.LEVEL:
        limit = typed_text(Decimal(str(evidence["value"])), unit, lang())
        return {"limit": limit, "query": limit}
    if rule.kind == AlertRule.Kind.CHANGE:
        size = abs(Decimal(str(evidence["change"])))
        share = (size * 100).to_integral_value(rounding="ROUND_CEILING")
        return {"limit": f"{share}%", "query": f"{share}%"}
    step = int(rule.limit) + 1
    return {"limit": str(step), "query": str(step)} if step <= LEAST_SENSITIVE else None

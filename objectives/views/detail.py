"""One objective: where it stands, why, what it was before, and what can be done with it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import fmt, fmt_dates
from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from accounts.spreadsheets import asked_format, wanted_file
from metrics.charts import ChartSpec
from metrics.periods import local_today
from objectives.alert_wording import alert_text
from objectives.channels import Share, by_channel
from objectives.consistency import contradictions
from objectives.contradiction_wording import contradictions_shown
from objectives.deviations import deviation_of
from objectives.drawing import objective_chart, segment_label
from objectives.explanation import explanation
from objectives.measure import Method
from objectives.models import (
    AcceptedDeviation,
    Alert,
    DailyResult,
    Objective,
    State,
    StatusChange,
)
from objectives.outlook_shown import outlook_sentences
from objectives.page_tables import (
    channel_table,
    chart_table,
    milestone_table,
    objective_table,
    version_table,
)
from objectives.period_targets import periods_below, splits_of
from objectives.presentation import plain, value_format
from objectives.readiness import smart_report
from objectives.recommended_rules import recommended, subject_of
from objectives.results import recent_results
from objectives.rows import Row, row_of
from objectives.smart import SmartReport, can_start, needs_reason
from objectives.smart_wording import letter_name, letter_sentence
from objectives.views.beside import beside
from objectives.views.finding import find_objective
from objectives.views.life import life_context
from objectives.wording import Facts, lang

LETTER_ICONS = {"ok": "check", "warn": "alert-triangle", "fail": "x"}
MOST_CHANGES = 12
OVER = ("achieved", "missed")
LETTER_TONES = {"ok": "", "warn": "risk", "fail": "off"}


@workspace_view(Right.READ)
@require_GET
def objective(request: WorkspaceRequest, public_id: str) -> HttpResponse | FileResponse:
    """The page of one objective."""
    found = find_objective(request, public_id)
    today = local_today(timezone.now(), request.workspace.time_zone)
    result = latest_result(found, today)
    tables = {
        "periods": lambda: objective_table(period_rows(found, today)),
        "channels": lambda: channel_table(found, _by_channel(found, result)),
        "milestones": lambda: milestone_table(found, result),
        "versions": lambda: version_table(found, found.versions.select_related("user")),
    }
    if file := wanted_file(request.GET, tables):
        return file
    changes = list(StatusChange.objects.filter(workspace=request.workspace, objective=found))
    row = row_of(found, result, request.workspace)
    report = _report(found, today)
    settled = deviation_of(request.workspace, day=today, objective=found)
    context = {
        "nav": "objectives",
        "objective": found,
        "result": result,
        "row": row,
        "is_behind": _is_behind(found, result),
        "is_over": result is not None and row.status in OVER,
        "figures_to": result.data_date if result else None,
        "letters": _letters(found, report),
        "may_start": found.state == State.DRAFT and can_start(report),
        "needs_reason": needs_reason(report),
        "contradictions": contradictions_shown(
            contradictions(request.workspace, today=today).of(found), request.workspace
        ),
        "figures": figures(row) if result else [],
        "explained": _explained(found, result),
        "foretold": "" if row.status in OVER else _foretold(found, result),
        "exact": exact_numbers(result) if result else [],
        "lineage_url": _lineage_url(found, result),
        "channels": _channels(found, result),
        "segment": segment_label(found),
        "versions": _versions(found),
        **beside(found, result),
        "changes": [change for change in changes if change.old][:MOST_CHANGES],
        "children": Objective.objects.listed(request.workspace).filter(
            parent=found, is_period=False
        ),
        "periods": period_rows(found, today),
        "may_split": bool(splits_of(found)),
        "alerts": _alerts(found),
        **_accepted(found, settled),
        "chart": _chart(found, result, changes, today, settled),
        "may_write": allows(request.membership.role, Right.WRITE),
    }
    if context["may_write"] and not found.archived_at and not context["is_over"]:
        context["recommended"] = recommended(subject_of(found), today=today)
        context["asked"] = urlencode({"objective": found.public_id})
    context |= life_context(request, found, result)
    return render(request, "objectives/objective.html", context)


def period_rows(objective: Objective, today: date) -> list[Row]:
    """The targets by period below an objective, each with its latest result."""
    found = periods_below(objective)
    if not found:
        return []
    results = recent_results(objective.workspace, day=today)
    return [row_of(one, results.get(one.pk), objective.workspace) for one in found]


def _lineage_url(objective: Objective, result: DailyResult | None) -> str:
    """Where the value at the data date is explained; empty where it is judged period by period."""
    if result is None or result.data_date is None or objective.metric is None:
        return ""
    start, end, params = objective.start, result.data_date, result.rule_params
    if params.get("over") == "last28" and params.get("rollup") == "rate":
        start = end - timedelta(days=27)
    if start is None or end < start or params.get("over") == "period":
        return ""
    asked = {"from": start.isoformat(), "to": end.isoformat()}
    if objective.campaign is not None:
        asked["segment"] = f"campaign:{objective.campaign.key}"
    elif objective.channel is not None:
        asked["segment"] = f"channel:{objective.channel.key}"
    elif objective.device is not None:
        asked["segment"] = f"device:{objective.device.key}"
    slug, key = objective.workspace.slug, objective.metric.key
    return f"{reverse('metric_lineage', args=[slug, key])}?{urlencode(asked)}"


def latest_result(objective: Objective, today: date) -> DailyResult | None:
    """What the last night said, up to today; a draft has no status but its own."""
    if objective.state == State.DRAFT:
        return None
    results = DailyResult.objects.filter(
        workspace_id=objective.workspace_id, objective=objective, day__lte=today
    )
    return results.order_by("-day").first()


def _is_behind(objective: Objective, result: DailyResult | None) -> bool:
    """Whether the objective changed since it was judged, so that a new status is to come."""
    if objective.state == State.DRAFT or objective.archived_at is not None:
        return False
    return result is None or result.objective_version != objective.version


def _report(objective: Objective, today: date) -> SmartReport:
    """The letters: of a draft as they stand, else as they were judged at the start."""
    if objective.state != State.DRAFT and objective.smart:
        return SmartReport.from_json(objective.smart)
    return smart_report(objective, today=today)


@dataclass(frozen=True)
class Mark:
    """A SMART letter as a pill and a sentence."""

    name: str
    tone: str
    icon: str
    sentence: str


def _letters(objective: Objective, report: SmartReport) -> list[Mark]:
    write = value_format(objective, lang())
    return [
        Mark(
            letter_name(one),
            LETTER_TONES[one.state],
            LETTER_ICONS[one.state],
            letter_sentence(one, write),
        )
        for one in report.letters
    ]


def figures(row: Row) -> list[tuple[str, str]]:
    """The key figures: (what it is, the number)."""
    result = row.result
    if result is None:
        return []
    facts = Facts(result.rule_params)
    found = [(_of_target(row), row.value)]
    if result.expected is not None and result.expected != result.target:
        found.append((_("plan for today"), row.plan))
    if row.gap and facts.number("gap") is not None:
        found.append((row.gap, row.gap_short or fmt.MISSING))
    if row.needed:
        found.append(_needed(row, facts))
    if facts.count("periods"):
        inside = f"{facts.count('periods_inside')} / {facts.count('periods')}"
        found.append((_("periods inside the limits"), inside))
    if result.elapsed is not None:
        found.append((_("of the time has passed"), fmt.percent(result.elapsed, lang(), 0)))
    return found


def _of_target(row: Row) -> str:
    if row.method == Method.PERIODS:
        return _("in the last period; the limit is %(target)s") % {"target": row.target}
    if row.progress is None:
        return _("of %(target)s") % {"target": row.target}
    share = fmt.percent(row.progress, lang(), 0)
    if not row.adds_to_target:
        words = {"target": row.target, "share": share}
        return _("target %(target)s, %(share)s of the way") % words
    return _("of %(target)s, %(share)s done") % {"target": row.target, "share": share}


def _needed(row: Row, facts: Facts) -> tuple[str, str]:
    """What each day has to bring from now on, or may cost."""
    amount = abs(facts.number("needed_per_day") or Decimal(0))
    text = value_format(row.objective, lang())(amount)
    if row.method == Method.BUDGET:
        return _("a day left to spend"), text
    if facts.count("less_is_better"):
        return _("a day less needed from now on"), text
    return _("needed each day from now on"), text


def _chart(
    objective: Objective,
    result: DailyResult | None,
    changes: list[StatusChange],
    today: date,
    settled: AcceptedDeviation | None,
) -> ChartSpec | None:
    url = reverse("objective_export", args=[objective.workspace.slug, objective.public_id])
    accepted = settled.target if settled else None
    return objective_chart(objective, result, changes, today=today, csv_url=url, accepted=accepted)


def _explained(objective: Objective, result: DailyResult | None) -> str:
    if result is None:
        return ""
    return explanation(result.rule, result.rule_params, value_format(objective, lang()))


def _foretold(objective: Objective, result: DailyResult | None) -> str:
    return outlook_sentences(result, value_format(objective, lang()))


def exact_numbers(result: DailyResult) -> list[tuple[str, str]]:
    """Every stored number of the result, unrounded: (name, number)."""
    names = {
        "value": _("Value"),
        "target": _("Target"),
        "baseline": _("Baseline"),
        "expected": _("Plan for today"),
        "pace_ratio": _("Pace ratio"),
        "progress": _("Progress"),
        "elapsed": _("Share of the time"),
        "chance": _("Chance of reaching the target"),
        "forecast_low": _("Forecast, low"),
        "forecast_median": _("Forecast"),
        "forecast_high": _("Forecast, high"),
    }
    known = [(name, getattr(result, name)) for name in names]
    return [(names[name], plain(value)) for name, value in known if value is not None]


def _by_channel(objective: Objective, result: DailyResult | None) -> list[Share]:
    if result is None or result.data_date is None or objective.end is None:
        return []
    return by_channel(objective, until=min(result.data_date, objective.end))


def _channels(objective: Objective, result: DailyResult | None) -> list[Any]:
    write = value_format(objective, lang())
    found = _by_channel(objective, result)
    return [
        {
            "name": one.name,
            "value": write(one.value),
            "share": None if one.share is None else fmt.percent(one.share, lang(), 0),
            "bar": one.share,
        }
        for one in found
    ]


def _versions(objective: Objective) -> list[dict[str, Any]]:
    """What was agreed, newest first."""
    write = value_format(objective, lang())
    found = []
    for number, version in enumerate(objective.versions.select_related("user"), start=1):
        found.append(
            {
                "number": number,
                "version": version,
                "who": version.user.get_full_name() if version.user else "",
                "target": _value(write, version.target),
                "high": _value(write, version.target_high) if version.target_high else "",
                "baseline": _value(write, version.baseline),
                "span": _span(version.start, version.end),
            }
        )
    return found[::-1]


def _value(write: Any, value: Decimal | None) -> str:
    return fmt.MISSING if value is None else str(write(value))


def _span(start: date | None, end: date | None) -> str:
    if start is None or end is None:
        return fmt.MISSING
    return fmt_dates.date_range(start, end, lang(), short=True)


def _accepted(objective: Objective, found: AcceptedDeviation | None) -> dict[str, Any]:
    """The weaker target that people settle for at present, if any."""
    if found is None:
        return {}
    return {"deviation": found, "accepted": value_format(objective, lang())(found.target)}


def _alerts(objective: Objective) -> list[dict[str, Any]]:
    found = Alert.objects.filter(workspace_id=objective.workspace_id, objective=objective)
    found = found.select_related("workspace", "objective__metric", "objective__workspace", "feed")
    return [{"alert": one, "text": alert_text(one)} for one in found[:10]]


@workspace_view(Right.READ)
@require_GET
def objective_file(request: WorkspaceRequest, public_id: str) -> HttpResponse | FileResponse:
    """What the chart shows, as a file: machine numbers, one row a day or period."""
    found = find_objective(request, public_id)
    today = local_today(timezone.now(), request.workspace.time_zone)
    spec = objective_chart(found, latest_result(found, today), [], today=today)
    if spec is None:
        raise Http404
    table = chart_table(found.public_id, spec)
    return table.file(asked_format(request.GET.get("file")))

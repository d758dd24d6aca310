"""The home page of a workspace: how its objectives are doing, and what needs somebody."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import fmt, fmt_dates
from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from accounts.members import hide_first_steps
from accounts.models import Membership, Workspace
from metrics.campaign_figures import running, standings
from metrics.campaign_words import days_words
from metrics.periods import Grain, local_today
from metrics.rules import calendar_of
from objectives.rows import Row
from objectives.wording import STATUS_NAMES, lang
from reports.confidence import team_confidence
from reports.first_steps import first_steps
from reports.kpis import golden
from reports.progress import Progress, missing_sentences, week_before
from reports.progress import progress as picture_of
from reports.trends import trends

CHANGES_SINCE = timedelta(days=14)
MOST_CHANGES = 8
MOST_CAMPAIGNS = 5


@workspace_view(Right.READ)
@require_GET
def progress(request: WorkspaceRequest) -> HttpResponse:
    """Headline, what needs attention, every objective worst first, golden KPIs, late figures."""
    workspace = request.workspace
    today = local_today(timezone.now(), workspace.time_zone)
    people = _people(workspace)
    owner = next((one for one in people if one.public_id == request.GET.get("owner")), None)
    picture = picture_of(
        workspace,
        today=today,
        owner_id=owner.user_id if owner else None,
        since=today - CHANGES_SINCE,
    )
    context: dict[str, Any] = {
        "nav": "progress",
        "picture": picture,
        "figures_to": picture.figures_to,
        "quarter": quarter(workspace, today),
        "people": people,
        "owner": owner,
        "missing": missing_sentences(picture.late),
        **_rights(request),
    }
    if not picture.rows and owner is None:
        context["steps"] = steps = first_steps(request.membership, drafts=picture.drafts)
        context["main_step"] = next((one for one in steps if one.url and not one.done), None)
        return render(request, "reports/first_steps.html", context)
    context |= _checklist(request, picture)
    return render(request, "reports/progress.html", context | _tables(request, picture, today))


def _checklist(request: WorkspaceRequest, picture: Progress) -> dict[str, Any]:
    """What is still to do of the first steps, until all is done or somebody has seen enough."""
    if request.membership.first_steps_hidden:
        return {}
    steps = first_steps(request.membership, drafts=picture.drafts, started=True)
    left = [one for one in steps if not one.done and one.url]
    return {"steps": steps, "steps_left": left, "main_step": left[0] if left else None}


@workspace_view(Right.READ)
@require_POST
def first_steps_hide(request: WorkspaceRequest) -> HttpResponse:
    """Takes the checklist off one's own home page."""
    hide_first_steps(request.membership)
    return redirect("progress", request.workspace.slug)


def _tables(request: WorkspaceRequest, picture: Progress, today: date) -> dict[str, Any]:
    status = request.GET.get("status", "")
    status = status if status in STATUS_NAMES else ""
    rows = [row for row in picture.rows if not status or row.status == status]
    monday, sunday = week_before(today)
    return {
        "status": status,
        "lines": _with_trends(request.workspace, rows, today),
        "changes": picture.changes[:MOST_CHANGES],
        "confidence": _confidence(request.workspace, picture, today),
        "kpis": golden(request.workspace, monday=monday),
        "kpi_week": (monday, sunday),
        **_campaigns(request.workspace, today),
    }


def _confidence(workspace: Workspace, picture: Progress, today: date) -> dict[str, Any]:
    """The net score with its sign, and the week's check-ins."""
    found = team_confidence(workspace, picture.rows, today=today)
    return {
        "score": _signed(found.score),
        "last_week": _signed(found.last_week),
        "done": found.done,
        "asked": found.asked,
    }


def _signed(score: int | None) -> str:
    if score is None:
        return ""
    sign = "+" if score > 0 else ""
    return f"{sign}{fmt.number(Decimal(score), lang())}"


def _campaigns(workspace: Workspace, today: date) -> dict[str, Any]:
    """The campaigns that run, the next to end first, with how the first of them stand."""
    found = running(workspace, today=today)
    shown = standings(workspace, found[:MOST_CAMPAIGNS], today=today, planned_only=True)
    rows = [{"standing": one, "left": days_words(one, today)} for one in shown.values()]
    return {"campaigns": rows, "campaign_count": len(found)}


def _with_trends(workspace: Workspace, rows: list[Row], today: date) -> list[dict[str, Any]]:
    found = trends(workspace, today=today)
    return [{"row": row, "trend": found.get(row.objective.pk)} for row in rows]


def quarter(workspace: Workspace, today: date) -> dict[str, Any]:
    """The fiscal quarter of the day: its name, and the day's place in it."""
    period = calendar_of(workspace).period_of(today, Grain.QUARTER)
    fiscal_start = workspace.fiscal_year_start
    return {
        "label": fmt_dates.period_label(period.start, "quarter", lang(), fiscal_start=fiscal_start),
        "day": (today - period.start).days + 1,
        "days": period.length,
    }


def _people(workspace: Workspace) -> list[Membership]:
    members = Membership.objects.filter(workspace=workspace, user__is_active=True)
    return list(members.select_related("user").order_by("user__name", "user__email"))


def _rights(request: WorkspaceRequest) -> dict[str, bool]:
    role = request.membership.role
    return {"may_enter": allows(role, Right.ENTER), "may_write": allows(role, Right.WRITE)}

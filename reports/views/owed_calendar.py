"""The calendar of what is owed."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from accounts import fmt_dates
from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.entry_grid import language
from metrics.periods import Period, local_today
from metrics.views.data_pages import data_page
from reports.owed import OwedNumber, entry_addresses
from reports.owed_calendar import DayOfCalendar, MonthOfCalendar, month_of
from reports.views.owed import segments


@require_safe
@workspace_view(Right.READ)
def owed_calendar(request: WorkspaceRequest) -> HttpResponse:
    """A month: who owes which number by which day, each with the address of its cells."""
    today = local_today(timezone.now(), request.workspace.time_zone)
    found = month_of(request.workspace, day=_asked(request, today), today=today)
    context = {
        "tab": "owed",
        "segments": segments(request, "owed_calendar"),
        "found": found,
        "weekdays": _weekdays(found),
        "weeks": [[_day(request, day) for day in week] for week in found.weeks],
        "earlier": _address(request, found.previous),
        "later": _address(request, found.following),
    }
    return data_page(request, "reports/owed_calendar.html", context)


def _asked(request: WorkspaceRequest, today: date) -> date:
    """A day of the month that the address names; today without one."""
    try:
        return parse_date(f"{request.GET.get('month', '')[:7]}-01") or today
    except ValueError:
        return today


def _weekdays(found: MonthOfCalendar) -> list[str]:
    return [fmt_dates.weekday_short(day.day, language()) for day in found.weeks[0]]


def _day(request: WorkspaceRequest, day: DayOfCalendar) -> dict[str, Any]:
    numbers = [{"one": one, "url": _cells(request, one)} for one in day.numbers]
    return {"day": day, "numbers": numbers if day.is_inside else []}


def _cells(request: WorkspaceRequest, one: OwedNumber) -> str:
    """Where exactly this number is typed."""
    return entry_addresses(request.workspace, [one])[0][1]


def _address(request: WorkspaceRequest, month: Period) -> str:
    path = reverse("owed_calendar", args=[request.workspace.slug])
    return f"{path}?month={month.start:%Y-%m}"

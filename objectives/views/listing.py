"""The list of objectives."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from accounts.models import Membership, Workspace
from accounts.spreadsheets import wanted_format
from metrics.periods import local_today
from objectives.consistency import contradictions
from objectives.models import Objective
from objectives.page_tables import objective_table
from objectives.results import recent_results
from objectives.rows import SEVERITY, rows_of
from objectives.wording import STATUS_NAMES, status_name

PER_PAGE = 50


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty for everything."""

    status: str = ""
    owner: str = ""
    archived: bool = False

    @classmethod
    def of(cls, query: QueryDict) -> "Filters":
        """From the address; what is unknown there is left out."""
        status = query.get("status", "")
        return cls(
            status=status if status in STATUS_NAMES else "",
            owner=query.get("owner", "")[:24],
            archived=query.get("archived") == "1",
        )

    @property
    def any(self) -> bool:
        """Whether the list is narrowed at all; the archive is a list of its own."""
        return bool(self.status or self.owner)


@workspace_view(Right.READ)
@require_GET
def objectives(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """Every objective, worst first, drafts among them; or the archived ones."""
    filters = Filters.of(request.GET)
    today = local_today(timezone.now(), request.workspace.time_zone)
    people = owners(request.workspace)
    chosen = _chosen(request.workspace, filters, people)
    rows = rows_of(
        chosen, recent_results(request.workspace, day=today), request.workspace, today=today
    )
    shown = [row for row in rows if not filters.status or row.status == filters.status]
    if how := wanted_format(request.GET.get("file")):
        return objective_table(shown).file(how)
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "nav": "objectives",
        "page_obj": page,
        "filters": filters,
        "people": people,
        "statuses": statuses_among(row.status for row in rows),
        "total": len(shown),
        "concerned": contradictions(request.workspace, today=today).concerned,
        "may_write": allows(request.membership.role, Right.WRITE),
    }
    return render(request, "objectives/objectives.html", context)


def _chosen(workspace: Workspace, filters: Filters, people: list[Membership]) -> list[Objective]:
    found = Objective.objects.filter(workspace=workspace, archived_at__isnull=not filters.archived)
    if filters.owner:
        users = [one.user_id for one in people if one.public_id == filters.owner]
        found = found.filter(owner__in=users)
    return list(found.select_related("metric", "owner", "channel", "device", "campaign"))


def owners(workspace: Workspace) -> list[Membership]:
    """The members, by name: who can own an objective."""
    members = Membership.objects.filter(workspace=workspace, user__is_active=True)
    return list(members.select_related("user").order_by("user__name", "user__email"))


def statuses_among(found: Iterable[str]) -> list[tuple[str, str]]:
    """The statuses that occur, worst first, with their words: what a filter offers."""
    known = sorted(set(found), key=lambda status: SEVERITY.get(status, 99))
    return [(status, status_name(status)) for status in known]

"""Taking facts out, as a file that can be imported again."""

from django.http import FileResponse, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.spreadsheets import Format, TooManyRows, table_response
from metrics.fact_export import COLUMNS, TooManyFacts, fact_rows
from metrics.forms.fact_export import FactExportForm
from metrics.periods import local_today
from metrics.views.data_pages import data_page


@require_safe
@workspace_view(Right.READ)
def fact_export(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """A form, and with its answers the file: an address that can be kept."""
    today = local_today(timezone.now(), request.workspace.time_zone)
    initial = {
        "start": request.GET.get("start", today.replace(day=1)),
        "end": request.GET.get("end", today),
        "metrics": request.GET.getlist("metrics"),
        "how": request.GET.get("how", Format.CSV),
    }
    form = FactExportForm(
        request.GET if "feed" in request.GET else None,
        workspace=request.workspace,
        initial=initial,
    )
    if form.is_bound and form.is_valid():
        asked = form.asked
        name = f"{request.workspace.slug}-{asked.start}-{asked.end}"
        try:
            return table_response(COLUMNS, fact_rows(asked), how=form.format, name=name)
        except (TooManyFacts, TooManyRows) as refused:
            form.add_error(None, str(refused))
    status = 422 if form.is_bound else 200
    return data_page(request, "metrics/fact_export.html", {"form": form}, status=status)

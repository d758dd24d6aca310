"""Files from folders that were refused: mended by hand, or set aside."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Right, WorkspaceRequest, workspace_view
from metrics.folder_imports import open_refused, settle
from metrics.models import Batch


@require_POST
@workspace_view(Right.WRITE)
def refused_open(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The file is read again and shown as one that was chosen on the page of imports."""
    batch = _refused(request, public_id)
    opened = open_refused(batch, user=request.user, now=timezone.now())
    if opened is None:
        messages.error(request, _("The file is not there any more. Put it into the folder again."))
        return redirect("import_detail", request.workspace.slug, public_id)
    return redirect("import_detail", request.workspace.slug, opened.public_id)


@require_POST
@workspace_view(Right.WRITE)
def refused_settle(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Nothing more is to be done about the file: it is no longer announced."""
    settle(_refused(request, public_id), now=timezone.now())
    messages.success(request, _("The file is not announced any more."))
    return redirect("imports", request.workspace.slug)


def _refused(request: WorkspaceRequest, public_id: str) -> Batch:
    return get_object_or_404(
        Batch.objects.select_related("feed", "workspace"),
        workspace=request.workspace,
        public_id=public_id,
        state=Batch.State.FAILED,
        is_from_folder=True,
    )

"""Importing files in the browser: choose, check, import, undo."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.spreadsheets import Table, wanted_file, wanted_format
from metrics.facts import UNDO_DAYS, NotUndoable
from metrics.folder_imports import unsettled
from metrics.forms.answers import AnswersForm
from metrics.forms.imports import RepairsForm, UploadForm
from metrics.import_page import changed_values, columns_read, how_it_was_read
from metrics.import_tables import (
    change_table,
    column_table,
    import_table,
    problem_table,
    sum_table,
)
from metrics.imports import templates_to_fill
from metrics.imports.importing import (
    ImportRefused,
    commit,
    preview,
    read_again,
    undo_import,
)
from metrics.imports.instructions import Instructions
from metrics.imports.parsed import ImportOptions
from metrics.models import Batch, Metric
from metrics.periods import local_today
from metrics.views.data_pages import data_page, recalculate

A_PAGE = 50
SHOWN_KINDS = (Batch.Kind.FILE, Batch.Kind.API, Batch.Kind.DEMO)
"""What is listed as an import; typed values and costs have pages of their own."""


@require_safe
@workspace_view(Right.READ)
def import_list(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """Every file that came in, newest first."""
    batches = (
        Batch.objects.filter(workspace=request.workspace, kind__in=SHOWN_KINDS)
        .defer("content", "report")
        .select_related("feed", "user")
    )
    if how := wanted_format(request.GET.get("file")):
        return import_table(batches).file(how)
    page = Paginator(batches, A_PAGE).get_page(request.GET.get("page"))
    context = {"tab": "imports", "page_obj": page, "refused": unsettled(request.workspace)}
    return data_page(request, "metrics/import_list.html", context)


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def import_new(request: WorkspaceRequest) -> HttpResponse:
    """A file is chosen: it is read and shown, nothing is written."""
    posted = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if posted else UploadForm()
    if posted and form.is_valid():
        name, data = form.content
        batch = preview(
            request.workspace,
            user=request.user,
            name=name,
            data=data,
            options=ImportOptions(),
            today=local_today(timezone.now(), request.workspace.time_zone),
            feed=form.cleaned_data["feed"],
        )
        return redirect("import_detail", request.workspace.slug, batch.public_id)
    status = 422 if posted else 200
    return data_page(request, "metrics/import_new.html", {"form": form}, status=status)


def _batch(request: WorkspaceRequest, public_id: str) -> Batch:
    return get_object_or_404(
        Batch.objects.select_related("feed", "user", "undone_by"),
        workspace=request.workspace,
        kind__in=SHOWN_KINDS,
        public_id=public_id,
    )


@require_safe
@workspace_view(Right.READ)
def import_detail(request: WorkspaceRequest, public_id: str) -> HttpResponse | FileResponse:
    """One file: what it would do, or what it did."""
    batch = _batch(request, public_id)
    tables: dict[str, Callable[[], Table]] = {
        "changes": partial(change_table, batch),
        "problems": partial(problem_table, batch),
        "totals": partial(sum_table, batch),
        "columns": lambda: column_table(batch, columns_read(batch)),
    }
    return wanted_file(request.GET, tables) or _page(request, batch)


def _page(
    request: WorkspaceRequest, batch: Batch, *, form: AnswersForm | None = None, status: int = 200
) -> HttpResponse:
    waits = batch.state == Batch.State.PREVIEW
    listed = batch.report.get("differences", [])
    changes = Paginator(listed, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "batch": batch,
        "report": batch.report,
        "form": form or (_answers(batch) if waits else None),
        "problems": _by_repair(batch.report.get("errors", [])),
        "reading": how_it_was_read(batch),
        "columns": columns_read(batch),
        "page_obj": changes,
        "changes": changed_values(batch, list(changes.object_list)),
        "changes_listed": changes.paginator.count,
        "sums": _sums(request, batch.report.get("metrics", {})),
        "steps": [_("File"), _("Check"), _("Done")],
        "step": 2 if batch.state == Batch.State.PREVIEW else 3,
        "undo_days": UNDO_DAYS,
        "may_undo": batch.state == Batch.State.COMMITTED
        and batch.committed_at is not None
        and (timezone.now() - batch.committed_at).days < UNDO_DAYS,
    }
    return data_page(request, "metrics/import_detail.html", context, status=status)


def _answers(batch: Batch, data: QueryDict | None = None, *, asks: bool = True) -> AnswersForm:
    """What the file leaves open with `asks`, and how it was read where nobody was asked."""
    questions = batch.report.get("questions", []) if asks else []
    return AnswersForm(questions, data, report=batch.report)


def _by_repair(errors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Errors that are repaired alike stand together, the most frequent first."""
    ordered = sorted(errors, key=lambda one: (one["expected"], one["column"], one["row"]))
    groups = [
        _group(expected, column, list(rows))
        for (expected, column), rows in groupby(
            ordered, key=lambda one: (one["expected"], one["column"])
        )
    ]
    return sorted(groups, key=lambda group: -len(group["rows"]))


CELLS = frozenset({"number", "date", "metric", "channel", "device", "currency"})
"""Kinds of problems that another text in the cell repairs."""
NAMES = frozenset({"metric", "channel", "device", "currency"})
"""Kinds whose cells mean the same wherever they say the same: one repair is for all rows."""


def _group(expected: str, column: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Problems that are repaired alike, and the cells to correct: one for all rows of a name."""
    cells: dict[tuple[int, str], dict[str, Any]] = {}
    for one in rows:
        row = 0 if one["kind"] in NAMES else one["row"]
        cell = cells.setdefault((row, one["found"]), {**one, "at": row, "rows": 0})
        cell["rows"] += 1
    editable = all(one["kind"] in CELLS and one["row"] and one["column"] for one in rows)
    return {
        "expected": expected,
        "column": column,
        "rows": rows,
        "cells": list(cells.values()) if editable else [],
    }


def _sums(request: WorkspaceRequest, sums: Mapping[str, str]) -> list[dict[str, Any]]:
    metrics = Metric.objects.filter(workspace=request.workspace, key__in=sums)
    return [
        {"metric": one, "value": Decimal(sums[one.key]), "unit": str(one.definition.unit)}
        for one in metrics
    ]


@require_POST
@workspace_view(Right.WRITE)
def import_answer(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The answers to the file's questions: it is read again with them."""
    batch = _batch(request, public_id)
    form = _answers(batch, request.POST, asks="settled" not in request.POST)
    if batch.state != Batch.State.PREVIEW or batch.content is None:
        return redirect("import_detail", request.workspace.slug, batch.public_id)
    if not form.is_valid():
        return _page(request, batch, form=form, status=422)
    options = Instructions.from_json(batch.options).options
    read_again(batch, options=form.applied_to(options))
    return redirect("import_detail", request.workspace.slug, batch.public_id)


@require_POST
@workspace_view(Right.WRITE)
def import_repair(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Cells corrected on the page: the file is read again with them."""
    batch = _batch(request, public_id)
    form = RepairsForm(request.POST)
    if batch.state == Batch.State.PREVIEW and form.is_valid():
        options = Instructions.from_json(batch.options).options
        read_again(batch, options=form.applied_to(options))
    return redirect("import_detail", request.workspace.slug, batch.public_id)


@require_POST
@workspace_view(Right.WRITE)
def import_commit(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Writes the file's facts; a second click finds them written."""
    batch = _batch(request, public_id)
    if batch.state == Batch.State.PREVIEW:
        _commit(request, batch)
    return redirect("import_detail", request.workspace.slug, batch.public_id)


def _commit(request: WorkspaceRequest, batch: Batch) -> None:
    try:
        done = commit(
            batch, user=request.user, now=timezone.now(), partial="partial" in request.POST
        )
    except ImportRefused as refused:
        batch.refresh_from_db(fields=["state"])
        if batch.state == Batch.State.PREVIEW:
            messages.error(request, str(refused))
    else:
        messages.success(request, _done(done))
        recalculate(request, done.created + done.changed)


def _done(batch: Batch) -> str:
    written = batch.created + batch.changed
    if not written:
        return _("Nothing was new: every value of this file is there already.")
    return ngettext("%(n)s value imported.", "%(n)s values imported.", written) % {"n": written}


@require_POST
@workspace_view(Right.WRITE)
def import_undo(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Puts back exactly what was there before."""
    batch = _batch(request, public_id)
    if batch.state == Batch.State.UNDONE:
        return redirect("import_detail", request.workspace.slug, batch.public_id)
    try:
        undone = undo_import(batch, user=request.user, now=timezone.now())
    except NotUndoable as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request,
            _("Undone: %(deleted)s values removed, %(restored)s put back.")
            % {"deleted": undone.deleted, "restored": undone.restored},
        )
        recalculate(request, undone.deleted + undone.restored)
    return redirect("import_detail", request.workspace.slug, batch.public_id)


@require_POST
@workspace_view(Right.WRITE)
def import_cancel(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """A file that was only shown is forgotten."""
    batch = _batch(request, public_id)
    if batch.state == Batch.State.PREVIEW:
        batch.delete()
        messages.info(request, _("The file was not imported."))
    return redirect("imports", request.workspace.slug)


@require_safe
@workspace_view(Right.READ)
def import_template(request: WorkspaceRequest, layout: str) -> HttpResponse:
    """An empty file of one of our own layouts, with an example line."""
    found = templates_to_fill.example(layout, language=request.LANGUAGE_CODE)
    response = HttpResponse(found.content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response

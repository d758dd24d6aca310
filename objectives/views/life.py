"""What people add to an objective: check-ins, comments, a closing review, the same once more."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.access import Right, WorkspaceRequest, allows, workspace_view
from metrics.periods import local_today
from objectives.again import duplicate_objective
from objectives.life import (
    ReviewedMeanwhile,
    check_in,
    comment,
    disagrees,
    lessons_for,
    review,
    take_back,
)
from objectives.life_forms import CheckInForm, CommentForm, ReviewForm
from objectives.models import CheckIn, Comment, DailyResult, Objective, Review, State
from objectives.presentation import value_format
from objectives.views.finding import find_objective
from objectives.wording import lang

SHOWN = 10
OVER = ("achieved", "missed")
SUGGESTED = {"achieved": Review.Result.MET, "missed": Review.Result.MISSED}


def life_context(
    request: WorkspaceRequest, objective: Objective, result: DailyResult | None
) -> dict[str, Any]:
    """What the page of an objective shows of its life."""
    workspace, write = request.workspace, value_format(objective, lang())
    found = CheckIn.objects.filter(workspace=workspace, objective=objective)
    told = list(found.select_related("user")[:SHOWN])
    check_ins = [
        {"one": one, "value": "" if one.value is None else write(one.value)} for one in told
    ]
    latest = told[0] if told else None
    status = result.status if result else ""
    said = Comment.objects.filter(workspace=workspace, objective=objective).select_related("user")
    return {
        "check_ins": check_ins,
        "comments": said,
        "differs": latest if latest and disagrees(latest.confidence, status) else None,
        "review": Review.objects.filter(workspace=workspace, objective=objective)
        .select_related("user")
        .first(),
        "lessons": lessons_for(objective) if objective.state == State.DRAFT else [],
        "may_review": status in OVER or objective.state == State.CANCELLED,
        "may_enter": allows(request.membership.role, Right.ENTER),
        "check_in_form": CheckInForm(objective=objective),
        "comment_form": CommentForm(),
    }


@workspace_view(Right.ENTER)
@require_http_methods(["GET", "POST"])
def objective_check_in(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Keeps a check-in; a page of its own where something is to be mended."""
    objective = find_objective(request, public_id)
    form = CheckInForm(request.POST or None, objective=objective)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        today = local_today(now, request.workspace.time_zone)
        try:
            check_in(objective, user=request.user, said=form.said(), day=today, now=now)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Your check-in is kept."))
            return _back(objective, "check-ins")
    return _form_page(request, objective, form, _("Check in"), _("Keep the check-in"))


@workspace_view(Right.ENTER)
@require_POST
def objective_comment(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Adds a comment, or takes back one's own (``comment`` names it)."""
    objective = find_objective(request, public_id)
    asked = request.POST.get("comment", "")
    if asked:
        found = get_object_or_404(
            Comment, workspace=request.workspace, objective=objective, public_id=asked
        )
        if take_back(found, user=request.user):
            messages.success(request, _("Your comment is deleted."))
        else:
            messages.error(request, _("Only who wrote a comment can delete it."))
        return _back(objective, "comments")
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _form_page(request, objective, form, _("Comment"), _("Add the comment"))
    comment(objective, user=request.user, text=form.cleaned_data["text"], now=timezone.now())
    return _back(objective, "comments")


@workspace_view(Right.WRITE)
@require_http_methods(["GET", "POST"])
def objective_review(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Writes or mends the closing review."""
    objective = find_objective(request, public_id)
    stored = Review.objects.filter(workspace=request.workspace, objective=objective).first()
    form = ReviewForm(request.POST or None, initial=_initial(objective, stored))
    if request.method == "POST" and form.is_valid():
        try:
            review(objective, user=request.user, now=timezone.now(), **form.cleaned_data)
        except ReviewedMeanwhile as meanwhile:
            messages.warning(
                request, _("Somebody else changed the review meanwhile. This is how it stands now.")
            )
            form = ReviewForm(initial=_initial(objective, meanwhile.current))
            title = _("Closing review")
            return _form_page(request, objective, form, title, _("Save"), status=409)
        audit.record(request, "objective.reviewed", workspace=request.workspace, obj=objective)
        messages.success(request, _("The review is saved."))
        return _back(objective, "review")
    return _form_page(request, objective, form, _("Closing review"), _("Save"))


def _initial(objective: Objective, stored: Review | None) -> dict[str, Any]:
    if stored is not None:
        return {name: getattr(stored, name) for name in ("result", "cause", "lesson", "version")}
    latest = DailyResult.objects.filter(
        workspace_id=objective.workspace_id, objective=objective
    ).first()
    return {"version": 0, "result": SUGGESTED.get(latest.status) if latest else None}


@workspace_view(Right.WRITE)
@require_POST
def objective_duplicate(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """A draft of the same objective over the span that follows."""
    objective = find_objective(request, public_id)
    made = duplicate_objective(objective, user=request.user)
    audit.record(request, "objective.duplicated", workspace=request.workspace, obj=made)
    messages.success(
        request, _("This is a draft for the span that follows. Check its target and its dates.")
    )
    return redirect("objective_edit", request.workspace.slug, made.public_id)


def _back(objective: Objective, place: str) -> HttpResponse:
    path = reverse("objective", args=[objective.workspace.slug, objective.public_id])
    return redirect(f"{path}#{place}")


def _form_page(
    request: WorkspaceRequest,
    objective: Objective,
    form: Any,
    title: str,
    action: str,
    status: int = 200,
) -> HttpResponse:
    context = {
        "nav": "objectives",
        "objective": objective,
        "form": form,
        "title": title,
        "action": action,
    }
    return render(request, "objectives/life_form.html", context, status=status)

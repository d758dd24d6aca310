"""What every administration page of a workspace's rows shares: rights, scope, history.

Rights come from the person's role in the row's workspace (accounts/access.py), not from Django's
model permissions. A page asks for `view_right` to look and for `change_right` to change.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.access import Right, staff_workspaces
from accounts.history import history_of
from accounts.models import User, Workspace


def person_of(request: HttpRequest) -> User:
    """The signed-in person of an administration page."""
    return cast(User, request.user)


def workspaces_with(request: HttpRequest, right: Right) -> list[int] | None:
    """The workspaces in which the person has the right, asked once a request; None means all."""
    if not isinstance(request.user, User):
        return []
    known: dict[Right, list[int] | None] = request.__dict__.setdefault("_staff_workspaces", {})
    if right not in known:
        known[right] = staff_workspaces(request.user, right)
    return known[right]


def workspaces_to_choose(request: HttpRequest, right: Right) -> list[Workspace]:
    """The workspaces in which the person has the right, by name."""
    ids = workspaces_with(request, right)
    chosen = Workspace.objects.all() if ids is None else Workspace.objects.filter(pk__in=ids)
    return list(chosen.order_by("name"))


def only_workspace(request: HttpRequest, right: Right) -> Workspace | None:
    """The one workspace in which the person has the right; None where there are several."""
    known: dict[Right, Workspace | None] = request.__dict__.setdefault("_only_workspace", {})
    if right not in known:
        found = workspaces_to_choose(request, right)
        known[right] = found[0] if len(found) == 1 else None
    return known[right]


class WorkspaceFilter(admin.SimpleListFilter):
    """By workspace, for those who see several."""

    title = lazy("workspace")
    parameter_name = "workspace"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        """The workspaces that the person sees; Django leaves a filter without choices out."""
        if only_workspace(request, Right.ENTER):
            return []
        return [(str(one.pk), one.name) for one in workspaces_to_choose(request, Right.ENTER)]

    def queryset(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]"
    ) -> "models.QuerySet[Any]":
        """The rows of the chosen workspace."""
        value = self.value()
        return queryset.filter(workspace=value) if value and value.isdecimal() else queryset


class TriedForm(forms.ModelForm[Any]):
    """A form whose row only its writer may save.

    The writer is tried while the form is checked and taken back, so that what it refuses stands
    beside the fields; the administration then has it write.
    """

    request: ClassVar[HttpRequest]
    refusals: ClassVar[tuple[type[Exception], ...]] = (ValidationError,)

    def write(self) -> models.Model:
        """Hands what was typed to the writer, and returns the row."""
        raise NotImplementedError

    def refused(self, refusal: Exception) -> None:
        """Says why the writer refused, beside the fields that it names."""
        if not isinstance(refusal, ValidationError):
            self.add_error(None, str(refusal))
            return
        by_field = refusal.message_dict if hasattr(refusal, "error_dict") else {}
        for name, sentences in by_field.items():
            shown = self.place_of(name)
            self.add_error(shown if shown in self.fields else None, sentences)
        if not by_field:
            self.add_error(None, refusal.messages)

    def place_of(self, name: str) -> str:
        """The field that shows what the writer says of a column."""
        return name

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            with transaction.atomic():
                self.write()
                transaction.set_rollback(True)
        except self.refusals as refusal:
            self.refused(refusal)


class WorkspaceForm(forms.ModelForm[Any]):
    """A row of one workspace: what it points at is of the same one."""

    request: ClassVar[HttpRequest]
    only_workspace: ClassVar[Workspace | None] = None

    @property
    def user(self) -> User:
        """Who fills the form in."""
        return person_of(self.request)

    @property
    def workspace(self) -> Workspace:
        """The row's workspace: its own, the chosen one, or the only one there is."""
        if self.instance.workspace_id:
            return cast(Workspace, self.instance.workspace)
        return cast(Workspace, self.cleaned_data.get("workspace") or self.only_workspace)

    def clean(self) -> dict[str, Any]:
        """Refuses what belongs to another workspace."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "workspace" not in self.errors:
            self.instance.workspace = self.workspace
            for name, value in list(cleaned.items()):
                self._refuse_stranger(name, value, self.workspace)
        return cleaned

    def _refuse_stranger(self, name: str, value: object, workspace: Workspace) -> None:
        owner_id = getattr(value, "workspace_id", workspace.pk)
        if name not in self.errors and owner_id != workspace.pk:
            text = _("“%(name)s” belongs to another workspace. Choose one of %(workspace)s.")
            self.add_error(name, text % {"name": value, "workspace": workspace.name})

    def _get_validation_exclusions(self) -> set[str]:
        """Uniqueness within the workspace is checked also where its field is not shown."""
        hidden: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return hidden - {"workspace", "key"}


class WrittenForm(TriedForm, WorkspaceForm):
    """A row of one workspace that only its writer may save."""


class VersionedForm(WrittenForm):
    """The same for rows with a version: the form was shown with the one it had then."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the row's version."""
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.version


class WorkspaceAdmin(admin.ModelAdmin[Any]):
    """Rows of workspaces, seen and changed by the role that a person has in each."""

    view_right: Right = Right.ENTER
    change_right: Right = Right.WRITE
    may_add = True
    may_delete = True
    addable: ClassVar[frozenset[str]] = frozenset({"campaign", "channel"})
    list_per_page = 50
    show_full_result_count = False
    object_history_template = "admin/object_history.html"
    actions_selection_counter = True
    sets: Sequence[tuple[Any, dict[str, Any]]] = ()

    def _may(self, request: HttpRequest, right: Right, obj: Any = None) -> bool:
        ids = workspaces_with(request, right)
        if ids is None:
            return True
        return bool(ids) if obj is None else obj.workspace_id in ids

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the person sees these rows in any workspace."""
        return self._may(request, self.view_right)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person's role in the row's workspace lets them look."""
        return self._may(request, self.view_right, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether the person's role in any workspace lets them add one."""
        return self.may_add and self._may(request, self.change_right)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person's role in the row's workspace lets them change it."""
        return self._may(request, self.change_right, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person's role in the row's workspace lets them delete it."""
        return self.may_delete and self._may(request, self.change_right, obj)

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Any]":
        """The rows of the workspaces in which the person may look."""
        rows = super().get_queryset(request)
        ids = workspaces_with(request, self.view_right)
        return rows if ids is None else rows.filter(workspace__in=ids)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """With the workspace for those who see several."""
        columns = list(super().get_list_display(request))
        return columns if only_workspace(request, self.view_right) else [*columns, "workspace"]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """With the workspace for those who see several."""
        return [WorkspaceFilter, *super().get_list_filter(request)]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """With the workspace for those who have several."""
        sets: list[Any] = [*self.sets] or [*super().get_fieldsets(request, obj)]
        if only_workspace(request, self.change_right if obj is None else self.view_right):
            return sets
        return [(None, {"fields": ["workspace"]}), *sets]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A row stays in its workspace."""
        fixed = list(super().get_readonly_fields(request, obj))
        return [*fixed, "workspace"] if obj is not None else fixed

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form, knowing who fills it in and the one workspace there is."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.request = request
        form.only_workspace = only_workspace(request, self.change_right)
        return form

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Beside a choice stands nothing but adding one, where that is of use."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(field, "widget", None)
        if isinstance(widget, RelatedFieldWidgetWrapper):
            widget.can_change_related = widget.can_view_related = False
            widget.can_delete_related = False
            widget.can_add_related = widget.can_add_related and db_field.name in self.addable
        return field

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offers what belongs to the workspaces in which the person may change rows."""
        if "queryset" not in kwargs:
            kwargs["queryset"] = self._offered(db_field, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _offered(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest
    ) -> "models.QuerySet[Any]":
        target: Any = db_field.remote_field.model
        ids = workspaces_with(request, self.change_right)
        rows: models.QuerySet[Any] = target._default_manager.all()
        if ids is None:
            return rows
        if target is Workspace:
            return rows.filter(pk__in=ids)
        if target is User:
            return rows.filter(memberships__workspace__in=ids).distinct()
        return rows.filter(workspace__in=ids)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, under its own name."""
        title = capfirst(str(self.opts.verbose_name_plural))
        answer: HttpResponse = super().changelist_view(
            request, {"title": title, **(extra_context or {})}
        )
        return answer

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every change of the row, from whatever wrote it."""
        if not hasattr(self.model, "events"):
            logged: HttpResponse = super().history_view(request, object_id, extra_context)
            return logged
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(name)s") % {"name": obj},
            "object": obj,
            "opts": self.opts,
            "module_name": str(self.opts.verbose_name_plural),
            "changes": history_of(obj),
            "zone": obj.workspace.time_zone,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """What is not there and what is another workspace's look the same."""
        raise Http404

    def autocomplete_text(self, request: HttpRequest, obj: Any) -> str:
        """What a choice of this row is called, with its workspace where there are several."""
        if only_workspace(request, Right.ENTER):
            return self.name_of(obj)
        return f"{self.name_of(obj)} · {obj.workspace.name}"

    def name_of(self, obj: Any) -> str:
        """What the row is called in the reader's language."""
        return str(obj)


class WrittenAdmin(WorkspaceAdmin):
    """Rows that only their writers save: the form hands over what was typed."""

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """The row as its writer saved it."""
        return form.write()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing more: the writer has saved."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: these rows have no others below them."""


class ReadOnlyAdmin(WorkspaceAdmin):
    """Rows that the product writes by itself: to look at."""

    may_add = False
    may_delete = False
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes these here."""
        return False

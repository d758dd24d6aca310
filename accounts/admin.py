"""People in the administration: accounts, members, invitations, and what was sent and done."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.access import Right, acting_membership
from accounts.audit import record
from accounts.invitations import cancel, invite, resend
from accounts.members import Refused, change_role, remove, roles_up_to
from accounts.models import ApiToken, AuditEvent, Invitation, Membership, OutgoingMail, User
from accounts.workspace_admin import ReadOnlyAdmin, WrittenAdmin, WrittenForm, person_of

AUDITED = ("email", "is_active", "is_staff", "is_superuser")


class SuperusersOnly(admin.ModelAdmin[Any]):
    """What belongs to the installation, not to a workspace."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """For those who look after the installation."""
        return person_of(request).is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For those who look after the installation."""
        return person_of(request).is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        """For those who look after the installation."""
        return person_of(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For those who look after the installation."""
        return person_of(request).is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: an account is closed by taking its tick “active” away."""
        return False


class NewPersonForm(AdminUserCreationForm[User]):
    """An account for an address."""

    class Meta:
        model = User
        fields = ("email", "name")
        field_classes: dict[str, Any] = {}

    def clean_email(self) -> str:
        """In lower case, as people sign in with it."""
        return str(self.cleaned_data["email"]).lower()


class PersonForm(UserChangeForm[User]):
    """What can be changed of an account."""

    class Meta:
        model = User
        fields = (
            "email", "name", "language", "time_zone", "is_active", "is_staff", "is_superuser",
        )  # fmt: skip
        field_classes: dict[str, Any] = {}

    def clean_email(self) -> str:
        """In lower case, as people sign in with it."""
        return str(self.cleaned_data["email"]).lower()


@admin.register(User)
class PersonAdmin(SuperusersOnly, DjangoUserAdmin[User]):
    """Accounts. What a person may do in a workspace is their role there."""

    form = PersonForm
    add_form = NewPersonForm
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (lazy("The person"), {"fields": ("name", "language", "time_zone")}),
        (
            lazy("Rights"),
            {
                "fields": ("is_active", "is_staff", "is_superuser"),
                "description": lazy(
                    "Staff may open this administration, for the workspaces in which their role"
                    " lets them enter figures. A superuser looks after the whole installation."
                ),
            },
        ),
        (lazy("Dates"), {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
    )
    readonly_fields = ("last_login", "created_at")
    list_display = ("email", "name", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "language")
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ()

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Who gave whom which rights goes into the audit trail."""
        before = User.objects.filter(pk=obj.pk).values(*AUDITED).first() if change else None
        super().save_model(request, obj, form, change)
        after = {name: getattr(obj, name) for name in AUDITED}
        if before != after:
            action = "account.changed" if change else "account.created"
            record(request, action, obj=obj, before=before, after=after)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """A password set for somebody goes into the audit trail."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            record(request, "account.password_set", obj=User.objects.filter(pk=id).first())
        return response


class MembershipForm(WrittenForm):
    """A member's role."""

    refusals = (*WrittenForm.refusals, Refused)

    class Meta:
        model = Membership
        fields = ("workspace", "role")

    def write(self) -> Model:
        """Gives the member the role."""
        return change_role(
            self.instance,
            role=self.cleaned_data["role"],
            by=acting_membership(self.user, self.workspace),
            actor=self.request,
        )


@admin.register(Membership)
class MembershipAdmin(WrittenAdmin):
    """Who is in a workspace, as what. New members are invited."""

    view_right = change_right = Right.MANAGE
    may_add = False
    actions = None
    form = MembershipForm
    sets = (
        (None, {"fields": ("user", "role")}),
        (
            lazy("Their mails"),
            {
                "fields": ("alert_mail", "digest_on", "digest_weekday", "digest_hour"),
                "description": lazy("Each member chooses these under Notifications."),
            },
        ),
        (lazy("Dates"), {"fields": ("created_at", "last_seen_at")}),
    )
    readonly_fields = (
        "user", "alert_mail", "digest_on", "digest_weekday", "digest_hour", "created_at",
        "last_seen_at",
    )  # fmt: skip
    list_display = ("user", "role", "digest_on", "alert_mail", "last_seen_at")
    list_filter = ("role",)
    list_select_related = ("workspace", "user")
    search_fields = ("user__name", "user__email")

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Takes somebody out of the workspace, or says why not."""
        try:
            answer: HttpResponse = super().delete_view(request, object_id, extra_context)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:accounts_membership_change", object_id)
        return answer

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        """Takes the person out, their tokens with them."""
        remove(obj, by=acting_membership(person_of(request), obj.workspace), actor=request)


class InvitationForm(WrittenForm):
    """One address, invited."""

    refusals = (*WrittenForm.refusals, Refused)

    class Meta:
        model = Invitation
        fields = ("workspace", "email", "role", "language")

    def write(self) -> Model:
        """Sends the invitation."""
        given = self.cleaned_data
        invited = invite(
            self.workspace,
            emails=[given["email"]],
            role=given["role"],
            language=given["language"],
            by=acting_membership(self.user, self.workspace),
            actor=self.request,
            now=timezone.now(),
        )
        if not invited.sent:
            raise ValidationError({"email": _("This person is a member already.")})
        return invited.sent[0]

    def _get_validation_exclusions(self) -> set[str]:
        """An open invitation is no obstacle: it is sent anew."""
        return super()._get_validation_exclusions() | {"workspace"}


@admin.register(Invitation)
class InvitationAdmin(WrittenAdmin):
    """Invitations: sent by mail, good for 48 hours and one use."""

    view_right = change_right = Right.MANAGE
    may_delete = False
    form = InvitationForm
    sets = ((None, {"fields": ("email", "role", "language")}),)
    list_display = (
        "email", "role", "invited_by", "created_at", "expires_at", "accepted_at", "cancelled_at",
    )  # fmt: skip
    list_filter = ("role", ("accepted_at", admin.EmptyFieldListFilter))
    list_select_related = ("workspace", "invited_by")
    search_fields = ("email",)
    date_hierarchy = "created_at"
    actions = ("send_again", "call_off")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was sent is not edited: it is sent again or called off."""
        return obj is None and super().has_change_permission(request)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Owners are made by owners, on the page of members."""
        if db_field.name == "role":
            kwargs["choices"] = [(one.value, one.label) for one in roles_up_to("admin")]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    @admin.action(description=lazy("Send again, with a new link"), permissions=["add"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """A new mail with a new link."""
        for one in queryset.select_related("workspace"):
            by = acting_membership(person_of(request), one.workspace)
            try:
                resend(one, by=by, actor=request, now=timezone.now())
            except Refused as refusal:
                messages.error(request, f"{one}: {refusal}")
            else:
                text = _("A new invitation is sent to %(address)s.")
                messages.success(request, text % {"address": one.email})

    @admin.action(description=lazy("Cancel: the link stops working"), permissions=["add"])
    def call_off(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The link stops working."""
        for one in queryset.select_related("workspace"):
            try:
                cancel(one, actor=request, now=timezone.now())
            except Refused as refusal:
                messages.error(request, f"{one}: {refusal}")
            else:
                text = _("The invitation of %(address)s is cancelled.")
                messages.success(request, text % {"address": one.email})


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Tokens of scripts; their secrets are kept nowhere."""

    view_right = Right.MANAGE
    list_display = ("name", "prefix", "user", "scope", "expires_at", "last_used_at", "revoked_at")
    list_filter = ("scope", ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("workspace", "user")
    search_fields = ("name", "prefix", "user__email")
    fields = (
        "name", "prefix", "user", "scope", "created_at", "expires_at", "last_used_at", "revoked_at",
    )  # fmt: skip


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """What was sent to whom. The text is not shown: it may hold a link to sign in with."""

    view_right = Right.MANAGE
    list_display = ("kind", "to", "subject", "state", "attempts", "created_at", "sent_at")
    list_filter = ("state", "kind")
    list_select_related = ("workspace",)
    search_fields = ("to", "subject")
    date_hierarchy = "created_at"
    fields = (
        "kind", "to", "subject", "state", "attempts", "retry_after", "expires_at", "created_at",
        "sent_at", "error",
    )  # fmt: skip


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Who did what to what, when and from where."""

    view_right = Right.MANAGE
    list_display = ("at", "actor_name", "action", "object_name", "ip")
    list_filter = ("action",)
    list_select_related = ("workspace",)
    search_fields = ("actor_name", "action", "object_name")
    date_hierarchy = "at"
    fields = (
        "at", "actor_name", "action", "object_type", "object_id", "object_name", "before", "after",
        "ip", "request_id",
    )  # fmt: skip

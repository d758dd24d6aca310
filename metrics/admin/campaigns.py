"""Campaigns: days, money, plan and names; names from files are reviewed, two become one."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from accounts import fmt
from accounts.access import Right
from accounts.spreadsheets import Table
from accounts.typed_numbers import typed_text
from accounts.workspace_admin import WrittenAdmin, person_of
from metrics.admin.campaign_files import CampaignFilesAdmin
from metrics.admin.export import ExportedAdmin, campaign_table
from metrics.admin.filters import language
from metrics.admin.when import TypedForm
from metrics.campaign_list import unreviewed
from metrics.campaign_saving import FIELDS, save_campaign
from metrics.campaigns import keep_campaign
from metrics.dimensions import folded_key
from metrics.forms.answers import DATE_INPUT
from metrics.merging import NotMergeable, merge_campaigns, merge_counts
from metrics.models import Campaign, CampaignName, Dimension
from metrics.segment_names import segment_name

NUMBERS = {"budget": "money", "outcome_target": "count"}


class CampaignForm(TypedForm):
    """A campaign with its plan, and the names by which files and links know it."""

    budget = forms.CharField(
        label=lazy("Budget"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=lazy("All costs, not only media; in the workspace's currency."),
    )
    outcome_target = forms.CharField(
        label=lazy("Planned number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=lazy("How much of it, over all of the campaign's days."),
    )
    names = forms.CharField(
        label=lazy("UTM rules"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy(
            "One value of utm_campaign, or one name in files, a line. Rows with it count here. "
            "Case and accents do not matter."
        ),
    )

    class Meta:
        model = Campaign
        fields = ("workspace", "name", "channel", "start", "end", "owner", "outcome", "note")
        widgets = {"start": DATE_INPUT, "end": DATE_INPUT}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Shows the stored numbers as their reader would type them, and the other names."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name, unit in NUMBERS.items():
                stored = getattr(self.instance, name)
                self.initial[name] = "" if stored is None else typed_text(stored, unit, language())
            others = self.instance.names.exclude(key=self.instance.key).order_by("name")
            self.initial["names"] = "\n".join(others.values_list("name", flat=True))

    def clean(self) -> dict[str, Any]:
        """The key of the name, numbers as numbers, and the names as a list."""
        cleaned = super().clean()
        if cleaned.get("name"):
            self.instance.key = folded_key(Dimension.CAMPAIGN, cleaned["name"])
        for name, unit in NUMBERS.items():
            if cleaned.get(name):
                self.read_number(name, unit)
            else:
                cleaned[name] = None
        return cleaned

    def write(self) -> Campaign:
        """Makes the campaign, or changes it, with all that follows."""
        given = self.cleaned_data
        return save_campaign(
            self.workspace,
            user=self.user,
            campaign=self.instance if self.instance.pk else None,
            version=given.get("seen_version"),
            names=str(given["names"]).splitlines(),
            **{name: given[name] for name in FIELDS},
        )

    def _get_validation_exclusions(self) -> set[str]:
        """Whether a name is taken, and by which campaign, is the writer's to say."""
        return super()._get_validation_exclusions() | {"key"}


class ReviewFilter(admin.SimpleListFilter):
    """Names that came with files and that nobody reviewed yet."""

    title = lazy("review")
    parameter_name = "review"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        """Those that wait, and the others."""
        return [("waiting", lazy("Names to review")), ("done", lazy("Reviewed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The campaigns that wait, or the others."""
        if self.value() == "waiting":
            return unreviewed(queryset)
        if self.value() == "done":
            return queryset.exclude(pk__in=unreviewed(queryset).values("pk"))
        return queryset


class MergeForm(forms.Form):
    """Into which campaign."""

    into = forms.ModelChoiceField(
        label=lazy("Merge into"),
        queryset=Campaign.objects.none(),
        error_messages={
            "required": lazy("Choose a campaign."),
            "invalid_choice": lazy("Choose one from the list."),
        },
    )


@admin.register(Campaign)
class CampaignAdmin(ExportedAdmin, CampaignFilesAdmin, WrittenAdmin):
    """Marketing actions between two dates."""

    may_delete = False
    form = CampaignForm
    change_form_template = "admin/metrics/campaign/change_form.html"
    sets = (
        (None, {"fields": ("name", "channel", "owner")}),
        (lazy("When and how much"), {"fields": ("start", "end", "budget")}),
        (lazy("What it is to bring"), {"fields": ("outcome", "outcome_target", "note")}),
        (lazy("Names in files and links"), {"fields": ("names", "seen_version")}),
    )
    autocomplete_fields = ("channel", "outcome")
    list_display = ("name", "channel_name", "start", "end", "money", "plan", "owner")
    list_filter = (ReviewFilter, "start")
    list_select_related = ("workspace", "channel", "owner", "outcome")
    search_fields = ("name", "names__name")
    search_help_text = lazy("Name, also as files and links spell it")
    date_hierarchy = "start"
    actions = (*ExportedAdmin.actions, "keep")

    @admin.display(description=lazy("channel"), ordering="channel__key")
    def channel_name(self, campaign: Campaign) -> str:
        """The channel in the reader's language."""
        return segment_name(campaign.channel) if campaign.channel else "–"

    @admin.display(description=lazy("budget"), ordering="budget")
    def money(self, campaign: Campaign) -> str:
        """The budget in the workspace's currency."""
        if campaign.budget is None:
            return "–"
        return fmt.money(campaign.budget, campaign.workspace.currency, language())

    @admin.display(description=lazy("planned outcome"), ordering="outcome_target")
    def plan(self, campaign: Campaign) -> str:
        """What it is to bring, and how much of it."""
        if campaign.outcome is None or campaign.outcome_target is None:
            return "–"
        unit, currency = str(campaign.outcome.definition.unit), campaign.workspace.currency
        number = fmt.metric_value(campaign.outcome_target, unit, currency, language())
        return f"{campaign.outcome.name} · {number}"

    def export_table(self, chosen: QuerySet[Any]) -> Table:
        """Campaigns with their plan and names."""
        return campaign_table(chosen)

    @admin.action(description=lazy("Keep as campaigns of their own"), permissions=["change"])
    def keep(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Says that these names are no other spellings."""
        named = CampaignName.objects.filter(campaign=OuterRef("pk"), key=OuterRef("key"))
        waiting = list(queryset.filter(~Exists(named)).select_related("workspace"))
        for campaign in waiting:
            keep_campaign(campaign)
        text = ngettext(
            "%(n)s campaign is one of its own.", "%(n)s campaigns are their own.", len(waiting)
        )
        messages.success(request, text % {"n": len(waiting)})

    def get_urls(self) -> list[URLPattern]:
        """With the page that merges two campaigns."""
        merge = self.admin_site.admin_view(self.merge_view)
        return [path("<int:pk>/merge/", merge, name="metrics_campaign_merge"), *super().get_urls()]

    def merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks into which campaign, says what moves, and merges when that is confirmed."""
        source: Campaign | None = self.get_object(request, str(pk))
        if source is None:
            raise Http404
        if not self._may(request, Right.WRITE, source):
            raise PermissionDenied
        form = MergeForm(request.POST or None)
        field: Any = form.fields["into"]
        field.queryset = Campaign.objects.filter(workspace=source.workspace).exclude(pk=pk)
        if request.method == "POST" and form.is_valid():
            target = form.cleaned_data["into"]
            try:
                self._merge(request, source, target)
            except NotMergeable as refused:
                form.add_error("into", str(refused))
            else:
                return redirect("admin:metrics_campaign_change", target.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Merge “%(name)s” into another campaign") % {"name": source.name},
            "opts": self.opts,
            "form": form,
            "source": source,
            "counts": merge_counts(source),
        }
        status = 422 if request.method == "POST" else 200
        template = "admin/metrics/campaign/merge.html"
        return TemplateResponse(request, template, context, status=status)

    @staticmethod
    def _merge(request: HttpRequest, source: Campaign, target: Campaign) -> None:
        name = source.name
        merge_campaigns(source, target=target, user=person_of(request), now=timezone.now())
        text = _("“%(name)s” is “%(target)s” now, also in files that come later.")
        messages.success(request, text % {"name": name, "target": target.name})

"""What figures are broken down by: campaigns, channels, devices, pages and segments."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from accounts import fmt
from accounts.workspace_admin import WorkspaceAdmin, WorkspaceForm, person_of
from metrics.admin.filters import language
from metrics.campaign_saving import check_outcome
from metrics.campaigns import keep_former_name
from metrics.costs import follow_campaigns
from metrics.coverage import mark_campaigns_stale
from metrics.dimensions import folded_key
from metrics.forms.imports import DATE_INPUT
from metrics.imports.folding import fold
from metrics.models import Campaign, CampaignName, Cost, Dimension, DimensionValue
from metrics.segment_names import SHIPPED, segment_name


class CampaignForm(WorkspaceForm):
    """A campaign; its name is matched with the names in files by its key."""

    class Meta:
        model = Campaign
        fields = (
            "workspace", "name", "channel", "start", "end", "budget", "owner", "outcome",
            "outcome_target", "note",
        )  # fmt: skip
        widgets = {"start": DATE_INPUT, "end": DATE_INPUT}

    def clean(self) -> dict[str, Any]:
        """The key of the name; a channel that costs go to is not pulled from under them."""
        cleaned = super().clean()
        if cleaned.get("name"):
            self.instance.key = folded_key(Dimension.CAMPAIGN, cleaned["name"])
            self._check_names()
        if self.instance.pk and "channel" in self.changed_data:
            self._check_costs()
        self._check_outcome(cleaned)
        return cleaned

    def _check_outcome(self, cleaned: dict[str, Any]) -> None:
        """A plan is a metric that adds up, and a number."""
        if {"outcome", "outcome_target"} & set(self.errors):
            return
        planned = Campaign(
            workspace_id=self.instance.workspace_id,
            outcome=cleaned.get("outcome"),
            outcome_target=cleaned.get("outcome_target"),
        )
        try:
            check_outcome(planned)
        except ValidationError as refused:
            for name, sentences in refused.message_dict.items():
                self.add_error(name, sentences)

    def _check_names(self) -> None:
        """A name that files use for another campaign stays that one's."""
        workspace = self.cleaned_data.get("workspace") or self.instance.workspace_id
        taken = CampaignName.objects.filter(workspace=workspace, key=self.instance.key)
        if self.instance.pk:
            taken = taken.exclude(campaign=self.instance.pk)
        other = taken.select_related("campaign").first()
        if other:
            text = _("This is a name of the campaign “%(name)s” already. Choose another name.")
            self.add_error("name", text % {"name": other.campaign.name})

    def _check_costs(self) -> None:
        following = Cost.objects.filter(
            workspace=self.instance.workspace_id, campaign=self.instance.pk, channel=None
        ).count()
        if following:
            text = ngettext(
                "%(n)s cost goes to this campaign's channel. Give it a channel of its own first.",
                "%(n)s costs go to this campaign's channel. Give them a channel of their own"
                " first.",
                following,
            )
            self.add_error("channel", text % {"n": following})


@admin.register(Campaign)
class CampaignAdmin(WorkspaceAdmin):
    """Marketing actions between two dates."""

    may_delete = False
    form = CampaignForm
    sets = (
        (None, {"fields": ("name", "channel", "owner")}),
        (lazy("When and how much"), {"fields": ("start", "end", "budget")}),
        (lazy("What it is to bring"), {"fields": ("outcome", "outcome_target", "note")}),
    )
    autocomplete_fields = ("channel", "outcome")
    list_display = ("name", "channel_name", "start", "end", "money", "owner")
    list_filter = ("start",)
    list_select_related = ("workspace", "channel", "owner")
    search_fields = ("name",)
    date_hierarchy = "start"

    def save_model(
        self, request: HttpRequest, obj: Campaign, form: forms.ModelForm[Campaign], change: bool
    ) -> None:
        """Saves; with another channel the campaign's figures and costs follow."""
        obj.version += 1 if change else 0
        former_name = form.initial.get("name", "") if change else ""
        super().save_model(request, obj, form, change)
        if change and "channel" in form.changed_data:
            mark_campaigns_stale(obj.workspace, [obj.pk])
            former = form.initial.get("channel")
            follow_campaigns(obj.workspace, user=person_of(request), former={obj.pk: former})
        if former_name and folded_key(Dimension.CAMPAIGN, former_name) != obj.key:
            keep_former_name(obj, former=former_name)

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


class DimensionValueForm(WorkspaceForm):
    """A channel, device, page or segment by its name."""

    dimension = forms.TypedChoiceField(
        label=lazy("What it is"),
        coerce=int,
        choices=[
            (one.value, one.label)
            for one in (Dimension.CHANNEL, Dimension.ASSET, Dimension.AUDIENCE)
        ],
    )
    label = forms.CharField(
        label=lazy("Name"),
        max_length=300,
        help_text=lazy("As files name it: case and accents do not matter."),
    )

    class Meta:
        model = DimensionValue
        fields = ("workspace", "dimension", "label")

    def clean(self) -> dict[str, Any]:
        """The key of a new name; a stored one keeps its key, so that files still find it."""
        cleaned = super().clean()
        if self.instance.pk is None and cleaned.get("label"):
            dimension = cleaned.get("dimension") or Dimension.CHANNEL
            self.instance.key = folded_key(dimension, cleaned["label"])
        return cleaned


@admin.register(DimensionValue)
class DimensionValueAdmin(WorkspaceAdmin):
    """Channels, devices, pages and segments."""

    may_delete = False
    form = DimensionValueForm
    sets = ((None, {"fields": ("dimension", "label")}),)
    list_display = ("name", "dimension", "key")
    list_filter = ("dimension",)
    list_select_related = ("workspace",)
    search_fields = ("key", "label")
    ordering = ("dimension", "key")

    @admin.display(description=lazy("name"), ordering="label")
    def name(self, value: DimensionValue) -> str:
        """The name in the reader's language."""
        return segment_name(value)

    def name_of(self, obj: DimensionValue) -> str:
        """The name in the reader's language."""
        return segment_name(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What ships with the product keeps its names in both languages."""
        shipped = obj is not None and not obj.label
        return super().has_change_permission(request, obj) and not shipped

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A channel does not become a page."""
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, "dimension"] if obj is not None else fixed

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Shipped channels and devices also by their names."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if search_term:
            wanted = fold(search_term)
            named = Q()
            for dimension, names in SHIPPED.items():
                keys = [key for key, both in names.items() if any(wanted in fold(n) for n in both)]
                named |= Q(dimension=dimension, key__in=keys)
            found = queryset.filter(Q(pk__in=found.values("pk")) | named)
        return found, duplicates

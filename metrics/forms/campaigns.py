"""The form of a campaign: its days, money, owner, plan, and the names that links use for it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from accounts.models import Membership, Workspace
from accounts.typed_numbers import NumberError, parse_number, typed_text
from metrics.campaign_saving import FIELDS, outcomes
from metrics.entry_grid import language, metric_options
from metrics.forms.places import channel_field, day_field, number_field
from metrics.models import Campaign

LONGEST_NAME = 200


class CampaignForm(forms.Form):
    """What a campaign is, when it runs, what it costs and what it is to bring."""

    name = forms.CharField(
        label=lazy("Name"),
        max_length=LONGEST_NAME,
        error_messages={"required": lazy("Give the campaign a name.")},
    )
    start = day_field(lazy("First day"), required=False)
    end = day_field(lazy("Last day"), required=False)
    owner = forms.ChoiceField(
        label=pgettext_lazy("of a campaign", "Owner"),
        required=False,
        error_messages={"invalid_choice": lazy("Choose one from the list.")},
    )
    budget = number_field(
        lazy("Budget"), lazy("All costs, not only media; in the workspace's currency.")
    )
    outcome = forms.ChoiceField(
        label=lazy("Planned outcome"),
        required=False,
        help_text=lazy("What the campaign is to bring: a metric that adds up, such as leads."),
        error_messages={"invalid_choice": lazy("Choose a metric from the list.")},
    )
    outcome_target = number_field(
        lazy("Planned number"), lazy("How much of it, over all of the campaign's days.")
    )
    names = forms.CharField(
        label=lazy("UTM rules"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy(
            "One value of utm_campaign, or one name in files, a line. Rows with it count here. "
            "Case and accents do not matter."
        ),
    )
    note = forms.CharField(
        label=lazy("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = (
        "name", "start", "end", "channel", "owner", "budget", "outcome", "outcome_target",
        "names", "note",
    )  # fmt: skip

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        """The form with the workspace's channels, members and metrics."""
        super().__init__(*args, **kwargs)
        self._currency = workspace.currency
        self.fields["channel"] = channel_field(workspace, lazy("No channel"))
        for name in ("budget", "outcome_target"):
            self.fields[name].required = False
        members = Membership.objects.filter(workspace=workspace, user__is_active=True)
        people = members.select_related("user").order_by("user__name", "user__email")
        self._members = {one.public_id: one.user for one in people}
        self._metrics = {one.key: one for one in outcomes(workspace)}
        owner, outcome = self.fields["owner"], self.fields["outcome"]
        assert isinstance(owner, forms.ChoiceField)
        assert isinstance(outcome, forms.ChoiceField)
        owner.choices = [
            ("", lazy("Nobody yet")),
            *((key, user.get_full_name()) for key, user in self._members.items()),
        ]
        outcome.choices = [("", lazy("Nothing planned")), *metric_options(self._metrics.values())]
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Numbers as numbers, the owner and the metric as rows, the names as a list."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("budget", "outcome_target"):
            cleaned[name] = self._number(name, cleaned.get(name))
        cleaned["owner"] = self._members.get(cleaned.get("owner", ""))
        cleaned["outcome"] = self._metrics.get(cleaned.get("outcome", ""))
        cleaned["names"] = (cleaned.get("names") or "").splitlines()
        return cleaned

    def _number(self, name: str, typed: str | None) -> Any:
        if not typed:
            return None
        try:
            return parse_number(typed, language(), currency=self._currency)
        except NumberError as error:
            self.add_error(name, ValidationError(str(error)))
            return None

    @property
    def given(self) -> dict[str, Any]:
        """The checked values, as `metrics.campaign_saving.save_campaign` takes them."""
        return {name: self.cleaned_data[name] for name in (*FIELDS, "names")}


def initial_of_campaign(campaign: Campaign) -> dict[str, Any]:
    """A stored campaign as the form shows it."""
    members = Membership.objects.filter(workspace=campaign.workspace_id, user=campaign.owner_id)
    owner = members.first() if campaign.owner_id else None
    target, budget = campaign.outcome_target, campaign.budget
    names = [one.name for one in campaign.names.all() if one.key != campaign.key]
    return {
        "name": campaign.name,
        "start": campaign.start,
        "end": campaign.end,
        "channel": campaign.channel.key if campaign.channel else "",
        "owner": owner.public_id if owner else "",
        "budget": "" if budget is None else typed_text(budget, "money", language()),
        "outcome": campaign.outcome.key if campaign.outcome else "",
        "outcome_target": "" if target is None else typed_text(target, "count", language()),
        "names": "\n".join(names),
        "note": campaign.note,
        "version": campaign.version,
    }

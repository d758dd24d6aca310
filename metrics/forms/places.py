"""Fields that several forms share: numbers, days, channel, campaign and device."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from accounts.models import Workspace
from metrics.models import Campaign, Dimension, DimensionValue
from metrics.segment_names import segment_name

if TYPE_CHECKING:
    SegmentChoice = forms.ModelChoiceField[DimensionValue]
    CampaignChoice = forms.ModelChoiceField[Campaign]
else:
    SegmentChoice = CampaignChoice = forms.ModelChoiceField


class SegmentField(SegmentChoice):
    """One channel or device of a workspace, by its key and in the reader's language."""

    def label_from_instance(self, obj: DimensionValue) -> str:
        """The name in the active language."""
        return segment_name(obj)


class CampaignField(CampaignChoice):
    """One campaign of a workspace, by its public id."""

    def label_from_instance(self, obj: Campaign) -> str:
        """The campaign's name."""
        return obj.name


def number_field(label: Any, help_text: Any = "") -> forms.CharField:
    """A number as people type it, read by the form in the reader's language."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=40,
        error_messages={"required": lazy("Enter a number.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


def day_field(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateField:
    """A day, chosen in the browser's calendar or typed."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": lazy("Choose a day."),
            "invalid": lazy("This is not a date. Write it like 2026-03-31."),
        },
    )


def segment_field(workspace: Workspace, dimension: int, label: Any, empty: Any) -> SegmentField:
    """A channel or device, or none of them."""
    return SegmentField(
        label=label,
        required=False,
        empty_label=empty,
        to_field_name="key",
        queryset=DimensionValue.objects.filter(workspace=workspace, dimension=dimension),
        error_messages={"invalid_choice": lazy("Choose one from the list.")},
    )


def campaign_field(workspace: Workspace, empty: Any) -> CampaignField:
    """A campaign, or none."""
    return CampaignField(
        label=lazy("Campaign"),
        required=False,
        empty_label=empty,
        to_field_name="public_id",
        queryset=Campaign.objects.filter(workspace=workspace).order_by("name"),
        error_messages={"invalid_choice": lazy("Choose one from the list.")},
    )


def channel_field(workspace: Workspace, empty: Any) -> SegmentField:
    """A channel, or none."""
    return segment_field(workspace, Dimension.CHANNEL, lazy("Channel"), empty)


def device_field(workspace: Workspace, empty: Any) -> SegmentField:
    """A device, or none."""
    return segment_field(workspace, Dimension.DEVICE, lazy("Device"), empty)

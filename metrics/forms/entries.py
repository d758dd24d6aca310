"""The form of one typed value: any span of days, perhaps of one channel, campaign or device."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as lazy

from accounts.models import Workspace
from accounts.typed_numbers import NumberError, parse_metric_value, typed_text
from metrics.entry_grid import language, metric_options, typable
from metrics.forms.places import (
    campaign_field,
    channel_field,
    day_field,
    device_field,
    number_field,
)
from metrics.models import Entry, Metric


class EntryForm(forms.Form):
    """A value, its days and its place. The metric of a stored value stays what it is."""

    metric = forms.ModelChoiceField(
        label=lazy("Metric"),
        queryset=Metric.objects.none(),
        to_field_name="key",
        error_messages={
            "required": lazy("Choose a metric."),
            "invalid_choice": lazy("Choose a metric from the list."),
        },
    )
    value = number_field(
        lazy("Value"), lazy("A rate as a percentage, money in the workspace's currency.")
    )
    start = day_field(lazy("First day"))
    end = day_field(lazy("Last day"), required=False)
    note = forms.CharField(label=lazy("Note"), required=False, max_length=300)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = ("metric", "value", "start", "end", "channel", "campaign", "device", "note")

    def __init__(
        self, *args: Any, workspace: Workspace, entry: Entry | None = None, **kwargs: Any
    ) -> None:
        """The form of a new value, or of the one given."""
        super().__init__(*args, **kwargs)
        self.entry = entry
        self.fields["channel"] = channel_field(workspace, lazy("All channels together"))
        self.fields["campaign"] = campaign_field(workspace, lazy("All campaigns together"))
        self.fields["device"] = device_field(workspace, lazy("All devices together"))
        self.order_fields(self.field_order)
        self._offer(typable(workspace))

    def _offer(self, metrics: list[Metric]) -> None:
        field = self.fields["metric"]
        assert isinstance(field, forms.ModelChoiceField)
        if self.entry is not None:
            metrics = [self.entry.metric]
            field.disabled, self.initial["metric"] = True, self.entry.metric.key
        field.queryset = Metric.objects.filter(pk__in=[one.pk for one in metrics])
        field.choices = [("", "–"), *metric_options(metrics)]

    def clean(self) -> dict[str, Any]:
        """The number in the metric's unit, and a last day."""
        cleaned: dict[str, Any] = super().clean() or {}
        metric, text = cleaned.get("metric"), cleaned.get("value")
        if metric and text:
            try:
                unit, currency = str(metric.definition.unit), metric.workspace.currency
                cleaned["value"] = parse_metric_value(text, unit, language(), currency=currency)
            except NumberError as error:
                self.add_error("value", ValidationError(str(error)))
        cleaned["end"] = cleaned.get("end") or cleaned.get("start")
        return cleaned

    @property
    def given(self) -> dict[str, Any]:
        """The checked values, as `metrics.entries.save_entry` takes them."""
        return {name: self.cleaned_data[name] for name in self.field_order}


def initial_of_entry(entry: Entry) -> dict[str, Any]:
    """A stored value as the form shows it."""
    return {
        "metric": entry.metric.key,
        "value": typed_value(entry.value, entry.metric),
        "start": entry.start,
        "end": entry.end,
        "channel": entry.channel.key if entry.channel else "",
        "campaign": entry.campaign.public_id if entry.campaign else "",
        "device": entry.device.key if entry.device else "",
        "note": entry.note,
        "version": entry.version,
    }


def typed_value(value: Decimal, metric: Metric) -> str:
    """A value as a person types it in the metric's unit."""
    return typed_text(value, str(metric.definition.unit), language())

"""Which facts to take out, and how the file is written."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import Workspace
from accounts.spreadsheets import FORMAT_NAMES, Format
from metrics.fact_export import Asked
from metrics.forms.answers import DATE_INPUT
from metrics.models import Fact, Feed, Metric


class FactExportForm(forms.Form):
    """A feed, some of its metrics or all, days, and a format."""

    feed = forms.ChoiceField(label=lazy("Feed"))
    metrics = forms.MultipleChoiceField(
        label=lazy("Metrics"),
        required=False,
        help_text=lazy("Choose none for all of them."),
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    start = forms.DateField(label=lazy("From"), widget=DATE_INPUT)
    end = forms.DateField(label=lazy("To"), widget=DATE_INPUT)
    how = forms.ChoiceField(label=lazy("File"), choices=list(FORMAT_NAMES.items()))

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        feeds = Feed.objects.filter(workspace=workspace).order_by("name")
        self._feeds = {one.public_id: one for one in feeds}
        given = Fact.objects.filter(workspace=workspace).values("metric_id").distinct()
        metrics = Metric.objects.filter(workspace=workspace, pk__in=given)
        self._metrics = {one.key: one for one in metrics}
        for name, choices in (
            ("feed", [(key, one.name) for key, one in self._feeds.items()]),
            ("metrics", sorted(((one.key, one.name) for one in metrics), key=lambda one: one[1])),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            raise ValidationError({"end": _("The last day must not be before the first day.")})
        return cleaned

    @property
    def asked(self) -> Asked:
        """What a valid form asks for."""
        given = self.cleaned_data
        start: date = given["start"]
        metrics = tuple(self._metrics[key] for key in given["metrics"])
        return Asked(self.workspace, self._feeds[given["feed"]], start, given["end"], metrics)

    @property
    def format(self) -> Format:
        """The chosen format."""
        return Format(self.cleaned_data["how"])

"""Forms of an objective's life: a check-in, a comment, a closing review."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.typed_numbers import NumberError, parse_metric_value
from objectives.life import Said
from objectives.models import CheckIn, Objective, Review
from objectives.wording import lang


def _text(label: Any, *, most: int, rows: int = 2, **given: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **given
    )


class CheckInForm(forms.Form):
    """How the owner sees it. Only the confidence is needed."""

    confidence = forms.ChoiceField(
        label=_("How confident are you?"),
        choices=CheckIn.Confidence.choices,
        widget=forms.RadioSelect,
    )
    value = forms.CharField(
        label=_("Value, if you know a newer one"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Shown with the check-in. It does not replace the figures."),
    )
    changed = _text(_("What changed?"), most=1000, required=False)
    next_step = _text(_("What is next?"), most=500, required=False)
    next_by = forms.DateField(
        label=_("By when?"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("This is not a date. Write it like 2026-03-31.")},
    )

    def __init__(self, *args: Any, objective: Objective, **kwargs: Any) -> None:
        self.objective = objective
        super().__init__(*args, **kwargs)

    def clean_value(self) -> Decimal | None:
        """The number as it is typed in the reader's language; raises ValidationError."""
        typed = str(self.cleaned_data["value"]).strip()
        if not typed:
            return None
        metric = self.objective.metric
        unit = str(metric.definition.unit) if metric else "count"
        try:
            return parse_metric_value(typed, unit, lang())
        except NumberError as error:
            raise ValidationError(str(error)) from error

    def said(self) -> Said:
        """What was said, once the form is valid."""
        return Said(**self.cleaned_data)


class CommentForm(forms.Form):
    """A remark."""

    text = _text(
        _("Comment"), most=2000, help_text=_("Write @ and a name to tell somebody by mail.")
    )


class ReviewForm(forms.Form):
    """What came of it; ``version`` is the one that the person saw."""

    result = forms.ChoiceField(
        label=_("What came of it?"), choices=Review.Result.choices, widget=forms.RadioSelect
    )
    cause = _text(_("Why?"), most=1000)
    lesson = _text(
        _("What would you do differently?"),
        most=1000,
        help_text=_("Shown when the next objective on this metric is written."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

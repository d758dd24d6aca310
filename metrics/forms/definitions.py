"""The forms of definitions: a metric of the workspace's own, and what counts."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as lazy

from accounts.forms import NameField
from metrics.catalogue.definition import Direction
from metrics.definition_checks import OwnDefinition
from metrics.formula import MAX_LENGTH
from metrics.models import Metric
from metrics.units import UNIT_NAMES

LONGEST_TEXT = 500
DIRECTIONS = (
    (Direction.UP, lazy("Up is good")),
    (Direction.DOWN, lazy("Down is good")),
    (Direction.CONTEXT, lazy("Neither: it depends")),
)
GRAINS = (("month", lazy("13 months")), ("week", lazy("13 weeks")))


def unit_choices() -> list[tuple[str, str]]:
    """The units by what they are called in the active language."""
    language = get_language() or "en"
    return [("", "–"), *((str(unit), name.said(language)) for unit, name in UNIT_NAMES.items())]


class DefinitionForm(forms.Form):
    """Names, formula, unit and direction; the key of a new one, the reason of a change."""

    name_en = NameField(
        label=lazy("Name in English"),
        required=False,
        max_length=120,
        help_text=lazy("One of the two names is enough."),
    )
    name_fr = NameField(
        label=lazy("Name in French"),
        required=False,
        max_length=120,
        help_text=lazy("Without it, the English one is shown."),
    )
    definition = forms.CharField(
        label=lazy("What it measures"),
        required=False,
        max_length=LONGEST_TEXT,
        help_text=lazy("One sentence that anybody in the team understands."),
    )
    formula = forms.CharField(
        label=lazy("Formula"),
        max_length=MAX_LENGTH,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 3,
                "spellcheck": "false",
                "autocapitalize": "off",
                "autocomplete": "off",
                "class": "formula",
            }
        ),
        help_text=lazy("Keys of metrics, numbers, + − × ÷ and parentheses: cost_media / leads."),
        error_messages={
            "required": lazy("Write a formula, like leads / sessions."),
            "max_length": lazy("The formula is too long: use at most %(limit_value)s characters."),
        },
    )
    unit = forms.ChoiceField(
        label=lazy("Unit"),
        choices=unit_choices,
        error_messages={"required": lazy("Choose a unit from the list.")},
    )
    direction = forms.ChoiceField(
        label=lazy("Direction"), choices=DIRECTIONS, widget=forms.RadioSelect, initial=Direction.UP
    )
    key = forms.CharField(
        label=lazy("Key"),
        required=False,
        max_length=60,
        help_text=lazy(
            "What formulas, files and the API call it; it stays for ever. Left empty, it is made "
            "from the name."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(
        label=lazy("Why this changes"),
        required=False,
        max_length=300,
        help_text=lazy(
            "Needed when the formula or the unit changes: it stays in the history and on the chart."
        ),
    )
    grain = forms.ChoiceField(label=lazy("Preview of"), choices=GRAINS, required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, metric: Metric | None = None, **kwargs: Any) -> None:
        """The form of a new metric, or of the one given."""
        super().__init__(*args, **kwargs)
        del self.fields["reason" if metric is None else "key"]

    @property
    def wanted(self) -> OwnDefinition:
        """What the valid form says."""
        names = ("name_en", "name_fr", "definition", "formula", "unit", "direction")
        return OwnDefinition(**{name: self.cleaned_data[name] for name in names})


class RuleForm(forms.Form):
    """What counts as this metric in this workspace, from now on."""

    rule_text = forms.CharField(
        label=lazy("What counts"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy("In words that two people would apply alike."),
    )
    reason = forms.CharField(
        label=lazy("Why this changes"),
        required=False,
        max_length=300,
        help_text=lazy("Needed when there was a rule before: it stays in the history."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReportedForm(forms.Form):
    """The day as of which numbers are shown."""

    on = forms.DateField(
        label=lazy("As reported on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": lazy("Choose a day."),
            "invalid": lazy("This is not a date. Write it like 2026-03-31."),
        },
    )

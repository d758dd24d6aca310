"""The form of a chain of targets: so many customers, and what the figures cannot say."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.typed_numbers import NumberError, parse_metric_value
from metrics.sales_cycle import STAGES
from objectives.chain_basis import PRICE
from objectives.wording import lang

MOST = 1_000_000
TYPED = {**dict.fromkeys(STAGES[1:], "percent"), PRICE: "money"}
"""What can be typed where nothing is measured, with its unit."""
SHARE_LABELS = {
    "leads": lazy("Of visits, the share that become leads"),
    "mqls": lazy("Of leads, the share that become MQLs"),
    "sqls": lazy("Of MQLs, the share that become SQLs"),
    "new_customers": lazy("Of SQLs, the share that become customers"),
    PRICE: lazy("What a lead costs"),
}


class ChainForm(forms.Form):
    """How many new customers, between which days; shares and a price where they are unknown."""

    customers = forms.IntegerField(
        label=lazy("New customers"),
        min_value=1,
        max_value=MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": lazy("Say how many new customers you want."),
            "invalid": lazy("Enter a whole number, like 12."),
        },
    )
    start = forms.DateField(
        label=lazy("First day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": lazy("This is not a date. Write it like 2026-03-31.")},
    )
    end = forms.DateField(
        label=lazy("Last day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": lazy("This is not a date. Write it like 2026-03-31.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key in TYPED:
            self.fields[f"rate_{key}"] = forms.CharField(
                label=SHARE_LABELS[key],
                required=False,
                max_length=20,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        """Shares as fractions, the price as an amount."""
        data = super().clean() or {}
        if data.get("start") and data.get("end") and data["end"] < data["start"]:
            self.add_error("end", _("The last day must not be before the first day."))
        for key, unit in TYPED.items():
            data[f"rate_{key}"] = self._parsed(f"rate_{key}", unit)
        return data

    def _parsed(self, name: str, unit: str) -> Decimal | None:
        text = self.cleaned_data.get(name, "")
        if not text:
            return None
        try:
            value = parse_metric_value(text, unit, lang())
        except NumberError as error:
            self.add_error(name, str(error))
            return None
        if value <= 0:
            self.add_error(name, _("Enter a number above zero."))
            return None
        return value

    @property
    def typed(self) -> dict[str, Decimal]:
        """What was typed, by key."""
        found = {key: self.cleaned_data.get(f"rate_{key}") for key in TYPED}
        return {key: value for key, value in found.items() if value is not None}

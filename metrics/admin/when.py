"""The days of a value or cost: one day, one month, or from one day to another."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.typed_numbers import NumberError, parse_metric_value
from accounts.workspace_admin import VersionedForm
from metrics.forms.answers import DATE_INPUT
from metrics.periods import last_of_month
from metrics.typed import Conflict

DAY, MONTH, SPAN = "day", "month", "span"
WHEN_FIELDS = ("when", "day", "month", "first", "last")


def language() -> str:
    """The active language."""
    return get_language() or "en"


class TypedForm(VersionedForm):
    """A row with numbers that are read as their reader writes them, which two people may change."""

    refusals = (*VersionedForm.refusals, Conflict)

    def read_number(self, name: str, unit: str) -> None:
        """Turns a typed text into a number of this unit, or says what is wrong with it."""
        if name in self.errors:
            return
        try:
            currency = self.workspace.currency if self.workspace else ""
            text = self.cleaned_data[name]
            value = parse_metric_value(text, unit, language(), currency=currency)
        except NumberError as error:
            self.add_error(name, str(error))
        else:
            self.cleaned_data[name] = value

    def refused(self, refusal: Exception) -> None:
        """A conflict names who was quicker."""
        if isinstance(refusal, Conflict):
            self.add_error(None, conflict_sentence(refusal))
        else:
            super().refused(refusal)


class DatedForm(TypedForm):
    """A number over some days."""

    when = forms.ChoiceField(
        label=lazy("For"),
        choices=[(DAY, lazy("a day")), (MONTH, lazy("a month")), (SPAN, lazy("from … to …"))],
        initial=DAY,
        widget=forms.RadioSelect,
    )
    day = forms.DateField(label=lazy("Day"), required=False, widget=DATE_INPUT)
    month = forms.DateField(
        label=lazy("Month"),
        required=False,
        input_formats=["%Y-%m", "%m/%Y", "%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "month", "placeholder": "2026-03"}, format="%Y-%m"),
        help_text=lazy("The whole month, from its first day to its last."),
    )
    first = forms.DateField(label=lazy("First day"), required=False, widget=DATE_INPUT)
    last = forms.DateField(label=lazy("Last day"), required=False, widget=DATE_INPUT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Shows the row's days in the form that they have."""
        super().__init__(*args, **kwargs)
        start, end = self.instance.start, self.instance.end
        if start and end:
            self.initial.update(_shown(start, end))

    def clean(self) -> dict[str, Any]:
        """The days as `start` and `end`."""
        cleaned = super().clean()
        kind = cleaned.get("when", DAY)
        for name in {DAY: ("day",), MONTH: ("month",), SPAN: ("first", "last")}[kind]:
            if name not in self.errors and not cleaned.get(name):
                self.add_error(name, self._missing(name))
        if not self.errors.keys() & set(WHEN_FIELDS):
            cleaned |= self._days(kind, cleaned)
        return cleaned

    @staticmethod
    def _missing(name: str) -> str:
        if name == "month":
            return _("Say which month, like 2026-03.")
        return _("Say which day.")

    @staticmethod
    def _days(kind: str, cleaned: dict[str, Any]) -> dict[str, date]:
        if kind == SPAN:
            return {"start": cleaned["first"], "end": cleaned["last"]}
        if kind == DAY:
            return {"start": cleaned["day"], "end": cleaned["day"]}
        first = cleaned["month"].replace(day=1)
        return {"start": first, "end": last_of_month(first)}

    def place_of(self, name: str) -> str:
        """The days that the writer speaks of, as this form asks for them."""
        kind = self.cleaned_data.get("when", DAY)
        places = {
            DAY: {"start": "day", "end": "day"},
            MONTH: {"start": "month", "end": "month"},
            SPAN: {"start": "first", "end": "last"},
        }
        return places[kind].get(name, name)


def conflict_sentence(conflict: Conflict) -> str:
    """What somebody else did to the row meanwhile, and what to do now."""
    if conflict.current is None:
        return _("Somebody deleted this meanwhile. Add it again if it is still needed.")
    who = getattr(conflict.current, "entered_by", None) or _("Somebody")
    text = _("%(who)s changed this meanwhile. Open it again, then make your change.")
    return text % {"who": who}


def _shown(start: date, end: date) -> dict[str, Any]:
    if start == end:
        return {"when": DAY, "day": start}
    if start.day == 1 and end == last_of_month(start):
        return {"when": MONTH, "month": start}
    return {"when": SPAN, "first": start, "last": end}

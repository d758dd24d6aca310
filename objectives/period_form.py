"""The form of targets by period: a number for each, typed, pasted or proposed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts import fmt
from accounts.typed_numbers import NumberError, parse_metric_value, typed_text
from objectives.period_targets import Split
from objectives.wording import lang


class PeriodForm(forms.Form):
    """One field for each period, and a place to paste them all at once."""

    pasted = forms.CharField(
        label=lazy("Paste a column or a row of a spreadsheet"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=lazy(
            "One number for each period, first one first. A column beside them, like the months, "
            "may be there too."
        ),
    )

    def __init__(self, *args: Any, split: Split, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.split = split
        for span in split.spans:
            self.fields[span.key] = forms.CharField(
                label=split.label(span),
                max_length=40,
                error_messages={
                    "required": _("Give a target for %(period)s.") % {"period": split.label(span)}
                },
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        """Each number in the metric's unit, as it is typed in the reader's language."""
        data = super().clean() or {}
        for span in self.split.spans:
            if span.key in data:
                try:
                    data[span.key] = parse_metric_value(data[span.key], self.split.unit, lang())
                except NumberError as error:
                    self.add_error(span.key, str(error))
        return data

    def values(self) -> tuple[Decimal, ...]:
        """The targets in order, once the form is valid."""
        return tuple(self.cleaned_data[span.key] for span in self.split.spans)

    def periods(self) -> list[forms.BoundField]:
        """The fields of the periods."""
        return [self[span.key] for span in self.split.spans]


def typed(split: Split, values: Sequence[Decimal]) -> dict[str, str]:
    """Targets as a person would type them, by field."""
    pairs = zip(split.spans, values, strict=True)
    return {span.key: typed_text(value, split.unit, lang()) for span, value in pairs}


def read_pasted(text: str, split: Split) -> tuple[Decimal, ...]:
    """The numbers of a pasted column or row. Raises ValidationError that says what was found."""
    cells, unit = _cells(text), split.unit
    if len(cells) == len(split.spans) + 1 and not _is_number(cells[0], unit):
        cells = cells[1:]
    if len(cells) != len(split.spans):
        words = {"found": len(cells), "asked": len(split.spans)}
        raise ValidationError(
            _("%(found)s cells were pasted; there are %(asked)s periods. Paste one for each.")
            % words
        )
    wrong = []
    for span, cell in zip(split.spans, cells, strict=True):
        if not _is_number(cell, unit):
            said = {
                "period": split.label(span),
                "cell": cell[:40],
                "example": fmt.number(Decimal("1234.5"), lang()),
            }
            wrong.append(_("%(period)s: “%(cell)s” is not a number like %(example)s.") % said)
    if wrong:
        raise ValidationError(wrong)
    return tuple(parse_metric_value(cell, unit, lang()) for cell in cells)


def _cells(text: str) -> list[str]:
    """A row's cells, or of each row the last cell that is not empty."""
    rows = [[cell.strip() for cell in line.split("\t")] for line in text.splitlines()]
    filled = [row for row in ([cell for cell in row if cell] for row in rows) if row]
    if len(filled) == 1:
        return filled[0]
    return [row[-1] for row in filled]


def _is_number(cell: str, unit: str) -> bool:
    try:
        parse_metric_value(cell, unit, lang())
    except NumberError:
        return False
    return True

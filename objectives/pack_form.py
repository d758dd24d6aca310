"""The form of a pack: for each objective how its figures come, where it starts, what it asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts import fmt
from accounts.typed_numbers import NumberError, parse_metric_value
from objectives.pack_drafts import Chosen, Offer
from objectives.wording import lang

QUARTERS = (("this_quarter", lazy("This quarter")), ("next_quarter", lazy("Next quarter")))
ARRIVALS = (
    ("later", lazy("I decide later")),
    ("file", lazy("From a file of a tool")),
    ("typed", lazy("We type them")),
)


@dataclass(frozen=True)
class Block:
    """An objective's questions, for the page."""

    offer: Offer
    take: BoundField
    arrival: BoundField | None
    baseline_yes: BoundField | None
    baseline: BoundField
    target_yes: BoundField | None
    target: BoundField
    companions: BoundField | None


class PackForm(forms.Form):
    """Nothing that is proposed is taken unless somebody says so."""

    def __init__(self, *args: Any, offers: Sequence[Offer], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offers, self.currency = offers, currency
        for offer in offers:
            self._add(offer)

    def _add(self, offer: Offer) -> None:
        name, fields = offer.name, self.fields
        fields[f"take-{name}"] = forms.BooleanField(
            label=_("Make a draft of it"), required=False, initial=True
        )
        if not offer.has_figures:
            fields[f"arrival-{name}"] = forms.ChoiceField(
                label=_("How will the figures arrive?"), choices=ARRIVALS, required=False
            )
        if offer.baseline is not None:
            fields[f"baseline-yes-{name}"] = _yes(
                _("Yes, start from %(value)s (%(label)s)")
                % {
                    "value": self._written(offer, offer.baseline.value),
                    "label": offer.baseline.label,
                }
            )
        fields[f"baseline-{name}"] = _number(
            _("Another baseline") if offer.baseline else _("Where do you start from?"),
            "" if offer.baseline else _("Leave it empty if you do not know: it can wait."),
        )
        if offer.target is not None:
            fields[f"target-yes-{name}"] = _yes(self._question(offer))
        fields[f"target-{name}"] = _number(
            _("Another target") if offer.target else _("What is the target?"), _("It can wait.")
        )
        if offer.companions:
            names = ", ".join(one.name for one in offer.companions)
            fields[f"companions-{name}"] = forms.BooleanField(
                label=_("With drafts on what to read it with: %(names)s") % {"names": names},
                required=False,
                initial=True,
            )

    def _written(self, offer: Offer, value: Decimal) -> str:
        unit = str(offer.metric.definition.unit)
        return fmt.metric_value(value, unit, self.currency, lang())

    def _question(self, offer: Offer) -> str:
        assert offer.target is not None
        words = {"target": self._written(offer, offer.target.value)}
        if not offer.target.change:
            return _("Yes, %(target)s is the target") % words
        words["change"] = fmt.signed_percent(offer.target.change, lang())
        return _("Yes, %(target)s is the target: %(change)s") % words

    def clean(self) -> dict[str, Any]:
        """Numbers in each metric's unit; at least one objective."""
        data = super().clean() or {}
        for offer in self.offers:
            unit = str(offer.metric.definition.unit)
            for what in ("baseline", "target"):
                field = f"{what}-{offer.name}"
                data[field] = self._parsed(field, data.get(field, ""), unit)
        if not any(data.get(f"take-{offer.name}") for offer in self.offers):
            self.add_error(None, _("Choose at least one objective."))
        return data

    def _parsed(self, name: str, text: str, unit: str) -> Decimal | None:
        if not text:
            return None
        try:
            return parse_metric_value(text, unit, lang())
        except NumberError as error:
            self.add_error(name, str(error))
        return None

    def chosen(self) -> list[Chosen]:
        """What was answered for each objective that is wanted; what was typed comes first."""
        data, found = self.cleaned_data, []
        for offer in self.offers:
            if not data.get(f"take-{offer.name}"):
                continue
            baseline, target = data[f"baseline-{offer.name}"], data[f"target-{offer.name}"]
            if baseline is None and offer.baseline and data.get(f"baseline-yes-{offer.name}"):
                baseline = offer.baseline.value
            if target is None and offer.target and data.get(f"target-yes-{offer.name}"):
                target = offer.target.value
            found.append(
                Chosen(
                    offer=offer,
                    baseline=baseline,
                    target=target,
                    with_companions=bool(data.get(f"companions-{offer.name}")),
                )
            )
        return found

    def arriving(self, how: str) -> list[str]:
        """The keys of the chosen metrics whose figures come this way."""
        return [
            one.offer.metric.key
            for one in self.chosen()
            if self.cleaned_data.get(f"arrival-{one.offer.name}") == how
        ]

    def blocks(self) -> Iterator[Block]:
        """The questions, objective by objective."""
        for offer in self.offers:
            yield Block(
                offer,
                self[f"take-{offer.name}"],
                self._field("arrival", offer),
                self._field("baseline-yes", offer),
                self[f"baseline-{offer.name}"],
                self._field("target-yes", offer),
                self[f"target-{offer.name}"],
                self._field("companions", offer),
            )

    def _field(self, what: str, offer: Offer) -> BoundField | None:
        name = f"{what}-{offer.name}"
        return self[name] if name in self.fields else None


def _yes(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


def _number(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

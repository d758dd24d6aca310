"""Forms of channels: a new one, and what may change of one."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.channels import check_address
from accounts.forms import NameField
from accounts.models import Channel


def _address(**given: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Address"),
        max_length=2000,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}
        ),
        **given,
    )


class ChannelForm(forms.Form):
    """A new channel."""

    kind = forms.ChoiceField(label=_("Service"), choices=Channel.Kind.choices)
    name = NameField(
        label=_("Name"), max_length=80, help_text=_("Where it leads, like: #marketing.")
    )
    address = _address(
        help_text=_(
            "The incoming webhook that the service gives you, from https:// on. Whoever knows it "
            "can write there, so it is kept encrypted and not shown again."
        )
    )
    wants = forms.ChoiceField(
        label=_("Which alerts"),
        choices=Channel.Wants.choices,
        initial=Channel.Wants.ALL,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        """The address fits the service; raises ValidationError at its field."""
        given = super().clean() or {}
        if given.get("kind") and given.get("address"):
            given["address"] = given["address"].strip()
            _checked(self, given["kind"], given["address"])
        return given


class ChannelChangeForm(forms.Form):
    """What may change of a channel; ``version`` is the one that the person saw."""

    name = NameField(label=_("Name"), max_length=80)
    address = _address(required=False, help_text=_("Only if there is a new one."))
    wants = forms.ChoiceField(
        label=_("Which alerts"), choices=Channel.Wants.choices, widget=forms.RadioSelect
    )
    is_active = forms.BooleanField(label=_("Switched on"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, channel: Channel) -> None:
        self.channel = channel
        shown = {name: getattr(channel, name) for name in ("name", "wants", "is_active", "version")}
        super().__init__(data, initial=shown)

    def clean_address(self) -> str:
        """A new address that fits the service, or none."""
        address = str(self.cleaned_data["address"]).strip()
        if address:
            check_address(self.channel.kind, address)
        return address


def _checked(form: forms.Form, kind: str, address: str) -> None:
    try:
        check_address(kind, address)
    except ValidationError as error:
        form.add_error("address", error)

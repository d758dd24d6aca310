"""Forms of people and workspaces."""

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.choices import currency_choices, time_zone_choices
from accounts.invitations import MOST_AT_ONCE
from accounts.members import roles_up_to
from accounts.models import ApiToken, Membership, User, Workspace
from accounts.models.workspace import WEEKDAYS
from accounts.public_holidays import country_choices
from accounts.workspaces import SETTINGS

HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]


class NameField(forms.CharField):
    """A name: on one line, in Unicode's canonical form, without control characters."""

    default_error_messages = {"required": gettext_lazy("Enter a name.")}

    def to_python(self, value: Any) -> str:
        """The name as it is stored."""
        text = unicodedata.normalize("NFC", str(super().to_python(value) or ""))
        kept = (char for char in text if unicodedata.category(char) not in ("Cc", "Cf"))
        return " ".join("".join(kept).split())


def _zone_field(**attributes: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=time_zone_choices,
        widget=forms.Select(attrs=attributes),
    )


class WorkspaceForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a new workspace needs to know."""

    name = NameField(label=gettext_lazy("Name of the company or the client"), max_length=120)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=currency_choices)
    time_zone = _zone_field(**{"data-guess-timezone": ""})

    class Meta:
        model = Workspace
        fields = ("name", "currency", "time_zone", "language", "week_start", "fiscal_year_start")


class WeekdaysField(forms.MultipleChoiceField):
    """Days of the week, kept as ISO digits: "12345" is Monday to Friday."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value: Any) -> Any:
        """One entry a day."""
        return list(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        """The digits in order."""
        return "".join(sorted(super().clean(value)))


class WorkspaceSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """A workspace's settings; ``version`` is the one that the person saw."""

    name = NameField(label=gettext_lazy("Name"), max_length=120)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=currency_choices)
    time_zone = _zone_field()
    working_weekdays = WeekdaysField(
        label=gettext_lazy("Working days"),
        choices=[(str(day + 1), name) for day, name in WEEKDAYS],
        required=False,
    )
    holiday_country = forms.ChoiceField(
        label=gettext_lazy("Public holidays of"), choices=country_choices, required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Workspace
        fields = SETTINGS
        help_texts = {
            "currency": gettext_lazy(
                "Amounts that are stored already are not converted when this changes."
            ),
            "time_zone": gettext_lazy("Days end at midnight there."),
            "working_days_only": gettext_lazy(
                "Objectives that start from now on expect nothing of the other days and of public "
                "holidays. Those that have started keep their plan."
            ),
            "on_track_from": gettext_lazy("0.90 is 90% of the plan for today."),
            "at_risk_from": gettext_lazy("Below it, an objective is off track."),
        }
        widgets = dict.fromkeys(
            ("days_to_lead", "days_to_mql", "days_to_sql", "days_to_customer"),
            forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )

    def clean_working_weekdays(self) -> str:
        """The chosen days; as they were where none is chosen and none is needed."""
        days: str = self.cleaned_data["working_weekdays"]
        if not days and self.cleaned_data.get("working_days_only"):
            raise ValidationError(_("Choose at least one day of the week."))
        return days or self.instance.working_weekdays


class InviteForm(forms.Form):
    """Who is invited, and as what."""

    emails = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        help_text=gettext_lazy("One per line. The link in each mail works once, for 48 hours."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        max_length=6000,
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the mail"),
        choices=Workspace._meta.get_field("language").choices or (),
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [(each.value, each.label) for each in roles_up_to(by.role)]
        role.initial = "editor"
        self.fields["language"].initial = by.workspace.language

    def clean_emails(self) -> list[str]:
        """The addresses; raises ValidationError naming those that are not one."""
        found = [line.strip() for line in self.cleaned_data["emails"].replace(",", "\n").split()]
        bad = [address for address in found if not _is_address(address)]
        if bad:
            message = ngettext(
                "%(addresses)s is not an e-mail address. Write it like name@example.com.",
                "%(addresses)s are not e-mail addresses. Write them like name@example.com.",
                len(bad),
            )
            raise ValidationError(message, params={"addresses": ", ".join(bad[:5])})
        if len(found) > MOST_AT_ONCE:
            raise ValidationError(
                _("Invite at most %(most)s people at once."), params={"most": MOST_AT_ONCE}
            )
        return found


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


class RoleForm(forms.Form):
    """A member's new role."""

    role = forms.ChoiceField(choices=Membership._meta.get_field("role").choices or ())


class NotificationsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Which mails a member wants from this workspace."""

    digest_hour = forms.TypedChoiceField(
        label=gettext_lazy("Hour of the digest"),
        choices=HOURS,
        coerce=int,
    )

    quiet_from = forms.TypedChoiceField(
        label=gettext_lazy("Quiet from"),
        help_text=gettext_lazy("From then on alerts by mail wait."),
        choices=[("", gettext_lazy("Never quiet")), *HOURS],
        coerce=int,
        empty_value=None,
        required=False,
    )
    quiet_until = forms.TypedChoiceField(
        label=gettext_lazy("Quiet until"),
        help_text=gettext_lazy("Then they are sent."),
        choices=[("", gettext_lazy("Never quiet")), *HOURS],
        coerce=int,
        empty_value=None,
        required=False,
    )

    class Meta:
        model = Membership
        fields = (
            "alert_mail",
            "quiet_from",
            "quiet_until",
            "alerts_a_day",
            "digest_on",
            "digest_weekday",
            "digest_hour",
        )
        widgets = {"alert_mail": forms.RadioSelect}
        help_texts = {
            "digest_on": gettext_lazy("One mail a week: what moved and what needs attention.")
        }

    def clean(self) -> dict[str, Any]:
        """Quiet hours have a beginning and an end, or there are none."""
        given = super().clean() or {}
        for name, other in (("quiet_from", "quiet_until"), ("quiet_until", "quiet_from")):
            if given.get(name) is None and given.get(other) is not None:
                self.add_error(name, _("Choose both hours, or “Never quiet” for both."))
        return given


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new API token."""

    name = NameField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("What uses it, like: warehouse sync."),
        max_length=80,
    )

    class Meta:
        model = ApiToken
        fields = ("name", "scope")
        widgets = {"scope": forms.RadioSelect}


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person's own name, language and time zone."""

    name = NameField(label=gettext_lazy("Name"), max_length=120)
    time_zone = _zone_field()

    class Meta:
        model = User
        fields = ("name", "language", "time_zone")


class JoinForm(forms.ModelForm):  # type: ignore[type-arg]
    """What somebody who was invited and has no account yet tells about themselves."""

    name = NameField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        help_text=gettext_lazy("At least 12 characters. A sentence works well."),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    time_zone = _zone_field(**{"data-guess-timezone": ""})

    class Meta:
        model = User
        fields = ("name", "language", "time_zone")

    def clean_password(self) -> str:
        """The password, if it is a good one for this person."""
        password: str = self.cleaned_data["password"]
        person = User(email=self.instance.email, name=self.cleaned_data.get("name", ""))
        validate_password(password, person)
        return password

"""The form of a feed: what is expected of it."""

from django import forms
from django.utils.translation import gettext_lazy as lazy

from metrics.models import Feed


class FeedForm(forms.Form):
    """Name, rhythm and usual delay of a feed, and whether it is in use."""

    name = forms.CharField(
        label=lazy("Name"),
        max_length=80,
        error_messages={"required": lazy("Give the feed a name.")},
    )
    rhythm = forms.ChoiceField(
        label=lazy("New figures are expected"),
        choices=Feed.Rhythm,
        widget=forms.RadioSelect,
        help_text=lazy("A feed that does not keep its rhythm is shown as late."),
    )
    delay_days = forms.IntegerField(
        label=lazy("Usual delay in days"),
        min_value=0,
        max_value=90,
        help_text=lazy("A day's values are complete this many days after it."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": lazy("Enter a whole number of days, 0 for none."),
            "invalid": lazy("Enter a whole number of days, 0 for none."),
            "min_value": lazy("Enter a whole number of days, 0 for none."),
            "max_value": lazy("Enter at most %(limit_value)s days."),
        },
    )
    skips_weekends = forms.BooleanField(
        label=lazy("Nothing comes on weekends"),
        required=False,
        help_text=lazy("What is due on a Saturday or Sunday is expected on Monday."),
    )
    is_active = forms.BooleanField(
        label=lazy("In use"),
        required=False,
        help_text=lazy("A feed that is not in use is never late. Its figures stay."),
    )

"""Feeds: how often their figures come, and how late."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as lazy

from accounts import fmt_dates
from accounts.workspace_admin import WrittenAdmin, WrittenForm
from metrics.admin.filters import language
from metrics.feeds import change_feed
from metrics.models import Feed


class FeedForm(WrittenForm):
    """What is expected of a feed."""

    class Meta:
        model = Feed
        fields = ("workspace", "name", "rhythm", "delay_days", "skips_weekends", "is_active")

    def write(self) -> Feed:
        """Changes what is expected."""
        names = ("name", "rhythm", "delay_days", "skips_weekends", "is_active")
        return change_feed(self.instance, **{name: self.cleaned_data[name] for name in names})


@admin.register(Feed)
class FeedAdmin(WrittenAdmin):
    """Where figures come from. Feeds appear with their first file; here they are tuned."""

    may_add = False
    may_delete = False
    form = FeedForm
    sets = (
        (None, {"fields": ("name", "kind", "is_active")}),
        (
            lazy("What is expected"),
            {
                "fields": ("rhythm", "delay_days", "skips_weekends", "figures_to", "received"),
                "description": lazy(
                    "Figures that come later than this open an alert. Without a rhythm, nothing"
                    " is expected and nothing is late."
                ),
            },
        ),
    )
    readonly_fields = ("kind", "figures_to", "received")
    list_display = ("name", "kind", "rhythm", "delay_days", "figures_to", "received", "is_active")
    list_filter = ("kind", "rhythm", "is_active")
    list_select_related = ("workspace",)
    search_fields = ("name",)

    @admin.display(description=lazy("figures to"), ordering="last_data_day")
    def figures_to(self, feed: Feed) -> str:
        """The last day that there are figures for."""
        day = feed.last_data_day
        return fmt_dates.date_short(day, language(), year=True) if day else "–"

    @admin.display(description=lazy("last received"), ordering="last_received_at")
    def received(self, feed: Feed) -> str:
        """When figures came in last."""
        at = feed.last_received_at
        return fmt_dates.datetime_label(at, feed.workspace.time_zone, language()) if at else "–"

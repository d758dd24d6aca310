"""Filters and columns that lists of figures share."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import fmt_dates
from accounts.fmt_dates import date_range
from metrics.catalogue import CATALOGUE, FAMILIES
from metrics.imports.folding import fold
from metrics.models import DimensionValue, Metric
from metrics.segment_names import segment_name


def language() -> str:
    """The active language."""
    return get_language() or "en"


def metrics_named(text: str) -> Q:
    """The metrics whose key or name, in either language, holds these letters."""
    wanted = fold(text)
    keys = [
        one.key
        for one in CATALOGUE.values()
        if any(wanted in fold(name) for name in (one.key, one.name_en, one.name_fr, *one.aliases))
    ]
    own = Q(own_name_en__icontains=text) | Q(own_name_fr__icontains=text) | Q(key__icontains=text)
    return Q(key__in=keys) | own


class FamilyFilter(admin.SimpleListFilter):
    """By the metric's shelf of the catalogue."""

    title = _("family")
    parameter_name = "family"
    through = "metric__"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> Iterable[tuple[str, str]]:
        """The families in the reader's language."""
        return [(family.key, family.name(language())) for family in FAMILIES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the family's metrics."""
        if not self.value():
            return queryset
        keys = [one.key for one in CATALOGUE.values() if one.family == self.value()]
        return queryset.filter(**{f"{self.through}key__in": keys})


class OwnFamilyFilter(FamilyFilter):
    """By the row's own shelf of the catalogue."""

    through = ""


class MetricFilter(admin.SimpleListFilter):
    """By metric, of those that the list holds."""

    title = _("metric")
    parameter_name = "metric_key"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> Iterable[tuple[str, str]]:
        """The metrics of the list, by name."""
        listed = model_admin.get_queryset(request).order_by().values("metric_id")
        metrics = Metric.objects.filter(pk__in=listed)
        return sorted({(one.key, one.name) for one in metrics}, key=lambda one: one[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the chosen metric."""
        return queryset.filter(metric__key=self.value()) if self.value() else queryset


class ChannelFilter(admin.SimpleListFilter):
    """By channel, of those that the list holds."""

    title = _("channel")
    parameter_name = "channel_key"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> Iterable[tuple[str, str]]:
        """The channels of the list, by name."""
        listed = model_admin.get_queryset(request).order_by().values("channel_id")
        channels = DimensionValue.objects.filter(pk__in=listed)
        names = {(one.key, segment_name(one)) for one in channels}
        return sorted(names, key=lambda one: one[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the chosen channel."""
        return queryset.filter(channel__key=self.value()) if self.value() else queryset


class SupplierFilter(admin.SimpleListFilter):
    """By supplier, of those that the list holds."""

    title = _("supplier")
    parameter_name = "supplier"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> Iterable[tuple[str, str]]:
        """The suppliers of the list, by name."""
        costs = model_admin.get_queryset(request).exclude(supplier="").order_by("supplier")
        return [(name, name) for name in costs.values_list("supplier", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The costs of the chosen supplier."""
        return queryset.filter(supplier=self.value()) if self.value() else queryset


class SpannedColumns:
    """Columns of what has days, a channel and a campaign."""

    @admin.display(description=_("when"), ordering="start")
    def days(self, row: Any) -> str:
        """The day, the month or the span."""
        return date_range(row.start, row.end, language(), short=True)

    @admin.display(description=_("where"))
    def place(self, row: Any) -> str:
        """Channel, campaign and device, as far as they are set."""
        values = [row.channel, getattr(row, "device", None)]
        names = [segment_name(one) for one in values if one is not None]
        return " · ".join([*names, *([row.campaign.name] if row.campaign else [])])

    @admin.display(description=_("last changed"), ordering="updated_at")
    def who(self, row: Any) -> str:
        """Who entered or changed it last, and on which day in the workspace's time."""
        day = row.updated_at.astimezone(row.workspace.zone).date()
        shown = fmt_dates.date_short(day, language(), year=True)
        return f"{row.entered_by} · {shown}" if row.entered_by else shown

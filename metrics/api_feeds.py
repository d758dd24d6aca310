"""The API of feeds: how fresh they are, and what is expected of them."""

from typing import Any

from django.core.exceptions import ValidationError as Refused
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import ChoiceField
from accounts.api_bodies import Strict
from metrics.api_rows import Collection, Given, Kept, Single, described_list, described_one
from metrics.feeds import change_feed, create_feed, find_feed, freshness, freshness_of
from metrics.models import Feed
from metrics.presentation import feed_json
from metrics.serializers import FeedSerializer

EXPECTED = ("name", "rhythm", "delay_days", "skips_weekends", "is_active")
KINDS = (Feed.Kind.FILE, Feed.Kind.API, Feed.Kind.CONNECTOR)


class FeedWrite(Strict):
    """What is expected of a feed; what is left out stays."""

    passed_over = frozenset(FeedSerializer().get_fields())

    name = serializers.CharField(max_length=80, required=False)
    rhythm = ChoiceField(
        choices=Feed.Rhythm.values,
        required=False,
        help_text=gettext_lazy("Setting it or the delay ends learning them from deliveries."),
    )
    delay_days = serializers.IntegerField(min_value=0, max_value=90, required=False)
    skips_weekends = serializers.BooleanField(required=False)
    is_active = serializers.BooleanField(required=False)


class FeedNew(FeedWrite):
    """A feed that is not there yet."""

    name = serializers.CharField(max_length=80)
    kind = ChoiceField(choices=[str(one) for one in KINDS], default=str(Feed.Kind.API))


class Feeds(Kept[Feed]):
    """The feeds."""

    def rows(self) -> QuerySet[Feed]:
        """Also those that are in use no more."""
        return Feed.objects.filter(workspace=self.workspace)

    def as_json(self, row: Feed) -> dict[str, Any]:
        """A feed and how fresh its figures are today."""
        return feed_json(freshness_of(row, self.today))


@described_list(
    "feed",
    tag="feeds",
    shape=FeedSerializer,
    lists=gettext_lazy("The feeds in use and how fresh their figures are."),
    adds=gettext_lazy("Makes a feed."),
    in_pages=False,
)
class FeedsView(Feeds, Collection[Feed]):
    """``feeds/``."""

    new = FeedNew

    def get(self, request: Request, slug: str) -> Response:
        """By name, all at once."""
        return self.whole([feed_json(one) for one in freshness(self.workspace, today=self.today)])

    def added(self, given: Given) -> Feed:
        """Refuses a name that is taken."""
        name = given["name"].strip()
        if find_feed(self.workspace, name) is not None:
            raise Refused({"name": _("Another feed has this name. Choose another one.")})
        expected = {name: given[name] for name in EXPECTED if name in given}
        return _changed(create_feed(self.workspace, name=name, kind=given["kind"]), expected)


@described_one(
    "feed",
    tag="feeds",
    shape=FeedSerializer,
    reads=gettext_lazy("One feed, in use or not."),
    changes=gettext_lazy("Changes what is expected of a feed."),
)
class FeedView(Feeds, Single[Feed]):
    """``feeds/<id>/``."""

    change = FeedWrite
    unknown = gettext_lazy("The workspace has no feed “%(id)s”.")

    def changed(self, row: Feed, given: Given) -> Feed:
        """Its facts stay."""
        return _changed(row, given)


def _changed(feed: Feed, given: Given) -> Feed:
    return change_feed(feed, **{name: getattr(feed, name) for name in EXPECTED} | given)

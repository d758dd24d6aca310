"""The API of feeds: how fresh they are, and what is expected of them."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import CHANGED, PROBLEMS, ChoiceField, WorkspaceApiView, list_of, refusals
from accounts.etags import IF_MATCH, check_match, tagged
from accounts.idempotency import KEY, idempotent
from metrics.feeds import change_feed, create_feed, find_feed, freshness, freshness_of
from metrics.models import Feed
from metrics.presentation import feed_json
from metrics.serializers import FeedSerializer

EXPECTED = ("name", "rhythm", "delay_days", "skips_weekends", "is_active")
KINDS = (Feed.Kind.FILE, Feed.Kind.API, Feed.Kind.CONNECTOR)


class FeedWrite(serializers.Serializer[Any]):
    """What is expected of a feed; what is left out stays."""

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


class FeedsView(WorkspaceApiView):
    """``feeds/``."""

    @extend_schema(
        operation_id="feeds",
        summary=gettext_lazy("The feeds in use and how fresh their figures are."),
        tags=["feeds"],
        responses={200: list_of("Feeds", FeedSerializer), **PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """By name, all at once."""
        return self.whole([feed_json(one) for one in freshness(self.workspace, today=self.today)])

    @extend_schema(
        operation_id="feed_new",
        summary=gettext_lazy("Makes a feed."),
        tags=["feeds"],
        parameters=[KEY],
        request=FeedNew,
        responses={201: FeedSerializer, **PROBLEMS},
    )
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Refuses a name that is taken."""
        call = FeedNew(data=request.data)
        call.is_valid(raise_exception=True)
        given = dict(call.validated_data)
        name = given["name"].strip()
        if find_feed(self.workspace, name) is not None:
            raise ValidationError({"name": _("Another feed has this name. Choose another one.")})
        feed = create_feed(self.workspace, name=name, kind=given.pop("kind"))
        return tagged(feed_json(freshness_of(_changed(feed, given), self.today)), status=201)


class FeedView(WorkspaceApiView):
    """``feeds/<id>/``."""

    @extend_schema(
        operation_id="feed",
        summary=gettext_lazy("One feed, in use or not."),
        tags=["feeds"],
        responses={200: FeedSerializer, **PROBLEMS},
    )
    def get(self, request: Request, slug: str, public_id: str) -> Response:
        """With its tag."""
        return tagged(self._json(self._feed(public_id)))

    @extend_schema(
        operation_id="feed_change",
        summary=gettext_lazy("Changes what is expected of a feed."),
        tags=["feeds"],
        parameters=[IF_MATCH],
        request=FeedWrite,
        responses={200: FeedSerializer, **CHANGED},
    )
    def patch(self, request: Request, slug: str, public_id: str) -> Response:
        """What is given; its facts stay."""
        feed = self._feed(public_id, lock=True)
        check_match(request, self._json(feed))
        call = FeedWrite(data=request.data)
        call.is_valid(raise_exception=True)
        return tagged(self._json(_changed(feed, call.validated_data)))

    def _feed(self, public_id: str, *, lock: bool = False) -> Feed:
        feeds = Feed.objects.filter(workspace=self.workspace, public_id=public_id)
        feed = (feeds.select_for_update() if lock else feeds).first()
        if feed is None:
            raise NotFound(_("The workspace has no feed “%(id)s”.") % {"id": public_id})
        return feed

    def _json(self, feed: Feed) -> dict[str, Any]:
        return feed_json(freshness_of(feed, self.today))


@refusals()
def _changed(feed: Feed, given: dict[str, Any]) -> Feed:
    """Raises ValidationError with a sentence per field."""
    return change_feed(feed, **{name: getattr(feed, name) for name in EXPECTED} | given)

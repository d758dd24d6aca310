"""Channels, campaigns and people as calls of the API name them."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Membership, User, Workspace
from metrics.models import Campaign, Dimension, DimensionValue, Metric

Wrong = dict[str, list[str]]


def found_places(workspace: Workspace, given: dict[str, Any]) -> tuple[dict[str, Any], Wrong]:
    """What was given with the rows that it names; what names none.

    A channel and an outcome's metric are named by their key, a campaign by its id, a person by
    their address.
    """
    found, wrong = dict(given), Wrong()
    for field, find in (
        ("channel", _channel), ("campaign", _campaign), ("owner", _owner), ("outcome", _metric),
    ):  # fmt: skip
        if not given.get(field):
            if field in given:
                found[field] = None
            continue
        found[field] = find(workspace, given[field])
        if found[field] is None:
            name = {"name": str(given[field])[:80]}
            wrong[field] = [_("The workspace has no “%(name)s”.") % name]
    return found, wrong


def _channel(workspace: Workspace, key: str) -> DimensionValue | None:
    channels = DimensionValue.objects.filter(workspace=workspace, dimension=Dimension.CHANNEL)
    return channels.filter(key=key).first()


def _campaign(workspace: Workspace, public_id: str) -> Campaign | None:
    return Campaign.objects.filter(workspace=workspace, public_id=public_id).first()


def _metric(workspace: Workspace, key: str) -> Metric | None:
    return Metric.objects.filter(workspace=workspace, key=key).first()


def _owner(workspace: Workspace, email: str) -> User | None:
    members = Membership.objects.filter(workspace=workspace, user__email__iexact=email)
    member = members.select_related("user").first()
    return member.user if member else None

"""Check-ins, comments and closing reviews: the one writer of each, and their readers."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, User, Workspace
from objectives.mention_mail import mail_mention
from objectives.models import CheckIn, Comment, Objective, Review, State
from objectives.results import recent_result

ORDER = ("on_track", "at_risk", "off_track")
"""Confidence and status, best first."""
MOST_LESSONS = 3


class ReviewedMeanwhile(Exception):
    """Somebody else wrote the review first; ``current`` is what they wrote."""

    def __init__(self, current: Review) -> None:
        super().__init__(current.objective_id)
        self.current = current


@dataclass(frozen=True)
class Said:
    """What a check-in says."""

    confidence: str
    value: Decimal | None = None
    changed: str = ""
    next_step: str = ""
    next_by: date | None = None


def check_in(
    objective: Objective, *, user: User | None, said: Said, day: date, now: datetime
) -> CheckIn:
    """Keeps what somebody says of an objective. Raises ValidationError for a draft.

    The same words of the same person within a minute are one check-in: a double click.
    """
    if objective.state == State.DRAFT:
        raise ValidationError(_("A draft has no check-ins. Start the objective first."))
    with transaction.atomic():
        Objective.objects.select_for_update(of=("self",)).get(
            workspace_id=objective.workspace_id, pk=objective.pk
        )
        latest = CheckIn.objects.filter(
            workspace_id=objective.workspace_id, objective=objective, user=user
        ).first()
        if latest is not None and (now - latest.created_at).total_seconds() < 60:
            kept = (latest.confidence, latest.value, latest.changed, latest.next_step)
            if kept == (said.confidence, said.value, said.changed, said.next_step):
                return latest
        result = recent_result(objective, day=day)
        return CheckIn.objects.create(
            workspace_id=objective.workspace_id,
            objective=objective,
            user=user,
            day=day,
            confidence=said.confidence,
            value=said.value,
            changed=said.changed,
            next_step=said.next_step,
            next_by=said.next_by,
            status=result.status if result else "",
            created_at=now,
        )


def disagrees(confidence: str, status: str) -> bool:
    """Whether a person's view and the computed status are not the same."""
    return status in ORDER and confidence in ORDER and confidence != status


def latest_check_ins(workspace: Workspace, *, day: date) -> dict[int, CheckIn]:
    """By objective's id, its latest check-in on or before ``day``."""
    found = (
        CheckIn.objects.filter(workspace=workspace, day__lte=day)
        .select_related("user")
        .order_by("objective_id", "-created_at", "-id")
        .distinct("objective_id")
    )
    return {one.objective_id: one for one in found}


def net_confidence(check_ins: Iterable[CheckIn]) -> int | None:
    """Net confidence score: 100 × (on track − off track) / all, −100…100; None without any."""
    told = [one.confidence for one in check_ins]
    if not told:
        return None
    return round(100 * (told.count(ORDER[0]) - told.count(ORDER[2])) / len(told))


# Comments


def comment(objective: Objective, *, user: User, text: str, now: datetime) -> Comment:
    """Adds a remark and tells by mail whoever it mentions with an @ and their name."""
    with transaction.atomic():
        made = Comment.objects.create(
            workspace_id=objective.workspace_id,
            objective=objective,
            user=user,
            text=text,
            created_at=now,
        )
        for member in mentioned(objective.workspace, text):
            if member.user_id != user.pk:
                mail_mention(member, made, objective, by=user, now=now)
    return made


def mentioned(workspace: Workspace, text: str) -> list[Membership]:
    """The members whose name stands behind an @: the whole name, or a first name only one has."""
    if "@" not in text:
        return []
    members = list(
        Membership.objects.filter(workspace=workspace, user__is_active=True)
        .select_related("user", "workspace")
        .order_by("pk")
    )
    firsts = [folded(one.user.get_full_name()).split(" ")[0] for one in members]
    said = folded(text)
    return [
        one
        for one, first in zip(members, firsts, strict=True)
        if _names(said, folded(one.user.get_full_name()))
        or (firsts.count(first) == 1 and _names(said, first))
    ]


def _names(said: str, name: str) -> bool:
    return bool(name) and re.search(rf"(?<!\w)@{re.escape(name)}(?!\w)", said) is not None


def folded(text: str) -> str:
    """Without case and accents, with single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in plain if not unicodedata.combining(one)).split())


def take_back(comment: Comment, *, user: User) -> bool:
    """Deletes a comment of the person's own; False for somebody else's."""
    if comment.user_id != user.pk:
        return False
    comment.delete()
    return True


# Closing reviews


def review(
    objective: Objective,
    *,
    user: User,
    result: str,
    cause: str,
    lesson: str,
    version: int,
    now: datetime,
) -> Review:
    """Writes or mends the review; ``version`` is the one that was shown, 0 where there was none.

    Raises ReviewedMeanwhile when another version is stored by now.
    """
    with transaction.atomic():
        Objective.objects.select_for_update(of=("self",)).get(
            workspace_id=objective.workspace_id, pk=objective.pk
        )
        stored = Review.objects.filter(
            workspace_id=objective.workspace_id, objective=objective
        ).first()
        if stored is not None and stored.version != version:
            raise ReviewedMeanwhile(stored)
        if stored is None:
            stored = Review(workspace_id=objective.workspace_id, objective=objective, version=0)
        stored.result, stored.cause, stored.lesson = result, cause, lesson
        stored.user, stored.reviewed_at = user, now
        stored.version += 1
        stored.save()
    return stored


def lessons_for(objective: Objective) -> list[Review]:
    """What was learnt from earlier objectives on the same metric, the same slice first."""
    if objective.metric_id is None:
        return []
    found = (
        Review.objects.filter(
            workspace_id=objective.workspace_id, objective__metric=objective.metric_id
        )
        .exclude(objective=objective.pk)
        .select_related("objective", "user")
        .order_by("-reviewed_at")
    )
    same = (objective.channel_id, objective.campaign_id)
    by_slice = sorted(
        found[:20],
        key=lambda one: (one.objective.channel_id, one.objective.campaign_id) != same,
    )
    return by_slice[:MOST_LESSONS]

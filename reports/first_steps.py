"""What a new workspace needs before its first status: the checklist of the home page."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Right, allows
from accounts.models import Invitation, Membership
from metrics.models import Feed
from objectives.models import CheckIn


@dataclass(frozen=True)
class Step:
    """One thing to do, whether it is done, and where; no address where the role may not."""

    title: str
    text: str
    action: str
    url: str
    done: bool


def first_steps(membership: Membership, *, drafts: int, started: bool = False) -> list[Step]:
    """Figures, an objective, a check-in, colleagues, the digest; in the order that they help."""
    return [
        _figures(membership),
        _objective(membership, drafts, started=started),
        *([_check_in(membership)] if started else []),
        _colleagues(membership),
        _digest(membership),
    ]


def _url(membership: Membership, right: Right, name: str) -> str:
    return reverse(name, args=[membership.workspace.slug]) if allows(membership.role, right) else ""


def _figures(membership: Membership) -> Step:
    feeds = Feed.objects.filter(workspace=membership.workspace_id)
    return Step(
        title=_("Bring in figures"),
        text=_("Import a file from a tool that you use, or type the first values."),
        action=_("Import a file"),
        url=_url(membership, Right.WRITE, "import_new") or _url(membership, Right.ENTER, "data"),
        done=feeds.exclude(last_data_day=None).exists(),
    )


def _objective(membership: Membership, drafts: int, *, started: bool) -> Step:
    if started:
        return Step(
            title=_("Start your first objective"),
            text=_("It is judged every night."),
            action=_("See the objectives"),
            url=_url(membership, Right.READ, "objectives"),
            done=True,
        )
    if drafts:
        return Step(
            title=_("Start your first objective"),
            text=_("A draft is waiting. Once it has started, it is judged every night."),
            action=_("See the drafts"),
            url=_url(membership, Right.WRITE, "objectives"),
            done=False,
        )
    return Step(
        title=_("Write your first objective"),
        text=_("Start from a pack of objectives, or write your own in five short steps."),
        action=_("Choose a pack"),
        url=_url(membership, Right.WRITE, "objective_packs"),
        done=False,
    )


def _check_in(membership: Membership) -> Step:
    """Once an objective runs: before that there is nothing to say about it."""
    said = CheckIn.objects.filter(workspace=membership.workspace_id)
    return Step(
        title=_("Write your first check-in"),
        text=_("Say how confident you are of an objective: where the figures differ, it is shown."),
        action=_("Choose an objective"),
        url=_url(membership, Right.ENTER, "objectives"),
        done=said.exists(),
    )


def _colleagues(membership: Membership) -> Step:
    workspace = membership.workspace_id
    others = Membership.objects.filter(workspace=workspace).exclude(pk=membership.pk)
    invited = Invitation.objects.filter(workspace=workspace)
    return Step(
        title=_("Invite someone"),
        text=_("An objective needs an owner, and figures need somebody who brings them."),
        action=_("Invite"),
        url=_url(membership, Right.MANAGE, "members"),
        done=others.exists() or invited.exists(),
    )


def _digest(membership: Membership) -> Step:
    if membership.digest_on:
        text = _("It comes by mail on %(weekday)s at %(hour)s.") % {
            "weekday": membership.get_digest_weekday_display(),
            "hour": f"{membership.digest_hour:02d}:00",
        }
    else:
        text = _("It is off: you get no weekly mail from this workspace.")
    return Step(
        title=_("Choose the day of your digest"),
        text=text,
        action=_("Choose"),
        url=_url(membership, Right.READ, "notifications"),
        done=membership.digest_on,
    )

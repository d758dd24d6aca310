"""Who may open what: one row for each address of the product.

A new page adds one line to ROWS: the route's name, the right that GET and POST need (None where
the method is refused), and, for pages of one object, a function that makes such an object in a
workspace and returns its part of the address. tests/test_authz.py does the rest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.access import Right
from accounts.models import Invitation, Membership, Workspace
from accounts.tokens import create_token


class Door(Enum):
    """What pages outside of a workspace ask for."""

    OPEN = auto()
    SIGNED_IN = auto()


Needs = Right | Door | None
Make = Callable[[Workspace], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """One address: what GET and POST need, how its object is made, what is posted."""

    get: Needs = None
    post: Needs = None
    make: Make | None = None
    data: dict[str, Any] = field(default_factory=dict)


# --- Objects in the address: made in a given workspace, inside its scope ------------------------


def a_member(workspace: Workspace) -> dict[str, Any]:
    """A member who is not an owner, else the only one there is."""
    members = Membership.objects.filter(workspace=workspace)
    return {"public_id": (members.exclude(role="owner").first() or members.get()).public_id}


def an_invitation(workspace: Workspace) -> dict[str, Any]:
    """An invitation that waits for an answer."""
    invitation = Invitation.objects.create(
        workspace=workspace,
        email=f"new@{workspace.slug}.example.com",
        token_hash=f"{workspace.pk:064d}",
        expires_at=timezone.now(),
    )
    return {"public_id": invitation.public_id}


def a_token(workspace: Workspace) -> dict[str, Any]:
    """An API token of a member."""
    member = Membership.objects.select_related("user").filter(workspace=workspace)[0]
    token, _secret = create_token(workspace, user=member.user, name="script")
    return {"prefix": token.prefix}


def unknown_token(workspace: Workspace) -> dict[str, Any]:
    """A token that nothing knows."""
    return {"token": "unknown"}


# --- The table ----------------------------------------------------------------------------------

READ, ENTER, WRITE, MANAGE, OWN = Right
OPEN, SIGNED_IN = Door

ROWS: dict[str, Row] = {
    # accounts, outside of a workspace
    "account_login": Row(OPEN, OPEN),
    "account_logout": Row(OPEN, OPEN),
    "account_signup": Row(OPEN, OPEN),
    "account_inactive": Row(OPEN),
    "account_reauthenticate": Row(SIGNED_IN, SIGNED_IN),
    "account_change_password": Row(SIGNED_IN, SIGNED_IN),
    "account_set_password": Row(SIGNED_IN, SIGNED_IN),
    "account_reset_password": Row(OPEN, OPEN),
    "account_reset_password_done": Row(OPEN),
    "account_reset_password_from_key_done": Row(OPEN),
    "account_reset_password_from_key": Row(
        OPEN, OPEN, make=lambda workspace: {"uidb36": "1", "key": "unknown"}
    ),
    "accept_invitation": Row(OPEN, OPEN, make=unknown_token),
    "mail_preferences": Row(OPEN, OPEN, make=unknown_token),
    "me": Row(SIGNED_IN, SIGNED_IN),
    "sessions_end": Row(None, SIGNED_IN),
    "set_language": Row(None, OPEN),
    # the root
    "home": Row(SIGNED_IN),
    "create_workspace": Row(SIGNED_IN, SIGNED_IN),
    "csp_report": Row(None, OPEN),
    # a workspace's settings
    "settings": Row(READ, MANAGE),
    "notifications": Row(READ, READ),
    "leave": Row(None, READ),
    "members": Row(MANAGE),
    "member_role": Row(None, MANAGE, make=a_member, data={"role": "viewer"}),
    "member_remove": Row(None, MANAGE, make=a_member),
    "invite": Row(None, MANAGE),
    "invitation_resend": Row(None, MANAGE, make=an_invitation),
    "invitation_cancel": Row(None, MANAGE, make=an_invitation),
    "tokens": Row(MANAGE, MANAGE),
    "token_revoke": Row(None, MANAGE, make=a_token),
}

ELSEWHERE = ("admin/", "api/", "dev/", "static/")
"""Areas with tests of their own: the administration, the API, pages that only DEBUG has."""


def routes() -> dict[str, str]:
    """The product's routes: name → pattern, those of ELSEWHERE left out."""
    found = dict(_walk(get_resolver().url_patterns, ""))
    return {name: pattern for name, pattern in found.items() if not pattern.startswith(ELSEWHERE)}


def _walk(patterns: list[URLPattern | URLResolver] | Any, prefix: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here)
        else:
            yield pattern.name or here, here

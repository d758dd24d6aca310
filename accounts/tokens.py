"""API tokens: made once, shown once, found by prefix, proved by hash."""

import hashlib
import secrets
from datetime import datetime, timedelta
from hmac import compare_digest

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.audit import Actor, record
from accounts.models import ApiToken, User, Workspace
from accounts.public_ids import ALPHABET
from accounts.scope import system_scope, workspace_scope

LIFETIME = timedelta(days=365)


def hashed(secret: str) -> str:
    """The SHA-256 of a secret of at least 128 random bits, as hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_token(
    workspace: Workspace,
    *,
    user: User,
    name: str,
    scope: str = ApiToken.Scope.READ,
    actor: Actor = None,
) -> tuple[ApiToken, str]:
    """A new token and its text, which cannot be shown again."""
    prefix = "".join(secrets.choice(ALPHABET) for _ in range(8))
    secret = secrets.token_urlsafe(32)
    with workspace_scope(workspace.pk):
        token = ApiToken.objects.create(
            workspace=workspace,
            user=user,
            name=name,
            scope=scope,
            prefix=prefix,
            secret_hash=hashed(secret),
            expires_at=timezone.now() + LIFETIME,
        )
        record(
            actor or user, "token.created", workspace=workspace, obj=token, after={"scope": scope}
        )
    return token, f"kpi_{prefix}_{secret}"


def revoke_token(token: ApiToken, *, actor: Actor, now: datetime) -> ApiToken:
    """The token stops working at once; revoking twice changes nothing."""
    with workspace_scope(token.workspace_id):
        if token.revoked_at is None:
            token.revoked_at = now
            token.save(update_fields=["revoked_at"])
            record(actor, "token.revoked", workspace=token.workspace, obj=token)
    return token


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer kpi_<prefix>_<secret>``; never in the query string."""

    def authenticate_header(self, request: Request) -> str:
        """What a 401 answers, so that clients know how to authenticate."""
        return "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's user and the token; None without one; AuthenticationFailed for a bad one."""
        words = get_authorization_header(request).decode("latin-1").split()
        if len(words) != 2 or words[0].lower() != "bearer":
            return None
        kind, _sep, rest = words[1].partition("_")
        prefix, _sep, secret = rest.partition("_")
        with system_scope():
            token = (
                ApiToken.objects.select_related("user", "workspace")
                .filter(prefix=prefix, revoked_at=None, user__is_active=True)
                .first()
            )
            now = timezone.now()
            known = token is not None and compare_digest(token.secret_hash, hashed(secret))
            if kind != "kpi" or token is None or not known or token.expires_at <= now:
                raise AuthenticationFailed(_("This token is unknown, revoked or expired."))
            if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=5):
                ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token

"""People: changes of an account, and signing out elsewhere."""

from typing import Any, Final

from allauth.usersessions.models import UserSession

from accounts.audit import Actor, record
from accounts.models import User

PROFILE: Final = frozenset({"name", "language", "time_zone"})


def change_profile(user: User, **values: Any) -> User:
    """Changes name, language or time zone. Raises ValidationError when a value does not fit."""
    for name in values.keys() & PROFILE:
        setattr(user, name, values[name])
    user.full_clean(exclude=["password"])
    user.save(update_fields=sorted(values.keys() & PROFILE))
    return user


def end_other_sessions(user: User, *, keep: str, actor: Actor) -> int:
    """Ends the person's sessions but the one with the key ``keep``; returns how many."""
    others = UserSession.objects.filter(user=user).exclude(session_key=keep)
    ended = 0
    for session in others:
        session.end()
        ended += 1
    record(actor, "account.sessions_ended", obj=user, after={"ended": ended})
    return ended

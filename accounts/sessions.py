"""Where sessions are kept: Django's table, read by a prepared query since every page asks it."""

from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from accounts.prepared import Prepared

_STORED = Prepared(
    lambda key: (
        SessionStore.get_model_class()
        .objects.filter(session_key=key)
        .values_list("session_data", "expire_date")
    ),
    str,
)


class SessionStore(db.SessionStore):
    """A session in the database."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key any more, where it is gone or expired."""
        for data, expires in _STORED.rows(self.session_key or ""):
            if expires > timezone.now():
                found: dict[str, Any] = self.decode(data)
                return found
        self._session_key = None
        return {}

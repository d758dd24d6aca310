"""How people prove who they are, and how they are found again on every page."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend

from accounts.models import User
from accounts.prepared import Prepared

_PERSON = Prepared(lambda pk: User.objects.filter(pk=pk), int)


class PasswordBackend(ModelBackend):
    """By e-mail address and password. A signed-in person is found by a prepared query."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, unless they may not sign in any more."""
        found = next(iter(_PERSON.objects(int(user_id))), None)
        return found if self.user_can_authenticate(found) else None


class AccountBackend(PasswordBackend, AuthenticationBackend):  # type: ignore[misc]  # untyped
    """As allauth's pages sign people in."""

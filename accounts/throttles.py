"""How often a token may ask."""

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import ApiToken

if TYPE_CHECKING:
    from rest_framework.views import APIView


class TokenThrottle(SimpleRateThrottle):
    """So many requests of one token in a span of time; the rate is the setting ``API_RATE``."""

    scope = "token"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        """The token's own counter; None, that is no limit, where a page needs no token."""
        if not isinstance(request.auth, ApiToken):
            return None
        return self.cache_format % {"scope": self.scope, "ident": request.auth.pk}

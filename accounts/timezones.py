"""Time-zone names: which are known, and the check that names the remedy."""

import zoneinfo
from functools import cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


@cache
def known_timezones() -> frozenset[str]:
    """Every IANA zone name that this machine knows."""
    return frozenset(zoneinfo.available_timezones())


def validate_timezone(name: str) -> None:
    """Raises ValidationError unless ``name`` is an IANA zone."""
    if name not in known_timezones():
        raise ValidationError(
            _("%(name)s is not a time zone. Use a name like Europe/Paris."), params={"name": name}
        )

"""Names from a file within sentences."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

MOST_NAMED, LONGEST = 12, 60


def listed(names: Sequence[str]) -> str:
    """The names in quotation marks, the first twelve of many."""
    named = ", ".join(_("“%(name)s”") % {"name": name[:LONGEST]} for name in names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return _("%(names)s and %(more)s more") % {"names": named, "more": more} if more > 0 else named

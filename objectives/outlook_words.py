"""A chance as people read it."""

from decimal import Decimal

from django.utils.translation import gettext as _

from accounts import fmt
from objectives.wording import lang


def share_text(chance: Decimal) -> str:
    """Whole percents; neither 0 nor 100 unless it is settled: "50%", "under 1%"."""
    if 0 < chance < Decimal("0.01"):
        return _("under %(share)s") % {"share": fmt.percent(Decimal("0.01"), lang(), 0)}
    if Decimal("0.99") < chance < 1:
        return _("over %(share)s") % {"share": fmt.percent(Decimal("0.99"), lang(), 0)}
    return fmt.percent(chance, lang(), 0)

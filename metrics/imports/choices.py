"""What can be answered about a column or a name in a table kept by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from metrics.catalogue import CATALOGUE, FAMILIES
from metrics.catalogue.dimensions import CHANNELS, DEVICES
from metrics.imports.folding import fold
from metrics.imports.parsed import Choice
from metrics.imports.vocabulary import FORMULA

LEAVE_OUT = "-"
CREATE = "+"
ROLES = ("date", "channel", "campaign", "device", "asset", "audience")


def column_choices() -> tuple[Choice, ...]:
    """What a column may hold: nothing to import, a date or a place, or a metric's values."""
    return (Choice(LEAVE_OUT, _("Leave it out")), *_roles(), *_metrics())


def metric_choices() -> tuple[Choice, ...]:
    """What a word for a metric may stand for."""
    return (Choice(LEAVE_OUT, _("Leave its rows out")), *_metrics())


def channel_choices(found: str, own: Mapping[str, tuple[str, ...]]) -> tuple[Choice, ...]:
    """What a word for a channel may stand for: a channel here, a new one, or nothing."""
    language = get_language() or "en"
    names = {one.key: one.name(language) for one in CHANNELS}
    names |= {key: labels[0] for key, labels in own.items() if labels}
    create = _("Make a channel “%(name)s”") % {"name": found}
    listed = [Choice(key, name, _("Channels")) for key, name in names.items()]
    return (
        Choice(CREATE, create),
        Choice(LEAVE_OUT, _("Leave its rows out")),
        *_sorted(listed),
    )


def device_choices() -> tuple[Choice, ...]:
    """What a word for a device may stand for."""
    language = get_language() or "en"
    known = (Choice(one.key, one.name(language), _("Devices")) for one in DEVICES)
    return (Choice(LEAVE_OUT, _("Leave its rows out")), *known)


def _roles() -> Iterator[Choice]:
    names = (
        _("The date"), _("The channel"), _("The campaign"), _("The device"),
        _("The page or asset"), _("The audience segment"),
    )  # fmt: skip
    return (
        Choice(role, name, _("Where and when")) for role, name in zip(ROLES, names, strict=True)
    )


def _metrics() -> Iterator[Choice]:
    """The metrics that a file can bring, by family."""
    language = get_language() or "en"
    for family in FAMILIES:
        yield from _sorted(
            Choice(one.key, one.name(language), family.name(language))
            for one in CATALOGUE.values()
            if one.family == family.key and str(one.rollup) != FORMULA
        )


def _sorted(choices: Iterable[Choice]) -> list[Choice]:
    return sorted(choices, key=lambda one: fold(one.label))

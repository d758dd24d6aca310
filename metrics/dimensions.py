"""From the names that files and people use to the ids that facts carry.

A file's names are looked up together, in one query for campaigns and one for everything else.
A name that the workspace does not know yet gets a provisional id below `NOT_SET`, with which a
file can be shown before it is imported; `add_unknown` makes the rows and gives the real ids.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Workspace
from metrics.coverage import mark_campaigns_stale
from metrics.imports.folding import fold
from metrics.imports.parsed import NOT_SET as NOT_SET_NAME
from metrics.models import Campaign, CampaignName, Dimension, DimensionValue
from metrics.models.dimension import NONE, NOT_SET
from metrics.segment_names import SHIPPED

LONGEST_KEY = {Dimension.CAMPAIGN: 200}
LONGEST_VALUE_KEY = 300
ROWS_A_QUERY = 5_000
DIMENSIONS = (
    Dimension.CHANNEL,
    Dimension.CAMPAIGN,
    Dimension.DEVICE,
    Dimension.ASSET,
    Dimension.AUDIENCE,
)


class Place(NamedTuple):
    """The ids of a fact's dimensions: 0 for "not broken down", −1 for "not set"."""

    channel_id: int = NONE
    campaign_id: int = NONE
    device_id: int = NONE
    asset_id: int = NONE
    audience_id: int = NONE

    @property
    def breakdown(self) -> tuple[bool, ...]:
        """By which dimensions the fact is broken down."""
        return tuple(one != NONE for one in self)


Name = tuple[int, str]
"""A dimension and a key in it."""
Names = tuple[str | None, str | None, str | None, str | None, str | None]
"""What a file calls a fact's channel, campaign, device, asset and audience segment."""


def folded_key(dimension: int, name: str) -> str:
    """The key of a name: folded, and shortened with a digest where it is too long to store."""
    key = fold(name)
    longest = LONGEST_KEY.get(Dimension(dimension), LONGEST_VALUE_KEY)
    if len(key) <= longest:
        return key
    digest = sha256(key.encode()).hexdigest()[:32]
    return f"{key[: longest - 33]}#{digest}"


@dataclass(slots=True)
class Directory:
    """The ids behind the names of one file in one workspace. Built with `load_directory`."""

    workspace: Workspace
    ids: dict[Name, int] = field(default_factory=dict)
    unknown: dict[Name, str] = field(default_factory=dict)
    """Names without a row, as first written."""
    _keys: dict[Name, Name] = field(default_factory=dict)
    _places: dict[Names, Place] = field(default_factory=dict)

    def id_of(self, dimension: int, name: str | None) -> int:
        """The id of a name; 0 for None, −1 for "not set", below that for one without a row."""
        if name is None:
            return NONE
        if name == NOT_SET_NAME:
            return NOT_SET
        spelled = (dimension, name)
        if spelled not in self._keys:
            self._keys[spelled] = (dimension, folded_key(dimension, name))
        return self.ids[self._keys[spelled]]

    def spelled(self) -> Iterator[tuple[int, str, int]]:
        """Each name that was asked for, as it is written: dimension, name, id."""
        for (dimension, name), key in self._keys.items():
            yield dimension, name, self.ids[key]

    def place_of(self, names: Names) -> Place:
        """The ids of a fact's dimensions."""
        place = self._places.get(names)
        if place is None:
            place = self._places[names] = Place(*map(self.id_of, DIMENSIONS, names))
        return place

    @property
    def unknown_campaigns(self) -> Iterator[str]:
        """The names of campaigns without a row."""
        return (name for (kind, _key), name in self.unknown.items() if kind == Dimension.CAMPAIGN)

    def forget_places(self) -> None:
        """To be called when ids have changed."""
        self._places.clear()


def load_directory(
    workspace: Workspace, places: Iterable[Names], campaigns: Iterable[str] = ()
) -> Directory:
    """Looks up every name of these places, and these campaigns."""
    names = {(Dimension.CAMPAIGN, name): None for name in campaigns}
    for spelled in places:
        for dimension, name in zip(DIMENSIONS, spelled, strict=True):
            if name is not None and name != NOT_SET_NAME:
                names[dimension, name] = None
    directory = Directory(workspace)
    wanted: dict[Name, str] = {}
    for dimension, name in names:
        wanted.setdefault((dimension, folded_key(dimension, name)), name.strip())
    _look_up(directory, wanted)
    return directory


def add_unknown(directory: Directory, campaign_channels: Mapping[str, str | None]) -> list[int]:
    """Makes the campaigns and values that the workspace lacks, and looks their ids up.

    `campaign_channels` maps a campaign's name to the key of its channel, where the file says it;
    a campaign that is there already gets the channel only if it has none. Returns the ids of the
    campaigns that got one.
    """
    wanted = dict(directory.unknown)
    _create_values(directory, wanted)
    channels = _channel_ids(directory.workspace, campaign_channels)
    _create_campaigns(directory, wanted, channels)
    directory.unknown.clear()
    directory.forget_places()
    _look_up(directory, wanted)
    return _give_channels(directory.workspace, channels)


@transaction.atomic
def save_value(
    workspace: Workspace, *, dimension: int, label: str, value: DimensionValue | None = None
) -> DimensionValue:
    """Adds a channel, page or segment by its name, or gives `value` another name.

    A stored one keeps its key, so that files still find it. Raises ValidationError where the name
    is empty, taken, or one that ships with the product.
    """
    name = label.strip()
    if not name:
        raise ValidationError({"label": _("Give it a name.")})
    stored = DimensionValue(workspace=workspace, dimension=dimension)
    if value is not None:
        rows = DimensionValue.objects.select_for_update()
        stored = rows.get(workspace=workspace, pk=value.pk)
        if not stored.label:
            raise ValidationError({"label": _("What ships with the product keeps its names.")})
    others = DimensionValue.objects.filter(workspace=workspace, dimension=stored.dimension)
    key = folded_key(stored.dimension, name)
    shipped = SHIPPED.get(Dimension(stored.dimension), {})
    ships = any(fold(name) in map(fold, names) for names in shipped.values())
    if ships or others.filter(key=key).exclude(pk=stored.pk).exists():
        message = _("“%(name)s” is there already. Case and accents do not tell two apart.")
        raise ValidationError({"label": message % {"name": name}})
    stored.label, stored.key = name, stored.key or key
    stored.full_clean()
    stored.save()
    return stored


def _look_up(directory: Directory, wanted: Mapping[Name, str]) -> None:
    by_dimension: dict[int, list[str]] = defaultdict(list)
    for dimension, key in wanted:
        by_dimension[dimension].append(key)
    campaigns = by_dimension.pop(Dimension.CAMPAIGN, [])
    for dimension, key, pk in _stored_values(directory.workspace, by_dimension):
        directory.ids[dimension, key] = pk
    for key, pk in _stored_campaigns(directory.workspace, campaigns):
        directory.ids[Dimension.CAMPAIGN, key] = pk
    for name in wanted:
        if name not in directory.ids or directory.ids[name] < NOT_SET:
            directory.unknown[name] = wanted[name]
            directory.ids[name] = NOT_SET - len(directory.unknown)


def _stored_values(
    workspace: Workspace, by_dimension: Mapping[int, list[str]]
) -> Iterable[tuple[int, str, int]]:
    if not by_dimension:
        return []
    keys = {key for listed in by_dimension.values() for key in listed}
    return DimensionValue.objects.filter(
        workspace=workspace, dimension__in=by_dimension, key__in=keys
    ).values_list("dimension", "key", "pk")


def _stored_campaigns(workspace: Workspace, keys: list[str]) -> Iterable[tuple[str, int]]:
    if not keys:
        return []
    names = CampaignName.objects.filter(workspace=workspace, key__in=keys)
    campaigns = Campaign.objects.filter(workspace=workspace, key__in=keys)
    return names.values_list("key", "campaign_id").union(campaigns.values_list("key", "pk"))


def _create_values(directory: Directory, wanted: Mapping[Name, str]) -> None:
    DimensionValue.objects.bulk_create(
        [
            DimensionValue(
                workspace=directory.workspace,
                dimension=dimension,
                key=key,
                label=label[:LONGEST_VALUE_KEY],
            )
            for (dimension, key), label in wanted.items()
            if dimension != Dimension.CAMPAIGN
        ],
        ignore_conflicts=True,
        batch_size=ROWS_A_QUERY,
    )


def _create_campaigns(
    directory: Directory, wanted: Mapping[Name, str], channels: Mapping[str, int]
) -> None:
    Campaign.objects.bulk_create(
        [
            Campaign(
                workspace=directory.workspace,
                key=key,
                name=label[: LONGEST_KEY[Dimension.CAMPAIGN]],
                channel_id=channels.get(key),
            )
            for (dimension, key), label in wanted.items()
            if dimension == Dimension.CAMPAIGN
        ],
        ignore_conflicts=True,
        batch_size=ROWS_A_QUERY,
    )


def _channel_ids(
    workspace: Workspace, campaign_channels: Mapping[str, str | None]
) -> dict[str, int]:
    """The id of each campaign's channel, by the campaign's key."""
    wanted = {name: key for name, key in campaign_channels.items() if key and key != NOT_SET_NAME}
    ids = dict(
        DimensionValue.objects.filter(
            workspace=workspace, dimension=Dimension.CHANNEL, key__in=set(wanted.values())
        ).values_list("key", "pk")
    )
    return {
        folded_key(Dimension.CAMPAIGN, name): ids[channel]
        for name, channel in wanted.items()
        if channel in ids
    }


def _give_channels(workspace: Workspace, channels: Mapping[str, int]) -> list[int]:
    """Sets the channel of campaigns that have none: one update for each channel."""
    given: list[int] = []
    by_channel: dict[int, list[str]] = defaultdict(list)
    for key, channel_id in channels.items():
        by_channel[channel_id].append(key)
    for channel_id, keys in by_channel.items():
        without = Campaign.objects.filter(workspace=workspace, key__in=keys, channel=None)
        ids = list(without.values_list("pk", flat=True))
        without.update(channel_id=channel_id)
        mark_campaigns_stale(workspace, ids)
        given += ids
    return given

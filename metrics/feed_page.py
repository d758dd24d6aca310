"""What the page of a feed says: what its deliveries say of it, and what came through its folder."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.feeds import KEPT_BY_HAND
from metrics.folder_imports import layouts_of, unsettled
from metrics.import_page import layout_name
from metrics.learning import delivery_count
from metrics.models import Batch, Feed, LearnedRhythm, WatchedFolder
from metrics.rhythm import LEAST, Learned, Rhythm
from metrics.watching import folder_of, inbox_of

LATELY = 8


@dataclass(frozen=True)
class LearnedWords:
    """What was learned, as sentences; `is_followed`: nobody set something else."""

    text: str
    evidence: str
    is_followed: bool


@dataclass(frozen=True)
class FolderShown:
    """The folder of a feed: its path, what came from there lately, and what waits for somebody."""

    folder: WatchedFolder | None
    path: str
    trouble: str
    layouts: str
    lately: list[Batch]
    refused: list[Batch]

    @property
    def is_on(self) -> bool:
        """Whether the folder is watched."""
        return self.folder is not None and self.folder.is_on


def learned_words(feed: Feed, *, today: date) -> LearnedWords | None:
    """What the deliveries say; None for a feed that people type into."""
    if feed.kind in KEPT_BY_HAND:
        return None
    stored = LearnedRhythm.objects.filter(feed=feed).first()
    if stored is None:
        return LearnedWords(_("Nothing yet."), _too_few(feed, today), feed.learns)
    learned = Learned(
        Rhythm(stored.rhythm),
        stored.delay_days,
        stored.skips_weekends,
        kept=stored.kept,
        seen=stored.seen,
    )
    return LearnedWords(expectation(learned), _evidence(learned), feed.learns)


def expectation(learned: Learned) -> str:
    """A rhythm and a delay in words: “every week, at most 2 days late”."""
    if learned.rhythm is Rhythm.NONE:
        return _("no regular rhythm")
    if learned.skips_weekends:
        return ngettext(
            "every working day, at most %(n)s day late",
            "every working day, at most %(n)s days late",
            learned.delay_days,
        ) % {"n": learned.delay_days}
    sentences = {
        Rhythm.DAY: ngettext(
            "every day, at most %(n)s day late",
            "every day, at most %(n)s days late",
            learned.delay_days,
        ),
        Rhythm.WEEK: ngettext(
            "every week, at most %(n)s day late",
            "every week, at most %(n)s days late",
            learned.delay_days,
        ),
        Rhythm.MONTH: ngettext(
            "every month, at most %(n)s day late",
            "every month, at most %(n)s days late",
            learned.delay_days,
        ),
    }
    return sentences[learned.rhythm] % {"n": learned.delay_days}


def folder_shown(feed: Feed) -> FolderShown | None:
    """The folder of a feed; None for a feed that people type into."""
    if feed.kind in KEPT_BY_HAND:
        return None
    folder = folder_of(feed)
    came = Batch.objects.filter(workspace=feed.workspace, feed=feed, is_from_folder=True)
    return FolderShown(
        folder=folder,
        path=str(inbox_of(folder).path) if folder else "",
        trouble=_trouble(folder) if folder and folder.is_on else "",
        layouts=", ".join(layout_name(one) for one in layouts_of(feed)[:4]),
        lately=list(came.defer("content", "report").order_by("-created_at")[:LATELY]),
        refused=[one for one in unsettled(feed.workspace) if one.feed_id == feed.pk],
    )


def _evidence(learned: Learned) -> str:
    if learned.rhythm is Rhythm.NONE:
        return _("The last deliveries came at irregular times, so none is expected.")
    sentence = (
        _("Sure: %(kept)s of the last %(seen)s deliveries came in time by this.")
        if learned.is_sure
        else _("Not sure yet: %(kept)s of %(seen)s deliveries came in time by this.")
    )
    return sentence % {"kept": learned.kept, "seen": learned.seen}


def _too_few(feed: Feed, today: date) -> str:
    came = delivery_count(feed, until=today)
    return ngettext(
        "%(n)s delivery has come. It takes %(month)s monthly, %(week)s weekly or %(day)s daily ones"
        " to see a rhythm.",
        "%(n)s deliveries have come. It takes %(month)s monthly, %(week)s weekly or %(day)s daily"
        " ones to see a rhythm.",
        came,
    ) % {
        "n": came,
        "month": LEAST[Rhythm.MONTH],
        "week": LEAST[Rhythm.WEEK],
        "day": LEAST[Rhythm.DAY],
    }


def _trouble(folder: WatchedFolder) -> str:
    name = {"name": folder.trouble_with}
    words = {
        WatchedFolder.Trouble.UNREADABLE: _(
            "The folder cannot be read. Ask who runs the server whether it is there, and whether"
            " the server may read and write in it."
        ),
        WatchedFolder.Trouble.LINK: _(
            "“%(name)s” is a link, and links are not followed. Copy the file itself."
        )
        % name,
        WatchedFolder.Trouble.FOLDER: _(
            "“%(name)s” is a folder. Put its files directly into this one."
        )
        % name,
        WatchedFolder.Trouble.SPECIAL: _("“%(name)s” is no file and is left alone.") % name,
    }
    return words.get(WatchedFolder.Trouble(folder.trouble), "") if folder.trouble else ""

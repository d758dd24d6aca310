"""Who keeps a history: every row of a model as each statement left it."""

from typing import TypeVar

import pghistory
from django.db.models import Model

M = TypeVar("M", bound=type[Model])


def tracked(model: M) -> M:
    """Class decorator: an event for each row that a statement inserts, changes or deletes.

    The triggers run once for a statement, not for each of its rows: a workspace begins with
    hundreds of rows. Trackers are new for each model: those of a setting are copied, and a copied
    operation is unknown to statement triggers.
    """
    trackers = pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()
    decorate = pghistory.track(*trackers, level=pghistory.Statement)
    return decorate(model)  # type: ignore[no-any-return]

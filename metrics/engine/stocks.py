"""Where stocks stand: each line of values is carried forward by itself, then resolved."""

from dataclasses import replace

import numpy as np

from metrics.engine.contributions import Broken
from metrics.engine.cubes import Ints
from metrics.engine.means import packed


def carried(facts: Broken, ends: Ints, sinces: Ints) -> Broken:
    """The facts that stand at each end: the last of its kind on or before it, none older than
    its since. `column` of the given facts is their day, of those returned the place of the end.
    """
    if not len(facts.line):
        return facts
    kind = packed([facts.line, facts.feed, *facts.dims])
    order = np.lexsort((facts.column, kind))
    kind, day = kind[order], facts.column[order]
    different, starts = np.unique(kind, return_index=True)
    low = min(int(day.min()), int(sinces.min(initial=0)), int(ends.min(initial=0)))
    reach = max(int(day.max()), int(ends.max(initial=0))) - low + 1
    place_of = np.repeat(np.arange(len(different)), np.diff([*starts.tolist(), len(kind)]))
    codes = place_of * reach + (day - low)
    wanted = np.arange(len(different))[:, None] * reach + (ends - low)[None, :]
    found = np.searchsorted(codes, wanted, side="right") - 1
    held = (found >= starts[:, None]) & (day[np.maximum(found, 0)] >= sinces[None, :])
    _line, column = np.nonzero(held)
    standing = facts.where(order[found[held]])
    return replace(standing, column=column)

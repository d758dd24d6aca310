"""Several workspaces in the same arrays: codes of segments, numbers of feeds."""

import numpy as np
import pytest

from metrics.engine.cubes import segment_places, segments_axis
from metrics.engine.owners import (
    OWNER,
    Owners,
    base_of,
    by_owner,
    for_each,
    id_of,
    owner_at,
    owner_of,
    rest_beside,
)
from metrics.resolution import Segment

TWO = Owners([7, 9], [[31, 35], [33]])
CODES = np.array([-1, 0, 5, OWNER - 1, OWNER, OWNER + 5])


def test_a_code_says_whose_it_is_and_which() -> None:
    assert owner_of(CODES).tolist() == [0, 0, 0, 1, 1, 1]
    assert id_of(CODES).tolist() == [-1, 0, 5, -1, 0, 5]
    assert [owner_at(one) for one in CODES.tolist()] == [0, 0, 0, 1, 1, 1]
    assert [base_of(one) for one in CODES.tolist()] == [0, 0, 0, OWNER, OWNER, OWNER]
    assert rest_beside(Segment(1, OWNER - 1)) == Segment(1, OWNER)


def test_workspaces_and_ids_make_codes_again() -> None:
    workspaces = TWO.workspaces(CODES)
    assert workspaces.tolist() == [7, 7, 7, 9, 9, 9]
    assert TWO.codes(workspaces, id_of(CODES)).tolist() == CODES.tolist()
    assert [TWO.base(7), TWO.base(9)] == [0, OWNER]


def test_the_axis_has_what_every_workspace_has_first() -> None:
    named = np.array([OWNER + 5, 5, -1, OWNER])
    axis = segments_axis(1, [named], 2)
    assert axis.tolist() == [0, OWNER, -1, OWNER - 1, 5, OWNER + 5]
    assert segment_places(axis, CODES, 1).tolist() == [2, 0, 4, 3, 1, 5]
    whole = segments_axis(0, [], 2)
    assert segment_places(whole, np.array([OWNER, 0]), 0).tolist() == [1, 0]


def test_feeds_have_a_number_in_their_workspace() -> None:
    feeds = np.array([0, 31, 33, 35])
    numbers = TWO.numbers_of(feeds)
    assert numbers.tolist() == [0, 1, 1, 2]
    assert TWO.feeds_at(np.array([0, 0, 1, 0]), numbers).tolist() == feeds.tolist()
    assert TWO.bases_of_feeds(feeds[1:]).tolist() == [0, OWNER, 0]
    assert TWO.have({33}, np.array([1, 9, 0])).tolist() == [
        [False, False, False],
        [True, False, False],
    ]


@pytest.mark.parametrize("owners", [TWO, Owners([7], [[]])])
def test_a_feed_that_is_gone_keeps_its_id(owners: Owners) -> None:
    numbers = owners.numbers_of(np.array([40]))
    assert owners.feeds_at(np.array([0]), numbers).tolist() == [40]
    assert not owners.have({40}, numbers).any()


def test_rows_are_reduced_for_each_owner() -> None:
    values = np.array([[1, 2], [3, 4], [5, 6]])
    found = by_owner(np.add, values, np.array([0, 0, 2]), 3)
    assert found.tolist() == [[4, 6], [0, 0], [5, 6]]
    assert by_owner(np.add, values, np.zeros(3, np.int64), 1).tolist() == [[9, 12]]
    assert for_each(found, np.array([2, 0])).tolist() == [[5, 6], [4, 6]]
    assert for_each(found[:1], np.array([0, 0])).tolist() == [[4, 6]]

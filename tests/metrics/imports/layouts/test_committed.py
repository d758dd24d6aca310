"""What each layout reads without a question comes into a workspace once, of others nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from accounts.models import Workspace
from metrics.imports.importing import ImportRefused, import_file
from metrics.imports.parsed import ImportOptions
from metrics.models import Batch, Fact
from tests.metrics.imports.layouts.test_recognition import EVERY, layout_named_by
from tests.metrics.imports.reading import read_bytes

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
DIMENSIONS = ("channel_id", "campaign_id", "device_id", "asset_id", "audience_id")
KEY = ("metric__key", "feed_id", "day", "end", *DIMENSIONS, "value")
IN_DOLLARS = {"google_ads_devices_en", "own_wide_en"}


def imported(workspace: Workspace, path: Path) -> Batch:
    return import_file(
        workspace,
        user=None,
        name="report.csv",
        data=path.read_bytes(),
        options=ImportOptions(),
        today=NOW.date(),
        now=NOW,
    )


FIRST = list({layout_named_by(path): path for path in reversed(EVERY)}.values())


@pytest.mark.parametrize("path", FIRST, ids=lambda path: path.stem)
def test_a_sample_comes_in_once_or_not_at_all(inside: Workspace, path: Path) -> None:
    try:
        batch = imported(inside, path)
    except ImportRefused:
        assert not Fact.objects.exists()
        assert not read_bytes(path.read_bytes(), name="report.csv").ready or path.stem in IN_DOLLARS
        return
    facts = set(Fact.objects.values_list(*KEY))
    again = imported(inside, path)
    assert batch.created == len(facts) > 0
    assert (again.created, again.changed) == (0, 0)
    assert set(Fact.objects.values_list(*KEY)) == facts

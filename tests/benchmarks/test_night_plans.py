"""What the benchmark of the night's objectives and alerts is about is there."""

from itertools import islice

from accounts.models import Workspace
from kpitracker.benchmarks import alert_rules
from kpitracker.benchmarks.judging_tasks import OBJECTIVES
from metrics.catalogue import CATALOGUE
from metrics.catalogue.dimensions import CHANNELS
from metrics.setup import install_catalogue
from objectives.models import AlertRule


def test_rules_of_every_kind_are_written_about_what_is_there(inside: Workspace) -> None:
    install_catalogue(inside)
    AlertRule.objects.bulk_create(islice(alert_rules.rules_for(inside), alert_rules.RULES_EACH))
    written = AlertRule.objects.filter(workspace=inside)
    assert {(one.kind, one.grain) for one in written} == {
        (kind, grain) for kind in set(alert_rules.KINDS) for grain in alert_rules.GRAINS
    }
    assert len({one.segment_id for one in written}) == len(alert_rules.CHANNELS)


def test_objectives_are_about_metrics_and_channels_that_are_there() -> None:
    channels = {one.key for one in CHANNELS}
    assert {one.metric for one in OBJECTIVES} <= CATALOGUE.keys()
    assert {one.channel for one in OBJECTIVES if one.channel} <= channels
    assert set(alert_rules.METRICS) <= CATALOGUE.keys()
    assert {channel for channel in alert_rules.CHANNELS if channel} <= channels

"""What a workspace starts with."""

from django.utils import translation

from accounts.models import Workspace
from metrics.catalogue import CATALOGUE, GOLDEN
from metrics.models import DimensionValue, Feed, Metric
from metrics.segment_names import segment_name
from metrics.setup import install_catalogue


def test_every_metric_of_the_catalogue(inside: Workspace) -> None:
    keys = Metric.objects.filter(workspace=inside).values_list("key", flat=True)
    assert set(keys) == set(CATALOGUE)


def test_the_golden_kpis_in_their_order(inside: Workspace) -> None:
    golden = Metric.objects.filter(workspace=inside, golden_rank__isnull=False)
    assert tuple(golden.order_by("golden_rank").values_list("key", flat=True)) == GOLDEN


def test_channels_and_devices_have_names_in_both_languages(inside: Workspace) -> None:
    paid = DimensionValue.objects.get(workspace=inside, dimension=1, key="paid_search")
    with translation.override("fr"):
        assert segment_name(paid) == "Recherche payante"
    with translation.override("en"):
        assert segment_name(paid) == "Paid search"


def test_two_feeds(inside: Workspace) -> None:
    feeds = Feed.objects.filter(workspace=inside).values_list("name", "kind")
    assert set(feeds) == {("Manual entry", "manual"), ("Costs", "ledger")}


def test_again_it_adds_what_is_missing_and_leaves_the_rest(inside: Workspace) -> None:
    Metric.objects.filter(workspace=inside, key="leads").update(golden_rank=None)
    Metric.objects.filter(workspace=inside, key="mqls").delete()

    install_catalogue(inside)

    assert Metric.objects.get(workspace=inside, key="leads").golden_rank is None
    assert Metric.objects.get(workspace=inside, key="mqls").golden_rank is None
    assert Feed.objects.filter(workspace=inside).count() == 2

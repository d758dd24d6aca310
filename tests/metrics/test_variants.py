"""Metrics for one question: the groups, which one is proposed, and how they compare."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Workspace
from metrics import snapshots
from metrics.catalogue import CATALOGUE
from metrics.catalogue.variants import GROUP_OF, GROUPS, Variant, VariantGroup
from metrics.checks import check_variants
from metrics.models import Metric
from metrics.periods import Calendar, Grain
from metrics.series import EVERYTHING
from metrics.variants import choose_default, default_of, in_order, variant_table
from tests.metrics.numbers import NOW, TODAY, Book


def group(*keys: str, key: str = "rates", label: str = "a ÷ b") -> VariantGroup:
    variants = (Variant(metric=one, label_en=label, label_fr=label) for one in keys)
    return VariantGroup(key=key, name_en="Rates", name_fr="Taux", variants=tuple(variants))


def metric(workspace: Workspace, key: str) -> Metric:
    return Metric.objects.get(workspace=workspace, key=key)


def test_the_groups_that_ship_hold_together() -> None:
    assert check_variants(CATALOGUE, GROUPS) == []


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ([group("roi", "nothing")], "there is no metric “nothing”"),
        ([group("roi", "cpl"), group("cpl", "cac", key="costs")], "“cpl” is also in rates"),
        ([group("roi")], "nothing to choose from"),
        ([group("roi", "cpl", label=" ")], "the label of “roi” is missing"),
    ],
)
def test_a_group_that_does_not_hold_together_is_named(
    groups: list[VariantGroup], words: str
) -> None:
    found = check_variants(CATALOGUE, groups)
    assert {one.id for one in found} == {"metrics.E015"}
    assert words in found[0].msg


@pytest.mark.parametrize(
    ("key", "others"),
    [
        ("cpl", {"cpl_media", "cost_per_mql", "cac"}),
        ("roi", {"roi_growth", "roas"}),
        ("clv", {"clv_orders"}),
        ("engagement_rate", {"people_engagement_rate"}),
        (
            "conversion_rate_sessions",
            {
                "conversion_rate_visitors",
                "landing_conversion_rate",
                "landing_conversion_rate_visitors",
            },
        ),
    ],
)
def test_the_variants_of_the_catalogue(key: str, others: set[str]) -> None:
    assert set(GROUP_OF[key].metrics) == {key, *others}


def test_the_first_is_proposed_until_another_is_chosen(inside: Workspace) -> None:
    def proposed() -> str:
        metrics = Metric.objects.filter(workspace=inside)
        return default_of(GROUP_OF["cpl"], {one.key: one for one in metrics})

    assert proposed() == "cpl"
    former = choose_default(metric(inside, "cpl_media"))
    assert former is not None
    assert (former.key, proposed()) == ("cpl", "cpl_media")
    choose_default(metric(inside, "cac"))
    assert proposed() == "cac"
    assert choose_default(metric(inside, "cac")) is None
    assert Metric.objects.filter(workspace=inside, is_default_variant=True).count() == 1


def test_the_golden_place_goes_with_the_choice(inside: Workspace) -> None:
    rank = metric(inside, "cpl").golden_rank
    choose_default(metric(inside, "cpl_media"))
    assert rank is not None
    assert metric(inside, "cpl_media").golden_rank == rank
    assert metric(inside, "cpl").golden_rank is None


@pytest.mark.parametrize(("key", "words"), [("leads", "no variants"), ("roas", "hidden")])
def test_what_cannot_be_proposed_is_refused(inside: Workspace, key: str, words: str) -> None:
    Metric.objects.filter(workspace=inside, key="roas").update(is_hidden=True)
    with pytest.raises(ValidationError, match=words):
        choose_default(metric(inside, key))


def test_variants_are_listed_together_the_proposed_one_first(inside: Workspace) -> None:
    choose_default(metric(inside, "cac"))
    keys = ("leads", "cpl", "sessions", "cpl_media", "cac")
    listed = in_order(metric(inside, key) for key in keys)
    assert [one.key for one in listed] == ["leads", "cac", "cpl", "cpl_media", "sessions"]


def test_variants_stand_side_by_side(inside: Workspace) -> None:
    book = Book(inside)
    book.write(
        book.row("leads", "2025-06-01", 5),
        book.row("leads", "2025-07-01", 10),
        book.row("mqls", "2025-07-01", 4),
        book.row("cost_media", "2025-06-01", 100),
        book.row("cost_media", "2025-07-01", 100),
        book.row("cost_tools", "2025-07-01", 100),
    )
    snapshots.refresh(inside, today=TODAY, now=NOW)
    july = Calendar().period_of(date(2025, 7, 1), Grain.MONTH)
    table = variant_table(inside, metric(inside, "cpl_media"), july, EVERYTHING, today=TODAY)
    assert table is not None
    found = {one.metric.key: (one.value, one.before) for one in table.lines}
    assert found == {
        "cpl": (20, 20),
        "cpl_media": (10, 20),
        "cost_per_mql": (50, None),
        "cac": (None, None),
    }
    assert [one.metric.key for one in table.lines if one.is_default] == ["cpl"]
    assert [one.metric.key for one in table.lines if one.is_this] == ["cpl_media"]
    assert all("÷" in one.label for one in table.lines)


def test_a_metric_of_its_own_kind_has_no_table(inside: Workspace) -> None:
    july = Calendar().period_of(date(2025, 7, 1), Grain.MONTH)
    assert variant_table(inside, metric(inside, "leads"), july, EVERYTHING, today=TODAY) is None

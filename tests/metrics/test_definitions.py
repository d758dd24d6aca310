"""Own metrics: what is refused, what makes a version, what may be archived and deleted."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User, Workspace
from accounts.scope import workspace_scope
from metrics import snapshots
from metrics.catalogue import CATALOGUE
from metrics.definition_checks import OwnDefinition, definition_of, proposed_key
from metrics.definitions import (
    archive,
    change_definition,
    change_rule_text,
    define,
    delete,
    restore,
)
from metrics.formula_check import Known, check_formula
from metrics.formula_nodes import Filter, FormulaError
from metrics.models import DefinitionVersion, Metric, Restatement, StaleSpan
from metrics.periods import Grain
from metrics.series import values
from objectives.models import Objective
from tests.metrics.numbers import NOW, TODAY, Book

KNOWN = Known(CATALOGUE, frozenset({Filter("channel", "organic"), Filter("channel", "email")}))
LATER = NOW + timedelta(days=2)


def wanted(formula: str = "leads / sessions", **changes: str) -> OwnDefinition:
    """A sound definition, with these changes."""
    sound = {"unit": "percent", "direction": "up", "name_en": "Leads a visit"}
    return OwnDefinition(formula=formula, **(sound | changes))


def own(workspace: Workspace, key: str = "leads_a_visit", **changes: str) -> Metric:
    """An own metric that nothing is wrong with."""
    changes = {"name_en": key} | changes
    return define(workspace, key=key, wanted=wanted(**changes), user=None, now=NOW)


def refused(action: Callable[[], object]) -> dict[str, Any]:
    """The sentences that a writer refuses with, by field."""
    with pytest.raises(ValidationError) as error:
        action()
    return (
        error.value.message_dict
        if hasattr(error.value, "error_dict")
        else {"": error.value.messages}
    )


def last_version(metric: Metric) -> DefinitionVersion:
    return metric.definition_versions.get(number=metric.definition_versions.count())


# What a formula may say


@pytest.mark.parametrize(
    ("text", "place", "sentence"),
    [
        ("leads / sesions", 8, "There is no metric “sesions”. Did you mean “sessions”"),
        ("Cost_per_lead * 2", 0, "Did you mean “cpl”"),
        ("zzzzqqq", 0, "The list beside the formula has those there are."),
        ("own_rate + 1", 0, "cannot be calculated from itself"),
        ('leads where channel = "organc"', 0, "Did you mean “organic”?"),
        ('leads where channel = "\u202eevil"', 0, "Nothing is called “evil” here."),
        ("start(leads)", 6, "To read the period before, write prev(leads)."),
        ("3 + 4", 0, "The formula reads no metric"),
        ("cost_media + ad_clicks", 11, "an amount of money and a number of things"),
        ("leads / 1e999", 8, "Write numbers with digits and one point"),
        ("leads \u202e/ sessions", 6, "“U+202E” has no meaning"),
        ("ｌｅａｄｓ / sessions", 0, "“ｌ” has no meaning in a formula"),
        ("leads" + "+leads" * 90, None, "too long"),
        ("(" * 40 + "leads" + ")" * 40, None, "nested too deeply"),
    ],
)
def test_a_formula_that_cannot_be_meant(text: str, place: int | None, sentence: str) -> None:
    with pytest.raises(FormulaError, match=re.escape(sentence)) as why:
        check_formula(text, KNOWN, key="own_rate")
    if place is not None:
        assert why.value.position == place


def test_names_of_metrics_lead_to_their_keys() -> None:
    with pytest.raises(FormulaError) as why:
        check_formula("taux_de_rebond", KNOWN)
    assert "“bounce_rate”" in str(why.value)
    assert "«\u00a0bounce_rate\u00a0»" in why.value.filling("fr")["near"]


def test_reading_elsewhere_is_bounded() -> None:
    text = " + ".join(f"lag(leads, {days})" for days in range(1, 14))
    with pytest.raises(FormulaError, match="in 13 places: use at most 12"):
        check_formula(text, KNOWN)


PIECES = (
    *("leads", "sessions", "cost_media", "customers", "start(", "prev(", "lag(", "per_year("),
    *("min(", "coalesce(", "parts(", ")", "(", ",", "+", "-", "*", "/", "÷", '"', " ", "\n"),
    *(" where channel = ", '"organic"', "1", "0.5", "99999999", "\u202e", "\x00", "é", "%s", "<b>"),
)
ALPHABET = st.one_of(st.sampled_from(PIECES), st.text(max_size=4))


@given(st.lists(ALPHABET, max_size=30).map("".join))
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=400)
def test_any_text_is_calculable_or_refused_in_both_languages(text: str) -> None:
    try:
        check_formula(text, KNOWN, key="own_rate")
    except FormulaError as error:
        why = error
    else:
        return
    assert all(why.message % why.filling(language) for language in ("en", "fr"))
    assert why.position is None or 0 <= why.position <= len(text)


@given(st.text(max_size=80))
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=200)
def test_a_proposed_key_can_always_be_had(name: str) -> None:
    key = proposed_key(name, {"leads_2"})
    assert key not in CATALOGUE
    assert key not in {"leads_2", "new", "where"}
    check_formula(f"{key} + leads", Known({**CATALOGUE, key: CATALOGUE["leads"]}, frozenset()))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Coût par démo", "cout_par_demo"),
        ("Leads", "leads_3"),
        ("Œuvre à 3 %", "oeuvre_a_3"),
        ("4 quarters", "metric_4_quarters"),
        ("New", "new_2"),
        ("where", "metric_where"),
        ("日本", "metric"),
    ],
)
def test_a_key_is_made_from_the_name(name: str, key: str) -> None:
    assert proposed_key(name, {"leads_2"}) == key


# Defining


def test_an_own_metric_has_a_version_from_its_beginning(inside: Workspace, erin: User) -> None:
    metric = define(inside, key="leads_a_visit", wanted=wanted(), user=erin, now=NOW)
    version = metric.definition_versions.get()
    assert (version.number, version.valid_from, version.user) == (1, NOW, erin)
    assert (version.formula_before, version.formula) == ("", "leads / sessions")
    assert not version.is_change
    assert (metric.name, metric.definition.unit) == ("Leads a visit", "percent")


@pytest.mark.parametrize(
    ("key", "changes", "field", "sentence"),
    [
        ("Leads a visit", {}, "key", "cannot be a key"),
        ("prev", {}, "key", "no word of the formulas"),
        ("new", {}, "key", "cannot be a key"),
        ("leads", {}, "key", "There is a metric “leads” already"),
        ("mine", {"name_en": ""}, "name_en", "in one language at least"),
        ("mine", {"name_en": "leads"}, "name_en", "Another metric is called “leads”"),
        ("mine", {"name_fr": "Taux de rebond"}, "name_fr", "Another metric is called"),
        ("mine", {"unit": "parsecs"}, "unit", "Choose a unit"),
        ("mine", {"direction": "sideways"}, "direction", "Choose whether up is good"),
        ("mine", {"unit": "money"}, "formula", "does not fit the unit “amount of money”"),
        ("mine", {"formula": "leads / sesions"}, "formula", "(At character 9.)"),
        ("mine", {"formula": "mine + leads"}, "formula", "calculated from itself"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    inside: Workspace, key: str, changes: dict[str, str], field: str, sentence: str
) -> None:
    said = refused(lambda: define(inside, key=key, wanted=wanted(**changes), user=None, now=NOW))
    assert list(said) == [field]
    assert sentence in said[field][0]
    assert not DefinitionVersion.objects.exists()


def test_circles_are_refused(inside: Workspace) -> None:
    first = own(inside, "first")
    own(inside, "second", formula="first * 2")
    said = refused(
        lambda: change_definition(
            first,
            wanted=wanted("second + leads / sessions", name_en="first"),
            user=None,
            now=NOW,
            reason="Why not",
        )
    )
    assert "calculated from each other" in said["formula"][0]
    assert Metric.objects.get(pk=first.pk).own_formula == "leads / sessions"


def test_own_metrics_rest_on_each_other_only_so_deep(inside: Workspace) -> None:
    own(inside, "level_1")
    for level in (2, 3, 4):
        own(inside, f"level_{level}", formula=f"level_{level - 1} + 1")
    said = refused(lambda: own(inside, "level_5", formula="level_4 + 1"))
    assert "at most 4 levels" in said["formula"][0]


def test_a_value_reaches_back_only_so_far(inside: Workspace) -> None:
    own(inside, "back_1", formula="prev(leads) / sessions")
    own(inside, "back_2", formula="prev(back_1)")
    own(inside, "back_3", formula="prev(back_2)")
    said = refused(lambda: own(inside, "back_4", formula="prev(back_3)"))
    assert "reach back through too many periods" in said["formula"][0]


def test_another_workspaces_metric_is_unknown(inside: Workspace, acme: Workspace) -> None:
    with workspace_scope(acme.pk):
        own(acme, "secret_rate")
    said = refused(lambda: own(inside, "mine", formula="secret_rate * 2"))
    assert "There is no metric “secret_rate”" in said["formula"][0]


# Changing


def test_a_change_of_meaning_is_a_version_with_its_reason(inside: Workspace, erin: User) -> None:
    metric = own(inside)
    changed = wanted("leads / visitors", name_en="Leads a visitor")
    said = refused(
        lambda: change_definition(metric, wanted=changed, user=erin, now=LATER, reason=" ")
    )
    assert "Write why" in said["reason"][0]
    version = change_definition(
        metric, wanted=changed, user=erin, now=LATER, reason="People, not visits"
    )
    assert version is not None
    assert (version.number, version.formula_before, version.formula) == (
        2, "leads / sessions", "leads / visitors",
    )  # fmt: skip
    assert version.is_change
    metric.refresh_from_db()
    assert definition_of(metric) == changed


def test_other_words_and_another_spelling_are_no_version(inside: Workspace) -> None:
    metric = own(inside)
    same = wanted("(leads) ÷ sessions", name_en="Leads per visit", definition="How many.")
    assert change_definition(metric, wanted=same, user=None, now=LATER) is None
    metric.refresh_from_db()
    assert (metric.own_name_en, metric.own_definition) == ("Leads per visit", "How many.")
    assert metric.definition_versions.count() == 1


def test_a_change_that_others_could_not_follow_is_refused(inside: Workspace) -> None:
    metric = own(inside, "spent", formula="cost_media", unit="money")
    own(inside, "spent_and_more", formula="spent + cost_tools", unit="money")
    said = refused(
        lambda: change_definition(
            metric,
            wanted=wanted("leads", unit="count", name_en="spent"),
            user=None,
            now=LATER,
            reason="Count instead",
        )
    )
    assert "“spent_and_more” is calculated from this metric and would not fit" in said["unit"][0]


def test_a_change_to_what_somebody_changed_meanwhile_is_refused(
    inside: Workspace, erin: User
) -> None:
    metric = own(inside)
    first = wanted("leads / visitors", name_en="leads_a_visit")
    change_definition(metric, wanted=first, user=erin, now=NOW, reason="People", seen=1)
    said = refused(
        lambda: change_definition(
            metric, wanted=wanted("mqls / sessions"), user=None, now=LATER, reason="No", seen=1
        )
    )
    assert said[""][0].startswith("Erin Example changed this definition meanwhile")


def test_what_ships_keeps_its_formula(inside: Workspace) -> None:
    metric = Metric.objects.get(workspace=inside, key="cpl")
    said = refused(
        lambda: change_definition(metric, wanted=wanted(), user=None, now=NOW, reason="Better so")
    )
    assert "comes with the product" in said[""][0]


def test_a_rule_is_dated_and_asks_for_a_reason_once_it_changes(
    inside: Workspace, erin: User
) -> None:
    metric = Metric.objects.get(workspace=inside, key="mqls")
    first = change_rule_text(metric, rule_text="Score of 50 or more.", user=erin, now=NOW)
    assert first is not None
    assert not first.is_change
    said = refused(lambda: change_rule_text(metric, rule_text="Score of 60.", user=erin, now=LATER))
    assert "Write why" in said["reason"][0]
    second = change_rule_text(
        metric, rule_text="Score of 60.", user=erin, now=LATER, reason="Sales asked for it"
    )
    assert second is not None
    assert (second.rule_text_before, second.rule_text) == ("Score of 50 or more.", "Score of 60.")
    assert change_rule_text(metric, rule_text="Score of 60. ", user=erin, now=LATER) is None


# Archiving and deleting


def test_an_archived_metric_leaves_the_lists_and_comes_back(inside: Workspace) -> None:
    metric = own(inside)
    Metric.objects.filter(pk=metric.pk).update(golden_rank=7)
    Metric.objects.filter(workspace=inside, golden_rank=7).exclude(pk=metric.pk).update(
        golden_rank=None
    )
    archived = archive(metric)
    assert (archived.is_hidden, archived.golden_rank) == (True, None)
    assert not restore(metric).is_hidden


def test_what_is_used_is_not_deleted(inside: Workspace, erin: User) -> None:
    metric = own(inside)
    reader = own(inside, "twice", formula="leads_a_visit * 2")
    assert "“twice” is calculated from it" in refused(lambda: delete(metric))[""][0]
    delete(reader)
    Objective.objects.create(workspace=inside, statement="More", metric=metric)
    assert "An objective is set on it" in refused(lambda: delete(metric))[""][0]


def test_a_deleted_metric_takes_its_versions_along_and_keeps_its_key(inside: Workspace) -> None:
    book = Book(inside)
    book.write(book.row("leads", "2025-07-01", 4))
    metric = own(inside)
    StaleSpan.objects.all().delete()
    delete(metric)
    assert not DefinitionVersion.objects.exists()
    assert StaleSpan.objects.filter(metric=None).count() == 1
    assert "was deleted" in refused(lambda: own(inside))["key"][0]


# Numbers


def july(workspace: Workspace, key: str) -> Decimal | None:
    day = datetime(2025, 7, 1, tzinfo=UTC).date()
    (found,) = values(workspace, key, Grain.MONTH, day, day, today=TODAY)
    return found.value


def test_a_changed_formula_recomputes_and_restates(inside: Workspace) -> None:
    book = Book(inside)
    book.write(
        book.row("leads", "2025-07-01", 4),
        book.row("mqls", "2025-07-01", 1),
        book.row("sessions", "2025-07-01", 100),
    )
    metric = own(inside)
    snapshots.recompute(inside, today=TODAY, now=NOW, full=True)
    assert july(inside, metric.key) == Decimal("0.04")
    change_definition(
        metric, wanted=wanted("mqls / sessions", name_en="x"), user=None, now=LATER, reason="MQL"
    )
    snapshots.recompute(inside, today=TODAY, now=LATER, full=True)
    assert july(inside, metric.key) == Decimal("0.01")
    month = Restatement.objects.get(metric_key=metric.key, grain=3, dimension=0)
    assert (month.old_value, month.new_value) == (Decimal("0.04"), Decimal("0.01"))

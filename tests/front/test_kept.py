"""`{% kept %}` and the tags that are rendered once: kept under their content, and alone with it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.template.defaulttags import CsrfTokenNode
from django.test import RequestFactory
from django.urls import set_script_prefix
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from accounts.kept import CannotBeSpelled, Kept, spelled
from accounts.models import Workspace
from accounts.templatetags.kept import PARTS, KeptNode, NotAValueOfThePart

D = Decimal
PARIS = timezone(timedelta(hours=1))


@dataclass
class Pair:
    """Two of something."""

    left: object
    right: object


def render(source: str, lang: str = "en", **context: object) -> str:
    with translation.override(lang):
        return Template("{% load i18n formats components kept %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, D(1)),
        (D(1), D("1.0")),
        ("<b>", SafeString("<b>")),
        ((1, 2), [1, 2]),
        ((D(1),), (D("1.0"),)),
        (0.0, -0.0),
        (datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, 13, tzinfo=PARIS)),
        ({"a": 1}, {"a": True}),
        (Pair(1, 2), Pair(1, 3)),
        (Pair("<", 2), Pair(SafeString("<"), 2)),
        (None, ""),
    ],
)
def test_what_shows_differently_is_spelled_differently(one: object, other: object) -> None:
    assert spelled(one) != spelled(other)
    assert spelled(one) == spelled(one)


def test_a_row_of_the_database_is_equal_to_its_changed_self_and_so_refused() -> None:
    with pytest.raises(CannotBeSpelled, match="Workspace"):
        spelled([Workspace(pk=1, name="Acme")])


def test_a_lazy_text_is_spelled_in_the_language_of_now() -> None:
    lazy = gettext_lazy("Metrics")
    with translation.override("en"):
        english = spelled(lazy)
    with translation.override("fr"):
        assert spelled(lazy) != english


def test_least_used_goes_first_and_there_is_an_end() -> None:
    kept: Kept[str] = Kept(100, size=len)
    made: list[int] = []

    def make(number: int) -> str:
        made.append(number)
        return "ten chars."

    for number in range(500):
        kept.get(number, lambda number=number: make(number))  # type: ignore[misc]
        kept.get("used all the time", lambda: make(-1))
    assert len(kept) <= 24
    assert made.count(-1) == 1
    kept.get(0, lambda: make(0))
    assert made.count(0) == 2


PART = "{% kept name=name %}{% translate 'Metrics' %}: {{ name }}{% endkept %}"


def test_a_part_is_rendered_once_for_the_same_values() -> None:
    page = Template("{% load kept %}{% kept name=name %}{{ name }}{% endkept %}")
    before = len(PARTS)
    for _time in range(3):
        assert page.render(Context({"name": "a part of its own"})) == "a part of its own"
    assert len(PARTS) == before + 1


def test_a_part_follows_its_values_and_the_language() -> None:
    page = Template("{% load i18n kept %}" + PART)
    shown = []
    for lang, name in (("en", "Leads"), ("fr", "Leads"), ("fr", "Coûts"), ("en", "Leads")):
        with translation.override(lang):
            shown.append(page.render(Context({"name": name})))
    assert shown == ["Metrics: Leads", "Indicateurs: Leads", "Indicateurs: Coûts", "Metrics: Leads"]


def test_text_stays_text_where_the_same_markup_was_shown_before() -> None:
    page = Template("{% load kept %}{% kept name=name %}{{ name }}{% endkept %}")
    assert page.render(Context({"name": SafeString("<b>x</b>")})) == "<b>x</b>"
    assert page.render(Context({"name": "<b>x</b>"})) == "&lt;b&gt;x&lt;/b&gt;"
    assert page.render(Context({"name": "<b>x</b>"}, autoescape=False)) == "<b>x</b>"


def test_a_part_knows_nothing_of_the_page_around_it() -> None:
    request = RequestFactory().get("/")
    for name in ("user", "request", "csrf_token", "workspace"):
        with pytest.raises(NotAValueOfThePart, match=name):
            render(f"{{% kept %}}{{{{ {name} }}}}{{% endkept %}}", "en", **{name: request})


def test_a_part_leaves_nothing_behind_in_the_page() -> None:
    assert render("{% kept %}{% translate 'x' as name %}{% endkept %}[{{ name }}]") == "[]"


def test_a_period_is_named_in_the_calendar_that_the_part_was_given() -> None:
    source = "{% kept day=day %}{% period_label day 'quarter' %}{% endkept %}"
    with pytest.raises(NotAValueOfThePart, match="calendar"):
        render(source, day=datetime(2026, 4, 1, tzinfo=UTC).date(), workspace=Workspace())


def test_only_named_values_are_taken() -> None:
    with pytest.raises(TemplateSyntaxError, match="name=value"):
        render("{% kept name %}{% endkept %}")


def test_addresses_begin_where_the_site_does() -> None:
    page = Template("{% load kept %}{% kept %}{% url 'home' %}{% endkept %}")
    try:
        assert page.render(Context()) == "/"
        set_script_prefix("/kpi/")
        assert page.render(Context()) == "/kpi/"
    finally:
        set_script_prefix("/")


def test_a_change_of_the_same_size_speaks_the_language_of_the_page() -> None:
    source = "{% change now before 'count' 'up' %}"
    english, french = (render(source, lang, now=D(80), before=D(100)) for lang in ("en", "fr"))
    assert "(bad)" in english
    assert "(défavorable)" in french
    assert render(source, "en", now=D(80), before=D(100)) == english


def _templates() -> list[str]:
    root = Path(settings.BASE_DIR) / "templates"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*.html"))


def test_no_kept_part_holds_a_token() -> None:
    engine = Engine.get_default()
    with_parts = 0
    for name in _templates():
        nodes = engine.get_template(name).nodelist.get_nodes_by_type(KeptNode)
        with_parts += bool(nodes)
        for node in nodes:
            assert isinstance(node, KeptNode)
            assert not node.nodelist.get_nodes_by_type(CsrfTokenNode), name
    assert with_parts > 5

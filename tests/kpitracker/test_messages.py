"""Translations on a small tree of their own: extract, merge, check, compile."""

import gettext
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from kpitracker.catalogs import Area
from kpitracker.translation_checks import typography

SOURCE = '''
from django.utils.translation import gettext as _, gettext_lazy as lazy, ngettext, pgettext

TITLE = lazy("Late figures")

def words(count: int) -> str:
    """Words."""
    _("%(count)s of "
      "%(total)s rows") % {}
    pgettext("objective", "Paused")
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}
'''
TEMPLATE = """{% load i18n %}
<div>
    {% blocktranslate trimmed with name=user.name %}
      Hello
      {{ name }}
    {% endblocktranslate %}
  {% translate "Save" %} {# a comment #} {{ title|default:_("Untitled") }}
</div>
"""
FRENCH = {
    "Late figures": "Chiffres en retard",
    "%(count)s of %(total)s rows": "%(count)s lignes sur %(total)s",
    "Paused": "En pause",
    "Hello %(name)s": "Bonjour %(name)s",
    "Save": "Enregistrer",
    "Untitled": "Sans titre",
}
Tree = Callable[..., Any]


@pytest.fixture
def base(tmp_path: Path, settings: Settings) -> Path:
    settings.LOCALE_PATHS = [tmp_path / "locale" / area for area in ("kpitracker", "metrics")]
    settings.LANGUAGES = [("en", "English"), ("fr", "French")]
    put(tmp_path / "metrics" / "words.py", SOURCE)
    put(tmp_path / "metrics" / "migrations" / "0001.py", 'x = _("Not shown")')
    put(tmp_path / "templates" / "metrics" / "page.html", TEMPLATE)
    put(tmp_path / "kpitracker" / "shell.py", 'x = _("Home")')
    put(tmp_path / "templates" / "base.html", '{% load i18n %}{% translate "Skip" %}')
    (tmp_path / "metrics" / "apps.py").touch()
    return tmp_path


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def catalog(base: Path, area: str = "metrics") -> Path:
    return Area(area, base).catalog("fr")


def run(action: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("messages", **{action: True}, as_json=True, stdout=out, stderr=io.StringIO())
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def problems() -> list[tuple[str, str]]:
    out = io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("messages", check=True, as_json=True, stdout=out, stderr=io.StringIO())
    assert refused.value.returncode == 1
    return [(found["code"], found["message"]) for found in json.loads(out.getvalue())["problems"]]


def translate(base: Path, area: str = "metrics", **others: str) -> None:
    """Fill in the catalog as a translator would, in an editor."""
    path = catalog(base, area)
    text = path.read_text(encoding="utf-8")
    for source, french in (FRENCH | others).items():
        text = text.replace(f'msgid "{source}"\nmsgstr ""', f'msgid "{source}"\nmsgstr "{french}"')
    text = text.replace(
        'msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "%(count)s jour"\nmsgstr[1] "%(count)s jours"'
    )
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def translated(base: Path) -> Path:
    run("update")
    translate(base)
    translate(base, "kpitracker", Home="Accueil", Skip="Passer")
    return base


def test_update_finds_python_and_templates(base: Path) -> None:
    found = {report["area"]: report for report in run("update")["catalogs"]}
    assert (found["metrics"]["messages"], found["kpitracker"]["messages"]) == (7, 2)
    assert found["metrics"]["untranslated"] == 7
    text = catalog(base).read_text(encoding="utf-8")
    assert 'msgid "%(count)s of %(total)s rows"' in text
    assert 'msgctxt "objective"\nmsgid "Paused"' in text
    assert 'msgid "%(count)s day"\nmsgid_plural "%(count)s days"' in text
    assert 'msgid "Hello %(name)s"' in text
    assert "Not shown" not in text


def test_catalogs_carry_no_line_numbers_nor_dates(base: Path) -> None:
    run("update")
    text = catalog(base).read_text(encoding="utf-8")
    assert "#: metrics/words.py\n" in text
    assert "-Date" not in text


def test_a_second_update_changes_nothing(translated: Path) -> None:
    before = catalog(translated).stat().st_mtime_ns, catalog(translated).read_bytes()
    put(translated / "metrics" / "words.py", "\n\n" + SOURCE)
    run("update")
    translate(translated)
    again = run("update")["catalogs"][1]
    assert (again["added"], again["removed"]) == (0, 0)
    assert catalog(translated).read_bytes() == before[1]


def test_update_keeps_translations_and_drops_what_is_gone(translated: Path) -> None:
    put(translated / "metrics" / "words.py", SOURCE.replace("Late figures", "Quarterly budget"))
    report = run("update")["catalogs"][1]
    text = catalog(translated).read_text(encoding="utf-8")
    assert (report["added"], report["removed"], report["untranslated"]) == (1, 1, 1)
    assert 'msgstr "En pause"' in text
    assert "Late figures" not in text


def test_a_message_that_moves_to_another_area_keeps_its_translation(translated: Path) -> None:
    put(translated / "kpitracker" / "shell.py", '_("Home"), _("Late figures")')
    run("update")
    assert 'msgstr "Chiffres en retard"' in catalog(translated, "kpitracker").read_text("utf-8")


def test_a_similar_message_is_to_be_checked(translated: Path) -> None:
    put(translated / "metrics" / "words.py", SOURCE.replace("Late figures", "Late figure"))
    run("update")
    assert problems() == [("fuzzy", "Late figure")]


def test_check_passes_when_all_is_translated(translated: Path) -> None:
    assert run("check") == {"problems": []}


def test_check_names_what_was_never_extracted(base: Path) -> None:
    assert ("missing", "Save") in problems()


def test_check_names_untranslated_messages(base: Path) -> None:
    run("update")
    assert ("untranslated", "%(count)s day") in problems()
    assert {code for code, _message in problems()} == {"untranslated"}


def test_check_names_obsolete_messages(translated: Path) -> None:
    put(translated / "kpitracker" / "shell.py", "")
    assert problems() == [("obsolete", "Home")]


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ('msgstr "Bonjour %(name)s"', 'msgstr "Bonjour %(nom)s"'),
        ('msgstr "Bonjour %(name)s"', 'msgstr "Bonjour"'),
        ('msgstr "Bonjour %(name)s"', 'msgstr "Bonjour %(name)s à 5\u00a0%"'),
        ('msgstr[1] "%(count)s jours"', 'msgstr[1] "jours"'),
    ],
)
def test_check_names_other_placeholders(translated: Path, source: str, wrong: str) -> None:
    text = catalog(translated).read_text("utf-8")
    put(catalog(translated), text.replace(source, wrong))
    assert [code for code, _message in problems()] == ["placeholders"]


def test_check_names_two_translations_of_one_message(translated: Path) -> None:
    put(translated / "kpitracker" / "shell.py", '_("Home"), _("Save")')
    run("update")
    text = catalog(translated, "kpitracker").read_text("utf-8")
    put(catalog(translated, "kpitracker"), text.replace("Enregistrer", "Sauver"))
    assert problems() == [("conflict", "Save")]


def test_check_names_french_typography(translated: Path) -> None:
    text = catalog(translated).read_text("utf-8")
    put(catalog(translated), text.replace("Sans titre", "Titre : aucun"))
    assert problems() == [("typography", "Untitled")]


@pytest.mark.parametrize(
    "text",
    [
        "Objectif : atteint",
        "Objectif: atteint",
        "Prêt ?",
        "Prêt?",
        "Non ; oui",
        "« Non »",
        "«Non»",
        "plus de 5 %",
        "plus de 5 %% du total",
        "plus de 5%",
        "%(metric)s : en pause",
        "{metric} !",
    ],
)
def test_typography_that_breaks_lines(text: str) -> None:
    assert typography(text)


@pytest.mark.parametrize(
    "text",
    [
        "Objectif\u00a0: atteint",
        "Prêt\u202f?",
        "Non\u202f; oui",
        "«\u00a0Non\u00a0»",
        "plus de 5\u00a0%",
        "plus de 5\u00a0%% du total",
        "à 06:10, voir https://example.com/?a=1",
        '<a href="x?y">lien</a> &amp; suite',
        "%(count)s of %(total)s",
        "le %(day)s à %(hour)s",
    ],
)
def test_typography_that_holds(text: str) -> None:
    assert typography(text) == []


def test_compile_writes_what_django_reads(translated: Path) -> None:
    assert len(run("compile")["compiled"]) == 2
    with catalog(translated).with_suffix(".mo").open("rb") as stream:
        found = gettext.GNUTranslations(stream)
    assert found.gettext("Save") == "Enregistrer"
    assert found.pgettext("objective", "Paused") == "En pause"
    days = [found.ngettext("%(count)s day", "%(count)s days", count) for count in (0, 1, 2)]
    assert days == ["%(count)s jour", "%(count)s jour", "%(count)s jours"]


def test_compile_leaves_what_is_newer(translated: Path) -> None:
    run("compile")
    assert run("compile") == {"compiled": []}
    source = catalog(translated)
    later = source.stat().st_mtime + 10
    os.utime(source, (later, later))
    assert run("compile")["compiled"] == [str(source.with_suffix(".mo"))]


def test_fuzzy_translations_are_not_compiled(translated: Path) -> None:
    text = catalog(translated).read_text("utf-8")
    put(catalog(translated), text.replace('msgid "Save"', '#, fuzzy\nmsgid "Save"'))
    run("compile")
    with catalog(translated).with_suffix(".mo").open("rb") as stream:
        assert gettext.GNUTranslations(stream).gettext("Save") == "Save"


def test_a_broken_catalog_is_named(translated: Path) -> None:
    put(catalog(translated), 'msgid ""\nmsgstr ""\n<<<<<<< HEAD\n')
    with pytest.raises(CommandError, match=r"django\.po, line 3"):
        call_command("messages", compile=True)


def test_a_broken_template_is_named(base: Path) -> None:
    broken = "{% load i18n %}{% blocktranslate %}{% if a %}{% endif %}{% endblocktranslate %}"
    put(base / "templates" / "metrics" / "broken.html", broken)
    with pytest.raises(CommandError, match=r"templates/metrics/broken\.html"):
        call_command("messages", update=True)


def test_one_action_is_needed() -> None:
    with pytest.raises(CommandError, match="one of the arguments"):
        call_command("messages")

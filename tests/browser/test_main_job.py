"""The main job as a new person does it, from sign-in to the mail on Monday, in both languages."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Membership, User, Workspace
from accounts.scope import system_scope, workspace_scope
from metrics import snapshots
from objectives.models import Alert
from tests.browser.conftest import Tab
from tests.cast import PASSWORD
from tests.chromium import until
from tests.mailbox import Mailbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAYS = 60
HEADS = {
    "en": (
        "Campaign report",
        "Day",
        "Campaign",
        "Campaign type",
        "Currency code",
        "Impr.",
        "Clicks",
        "Cost",
    ),
    "fr": (
        "Rapport sur les campagnes",
        "Jour",
        "Campagne",
        "Type de campagne",
        "Code de devise",
        "Impr.",
        "Clics",
        "Coût",
    ),
}
WORDS = {
    "en": {"search": "Search", "off": "Off track", "digest": ", week "},
    "fr": {"search": "Réseau de Recherche", "off": "Hors trajectoire", "digest": ", semaine "},
}


def campaign_report(lang: str, until_day: date) -> bytes:
    """Two months of a campaign report, day by day, as Google Ads writes it: UTF-16 with tabs."""
    title, *heads = HEADS[lang]
    first = until_day - timedelta(days=DAYS - 1)
    text = io.StringIO()
    text.write(f"{title}\n{first:%Y-%m-%d} - {until_day:%Y-%m-%d}\n")
    sheet = csv.writer(text, delimiter="\t", lineterminator="\n")
    sheet.writerow(heads)
    comma = "," if lang == "fr" else "."
    for number in range(DAYS):
        day = first + timedelta(days=number)
        cost = f"{40 + number % 7}{comma}50"
        sheet.writerow([day.isoformat(), "Brand", WORDS[lang]["search"], "EUR", 900, 30, cost])
    return text.getvalue().encode("utf-16")


def letters(mailbox: Mailbox) -> list[EmailMessage]:
    found = [message_from_bytes(content, policy=policy.default) for content in mailbox.arrived]
    return [letter for letter in found if isinstance(letter, EmailMessage)]


def newcomer(lang: str) -> User:
    return User.objects.create_user(
        "nina@example.com", PASSWORD, name="Nina Martin", language=lang, time_zone="Europe/Paris"
    )


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_main_job(lang: str, open_tab: Callable[..., Tab], mailbox: Mailbox) -> None:
    nina, tab = newcomer(lang), open_tab(lang)
    sign_in(tab)
    create_workspace(tab, lang)
    import_report(tab, lang)
    compute()
    ask_for_a_digest_today(tab)
    address = start_an_objective(tab)
    call_command("nightly", workspace="maison-martin")
    see_the_status(tab, address, lang)
    take_care_of_the_alert(tab, nina)
    unsubscribe(tab, digest_of(mailbox, lang), nina)
    sign_out(tab)


def sign_in(tab: Tab) -> None:
    tab.go("/")
    tab.look()
    tab.page.fill("#id_login", "nina@example.com")
    tab.page.fill("#id_password", PASSWORD)
    tab.press(".btn--main")


def create_workspace(tab: Tab, lang: str) -> None:
    tab.look()
    tab.press("a.btn--main")
    tab.look()
    tab.page.fill("#id_name", "Maison Martin")
    tab.page.select_option("#id_language", lang)
    tab.press(".btn--main")
    assert tab.page.url.endswith("/w/maison-martin/")
    tab.look()


def import_report(tab: Tab, lang: str) -> None:
    tab.go("/w/maison-martin/imports/new/")
    tab.look()
    yesterday = timezone.now().date() - timedelta(days=1)
    report = {
        "name": "report.csv",
        "mimeType": "text/csv",
        "buffer": campaign_report(lang, yesterday),
    }
    tab.page.set_input_files("#id_file", report)  # type: ignore[arg-type]
    tab.press("form.narrow-form .btn--main")
    tab.look()
    assert "Google Ads" in tab.page.inner_text("main")
    tab.press("form[action$='/commit/'] .btn--main")
    tab.look()
    assert "180" in tab.page.inner_text("dl.facts")
    tab.go("/w/maison-martin/data/")
    tab.look()


def compute() -> None:
    """What a worker does within a minute of an import: an objective is judged by what is stored."""
    now = timezone.now()
    with system_scope():
        workspace = Workspace.objects.get(slug="maison-martin")
    with workspace_scope(workspace.pk):
        snapshots.refresh(workspace, today=now.date(), now=now)


def ask_for_a_digest_today(tab: Tab) -> None:
    tab.go("/w/maison-martin/settings/notifications/")
    tab.look()
    local = timezone.now().astimezone(Workspace(time_zone="Europe/Paris").zone)
    tab.page.select_option("#id_digest_weekday", str(local.weekday()))
    tab.press("form.narrow-form .btn--main")


def start_an_objective(tab: Tab) -> str:
    tab.go("/w/maison-martin/objectives/new/one-page/?metric=ad_clicks")
    tab.look()
    today = timezone.now().date()
    page = tab.page
    page.fill("#id_statement", "Nine thousand clicks")
    page.select_option("#id_metric", "ad_clicks")
    page.fill("#id_target", "9000")
    page.fill("#id_goal", "More demonstrations")
    page.fill("#id_start", (today - timedelta(days=10)).isoformat())
    page.fill("#id_end", (today + timedelta(days=20)).isoformat())
    tab.press("button[name=action][value=start]")
    tab.look()
    # It asks for more than the past gives: that takes a reason, which stays.
    page.fill("#reason", "Two fairs are booked")
    tab.press("form[action$='/state/'] .btn--main")
    tab.look()
    return page.url.removeprefix(tab.address)


def see_the_status(tab: Tab, address: str, lang: str) -> None:
    tab.go(address)
    until(tab.page, "Object.keys(window.Chart?.instances ?? {}).length > 0")
    tab.look()
    assert WORDS[lang]["off"] in tab.page.inner_text("main")
    for path in ("", "objectives/", "metrics/", "metrics/ad_clicks/", "settings/calculations/"):
        tab.go(f"/w/maison-martin/{path}")
        tab.look()


def take_care_of_the_alert(tab: Tab, nina: User) -> None:
    tab.go("/w/maison-martin/alerts/")
    tab.look()
    assert "Nine thousand clicks" in tab.page.inner_text("main")
    tab.press(".rows--alerts button[value=acknowledge]")
    assert "Nina Martin" in tab.page.inner_text(".rows--alerts")
    with system_scope():
        assert Alert.objects.get(closed_on=None).acknowledged_by == nina


def digest_of(mailbox: Mailbox, lang: str) -> EmailMessage:
    """The digest, which says the same as text and as HTML, in Nina's language."""
    found = [each for each in letters(mailbox) if WORDS[lang]["digest"] in str(each["Subject"])]
    assert len(found) == 1, [str(each["Subject"]) for each in letters(mailbox)]
    text = found[0].get_body(("plain",))
    html = found[0].get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Nine thousand clicks" in text.get_content()
    assert "Nine thousand clicks" in html.get_content()
    assert f'lang="{lang}"' in html.get_content()
    return found[0]


def unsubscribe(tab: Tab, letter: EmailMessage, nina: User) -> None:
    link = re.search(r"<([^>]+)>", letter["List-Unsubscribe"])
    assert link
    tab.go(link[1].removeprefix(tab.address))
    tab.look()
    tab.page.check("input[name=choice][value=stop]")
    tab.press(".btn--main")
    tab.look()
    with system_scope():
        assert not Membership.objects.get(user=nina).digest_on


def sign_out(tab: Tab) -> None:
    tab.go("/w/maison-martin/")
    tab.page.locator(".side__foot summary").click()
    tab.press(".side__foot form[action='/logout/'] button")
    tab.look()
    tab.go("/w/maison-martin/")
    assert "/login/" in tab.page.url

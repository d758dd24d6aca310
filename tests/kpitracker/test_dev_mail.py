"""The mails of a local run, at /dev/mail/."""

from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend
from django.test import Client
from django.urls import URLPattern, URLResolver, include, path
from pytest_django.fixtures import Settings

from kpitracker.dev_mail import dev_mail, dev_mail_detail, dev_mail_html, local_mails

urlpatterns: list[URLPattern | URLResolver] = [
    path("dev/mail/", dev_mail, name="dev_mail"),
    path("dev/mail/<str:key>/", dev_mail_detail, name="dev_mail_detail"),
    path("dev/mail/<str:key>/html/", dev_mail_html, name="dev_mail_html"),
    path("", include("kpitracker.urls")),
]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def written(tmp_path: Path, settings: Settings) -> Path:
    """A directory with two mails in it, as Django's file backend writes them."""
    settings.DEBUG = True
    settings.EMAIL_FILE_PATH = tmp_path
    message = EmailMultiAlternatives("Héllo", "Text – part", "a@example.com", ["b@example.com"])
    message.attach_alternative("<p>HTML<script>alert(1)</script></p>", "text/html")
    EmailBackend(file_path=str(tmp_path)).send_messages([message, message])
    return tmp_path


def test_mails_are_read_back(written: Path) -> None:
    mails = local_mails(written)
    assert [mail.subject for mail in mails] == ["Héllo", "Héllo"]
    assert mails[0].text.strip() == "Text – part"


def test_they_are_listed_and_shown(written: Path, client: Client) -> None:
    key = local_mails(written)[0].key
    assert f"/dev/mail/{key}/" in client.get("/dev/mail/").content.decode()
    page = client.get(f"/dev/mail/{key}/").content.decode()
    assert "Text – part" in page
    assert "b@example.com" in page


def test_the_html_is_in_a_sandbox(written: Path, client: Client) -> None:
    page = client.get(f"/dev/mail/{local_mails(written)[0].key}/html/")
    assert page.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_no_mail_yet(tmp_path: Path, settings: Settings, client: Client) -> None:
    settings.DEBUG = True
    settings.EMAIL_FILE_PATH = tmp_path
    assert "No mails yet" in client.get("/dev/mail/").content.decode()


def test_no_other_file_is_shown(written: Path, client: Client) -> None:
    assert client.get("/dev/mail/..%2f..%2fsecrets/").status_code == 404
    assert client.get("/dev/mail/1-1/html/").status_code == 404


def test_production_has_no_such_page(written: Path, settings: Settings, client: Client) -> None:
    settings.DEBUG = False
    assert client.get("/dev/mail/").status_code == 404

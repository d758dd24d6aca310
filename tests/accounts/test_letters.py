"""What mails say: the same in text and HTML, names of users as data."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings

from accounts.letters import Letter, letter

MAILS = Path(settings.BASE_DIR) / "templates" / "mail"
NAMES = sorted(
    str(path.relative_to(MAILS)).removesuffix(".subject.txt")
    for path in MAILS.rglob("*.subject.txt")
)
INVITATION = {
    "workspace_name": "North & <b>Co</b>",
    "inviter": "Adam",
    "role": "Editor",
    "url": "https://kpi.example.com/invite/abc/",
    "hours": 48,
}


class Links(HTMLParser):
    """The addresses that a page links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name == "href"]


def links(mail: Letter) -> list[str]:
    parser = Links()
    parser.feed(mail.html)
    return parser.found


def test_a_name_is_escaped_in_html_and_plain_in_text() -> None:
    mail = letter("invitation", INVITATION)
    assert mail.subject == "Adam invites you to North & <b>Co</b>"
    assert "North & <b>Co</b>" in mail.text
    assert "North &amp; &lt;b&gt;Co&lt;/b&gt;" in mail.html


def test_text_and_html_lead_to_the_same_place() -> None:
    mail = letter("invitation", INVITATION)
    assert links(mail) == [INVITATION["url"]]
    assert str(INVITATION["url"]) in mail.text


def test_a_name_is_no_template() -> None:
    mail = letter("invitation", INVITATION | {"workspace_name": "{{ 7|add:7 }}{% load x %}"})
    assert "{{ 7|add:7 }}{% load x %}" in mail.text


def test_styles_are_in_the_elements() -> None:
    mail = letter("invitation", INVITATION)
    assert 'style="' in mail.html
    assert "<style" not in mail.html
    assert "<img" not in mail.html


@pytest.mark.parametrize("name", NAMES)
def test_every_mail_has_its_three_parts(name: str) -> None:
    assert (MAILS / f"{name}.txt").exists()
    assert (MAILS / f"{name}.html").exists()

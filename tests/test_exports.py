"""No page shows a table that cannot be taken out, unless it says here why."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
OFFERS = re.compile(r'include "parts/_export(_part)?\.html"|spec\.file_url')
NOT_TAKEN_OUT = {
    # What a form is about to do: it is saved or left, and is nobody's record.
    "409.html", "metrics/_conflict.html", "metrics/_definition_preview.html",
    "metrics/_paste_preview.html", "metrics/_answer_rows.html", "metrics/campaign_file.html",
    "objectives/objective_conflict.html",
    "accounts/settings_conflict.html", "parts/_diff.html", "objectives/periods.html",
    # Parts of pages that offer the files beside them.
    "metrics/_grid_table.html", "metrics/_why_table.html", "metrics/_lineage_facts.html",
    # The home page's objectives and a metric's objectives: the list of objectives is the file.
    "reports/_objectives.html",
    # Texts about one row of a ledger: the administration lists and exports all changes.
    "metrics/_history.html", "metrics/_metric_versions.html", "metrics/_metric_variants.html",
    # What the installation does, and what is set up on the page itself.
    "calculations.html", "accounts/tokens.html", "accounts/channel.html",
    "accounts/channels.html",
    # Mails, and the developers' gallery.
    "mail/digest.html", "mail/reminder.html", "mail/alert.html", "mail/_action.html",
    "mail/_layout.html", "dev/gallery.html",
}  # fmt: skip
"""Django's own lists in the administration are taken out by their actions."""


def with_tables() -> dict[str, str]:
    found = {str(one.relative_to(TEMPLATES)): one.read_text() for one in TEMPLATES.rglob("*.html")}
    return {
        name: text
        for name, text in found.items()
        if "<table" in text and not name.startswith("admin/")
    }


def test_every_table_can_be_taken_out_or_says_why_not() -> None:
    without = {name for name, text in with_tables().items() if not OFFERS.search(text)}
    assert without - NOT_TAKEN_OUT == set()


def test_the_exceptions_are_true() -> None:
    tables = with_tables()
    assert {name for name in NOT_TAKEN_OUT if name not in tables} == set()
    assert {name for name in NOT_TAKEN_OUT if OFFERS.search(tables[name])} == set()

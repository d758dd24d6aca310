"""A list of people who signed up: one row each, with the day on which they did.

Accounts of a site or an app, as its own database has them. Signing up is a conversion, not yet a
sale: counted by day, channel and campaign, each person once.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from metrics.imports.context import Context
from metrics.imports.crm_columns import ORIGIN
from metrics.imports.event_list import Event, EventList, Group, Listing
from metrics.imports.folding import header_key
from metrics.imports.layout import Layout, text, when
from metrics.imports.layouts.customer_list import OF_ORDERS
from metrics.imports.layouts.subscription_list import EVENTS as SUBSCRIBERS
from metrics.imports.reading import Document


def _events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    days = [row.dates["created"] for row in rows if "created" in row.dates]
    if days:
        yield Event("conversions", min(days))


def _notes(listing: Listing, context: Context) -> None:
    context.warn(
        "signups_are_conversions",
        _("Each person who signed up counts as a conversion, on the day of signing up."),
    )


EVENTS = EventList(
    columns=(
        text(
            "user", "user id", "userid", "user", "user no", "user number", "uid", "member id",
            "memberid", "account id", "accountid", "profile id", "player id", "id utilisateur",
            "identifiant utilisateur", "utilisateur", "id membre", "numero de membre",
            "benutzer-id", "benutzer id", "nutzer-id", "mitgliedsnummer", "id de usuario",
            "id usuario", "usuario id", "id utente",
        ),
        when(
            "created", "signup date", "sign up date", "sign-up date", "signupdate", "signup time",
            "signed up", "signed up at", "signed up on", "signup at", "sign up at",
            "registration date", "registrationdate", "registration time", "registered at",
            "registered on", "registered", "reg date", "reg ts", "join date", "joined",
            "joined at", "joined on", "date joined", "account created", "account creation date",
            "account created at", "created at", "created on", "creation date", "date created",
            "install date", "installed at", "first seen", "first seen at", "first visit",
            "date d'inscription", "date inscription", "inscrit le", "date de creation", "cree le",
            "compte cree le", "registrierungsdatum", "registriert am", "anmeldedatum",
            "fecha de registro", "fecha de alta", "data di registrazione", "data iscrizione",
            "data de cadastro",
        ),
        *ORIGIN,
    ),
    needs=frozenset({"user", "created"}),
    entry_day="created",
    may_lack_days=True,
    identity=("user",),
    scope="user",
    events=_events,
    by_column={"created": "conversions"},
    speaks_for=("conversions",),
    first_only=True,
    notes=_notes,
)  # fmt: skip
SUBSCRIPTIONS = frozenset({"amount", "ended", "churned", "subscription"})
SEARCHED_LINES = 500


def _recognise(document: Document, context: Context) -> float:
    """Numbers of people, each once, and the day on which each came; nothing of what they did."""
    header = EVENTS.header_in(document)
    if header is None or OF_ORDERS & set(map(header_key, header.cells)):
        return 0.0
    if SUBSCRIPTIONS & SUBSCRIBERS.targets_of(header.cells):
        return 0.0
    columns = EVENTS.columns_of(header.cells)
    index = next(i for i, one in enumerate(columns) if one and one.target == "user")
    below = [line.cells for line in document.lines[:SEARCHED_LINES] if line.number > header.number]
    who = [cells[index] for cells in below if index < len(cells) and cells[index]]
    return 0.71 if who and len(set(who)) == len(who) else 0.0


LAYOUT = Layout(
    key="signup_list",
    feed="Sign-ups",
    recognise=_recognise,
    columns=EVENTS.columns,
    events=EVENTS,
    strict_rows=True,
)

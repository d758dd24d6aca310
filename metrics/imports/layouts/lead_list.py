"""A CRM's list of leads, or a team's own: one row a person, with a status or a date for each stage.

Counted into leads, MQL, SQL, opportunities and customers by day, channel and campaign. It holds
people: only counts and keyed hashes stay.
"""

from __future__ import annotations

from collections.abc import Iterator

from metrics.imports.context import Context
from metrics.imports.crm_columns import ORIGIN
from metrics.imports.event_list import Event, EventList, Group, Listing
from metrics.imports.folding import fold, header_key
from metrics.imports.layout import Layout, measure, text, when
from metrics.imports.layouts.subscription_list import EVENTS as SUBSCRIBERS
from metrics.imports.reading import Document, Line
from metrics.imports.stages import cycle, lead_events, names_a_stage


def _events(rows: Group, listing: Listing, context: Context) -> Iterator[Event]:
    yield from lead_events(rows, listing, context)
    for entry in rows:
        won = entry.dates.get("new_customers")
        if won and "created" in entry.dates and "until" not in entry.dates:
            yield Event("sales_cycle_days", won, cycle(entry.dates["created"], won))


DATED = ("mqls", "sqls", "opportunities", "new_customers")

EVENTS = EventList(
    columns=(
        text(
            "email", "email", "e-mail", "mail", "adresse e-mail", "adresse email", "adresse mail",
            "courriel", "email address", "work email", "business email", "e-mail professionnel",
            "email professionnel", "correo electronico", "correo", "indirizzo email",
        ),
        text(
            "id", "id", "lead id", "leadid", "contact id", "person id", "record id", "id lead",
            "id contact",
            "lead number", "prospect id", "user id", "identifiant", "reference",
        ),
        text("mql", "mql id"),
        text(
            "name", "name", "full name", "last name", "nom", "nom complet", "nom du contact",
            "contact", "contact name", "lead name", "lead", "prospect", "nom de famille",
            "nachname", "apellidos", "cognome", "first name", "prenom", "nom du lead",
        ),
        text(
            "status", "status", "lead status", "stage", "lead stage", "lifecycle stage",
            "lifecycle", "statut", "statut du lead", "etape", "stade", "phase", "qualification",
            "etape du cycle de vie", "estado", "etapa", "stato", "fase", "statut lead", "etat",
        ),
        when(
            "created", "created", "created at", "created time", "first contact date",
            "created on", "create date", "created date",
            "creation date", "date created", "lead date", "date lead", "date du lead",
            "date added", "signup date", "sign-up date", "submitted at", "submission date",
            "date", "date de creation", "cree le", "creee le", "date d'ajout", "date d'entree",
            "date d'inscription", "date de contact", "first seen", "received", "recu le",
            "date de reception", "erstellt am", "erstellungsdatum", "eingangsdatum", "datum",
            "fecha", "fecha de creacion", "data", "data di creazione", "timestamp", "horodateur",
            "premier contact", "date premier contact", "date du premier contact",
        ),
        text("converted", "converted", "is converted", "converti", "convertie"),
        when(
            "changed", "modified time", "updated", "updated at", "last modified",
            "last modified date",
            "modified", "status date", "stage date", "status changed", "date du statut",
            "modifie le", "date de modification", "mis a jour le", "date de mise a jour",
            "derniere modification", "status change date", "last status change",
        ),
        when(
            "mqls", "mql date", "date mql", "mql at", "mql on", "mql", "became mql",
            "date de passage en mql", "passage mql", "date qualification marketing",
            "marketing qualified date", "mql le", "date de qualification", "qualified date",
            "date passage mql", "date de mql",
        ),
        when(
            "sqls", "sql date", "date sql", "sql at", "sql on", "sql", "became sql",
            "date de passage en sql", "passage sql", "date qualification commerciale",
            "sales qualified date", "sql le", "date passage sql", "accepted date", "date de sql",
            "converted date", "date de conversion",
        ),
        when(
            "opportunities", "opportunity date", "date opportunite", "opportunity created",
            "date de l'opportunite", "opp date",
        ),
        when(
            "new_customers", "customer date", "date client", "client date", "won date",
            "customer since", "became customer", "date de signature", "date signature",
            "signe le", "client depuis", "client le", "closed won date", "date de vente",
            "date passage client", "date de passage en client", "conversion client",
            "customer at", "date gagne", "purchase date", "date d'achat", "won on",
        ),
        measure("amount", "amount", "montant", "montant signe", "montant ht", "ca", "revenue",
                "deal value", "valeur", "ca signe", "chiffre d'affaires"),
        *ORIGIN,
    ),
    needs=frozenset({"created"}),
    or_needs=(
        *(frozenset({"status", who}) for who in ("email", "name", "id")),
        *(frozenset({stage, who}) for stage in DATED for who in ("email", "id", "mql")),
    ),
    entry_day="created",
    other_days=DATED,
    identity=("email", "id", "mql"),
    scope="lead",
    events=_events,
    by_column={
        "created": "leads", "mqls": "mqls", "sqls": "sqls", "opportunities": "opportunities",
        "new_customers": "new_customers",
    },
    first_only=True,
)  # fmt: skip
SEARCHED_LINES = 200
LEAD_NUMBERS = frozenset({"lead id", "leadid", "id lead", "lead number", "prospect id"})
STAGE_COLUMNS = frozenset({"status", "mqls", "sqls", "opportunities", "new_customers"})
PERSON_COLUMNS = frozenset({"email", "id", "mql", "name"})
PAYMENT_HEADERS = frozenset(
    {
        "gross", "fee", "net", "balance", "balance impact", "transaction id", "brut", "frais",
        "payment method", "payment complete", "payment status", "moyen de paiement",
        "solde", "avant commission", "commission", "impact sur le solde", "numero de transaction",
    }
)  # fmt: skip
"""Two of them make a list of payments: who paid is no lead."""


def _pays_monthly(header: Line) -> bool:
    """Whether it is a list of customers of a subscription: whoever pays or has left is no lead."""
    found = SUBSCRIBERS.targets_of(header.cells)
    is_theirs = {"customer", "created"} <= found and bool({"amount", "ended"} & found)
    return is_theirs and not any("lead" in fold(cell) for cell in header.cells)


def _recognise(document: Document, context: Context) -> float:
    """People, a day, and how far each has come; the stages' cells are days, not counts."""
    header = EVENTS.header_in(document)
    if header is None:
        return 0.0
    if len(PAYMENT_HEADERS & set(map(header_key, header.cells))) > 1:
        return 0.0
    found = EVENTS.targets_of(header.cells)
    told, named = found & STAGE_COLUMNS, found & PERSON_COLUMNS
    if not _days_or_words(document, header.cells) or _pays_monthly(header):
        return 0.0
    if "created" not in found and not told & set(DATED):
        sourced = "email" in named and found & {"channel", "source"}
        return 0.72 if sourced or _names_stages(document, header) else 0.0
    if not named:
        return 0.73 if "status" in found and _names_stages(document, header) else 0.0
    if "email" in named and told:
        return 0.85
    if told:
        return 0.74
    known_by = {"email", "mql"} & named or _numbers_leads(header.cells)
    return 0.72 if known_by and found & {"channel", "source", "campaign"} else 0.0


def _numbers_leads(header: list[str]) -> bool:
    """Whether its rows have numbers that only leads have."""
    return any(header_key(cell) in LEAD_NUMBERS for cell in header)


def _names_stages(document: Document, header: Line) -> bool:
    """Whether every status is a word for a stage, and two or more are there."""
    columns = EVENTS.columns_of(header.cells)
    index = next(i for i, column in enumerate(columns) if column and column.target == "status")
    first = document.lines[:SEARCHED_LINES]
    rows = [line.cells for line in first if line.number > header.number]
    words = {fold(cells[index]) for cells in rows if index < len(cells) and cells[index]}
    return len(words) > 1 and all(map(names_a_stage, words))


def _days_or_words(document: Document, header: list[str]) -> bool:
    """Whether no stage column counts: "MQL" over 12, 30, 7 is a table of figures."""
    columns = EVENTS.columns_of(header)
    for index, column in enumerate(columns):
        if column is None or column.target not in STAGE_COLUMNS - {"status"}:
            continue
        first = document.lines[:SEARCHED_LINES]
        cells = [line.cells[index] for line in first if index < len(line.cells)]
        if any(cell.isdecimal() and len(cell) < 6 for cell in cells):
            return False
    return True


LAYOUT = Layout(
    key="lead_list",
    feed="CRM",
    recognise=_recognise,
    columns=EVENTS.columns,
    events=EVENTS,
    strict_rows=True,
)

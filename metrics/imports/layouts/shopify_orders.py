"""Shopify: the export of orders, a row for each line of an order.

The order's own columns stand on its first row. Revenue is the column "Total" less what was
refunded, as the customer paid it.
"""

from __future__ import annotations

from metrics.imports.crm_columns import ORIGIN
from metrics.imports.event_list import EventList, recognises
from metrics.imports.layout import Layout, measure, text, when
from metrics.imports.orders import (
    ORDER_COLUMNS,
    customer_events,
    order_events,
    say_what_counts,
)

EVENTS = EventList(
    columns=(
        text("id", "name", "nom"),
        text("email", "email", "e-mail"),
        text("status", "financial status", "statut financier", "statut du paiement"),
        when("created", "created at", "date de creation", "cree le"),
        when("canceled", "cancelled at", "annulee le", "annule le"),
        measure("total", "total"),
        measure("refunded", "refunded amount", "montant rembourse"),
        measure("line_price", "lineitem price", "prix de l'article"),
        *ORIGIN[-1:],
    ),
    needs=frozenset({"id", "status", "created", "total", "line_price"}),
    entry_day="created",
    identity=("id",),
    scope="shopify order",
    events=order_events,
    people=("email",),
    people_events=customer_events,
    speaks_for=("orders", "revenue"),
    by_column=ORDER_COLUMNS,
    notes=say_what_counts,
)

LAYOUT = Layout(
    key="shopify_orders",
    feed="Shopify",
    recognise=recognises(EVENTS, 0.96),
    columns=EVENTS.columns,
    events=EVENTS,
)

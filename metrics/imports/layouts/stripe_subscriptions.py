"""Stripe: the export of subscriptions.

Trials and subscriptions that were never paid do not count.
"""

from __future__ import annotations

from metrics.imports.event_list import EventList, recognises
from metrics.imports.layout import Layout, currency, measure, text, when
from metrics.imports.subscriptions import subscription_events, subscription_stocks

EVENTS = EventList(
    columns=(
        text("id", "id", "subscription id", "id d'abonnement", "id de l'abonnement"),
        text("customer", "customer id", "customer", "id client", "id du client"),
        text("email", "customer email", "email", "e-mail du client", "adresse e-mail du client"),
        text("status", "status", "statut", "etat"),
        text("interval", "interval", "intervalle", "billing interval", "plan interval"),
        measure("quantity", "quantity", "quantite"),
        measure("amount", "amount", "plan amount", "montant", "unit amount", "price"),
        when("created", "created", "created at", "date de creation", "cree le", "created date"),
        when("started", "start date", "date de debut"),
        when("started", "start", "debut", rank=1),
        when("trial_end", "trial end", "fin de l'essai", "fin de la periode d'essai"),
        when("canceled", "canceled at", "cancelled at", "annule le", "date d'annulation"),
        when("ended", "ended at", "termine le", "date de fin"),
        when("changed", "current period start", "debut de la periode en cours"),
        currency("currency", "devise"),
    ),
    needs=frozenset({"id", "status", "interval", "amount", "created"}),
    entry_day="created",
    identity=("customer", "email", "id"),
    scope="stripe customer",
    events=subscription_events,
    stocks=subscription_stocks,
    speaks_for=("new_customers", "lost_customers"),
)

LAYOUT = Layout(
    key="stripe_subscriptions",
    feed="Stripe",
    recognise=recognises(EVENTS, 0.95),
    columns=EVENTS.columns,
    events=EVENTS,
)

"""Orders or invoices of any shop: WooCommerce, PrestaShop, a cash desk, a team's own list.

One row an order with its total, or one row a line with its amount, or a quantity and a price.
"""

from __future__ import annotations

from metrics.imports.context import Context
from metrics.imports.crm_columns import ORIGIN
from metrics.imports.event_list import EventList
from metrics.imports.folding import header_key
from metrics.imports.layout import Layout, measure, text, when
from metrics.imports.orders import (
    ORDER_COLUMNS,
    customer_events,
    order_events,
    say_what_counts,
)
from metrics.imports.reading import Document

EVENTS = EventList(
    columns=(
        text(
            "id", "order id", "orderid", "order number", "order no", "order no.", "order #",
            "order nr", "order name", "order reference", "order", "invoice", "invoiceno",
            "invoice no", "invoice no.", "invoice number", "invoiceid", "invoice id", "commande",
            "n° de commande", "n° commande", "no de commande", "no commande", "numero de commande",
            "numero commande", "id commande", "reference commande", "ref commande", "facture",
            "n° de facture", "n° facture", "numero de facture", "transaction id", "transactionid",
            "ticket", "n° de ticket", "bestellnummer", "rechnungsnummer", "numero de pedido",
            "numero ordine", "sale id", "receipt number", "order num",
        ),
        text(
            "customer", "customer id", "customerid", "customer no", "customer number", "customer",
            "customer name", "client", "id client", "code client", "nom du client", "n° client",
            "user id", "buyer", "buyer id", "username", "customer unique id", "kunde", "cliente",
            "account id", "member id", "contact id",
        ),
        text(
            "email", "email", "e-mail", "customer email", "billing email", "email address",
            "e-mail du client", "adresse e-mail", "email client", "courriel",
        ),
        text("customer_type", "customer type", "type de client"),
        text(
            "status", "status", "order status", "statut", "statut de la commande", "etat",
            "etat de la commande", "financial status", "invoice status", "payment status",
            "statut commande", "bestellstatus", "estado", "stato",
        ),
        when(
            "created", "order date", "orderdate", "date", "created at", "created time",
            "invoice date", "invoicedate", "order purchase timestamp", "purchase date",
            "date created", "transaction date", "sale date", "date de commande",
            "date de la commande", "date commande", "date de vente", "date de facture",
            "date de facturation", "date facture", "date d'achat", "date de creation",
            "bestelldatum", "fecha de pedido", "data ordine", "timestamp", "order time",
            "transaction time", "purchased at", "ordered at", "date add",
        ),
        when("canceled", "cancelled at", "canceled at", "annulee le", "date d'annulation"),
        measure(
            "total", "total", "order total", "order total amount", "grand total", "total amount",
            "total price", "montant total", "total ttc", "total de la commande", "total commande",
            "total paid", "total paye", "payment value", "net a payer", "order value",
            "order amount", "order revenue",
            "montant de la commande", "n. revenue", "gesamtsumme", "totale",
        ),
        measure(
            "amount", "amount", "sales", "revenue", "montant", "line total", "total ligne",
            "sales amount", "net sales", "turnover", "chiffre d'affaires", "ca", "montant ttc",
            "montant ht", "total ht", "line amount", "ventes", "item total",
        ),
        measure("quantity", "quantity", "qty", "quantite", "qte", "units", "menge", "cantidad",
                "quantity ordered"),
        measure("price", "price", "unit price", "unitprice", "prix unitaire", "prix", "pu",
                "price each", "einzelpreis", "precio", "prezzo", "unit cost"),
        measure("refunded", "refunded amount", "amount refunded", "order refund amount",
                "montant rembourse", "refund"),
        *ORIGIN,
    ),
    needs=frozenset({"id", "created"}),
    entry_day="created",
    identity=("id",),
    scope="shop order",
    events=order_events,
    people=("email", "customer"),
    people_events=customer_events,
    speaks_for=("orders", "revenue"),
    by_column=ORDER_COLUMNS,
    notes=say_what_counts,
)  # fmt: skip
SEARCHED_LINES = 200
BARE = frozenset({"order", "invoice", "commande", "facture", "ticket"})
"""Names that may head a column of counts as well: there they hold small numbers."""
SHORTEST = 4


def _recognise(document: Document, context: Context) -> float:
    """Numbers of orders, their days, and an amount of the order or of its lines."""
    header = EVENTS.header_in(document)
    if header is None:
        return 0.0
    found = EVENTS.targets_of(header.cells)
    if not ({"total", "amount"} & found or {"quantity", "price"} <= found):
        return 0.0
    columns = EVENTS.columns_of(header.cells)
    index = next(i for i, column in enumerate(columns) if column and column.target == "id")
    first = document.lines[:SEARCHED_LINES]
    numbers = [line.cells[index] for line in first if line.number > header.number
               and index < len(line.cells)]  # fmt: skip
    if header_key(header.cells[index]) in BARE and not _are_numbers_of_orders(numbers):
        return 0.0
    return 0.82


def _are_numbers_of_orders(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and sum(len(cell) >= SHORTEST for cell in filled) > 0.8 * len(filled)


LAYOUT = Layout(
    key="order_list",
    feed="Orders",
    recognise=_recognise,
    columns=EVENTS.columns,
    events=EVENTS,
    strict_rows=True,
)

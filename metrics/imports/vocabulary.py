"""The metrics a file may name: the catalogue's and the workspace's own, by key or by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from django.utils.translation import get_language

from metrics.catalogue import CATALOGUE, find_metric
from metrics.catalogue.definition import MetricDefinition
from metrics.imports.folding import fold, header_key
from metrics.imports.parsed import CustomMetric

SUM, LAST, UNIQUE, WEIGHTED, FORMULA = "sum", "last", "unique", "weighted_mean", "formula"
WHOLE_UNITS = frozenset({"count", "people", "answers"})
FRACTIONAL_COUNTS = frozenset({"ad_conversions", "conversions", "email_conversions"})
"""Counts that attribution may divide: 12.5 conversions are real, 1.234 sessions are not."""


BY_METRIC: Mapping[str, tuple[str, ...]] = {
    "cost_media": (
        "spend", "ad spend", "ads spend", "media spend", "advertising spend", "amount spent",
        "depenses publicitaires", "depenses media", "budget media", "investissement media",
        "frais media", "montant depense", "werbekosten", "werbeausgaben", "mediakosten",
        "gasto publicitario", "inversion publicitaria", "gasto en publicidad",
        "spesa pubblicitaria", "costi pubblicitari", "investimento em anuncios",
    ),
    "sessions": (
        "besuche", "sitzungen", "seitenbesuche", "visitas", "sesiones", "visite", "sessioni",
        "sessoes", "number of visits",
    ),
    "visitors": (
        "besucher", "eindeutige besucher", "nutzer", "visitantes", "visitantes unicos", "usuarios",
        "visitatori", "visitatori unici", "utenti", "utilizadores", "unique users", "uniques",
        "utilisateurs uniques", "online store visitors", "website visitors", "site visitors",
        "visiteurs du site",
    ),
    "new_visitors": (
        "neue besucher", "neue nutzer", "nuevos usuarios", "nuevos visitantes", "nuovi utenti",
        "nuovi visitatori",
    ),
    "pageviews": (
        "seitenaufrufe", "seitenansichten", "paginas vistas", "vistas de pagina",
        "visualizaciones de pagina", "pagine viste", "visualizzazioni di pagina",
        "visualizacoes de pagina",
    ),
    "orders": (
        "bestellungen", "auftrage", "pedidos", "ordenes", "ordini", "encomendas",
    ),
    "gross_revenue": ("umsatz", "gesamtumsatz", "fatturato", "facturacion", "ventas totales"),
    "new_customers": ("neukunden", "neue kunden", "nuevos clientes", "clientes nuevos",
                      "nuovi clienti", "novos clientes"),
    "customers": ("kunden", "bestandskunden", "clientes", "clienti", "clientes activos"),
    "followers": ("seguidores", "abonnenten"),
    "email_subscribers": (
        "newsletter subscribers", "inscrits newsletter", "abonnes newsletter",
        "abonnes a la newsletter", "newsletter abonnenten", "suscriptores", "iscritti newsletter",
    ),
    "conversions": ("konversionen", "conversiones", "conversioni", "conversoes"),
}  # fmt: skip
ALIASES = {name: key for key, names in BY_METRIC.items() for name in names}
"""What files call a metric besides the names of the catalogue, in five languages."""


SAME = {"segment": "audience"}
"""Dimensions that facts of a file have under another name than the catalogue."""
CONTRARY = frozenset({"un", "des", "non ", "non-", "in", "dis", "re"})


@dataclass(frozen=True, slots=True)
class Known:
    """A metric as the parser needs it."""

    key: str
    unit: str
    rollup: str
    weight: str | None = None
    names: tuple[str, ...] = ()
    listed_by: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Its name in the language that is active, for sentences."""
        if not self.names:
            return self.key
        return self.names[-1] if (get_language() or "").startswith("fr") else self.names[0]

    @property
    def derived(self) -> bool:
        """Worked out from others: a file cannot bring it."""
        return self.rollup == FORMULA

    @property
    def whole(self) -> bool:
        """Whether its values are whole numbers by nature."""
        return self.unit in WHOLE_UNITS and self.key not in FRACTIONAL_COUNTS

    @property
    def is_money(self) -> bool:
        """Whether its values are amounts of money."""
        return self.unit.startswith("money")


def _shipped(definition: MetricDefinition) -> Known:
    return Known(
        key=definition.key,
        unit=str(definition.unit),
        rollup=str(definition.rollup),
        weight=definition.weight,
        names=(definition.name_en, definition.name_fr),
        listed_by=tuple(SAME.get(name, name) for name in definition.listed_by),
    )


class Vocabulary:
    """Finds metrics for headers and cells, the workspace's own ones first."""

    def __init__(self, own: Iterable[CustomMetric] = ()) -> None:
        self._own = [_custom(metric) for metric in own]
        self._found: dict[str, Known | None] = {}

    def get(self, key: str) -> Known:
        """The metric of a key that is known to exist."""
        for metric in self._own:
            if metric.key == key:
                return metric
        return _shipped(CATALOGUE[key])

    def find(self, text: str) -> Known | None:
        """The metric a header or a cell names, by key or by name in any language."""
        if text not in self._found:
            self._found[text] = self._search(text)
        return self._found[text]

    def _search(self, text: str) -> Known | None:
        wanted = {header_key(text), fold(text)}
        for metric in self._own:
            if wanted & {header_key(name) for name in (metric.key, *metric.names)}:
                return metric
        key = find_metric(text) or find_metric(header_key(text)) or ALIASES.get(header_key(text))
        return _shipped(CATALOGUE[key]) if key else None

    def near(self, text: str, *, cutoff: float = 0.75) -> str | None:
        """The name most like a mistyped one, None where nothing is close."""
        known = [*self._own, *(_shipped(definition) for definition in CATALOGUE.values())]
        names = {fold(name): name for metric in known for name in (metric.key, *metric.names)}
        close = get_close_matches(fold(text), names, n=1, cutoff=cutoff)
        return names[close[0]] if close and not _are_opposite(fold(text), close[0]) else None


def _are_opposite(one: str, other: str) -> bool:
    """Whether one word is the other's contrary: unsubscribes are no subscribes."""
    shorter, longer = sorted((one, other), key=len)
    return longer.endswith(shorter) and longer.removesuffix(shorter) in CONTRARY


def _custom(metric: CustomMetric) -> Known:
    rollup = FORMULA if metric.derived else metric.rollup
    return Known(metric.key, metric.unit, rollup, metric.weight, metric.names)

"""Metrics of link building: who links to the site, and what it ranks for."""

from metrics.catalogue.definition import Direction, FamilyDefinition, MetricDefinition, Rollup
from metrics.units import Unit

FAMILY = FamilyDefinition(key="links", name_en="Link building", name_fr="Netlinking")

METRICS = (
    MetricDefinition(
        key="keywords_top10",
        name_en="Keywords in top 10",
        name_fr="Mots-clés en top 10",
        definition_en="Followed keywords for which the site is among the first ten results.",
        definition_fr="Mots-clés suivis pour lesquels le site est dans les dix premiers.",
        unit=Unit.COUNT,
        rollup=Rollup.LAST,
        direction=Direction.UP,
        family=FAMILY.key,
        aliases=("Top 10 keywords", "Mots clés top 10"),
    ),
    MetricDefinition(
        key="backlinks",
        name_en="Backlinks",
        name_fr="Liens entrants",
        definition_en="Links to the site that are found on other sites.",
        definition_fr="Liens vers le site trouvés sur d'autres sites.",
        unit=Unit.COUNT,
        rollup=Rollup.LAST,
        direction=Direction.UP,
        family=FAMILY.key,
        vanity=True,
        pair="referring_domains",
        aliases=("Inbound links", "Rétroliens"),
    ),
    MetricDefinition(
        key="referring_domains",
        name_en="Referring domains",
        name_fr="Domaines référents",
        definition_en="Different sites that hold at least one link to ours.",
        definition_fr="Sites différents portant au moins un lien vers le nôtre.",
        unit=Unit.COUNT,
        rollup=Rollup.LAST,
        direction=Direction.UP,
        family=FAMILY.key,
        aliases=("Linking domains",),
    ),
    MetricDefinition(
        key="toxic_backlinks",
        name_en="Doubtful backlinks",
        name_fr="Liens douteux",
        definition_en="Links to the site that a search engine may hold against it.",
        definition_fr="Liens vers le site qu'un moteur de recherche peut lui reprocher.",
        unit=Unit.COUNT,
        rollup=Rollup.LAST,
        direction=Direction.DOWN,
        family=FAMILY.key,
        aliases=("Toxic backlinks", "Liens toxiques"),
    ),
)

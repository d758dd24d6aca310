"""Words by which a column's header is likely to mean a metric, or surely none.

What is here is proposed, never taken: a header that a metric is listed under is found before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

FILLERS = re.compile(
    r"\b(n|nb|nbre|nombre|number of|count of|total|totaux|somme|sum|de|d|du|des|la|le|les|of|the|en"
    r"|par|mois|mensuels?|monthly|daily|jour|generes?|generees?|generated|obtenus?|recus?|crees?"
    r"|created|sourced|our|nos|site|web|website)\b"
)
NO_FIGURE = re.compile(
    r"(.*\b)?(id|ids|uuid|guid|number|numero|no|n°|#|code|index|rank|rang|row|ligne|zip|postal code"
    r"|code postal|phone|telephone|tel|mobile|latitude|longitude|lat|lon|lng|ip|year|annee|version"
    r"|age|url|gmtoff|dstoff)(\b.*)?|.*[a-z](id|no|code)|unnamed.*"
)
"""Headers of numbers that count nothing: they tell rows apart, or say where and how old."""
NO_PLACE = re.compile(r".*\b(status|statut|state|etat|payment|paiement|stage|etape)\b.*")
"""Headers of words that say how something stands: "Paid" is no channel there."""
RATE = re.compile(
    r".*(%|\b(rate|ratio|taux|average|avg|mean|moyenne|moyen|median|percent|pct|share|part de"
    r"|cost per|cout par|cout au|per|par|cpc|cpm|cpa|cpl|ctr|roi|roas|score|quote|tasso|tasa"
    r"|ltv|clv|arpu|arpa|aov|nrr|grr|growth|yoy|mom"
    r"|croissance|margin|marge|payback|attainment|satisfaction|discount|remise)\b).*"
)
"""Headers of what is worked out from other figures."""
LIKE = {
    "cost_media": re.compile(
        r"depenses?|spend|spent|cout|cost|budget (depense|consomme)|ads? cost"
    ),
    "visitors": re.compile(
        r"((online )?(store|shop|site|website|web) )?(visitors?|users?)"
        r"|(active|unique) (users?|.*visitors?)"
        r"|visiteurs? .*|utilisateurs? (actifs?|.*)|visitantes .*"
    ),
    "gross_revenue": re.compile(
        r"(net|gross|total) (sales|revenue|turnover)|ventes (nettes|brutes|totales)"
        r"|ca (net|brut|ht|ttc)"
        r"|chiffre d'affaires .*|ventas( netas| brutas)?|ingresos?( totale?s?)?|receita( total)?"
        r"|faturamento( total)?|vendite|ricavi( totali)?|erlose"
        r"|(orders?|sales) (value|amount|total)"
    ),
    "email_subscribers": re.compile(
        r"(subscribers?|abonnes?|inscrits?) .*newsletter|(mailing|e-?mail) list( size)?"
        r"|base e-?mail"
    ),
    "leads": re.compile(
        r"sign-? ?ups?|inscriptions|registrations|form (submissions?|fills?)|formulaires( .*)?"
        r"|demandes? (de )?.*|(demo|quote) requests|enquiries|inquiries|anfragen|solicitudes"
    ),
    "new_customers": re.compile(
        r"(new )?(customers?|clients?) (acquired|gained|won|signed|acquis|gagnes|signes)"
        r"|acquired (customers?|clients?)|first[- ]time (buyers?|customers?)"
    ),
    "lost_customers": re.compile(
        r"(cancel?led|churned|lost) (customers?|clients?|subscribers?|accounts?)"
        r"|(customers?|clients?) (lost|churned|cancel?led|perdus|partis)|churns?|resiliations"
    ),
    "customers": re.compile(
        r"(active|paying|total|no\.?|number of|nb|nb de)"
        r" (customers?|clients?|subscribers?|accounts?|subscriptions?)"
        r"|(customer|client|subscriber) base|(clients|abonnes) (actifs|payants)"
    ),
    "orders": re.compile(r"purchased|(number of )?(purchases?|sales count)|nb (de )?ventes"),
    "conversions": re.compile(r"goal completions|goals|objectifs( atteints)?|conv\.?"),
    "emails_opened": re.compile(r"ouvert(ures|s)|opens|opened|ouvreurs"),
    "emails_sent": re.compile(r"envois|envoyes|sent|sends"),
    "revenue": re.compile(r"ventes?|montant|amounts?|revenus|recettes|turnover|income"),
    "followers": re.compile(
        r"(?!new|net|lost|gain|nouve).* followers|followers? (count|total)|abonnes (?!gagn|perd).*"
        r"|fans"
    ),
}
"""What a column of numbers may be called besides the names of metrics: proposed, never taken."""

ON_PLATFORMS = re.compile(
    r".*\b(video|videos|watch time|duree de visionnage|reels?|stories|followers?|abonnes|likes?"
    r"|j'aime|retweets?|reposts?|shares?|partages|comments?|commentaires|subscribers|seguidores|unfollows)\b.*"
)
ELSEWHERE = frozenset(
    {
        "views", "vues", "impressions", "visits", "visites", "clicks", "clics", "subscribers",
        "users", "visitors", "visiteurs", "traffic", "page views", "pageviews",
    }
)  # fmt: skip
FEWEST_OTHERS = 2


def told_by_others(headers: Iterable[str]) -> frozenset[str]:
    """Headers that mean something else beside the others: "views" of videos are no page views.

    In a table of a social network or of videos, what sounds like the site's figures is theirs.
    """
    keys = list(headers)
    there = [key for key in keys if ON_PLATFORMS.fullmatch(key) and key != "subscribers"]
    of_videos = any("video" in key or "watch time" in key for key in there)
    if len(there) < FEWEST_OTHERS and not of_videos:
        return frozenset()
    return frozenset(key for key in keys if key in ELSEWHERE)

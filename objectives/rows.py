"""One line per objective with its latest result: what lists, the home page and the digest show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts import fmt
from accounts.models import Workspace
from objectives.explanation import explanation
from objectives.judgement import WORST_FIRST
from objectives.models import DailyResult, Objective
from objectives.presentation import is_in_points, value_format
from objectives.wording import Facts, Format, Text, badge, gap_sentence, lang, needed_sentence
from objectives.wording import status_name as name_of

SEVERITY = {status.value: place for place, status in enumerate(WORST_FIRST)} | {"failed": 1}
"""By status, its place in lists: worst first. What could not be calculated is near the top."""
UNKNOWN = ("no_data", "waiting", "failed", "too_early")
"""The statuses that say more than the numbers would."""
FROM_ZERO = ("cumulative", "budget", "limit")
_STANDS: Mapping[str, Text] = {
    "amount": lazy("%(value)s of %(target)s."),
    "level": lazy("%(value)s; the target is %(target)s."),
    "limit": lazy("%(value)s in the last period; the limit is %(target)s."),
}


@dataclass(frozen=True)
class Row:
    """One objective with its latest result and the words of both."""

    objective: Objective
    result: DailyResult | None
    status: str
    shown_status: str
    status_word: str
    tone: str = "quiet"
    value: str = fmt.MISSING
    target: str = fmt.MISSING
    plan: str = fmt.MISSING
    gap: str = ""
    needed: str = ""
    gap_short: str = ""
    reason: str = ""
    progress: Decimal | None = None
    plan_share: Decimal | None = None

    @property
    def why(self) -> str:
        """One to three sentences: where it stands and what it needs, or why nobody knows."""
        if self.result is None:
            return ""
        if self.reason:
            return self.reason
        stands = str(_STANDS[self._stands]) % {"value": self.value, "target": self.target}
        rest = [f"{text}." for text in (self.gap, self.needed) if text]
        return " ".join([stands, *rest])

    @property
    def method(self) -> str:
        """How the objective is measured; empty without a result."""
        return str(self.result.rule_params.get("method", "")) if self.result else ""

    @property
    def adds_to_target(self) -> bool:
        """Whether the value is an amount of the target: "339 of 720"."""
        rollup = self.result.rule_params.get("rollup") if self.result else ""
        return self.method in FROM_ZERO or rollup == "stock"

    @property
    def _stands(self) -> str:
        if self.adds_to_target:
            return "amount"
        return "limit" if self.method == "periods" else "level"

    @property
    def bar_label(self) -> str:
        """The bar in a sentence: "52% done, the plan says 74%"."""
        if self.progress is None:
            return _("%(value)s of %(target)s") % {"value": self.value, "target": self.target}
        done = fmt.percent(self.progress, lang(), 0)
        if self.plan_share is None:
            return _("%(done)s done") % {"done": done}
        plan = fmt.percent(self.plan_share, lang(), 0)
        return _("%(done)s done, the plan says %(plan)s") % {"done": done, "plan": plan}


def row_of(objective: Objective, result: DailyResult | None, workspace: Workspace) -> Row:
    """One objective's line, with every number written out in the active language."""
    objective.workspace = workspace
    write = value_format(objective, lang())
    if result is None:
        state = "not_started" if objective.state == "active" else objective.state
        return Row(
            objective, None, state, state, name_of(state), target=_written(write, objective.target)
        )
    shown = badge(result.status, result.rule_params)
    in_points = is_in_points(objective)
    return Row(
        objective=objective,
        result=result,
        status=result.status,
        shown_status=result.shown_status,
        status_word=shown.word,
        tone=shown.tone,
        value=_written(write, result.value),
        target=_written(write, result.target),
        plan=_written(write, None if result.status == "not_started" else result.expected),
        gap=gap_sentence(result.rule_params, write, in_points=in_points),
        needed=needed_sentence(result.rule_params, write),
        gap_short=_gap_short(result, in_points=in_points),
        reason=_reason(result, write),
        progress=result.progress,
        plan_share=plan_share(result),
    )


def rows_of(
    objectives: Iterable[Objective],
    results: dict[int, DailyResult],
    workspace: Workspace,
    *,
    today: date,
) -> list[Row]:
    """The lines of many objectives, worst first, then by their last day."""
    rows = [row_of(one, results.get(one.pk), workspace) for one in objectives]
    rows.sort(key=lambda row: (SEVERITY.get(row.status, 99), row.objective.end or today))
    return rows


def _written(write: Format, value: Decimal | None) -> str:
    return fmt.MISSING if value is None else write(value)


def _reason(result: DailyResult, write: Format) -> str:
    if result.status not in UNKNOWN:
        return ""
    return explanation(result.rule, result.rule_params, write)


def _gap_short(result: DailyResult, *, in_points: bool) -> str:
    """The distance to the plan in a table's cell: "-30%", for rates "-0.4 pp"."""
    facts = Facts(result.rule_params)
    gap, ratio = facts.number("gap"), facts.number("gap_ratio")
    if gap is not None and in_points:
        return fmt.points(gap, lang())
    return "" if ratio is None else fmt.signed_percent(ratio, lang())


def plan_share(result: DailyResult) -> Decimal | None:
    """Where the plan stands on the progress bar: expected as a share of the way to the target."""
    if result.expected is None or result.target is None:
        return None
    opening = result.baseline or Decimal(0)
    if result.rule_params.get("method") in FROM_ZERO:
        opening = Decimal(0)
    way = result.target - opening
    return (result.expected - opening) / way if way else None

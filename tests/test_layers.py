"""The layers, read from the source: who imports whom, what is pure, and what nobody writes."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("accounts", "metrics", "objectives", "reports", "kpitracker")
"""From the lowest to the highest; each may import itself and what is left of it."""
PURE = (
    *("metrics/movement.py", "metrics/effects.py", "metrics/resolution.py"),
    *("metrics/formula.py", "metrics/formula_nodes.py", "metrics/formula_text.py"),
    "metrics/calculation.py",
    *("metrics/units.py", "metrics/quantities.py", "metrics/formula_check.py"),
    *("metrics/periods.py", "metrics/rhythm.py", "metrics/catalogue/"),
    *("objectives/pace.py", "objectives/measure.py", "objectives/judgement.py"),
    *("objectives/levels.py", "objectives/status.py", "objectives/smart.py"),
    *("objectives/chance.py", "objectives/expected.py", "objectives/drift.py"),
    *("objectives/discoveries.py", "objectives/holding.py", "objectives/rule_checks.py"),
)
CLOCKS = {"now", "today", "utcnow"}
MARKS_AS_SAFE = {"accounts/templatetags/components.py"}
"""Files that may call a text safe, because every part of it was written or escaped there."""
WAYS_OUT = {"accounts/outbound.py", "accounts/chat.py"}
RINGS = {"accounts/mail.py", "kpitracker/celery.py", "kpitracker/tasks.py"}
"""Files that may hand work to Celery: the bells, rung once the rows they tell of are there."""
UNESCAPED = ["templates/admin/auth/user/change_password.html"]
"""Django's own template, which shows its own texts of help."""
LOOKED_AT = (ast.Import, ast.ImportFrom, ast.Call, ast.Assign, ast.ClassDef)
CONNECT_ELSEWHERE = {"requests", "httpx", "aiohttp", "urllib3", "urllib.request"}

Wrong = Callable[[ast.Module], Iterator[str]]


def sources() -> list[str]:
    """The product's Python files, relative to the project."""
    return sorted(
        str(path.relative_to(ROOT)) for layer in LAYERS for path in (ROOT / layer).rglob("*.py")
    )


@cache
def tree(source: str) -> ast.Module:
    return ast.parse((ROOT / source).read_text(encoding="utf-8"), source)


@cache
def nodes(module: ast.Module) -> list[ast.AST]:
    """Whatever is looked at here, in any depth: a file is walked through once."""
    return [node for node in ast.walk(module) if isinstance(node, LOOKED_AT)]


def imports(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Every imported module with its line, those inside of functions too."""
    for node in nodes(module):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def calls(module: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last part of what is called."""
    for node in nodes(module):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr, node
            elif isinstance(node.func, ast.Name):
                yield node.func.id, node


def is_pure(source: str) -> bool:
    return source.startswith(PURE)


def upward(source: str) -> list[str]:
    """The imports of a file that lead to a layer above its own."""
    above = LAYERS[LAYERS.index(source.split("/")[0]) + 1 :]
    return sorted(
        {
            f"{source}:{line} imports {name}"
            for name, line in imports(tree(source))
            if name.split(".")[0] in above
        }
    )


def test_no_app_imports_one_above_it() -> None:
    assert [each for source in sources() for each in upward(source)] == []


def test_an_import_upwards_would_be_found() -> None:
    found = list(imports(ast.parse("def late():\n    from reports.digests import make_digest\n")))
    assert ("reports.digests", 2) in found


def test_a_pure_module_imports_the_standard_library_and_pure_modules() -> None:
    pure = {source.removesuffix(".py").replace("/", ".") for source in sources() if is_pure(source)}
    packages = {name.removesuffix(".__init__") for name in pure}
    wrong = {
        f"{source} imports {name}"
        for source in filter(is_pure, sources())
        for node in nodes(tree(source))
        for name in names_of(node, packages)
        if name.split(".")[0] not in sys.stdlib_module_names and name not in packages
    }
    assert sorted(wrong) == []


def names_of(node: ast.AST, modules: set[str]) -> list[str]:
    """The modules that one statement imports: ``from package import module`` names the module."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    inner = [f"{node.module}.{alias.name}" for alias in node.names]
    return inner if set(inner) <= modules else [node.module or ""]


def test_a_pure_module_reads_no_clock() -> None:
    wrong = [
        f"{source}:{call.lineno} calls {name}()"
        for source in filter(is_pure, sources())
        for name, call in calls(tree(source))
        if name in CLOCKS
    ]
    assert wrong == []
    assert [
        s for s in sources() if is_pure(s) for name, _ in imports(tree(s)) if name == "time"
    ] == []


def test_every_module_that_is_called_pure_exists() -> None:
    assert [name for name in PURE if not (ROOT / name).exists()] == []


# --- What nobody writes -------------------------------------------------------------------------


def hands_work_to_celery(module: ast.Module) -> Iterator[str]:
    for name, call in calls(module):
        if name in {"delay", "apply_async", "send_task"}:
            yield f"{call.lineno}: .{name}() beside the bells"


def calls_a_text_safe(module: ast.Module) -> Iterator[str]:
    for name, call in calls(module):
        if name in {"mark_safe", "SafeString", "SafeText"}:
            yield f"{call.lineno}: {name}()"


def writes_sql_past_the_models(module: ast.Module) -> Iterator[str]:
    for name, call in calls(module):
        if name in {"raw", "extra", "RawSQL"}:
            yield f"{call.lineno}: .{name}()"


def opens_connections(module: ast.Module) -> Iterator[str]:
    for name, line in imports(module):
        if name in CONNECT_ELSEWHERE or name.split(".")[0] in CONNECT_ELSEWHERE:
            yield f"{line}: imports {name}"


def takes_every_field(module: ast.Module) -> Iterator[str]:
    for node in nodes(module):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names = {target.id for target in node.targets if isinstance(target, ast.Name)}
            if "fields" in names and node.value.value == "__all__":
                yield f'{node.lineno}: fields = "__all__"'


def listens_to_signals(module: ast.Module) -> Iterator[str]:
    for name, line in imports(module):
        if name.startswith(("django.dispatch", "django.db.models.signals")):
            yield f"{line}: imports {name}"


def overrides_save(module: ast.Module) -> Iterator[str]:
    for node in nodes(module):
        if isinstance(node, ast.ClassDef) and any("Model" in ast.unparse(b) for b in node.bases):
            for member in node.body:
                if isinstance(member, ast.FunctionDef) and member.name == "save":
                    yield f"{member.lineno}: {node.name}.save() is overridden"


def imports_a_star(module: ast.Module) -> Iterator[str]:
    for name, line in imports(module):
        if name.endswith(".*"):
            yield f"{line}: imports {name}"


@pytest.mark.parametrize(
    ("wrong", "allowed"),
    [
        (hands_work_to_celery, RINGS),
        (calls_a_text_safe, MARKS_AS_SAFE),
        (writes_sql_past_the_models, set()),
        (opens_connections, WAYS_OUT),
        (takes_every_field, set()),
        (listens_to_signals, set()),
        (overrides_save, set()),
        (imports_a_star, set()),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_nobody(wrong: Wrong, allowed: set[str]) -> None:
    found = {
        source: list(wrong(tree(source))) for source in sources() if "/migrations/" not in source
    }
    assert {
        source: lines for source, lines in found.items() if lines and source not in allowed
    } == {}
    assert {source for source in allowed if not found[source]} == set()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (hands_work_to_celery, "run_job.delay(1)"),
        (calls_a_text_safe, "mark_safe(name)"),
        (writes_sql_past_the_models, "Fact.objects.raw(sql)"),
        (opens_connections, "from urllib.request import urlopen"),
        (takes_every_field, "class Meta:\n    fields = '__all__'"),
        (listens_to_signals, "from django.db.models.signals import post_save"),
        (overrides_save, "class Fact(models.Model):\n    def save(self): ..."),
        (imports_a_star, "from metrics import *"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_it_would_be_found(wrong: Wrong, code: str) -> None:
    assert list(wrong(ast.parse(code)))


def test_no_template_switches_escaping_off() -> None:
    off = re.compile(r"\|\s*safe(seq)?\b|autoescape\s+off")
    wrong = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if off.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == UNESCAPED


def test_no_module_is_named_for_nothing() -> None:
    vague = {"utils", "helpers", "services", "managers", "misc", "common"}
    assert [source for source in sources() if set(Path(source).with_suffix("").parts) & vague] == []

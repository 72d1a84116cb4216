"""The repository polices itself: what review says twice, a test here says the third time."""

from __future__ import annotations

import ast
import re
from inspect import signature
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import autodiscover_modules

from registry import lawbook
from registry.rulebook import BOOK
from worker.celery import app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT: Path = settings.BASE_DIR
PACKAGES = ("config", "console", "worker", "cleanup", "decoupling", "registry")
OPEN_TO_ALL = {"sign_in", "sign_out", "set_language"}
"""Addresses without a permission, each on purpose. Django's admin guards itself: superusers only."""

PROMISED = {
    "import_register",
    "import_reports",
    "sweep",
    "explain",
    "export_progress",
    "export_decoupling",
    "verify_ledger",
    "export_ledger",
    "demo",
}

autodiscover_modules("rules")


def files(*patterns: str) -> list[Path]:
    found = [path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def code_of_the_program() -> list[Path]:
    return files("manage.py", *(f"{package}/**/*.py" for package in PACKAGES))


def everything_written() -> list[Path]:
    return [
        *code_of_the_program(),
        *files("tests/**/*.py", "docs/**/*.md", ".ci/*", "requirements/*", "deploy/**/*", "console/**/*.html"),
        *files("Makefile", "pyproject.toml", "*.md", ".env.example", ".gitignore", "**/*.toml", "console/**/*.css"),
    ]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text_of_tests() -> str:
    return "\n".join(
        path.read_text(encoding="utf-8") for path in files("tests/**/*.py") if path.name != "test_repository.py"
    )


def named_views(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from named_views(entry, space + str(entry.pattern))
        else:
            yield space + str(entry.pattern), entry


# --- rules, constraints, law -------------------------------------------------------------------------


def test_every_rule_is_named_in_a_test() -> None:
    tests = text_of_tests()
    untested = [
        each.code
        for each in BOOK.values()
        if not re.search(rf"\b{each.code}\b", tests) and not re.search(rf"\b{each.holds.__name__}\b", tests)
    ]
    assert untested == []


def test_every_named_constraint_is_broken_in_a_test() -> None:
    tests = text_of_tests()
    names = [
        constraint.name
        for model in apps.get_models()
        if model._meta.app_label in PACKAGES
        for constraint in model._meta.constraints
    ]
    assert len(names) > 30
    assert [name for name in names if f'"{name}"' not in tests] == []


def test_every_basis_a_rule_cites_is_in_the_law_book() -> None:
    known = {row["code"] for row in lawbook.read()[0]}
    assert {each.code: each.basis for each in BOOK.values() if not known.issuperset(each.citations)} == {}


def test_every_policy_has_a_title_and_one_unit() -> None:
    """A new policy needs its [[matter]] at the end of law.toml: officers read titles, not keys."""
    policies, titles = lawbook.read()[1], lawbook.titles()
    assert {row["key"] for row in policies} == set(titles)
    assert len({(row["key"], row.get("unit", "")) for row in policies}) == len(titles)


def test_the_generated_documents_are_fresh() -> None:
    call_command("build_docs", check=True)


# --- doors --------------------------------------------------------------------------------------------


def test_every_address_has_a_permission() -> None:
    views = list(named_views(get_resolver()))
    unguarded = {view.name for _, view in views if not hasattr(view.callback, "permission")}
    assert unguarded == OPEN_TO_ALL
    assert [route for route, view in views if not view.name] == []


def test_every_promised_command_exists() -> None:
    assert PROMISED - set(get_commands()) == set()


def test_every_entry_of_the_schedule_binds_to_a_task() -> None:
    app.loader.import_default_modules()
    assert app.conf.beat_schedule
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] in app.tasks, name
        task = app.tasks[entry["task"]]
        signature(task.run).bind(*entry.get("args", ()), **entry.get("kwargs", {}))


# --- settings and dependencies ------------------------------------------------------------------------


def test_the_example_environment_names_exactly_what_the_settings_read() -> None:
    tree = ast.parse((ROOT / "config" / "settings.py").read_text(encoding="utf-8"))
    read = [
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.func.attr != "read_env"
        and isinstance(call.args[0], ast.Constant)
    ]
    told = re.findall(r"^([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(told) == sorted(set(read))


def test_nothing_else_reads_the_environment() -> None:
    readers = [name_of(path) for path in code_of_the_program() if re.search(r"os\.(environ\[|getenv)", source(path))]
    assert readers == []


@pytest.mark.parametrize("lock", ["base.txt", "postgres.txt", "dev.txt"])
def test_a_lock_pins_every_package_by_hash_and_names_no_index(lock: str) -> None:
    text = source(ROOT / "requirements" / lock)
    assert not re.search(r"https?:|--(extra-)?index-url|--find-links", text)
    pinned = re.split(r"\n(?=\S)", text.strip())
    assert all(re.match(r"[a-z0-9._\[\]-]+==\S+", each) and "--hash=sha256:" in each for each in pinned)


def test_the_program_runs_on_the_versions_that_are_tested() -> None:
    base, postgres, tested = (
        set(re.findall(r"^(\S+==\S+)", source(ROOT / "requirements" / lock), re.MULTILINE))
        for lock in ("base.txt", "postgres.txt", "dev.txt")
    )
    assert base < postgres < tested


def test_every_dependency_has_its_reason() -> None:
    for path in files("requirements/*.in"):
        wanted = [line for line in source(path).splitlines() if line and line[0] not in "#-"]
        assert [line for line in wanted if not re.search(r"  # \w", line)] == [], path.name


# --- how the code looks -------------------------------------------------------------------------------


def source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_no_module_is_longer_than_400_lines() -> None:
    modules = [path for path in [*code_of_the_program(), *files("tests/**/*.py")] if "migrations" not in path.parts]
    assert {name_of(path): n for path in modules if (n := len(source(path).splitlines())) > 400} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    found = {
        f"{name_of(path)}:{node.name}": length
        for path in code_of_the_program()
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(source(path)))
        if isinstance(node, ast.FunctionDef) and (length := node.end_lineno - node.lineno + 1) > 40
    }
    assert found == {}


def test_nothing_is_imported_inside_a_function() -> None:
    found = [
        f"{name_of(path)}:{inner.lineno}"
        for path in [*code_of_the_program(), *files("tests/**/*.py")]
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(source(path)))
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert found == []


def test_there_is_no_room_for_odds_and_ends() -> None:
    banned = {"utils", "helpers", "common", "services", "misc"}
    assert [name_of(path) for path in code_of_the_program() if banned & {path.stem, *path.parts}] == []


def test_every_exception_to_a_check_says_why() -> None:
    unexplained = [
        f"{name_of(path)}:{number}"
        for path in [*code_of_the_program(), *files("tests/**/*.py")]
        for number, line in enumerate(source(path).splitlines(), start=1)
        if (mark := re.search(r"# (noqa|type: ignore)\b(.*)$", line))
        and not re.match(r"(: [A-Z0-9, ]+ - \S|\[[a-z, -]+\]  # \S)", mark[2])
    ]
    assert unexplained == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    folders = re.compile(r"(?<![\w.$}-])/(?:work|root|home|Users|opt)/\w")
    found = [f"{name_of(path)}: {hit[0]}" for path in everything_written() if (hit := folders.search(source(path)))]
    assert found == []


def test_the_readme_stays_short() -> None:
    assert len(source(ROOT / "README.md").splitlines()) <= 120

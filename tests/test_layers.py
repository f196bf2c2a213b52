"""Modules import downward only, and heavy packages only where they are used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from xl_rebal.functions import FUNCTIONS

ROOT = Path(__file__).parent.parent
LAYERS = [
    {"errors", "typing", "wording", "columns", "collector", "soffice"},
    {"numerics"},
    {"cells"},
    {"model"},
    {"tax"},
    {"engine"},
    {"workbook"},
    {"imports"},
    {"examples"},
    {"arguments"},
    {"worksheet"},
    {"functions", "commands", "importing"},
    {"registry"},
    {"generate", "screen", "answers", "doctor"},
    {"terminal", "terminal_help"},
    {"cli_options", "cli_words"},
    {"cli_addin", "cli_frame"},
    {"cli_results"},
    {"cli"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
MODULES = sorted((ROOT / "xl_rebal").rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(ROOT / "xl_rebal").parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_imports_downward_only(path: Path) -> None:
    if path == ROOT / "xl_rebal" / "__init__.py":
        assert imports(path) == set()
        return
    here = LEVEL[part_of(path)]
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "udfs":
            assert path.name == "cli_addin.py", f"{path} imports the host udfs"
        if parts[0] == "xl_rebal" and len(parts) > 1 and parts[1] in LEVEL:
            assert LEVEL[parts[1]] <= here, f"{path.name} imports {name} from above"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "udfs" / "libreoffice").glob("*.py")), ids=lambda p: p.name
)
def test_the_calc_add_in_needs_no_excel_and_only_its_component_an_office(path: Path) -> None:
    names = {name.split(".")[0] for name in imports(path)}

    assert "xlwings" not in names
    assert not {"udfs.desktop", "udfs.functions", "udfs.macros"} & imports(path)
    assert not names & {"uno", "unohelper"} or path.name == "component.py"


def test_the_command_line_loads_udfs_only_when_it_is_asked_for_a_file_with_macros() -> None:
    code = "import sys, xl_rebal.cli; print([m for m in sys.modules if m.startswith('udfs')])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_files_with_macros_are_made_without_importing_xlwings() -> None:
    code = (
        "import sys; from udfs.excel.configuration import Interpreter; "
        "from udfs.excel.shipped import add_in; add_in(Interpreter()); "
        "print([m for m in ('xlwings', 'pandas', 'cvxpy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_only_the_named_modules_import_heavy_packages() -> None:
    allowed = {
        "cvxpy": {"model.py", "infeasible.py"},
        "clarabel": {"cone.py"},
        "scipy": {"cone.py"},
        "xlwings": set[str](),
        "pandas": set[str](),
        "typer": {
            *("cli.py", "cli_addin.py", "cli_frame.py"),
            *("cli_options.py", "cli_results.py", "cli_words.py"),
        },
        "rich": {"screen.py", "terminal.py"},
        "python_calamine": {"file_sheets.py"},
    }
    for path in MODULES:
        for name in imports(path):
            top = name.split(".")[0]
            assert path.name in allowed.get(top, {path.name}), f"{path} imports {top}"
            if top == "openpyxl":
                assert part_of(path) == "workbook", path


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, xl_rebal, xl_rebal.registry, xl_rebal.commands; "
        "print([m for m in ('cvxpy', 'xlwings', 'pandas', 'openpyxl') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("module", ["udfs.functions", "udfs.macros"])
def test_what_excel_waits_for_loads_no_solver_and_no_writer_of_files(module: str) -> None:
    heavy = (
        "cvxpy",
        "scipy",
        "clarabel",
        "highspy",
        "openpyxl",
        "python_calamine",
        "typer",
        "rich",
    )
    code = f"import sys, {module}; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def loaded_by(code: str) -> set[str]:
    """The modules that a new process has loaded behind some lines of code."""
    code = f"import sys\n{code}\nprint(*sys.modules, sep='\\n', file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stderr.split())


def within(packages: tuple[str, ...], loaded: set[str]) -> list[str]:
    return sorted(
        name for name in loaded if any(f"{name}.".startswith(f"{each}.") for each in packages)
    )


@pytest.mark.parametrize("module", ["xl_rebal.registry", "udfs.functions"])
def test_what_a_book_waits_for_when_it_is_opened_declares_and_does_no_work(module: str) -> None:
    works = (
        "xl_rebal.engine",
        "xl_rebal.tax.ledger",
        "xl_rebal.tax.results",
        "xl_rebal.workbook.layout",
        "xl_rebal.workbook.tables",
        "xl_rebal.functions.work",
        "xl_rebal.commands",
        "openpyxl",
        "cvxpy",
        "highspy",
    )
    loaded = loaded_by(f"import {module}")

    assert within(works, loaded) == []
    assert "xl_rebal.functions.orders" in loaded


def test_the_registry_loads_neither_pandas_nor_a_part_that_it_does_not_name() -> None:
    parts = {"errors", "typing", "wording", "cells", "numerics", "model", "tax", "arguments"}
    loaded = loaded_by("import xl_rebal.registry")

    assert within(("pandas", "xlwings"), loaded) == []
    ours = {name.split(".")[1] for name in within(("xl_rebal",), loaded) if "." in name}
    assert ours == parts | {"worksheet", "functions", "registry"}
    assert within(("xl_rebal.tax",), loaded) == ["xl_rebal.tax", "xl_rebal.tax.methods"]


@pytest.mark.parametrize(
    ("name", "works"),
    [
        ("XR_DRIFT", ("xl_rebal.engine", "xl_rebal.workbook")),
        ("XR_TRADES", ("xl_rebal.engine.backtest", "xl_rebal.engine.study", "xl_rebal.tax.ledger")),
        ("XR_LOTS", ("xl_rebal.engine",)),
        ("XR_BACKTEST", ("xl_rebal.engine.after_tax", "xl_rebal.engine.rebalance", "cvxpy")),
    ],
)
def test_a_function_that_is_called_first_loads_no_work_of_others(
    name: str, works: tuple[str, ...]
) -> None:
    call = f"spec = FUNCTIONS[{name!r}]\nspec(*spec.example)"
    loaded = loaded_by(f"from xl_rebal.registry import FUNCTIONS\n{call}")

    assert within(works, loaded) == []
    assert within(("xl_rebal.functions.work",), loaded)


def test_the_layout_of_a_book_and_its_settings_are_read_without_the_engine() -> None:
    loaded = loaded_by("import xl_rebal.workbook.layout, xl_rebal.workbook.parse_settings")

    assert within(("xl_rebal.engine", "xl_rebal.tax.ledger"), loaded) == []


def test_functions_are_listed_on_a_terminal_without_the_commands() -> None:
    call = "sys.argv = ['xl-rebal', 'functions']\nfrom xl_rebal.cli import main"
    loaded = loaded_by(f"{call}\ntry:\n    main()\nexcept SystemExit:\n    pass")

    assert within(("xl_rebal.commands", "xl_rebal.engine"), loaded) == []
    assert "xl_rebal.terminal_help" in loaded


def test_the_registry_lists_every_function_to_whoever_imports_it_alone() -> None:
    code = "from xl_rebal.registry import FUNCTIONS; print(*FUNCTIONS)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == list(FUNCTIONS)
    assert "XR_DRIFT" in FUNCTIONS

"""The package's source as the rules see it: modules, what they import, and their strings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "pyquartz"


@dataclass(frozen=True)
class Import:
    """One import: of what, and whether it happens when the module itself is imported."""

    target: str
    line: int
    lazy: bool


@dataclass(frozen=True)
class Module:
    """A module of the package, parsed."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def imports(self) -> list[Import]:
        """What runs of its imports; those for type checkers only are left out."""
        return list(self._imports(self.tree.body, lazy=False))

    def _imports(self, body: list[ast.stmt], lazy: bool) -> Iterator[Import]:
        for node in body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(alias.name, node.lineno, lazy)
            elif isinstance(node, ast.ImportFrom):
                base = self._absolute(node)
                yield Import(base, node.lineno, lazy)
                for alias in node.names:
                    yield Import(f"{base}.{alias.name}", node.lineno, lazy)
            elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                yield from self._imports(node.orelse, lazy)
            else:
                inside = lazy or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
                for field in ("body", "orelse", "finalbody", "handlers"):
                    yield from self._imports(getattr(node, field, []), inside)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]
        for _ in range(node.level - 1):
            package = package.rpartition(".")[0]
        return f"{package}.{node.module}" if node.module else package

    @property
    def strings(self) -> Iterator[tuple[int, str]]:
        """Every string in the code with its line; docstrings are prose and left out."""
        prose = {id(node.value) for node in ast.walk(self.tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(self.tree):
            value = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and id(node) not in prose:
                yield node.lineno, value


def modules() -> list[Module]:
    """Every module of pyquartz."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"))))
    return found


def is_in(target: str, package: str) -> bool:
    """Whether a dotted name is a package or lies in it."""
    return target == package or target.startswith(package + ".")

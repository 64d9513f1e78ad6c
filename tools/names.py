# Copyright (c) 2026, oceanops.app_platform contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-test's pylint refuses and ruff does not, found in a second instead of a minute.

Two rules: the names that pylint's configuration for collections forbids (``_`` above all, which Ansible keeps for
translations), and a parameter whose default is a mutable value that stands in the module.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.house import ROOT, say, source_files

FORBIDDEN = frozenset({"_", "bar", "baz", "foo", "tata", "toto", "tutu"})
_MUTABLE = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)


def findings(code: str) -> Iterator[tuple[int, str]]:
    """Line and message of everything that pylint would refuse in ``code``."""
    tree = ast.parse(code)
    mutable = _mutable_values(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in FORBIDDEN:
            yield node.lineno, f'disallowed name "{node.id}": say what it is (_line, _attempt)'
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            if not isinstance(node, ast.Lambda) and node.name in FORBIDDEN:
                yield node.lineno, f'disallowed name "{node.name}": say what it does'
            named = (
                () if isinstance(node, ast.Lambda) else (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            )
            for parameter in named:
                if parameter.arg in FORBIDDEN:
                    yield parameter.lineno, f'disallowed name "{parameter.arg}": say what it is (_line, _attempt)'
            for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
                if isinstance(default, ast.Name) and default.id in mutable:
                    yield default.lineno, f'default "{default.id}" is a mutable value of the module: take None for it'


def _mutable_values(tree: ast.Module) -> set[str]:
    """Names that the module gives a dict, a list or a set."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, _MUTABLE):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names.update(target.id for target in targets if isinstance(target, ast.Name))
    return names


def main(names: list[str]) -> int:
    """Look at the files called ``names`` (all Python files of the checkout when empty); exit status 1 on a finding."""
    paths = [Path(name) for name in names] or [ROOT / path for path in source_files() if path.suffix == ".py"]
    found = 0
    for path in sorted(paths):
        shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        for line, message in findings(path.read_text(encoding="utf-8")):
            found += 1
            say(f"{shown}:{line}: {message}")
    say(f"{len(paths)} files, {found} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

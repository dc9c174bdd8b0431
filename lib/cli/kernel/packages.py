"""Packages that a cell imports by name and the project has not locked.

Deno refuses such an import, and from then on every other one too, until it is started again.
"""

import json
import pathlib
import re

from imports import blanked

ROOT = pathlib.Path(__file__).parents[3]
IMPORT = re.compile(r"\b(?:from|import)\b")
SPECIFIER = re.compile(r"""\s*\(?\s*["'](npm|jsr):/?((?:@[^/"'@]+/)?[^/"'@]+)(@[^/"']+)?[^"']*["']""")


def unlocked(code, root=ROOT):
    """What to throw instead of running a cell, or None where all its packages are locked."""
    if "npm:" not in code and "jsr:" not in code:
        return None
    try:
        specifiers = json.loads((root / "deno.lock").read_text())["specifiers"]
    except (OSError, ValueError, KeyError):
        return None
    if not pathlib.Path.cwd().is_relative_to(root):
        return None  # another project's notebook, with other rules
    for match in IMPORT.finditer(blanked(code)):
        found = SPECIFIER.match(code, match.end())
        if found is None:
            continue
        kind, name, version = found.groups()
        package = f"{kind}:{name}{version or ''}"
        if f"{kind}:{name}{version or '@*'}" not in specifiers:
            add = f"DENO_DIR=.deno/cache .deno/deno add --frozen=false {package}"
            return f"Cannot import {package} as deno.lock must hold it: run {add}, and restart the kernel"
    return None

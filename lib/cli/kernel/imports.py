"""Which names of a notebook are the library's: read from the imports of its cells."""

import re

STATIC = re.compile(r"""\bimport\s+(?:type\s+)?([^"';]+?)\s+from\s+["']([^"']+)["']""")
DYNAMIC = re.compile(
    r"""\b(?:const|let|var)\s+([\w$]+|\{[^}]*\})\s*=\s*\(?\s*await\s+import\(\s*["']([^"']+)["']"""
)
UNPACKED = re.compile(r"\b(?:const|let|var)\s+\{([^}]*)\}\s*=\s*([\w$.]+)\s*(?:;|\n|$)")


def listed(text):
    """Pairs of name and alias in `{ a, b as c, type T, d: e }`."""
    for part in text.strip().strip("{}").split(","):
        words = re.sub(r"^\s*type\s+", "", part)
        match = re.fullmatch(r"\s*([\w$]+)(?:\s*(?:\bas\b|:)\s*([\w$]+))?\s*", words)
        if match:
            yield match[1], match[2] or match[1]


class Names:
    """Alias to path: a module, or a module and a name in it."""

    def __init__(self, known=None):
        self.known = dict(known or {})

    def read(self, code):
        for clause, module in [*STATIC.findall(code), *DYNAMIC.findall(code)]:
            module = re.sub(r"^(?:\.{1,2}/)+lib/", "lora-dynamics/", module)
            namespace = re.fullmatch(r"(?:\*\s*as\s+)?([\w$]+)", clause.strip())
            if namespace:
                self.known[namespace[1]] = [module]
            for name, alias in listed(clause) if "{" in clause else ():
                self.known[alias] = [module, name]
        for clause, source in UNPACKED.findall(code):
            first, *rest = source.split(".")
            for name, alias in listed(clause) if first in self.known else ():
                self.known[alias] = [*self.known[first], *rest, name]

    def with_cell(self, code):
        """These names with those of a cell that has not run yet."""
        names = Names(self.known)
        names.read(code)
        return names.known


def exports(index, module):
    """What a module exports; one that is not in the index is looked for in that of its folder."""
    modules = index.get("modules", {})
    while module not in modules and "/" in module:
        folder = module.removesuffix("/mod.ts").rpartition("/")[0]
        module = f"{folder}/mod.ts" if folder else ""
    return modules.get(module, {})


def resolve(index, names, parts):
    """The entry of the index for a dotted name, or None."""
    path = [*names.get(parts[0], []), *parts[1:]]
    if len(path) < 2:
        return None
    module, name, *members = path
    entry = exports(index, module).get(name)
    for member in members:
        # Of the package as a whole each room is a name.
        entry = exports(index, entry["module"]).get(member) if entry and "module" in entry else None
    return entry if entry and "markdown" in entry else None

"""Which names of a notebook are the library's: read from the imports of its cells."""

import difflib
import re

LOCAL = re.compile(r"^(?:\.{1,2}/)+lib/")
# Strings and comments: what looks like code in them is none.
QUOTED = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|`(?:\\.|[^`\\])*`|//[^\n]*|/\*.*?\*/', re.S)
CLAUSE = re.compile(r"\bimport\s+(?:type\s+)?([\w$*{][^;()]*?)\s*\bfrom\b")
MODULE = re.compile(r"""\s*["']([^"']+)["']""")
DYNAMIC = re.compile(
    r"""\b(?:const|let|var)\s+([\w$]+|\{[^}]*\})\s*=\s*\(?\s*await\s+import\(\s*["']([^"']+)["']"""
)
UNPACKED = re.compile(r"\b(?:const|let|var)\s+\{([^}]*)\}\s*=\s*([\w$.]+)\s*(?:;|\n|$)")


def blanked(code):
    """The code with strings and comments as blanks, places unchanged."""
    return QUOTED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), code)


def statics(code):
    """What the imports of a cell bind, with the module, as the index calls the library's."""
    for match in CLAUSE.finditer(blanked(code)):
        module = MODULE.match(code, match.end())
        if module:
            yield match[1], LOCAL.sub("lora-dynamics/", module[1])


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
        for clause, module in [*statics(code), *DYNAMIC.findall(code)]:
            module = LOCAL.sub("lora-dynamics/", module)
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


def lacking(index, code):
    """Names that a cell imports from a module of the library that has them not, with that module.

    Deno gives such a name the value `undefined`, and says nothing.
    """
    for clause, module in statics(code):
        known = index.get("modules", {}).get(module)
        if known is None:
            continue
        bound = [name for name, _ in listed(clause[clause.index("{") :])] if "{" in clause else []
        if re.match(r"[\w$]+\s*(,|$)", clause):
            bound.append("default")
        for name in bound:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1, 0.7)
                yield name, module, near[0] if near else None


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

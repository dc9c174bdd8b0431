"""The library's documentation, under the names by which a notebook has imported it.

The index is made by set-up (documentation.ts): without it every question is Deno's.
"""

import json
import pathlib
import re

import imports
from imports import blanked

LIBRARY = pathlib.Path(__file__).parents[2]
TOKEN_BEFORE = re.compile(r"[\w$.]*$")
TOKEN_AFTER = re.compile(r"[\w$]*")
QUESTION = re.compile(r"\s*(?:\?{1,2}\s*([\w$.]+)|([\w$.]+)\s*\?{1,2})\s*")


def asked_for(code):
    """The name in a cell that consists of `name?` or `?name`, which is no TypeScript."""
    match = QUESTION.fullmatch(code)
    return match and (match[1] or match[2]).strip(".")


def token_at(code, position):
    """The dotted name around a place."""
    before = TOKEN_BEFORE.search(code[:position])[0]
    return (before + TOKEN_AFTER.match(code[position:])[0]).strip(".")


def opening(code, position, kinds):
    """Place of the innermost bracket of these kinds that is open there, or None."""
    closed = 0
    for place in range(position - 1, -1, -1):
        if code[place] in ")]}":
            closed += 1
        elif code[place] in "([{":
            if closed == 0 and code[place] in kinds:
                return place
            if closed == 0 and kinds == "{":
                return None
            closed = max(closed - 1, 0)
    return None


def commas(code):
    """Commas outside of all brackets: the number of the argument behind them."""
    while (inner := re.sub(r"[(\[{][^()\[\]{}]*[)\]}]", "", code)) != code:
        code = inner
    return code.count(",")


class Documentation:
    def __init__(self, path):
        self.path = path
        self.index = None
        self.names = imports.Names()

    def ran(self, code):
        self.names.read(code)

    def load(self):
        """Read when it is first needed, so that a kernel starts without it."""
        if self.index is None:
            try:
                self.index = json.loads(self.path.read_bytes())
            except (OSError, ValueError):
                self.index = {}
        return self.index

    def entry(self, name, code):
        """What the index has about a dotted name, the cell's own imports counted."""
        names = self.names.with_cell(code)
        parts = name.split(".")
        while parts and parts[0]:
            found = imports.resolve(self.load(), names, parts)
            if found is not None:
                return found
            parts.pop()  # a member of something known
        return None

    def lacking(self, code):
        """What to say about imports of names that are not there; nothing where there are none."""
        if "import" not in code:
            return ""
        lines = []
        for name, module, near in imports.lacking(self.load(), code):
            hint = f"; it has {near}" if near else ""
            lines.append(f"Warning: {module} has no {name}, which is undefined here{hint}\n")
        return "" if lines and self.is_old() else "".join(lines)

    def is_old(self):
        """Whether a file of the library has been edited since the index was made."""
        made = self.path.stat().st_mtime
        return any(file.stat().st_mtime > made for file in LIBRARY.rglob("*.ts"))

    def at(self, code, position):
        """The documentation of the name at a place, or of the function called around it."""
        entry, around = self.entry(token_at(code, position), code), position
        plain = blanked(code)
        while entry is None:
            around = opening(plain, around, "(")
            if around is None:
                return None
            entry = self.entry(token_at(plain, len(plain[:around].rstrip())), code)
        text = entry["markdown"]
        unmarked = re.sub(r"^```\w*\n|^```$\n?|\*\*| +$", "", text, flags=re.M)
        return {"text/markdown": text, "text/plain": unmarked}

    def options_at(self, code, position):
        """The options of a function of the library that fit at a place; None where there are none."""
        before = blanked(code[:position])
        brace = opening(before, position, "{")
        if brace is None or before[:brace].rstrip()[-1:] not in ("(", ","):
            return None
        call = opening(before, brace, "(")
        given = re.match(r"(?:.*,)?\s*([\w$]*)$", before[brace + 1 :], re.S)
        if call is None or given is None:
            return None
        entry = self.entry(token_at(before, len(before[:call].rstrip())), code)
        used = set(re.findall(r"([\w$]+)\s*(?=[:,])", before[brace + 1 :]))
        argument = commas(before[call + 1 : brace])
        options = (entry or {}).get("options", [])[argument : argument + 1]
        keys = {
            name: about
            for name, about in (options[0] if options else {}).items()
            if name.startswith(given[1]) and name not in used
        }
        if not keys:
            return None
        types = [{"text": name, "type": "property", "signature": keys[name]} for name in keys]
        return {
            "matches": list(keys),
            "cursor_start": position - len(given[1]),
            "cursor_end": position,
            "metadata": {"_jupyter_types_experimental": types},
        }

"""What has run in this kernel: Deno keeps none of it."""

import fnmatch


class History:
    session = 1

    def __init__(self):
        self.lines = {}

    def ran(self, count, code):
        self.lines[count] = [code, None]

    def gave(self, count, text):
        if count in self.lines:
            self.lines[count][1] = text

    def answer(self, asked):
        """Entries `[session, line, input]`, or with `[input, output]` for the input."""
        entries = [(count, *both) for count, both in sorted(self.lines.items())]
        access = asked["hist_access_type"]
        if access == "range":
            # Session 0 is this one, -1 the one before it, which nobody remembers.
            ours = asked["session"] in (0, self.session)
            stop = float("inf") if asked["stop"] is None else asked["stop"]
            entries = [e for e in entries if ours and asked["start"] <= e[0] < stop]
        elif access == "search":
            entries = [e for e in entries if fnmatch.fnmatchcase(e[1], asked["pattern"])]
            if asked["unique"]:
                entries = sorted({code: (count, code, out) for count, code, out in entries}.values())
        if access != "range" and asked["n"] is not None:
            entries = entries[-asked["n"] :] if asked["n"] > 0 else []
        return [
            [self.session, count, [code, output] if asked["output"] else code]
            for count, code, output in entries
        ]

"""The notebook that a run leaves, and what can be read off it and its folder."""

import json
import os
import re
import subprocess
import unicodedata
from datetime import datetime

CLAIMS = "application/vnd.lora-dynamics.claims+json"
SLOWEST = 5
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
TEMPLATES = os.path.join(HERE, "templates")


def read(path):
    """The notebook without what an earlier run has left in it."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
            cell.metadata.pop("execution", None)
    return notebook


def claims_of(notebook):
    """Claim rows that the cells have shown; one shown twice counts once, failing if it ever did."""
    passed = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            rows = output.get("data", {}).get(CLAIMS, [])
            for row in rows if isinstance(rows, list) else [rows]:
                passed[row["id"]] = bool(row["pass"]) and passed.get(row["id"], True)
    return passed


def titles_of(notebook):
    """For every code cell its number, the heading above it and its first line."""
    titles, heading, number = {}, "", 0
    for index, cell in enumerate(notebook.cells):
        lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
        if cell.cell_type == "markdown":
            heads = (plain(line.lstrip("# ")) for line in lines if line.startswith("#"))
            heading = next(heads, heading)
        elif cell.cell_type == "code":
            number += 1
            titles[index] = {"cell": number, "heading": heading, "line": lines[0] if lines else ""}
    return titles


def seconds_of(cell):
    """How long the kernel was busy with a cell, from the times that nbclient has kept."""
    times = cell.metadata.get("execution", {})
    marks = [times.get(f"iopub.status.{state}") for state in ("busy", "idle")]
    if None in marks:
        return None
    busy, idle = (datetime.fromisoformat(mark.replace("Z", "+00:00")) for mark in marks)
    return (idle - busy).total_seconds()


def slowest_of(notebook, titles):
    """The cells that took longest, with their seconds."""
    times = {index: seconds_of(notebook.cells[index]) for index in titles}
    order = sorted((index for index in times if times[index] is not None), key=lambda i: -times[i])
    return [{**titles[index], "seconds": times[index]} for index in order[:SLOWEST]]


def pictures_in(folder):
    """The SVG files below a folder, each with what changes when it is written anew."""
    found = {file: file.stat() for file in folder.rglob("*.svg")}
    return {file: (stat.st_ino, stat.st_mtime_ns) for file, stat in found.items()}


def figures_since(folder, before):
    """Ids of the figures written since; both widths of one count once."""
    fresh = {file for file, mark in pictures_in(folder).items() if before.get(file) != mark}
    return {re.sub("-(column|page)$", "", file.stem) for file in fresh}


def preset_of(path):
    """The preset of all runs behind a figure, from its JSON file."""
    try:
        presets = {run["preset"] for run in json.loads(path.read_text())["runs"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return presets.pop() if len(presets) == 1 else None


def move_figures(ids, folder, out):
    """Moves the files of the figures, those of the quick preset beside those of the full one; gives
    the ids of those that were there."""
    moved, files = set(), [file for file in sorted(folder.rglob("*")) if file.is_file()]
    beside = {
        (file.parent, file.stem)
        for file in files
        if file.suffix == ".json" and preset_of(file) == "quick"
        and preset_of(out / file.relative_to(folder)) == "full"
    }
    for file in files:
        name = re.sub("-(column|page)$", "", file.stem)
        if name in ids:
            target = out / file.relative_to(folder)
            if (file.parent, name) in beside:
                target = target.parent / "quick" / target.name
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(file, target)
            moved.add(name)
    return moved


def write_whole(texts):
    """Writes files so that readers find all old texts or, once all are on disk, all new ones."""
    fresh = {path: path.with_name(f"{path.name}.{os.getpid()}.tmp") for path in texts}
    try:
        for path, text in texts.items():
            fresh[path].write_text(text, encoding="utf-8")
        for path in texts:
            os.replace(fresh[path], path)
    finally:
        for path in fresh.values():
            path.unlink(missing_ok=True)


def note(notebook, text):
    """Puts a sentence about the run at the top of the notebook."""
    import nbformat

    cell = nbformat.v4.new_markdown_cell(f"> {text}")
    cell["id"] = "about-this-run"
    if notebook.nbformat_minor < 5:  # cells of older notebooks have no ids
        del cell["id"]
    notebook.cells.insert(0, cell)


def mark_failure(cell, name, message):
    """The reason as an output in the cell's place, unless the kernel has sent one."""
    import nbformat

    if any(output.output_type == "error" for output in cell.outputs):
        return
    lines = {"ename": name, "evalue": message, "traceback": [f"{name}: {message}"]}
    cell.outputs.append(nbformat.v4.new_output("error", **lines))


def listed(numbers):
    """1, 2, 3, 5 as "1-3, 5"."""
    runs = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("-".join(map(str, run)) for run in runs)


def sign(found):
    """A Greek letter by its name in TeX; other words of TeX as words."""
    name = found[1]
    letter = {"lambda": "lamda", "Lambda": "Lamda"}.get(name, name)
    size = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {letter.upper()}")
    except KeyError:
        return {"sqrt": "√", "star": "⋆", "infty": "∞", "to": "→"}.get(name, name)


def plain(heading):
    """A heading without the marks of Markdown and TeX, for a terminal and the title of a page."""
    return re.sub(r"[*_`${}]", "", re.sub(r"\\([A-Za-z]+)", sign, heading)).strip()


def title_of(notebook, name):
    """The first heading, or the name."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    lines = [line for text in texts for line in text.splitlines()]
    return next((plain(line[2:]) for line in lines if line.startswith("# ")), name)


def with_formulas(page):
    """The page with its formulas set; as it is where that fails, which is no reason to lose a run."""
    deno = [os.path.join(ROOT, ".deno", "deno"), "run", "--quiet", "--no-prompt", "--frozen"]
    deno += ["--cached-only", f"--allow-read={ROOT}", os.path.join(HERE, "formulas.ts")]
    env = {**os.environ, "DENO_DIR": os.path.join(ROOT, ".deno", "cache")}
    try:
        ended = subprocess.run(
            deno, input=page, env=env, capture_output=True, encoding="utf-8", cwd=ROOT
        )
    except OSError:
        return page
    return ended.stdout if ended.returncode == 0 else page


def keep(notebook, folder, name, failed):
    """Writes the executed notebook and its page; gives the path of the notebook."""
    import nbformat
    from nbconvert import HTMLExporter

    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{name}.failed" if failed else name
    exporter = HTMLExporter(template_name="page", extra_template_basedirs=[TEMPLATES])
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": title_of(notebook, stem)}})
    executed = nbformat.writes(notebook) + "\n"
    write_whole({folder / f"{stem}.ipynb": executed, folder / f"{stem}.html": with_formulas(page)})
    if not failed:
        for ending in ("ipynb", "html"):
            (folder / f"{name}.failed.{ending}").unlink(missing_ok=True)
    return str(folder / f"{stem}.ipynb")

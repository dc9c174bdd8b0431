"""Runs one notebook through its kernel and writes the executed notebook and its HTML page.

    execute.py check OUT               can OUT be written?
    execute.py run NOTEBOOK OUT        results go to OUT/<slug>/<slug>.ipynb and .html

Reports on standard output, one JSON object a line. Ends, with the kernel shut down, on SIGINT and
SIGTERM and when standard input closes: whoever started this may be gone without a signal.
"""

import asyncio
import json
import os
import pathlib
import signal
import sys
import tempfile
import threading
import time

CLAIMS = "application/vnd.lora-dynamics.claims+json"


def report(event, **details):
    print(json.dumps({"event": event, **details}), flush=True)


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


def check(out):
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=out):
        pass


def claims_of(notebook):
    """Claim rows that the cells have shown; a claim shown twice counts once, failing if it ever did."""
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
            heading = next((line.lstrip("# ") for line in lines if line.startswith("#")), heading)
        elif cell.cell_type == "code":
            number += 1
            titles[index] = {"cell": number, "heading": heading, "line": lines[0] if lines else ""}
    return titles


def on_stop(loop, stop):
    """Calls `stop` on SIGINT, on SIGTERM and when standard input closes."""
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    # nbclient would put its own handlers in place, which leave the run waiting for a dead kernel.
    loop.add_signal_handler = loop.remove_signal_handler = lambda *_: True

    def wait():
        while sys.stdin.buffer.read(4096):
            pass
        loop.call_soon_threadsafe(stop)

    threading.Thread(target=wait, daemon=True).start()


async def run(path, out):
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    start, began, slug = time.monotonic(), time.time(), path.stem
    notebook = nbformat.read(path, as_version=4)
    titles = titles_of(notebook)
    current, stopped = {}, []

    def on_start(cell, cell_index):
        if cell_index in titles:
            current.update(titles[cell_index], source=cell.source)
            report("cell", **titles[cell_index])

    report("start", cells=len(titles))
    client = NotebookClient(
        notebook,
        kernel_name="deno",
        timeout=None,
        startup_timeout=60,
        record_timing=False,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_execute=on_start,
    )
    running = asyncio.ensure_future(client.async_execute())

    def stop():
        stopped.append(True)
        running.cancel()

    on_stop(asyncio.get_running_loop(), stop)
    try:
        await running
    except (asyncio.CancelledError, DeadKernelError) as error:
        if stopped:
            return report("interrupted")
        return report("error", message=f"the kernel ended unexpectedly: {error}", **current)
    except CellExecutionError as error:
        message = f"{error.ename}: {error.evalue}"
        return report("error", message=message, traceback=error.traceback, **current)

    folder = out / slug
    folder.mkdir(parents=True, exist_ok=True)
    from nbconvert import HTMLExporter

    page, _ = HTMLExporter(template_name="lab").from_notebook_node(notebook, {"metadata": {"name": slug}})
    executed = nbformat.writes(notebook) + "\n"
    write_whole({folder / f"{slug}.ipynb": executed, folder / f"{slug}.html": page})
    claims = claims_of(notebook)
    report(
        "done",
        passed=sorted(name for name, ok in claims.items() if ok),
        failed=sorted(name for name, ok in claims.items() if not ok),
        # Older figures may lie there, too; clocks of network drives may differ a little.
        figures=sum(file.stat().st_mtime > began - 2 for file in folder.glob("*.svg")),
        seconds=round(time.monotonic() - start, 2),
    )


def main():
    mode, *paths = sys.argv[1:]
    paths = [pathlib.Path(path).absolute() for path in paths]
    if mode == "check":
        check(*paths)
    else:
        asyncio.run(run(*paths))


if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # every failure reaches the task as one line
        report("error", message=f"{type(error).__name__}: {error}")
        sys.exit(1)

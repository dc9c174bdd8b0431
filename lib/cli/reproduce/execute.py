"""Runs one notebook, or some of its cells, through its kernel; keeps what was executed.

    execute.py check OUT      can OUT be written?
    execute.py run JOB        JOB: {"notebook": PATH, "out": DIR, "only": null or
                              {"figures": ["F3"], "cells": [1, 2, 5]}}

The executed notebook and its HTML page go to OUT/<slug>/<slug>.ipynb and .html, those of a run of
some cells to <slug>.partial.*, those of a run that stopped to <slug>.failed.* or
<slug>.partial.failed.*: an earlier complete copy stays, and the next complete one removes the
failed one.

Reports on standard output, one JSON object a line. Ends, with the kernel shut down, on SIGINT and
SIGTERM and when standard input closes: whoever started this may be gone without a signal.
"""

import asyncio
import contextlib
import importlib
import json
import os
import pathlib
import signal
import sys
import tempfile
import threading

import executed


def report(event, **details):
    print(json.dumps({"event": event, **details}), flush=True)


def check(out):
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=out):
        pass


@contextlib.contextmanager
def own_folder(out):
    """A folder for the figures of a run of some cells, from which only those asked for go to OUT."""
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=out) as folder:
        settings = json.loads(os.environ.get("LORA_DYNAMICS") or "{}")
        os.environ["LORA_DYNAMICS"] = json.dumps({**settings, "out": folder})
        yield pathlib.Path(folder)


def on_stop(loop, stop):
    """Calls `stop` on SIGINT, on SIGTERM and when standard input closes."""
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    # nbclient would put its own handlers in place, which leave the run waiting for a dead kernel.
    loop.add_signal_handler = loop.remove_signal_handler = lambda *_: True

    def wait():
        # Not through sys.stdin: Python, when it ends, would wait for the lock of its buffer.
        while os.read(0, 4096):
            pass
        loop.call_soon_threadsafe(stop)

    threading.Thread(target=wait, daemon=True).start()


async def execute(notebook, folder, wanted, on_cell):
    """Runs the wanted cells; what stopped the run (name, message, traceback), or None."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    class Client(NotebookClient):
        async def async_execute_cell(self, cell, cell_index, **options):
            if cell_index not in wanted:
                return cell
            on_cell(cell_index)
            return await super().async_execute_cell(cell, cell_index, **options)

    client = Client(
        notebook,
        kernel_name="deno",
        timeout=None,
        startup_timeout=60,
        record_timing=True,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(folder)}},
    )
    running = asyncio.ensure_future(client.async_execute())
    # What makes the page is slow to load; this process waits for the kernel anyway.
    threading.Thread(target=importlib.import_module, args=["nbconvert"], daemon=True).start()
    stopped = []

    def stop():
        stopped.append(True)
        running.cancel()

    on_stop(asyncio.get_running_loop(), stop)
    try:
        await running
    except (asyncio.CancelledError, DeadKernelError) as error:
        if stopped:
            return "Interrupted", "the run was stopped while this cell ran", ""
        return "DeadKernel", f"the kernel ended unexpectedly: {error}", ""
    except CellExecutionError as error:
        return error.ename, error.evalue, error.traceback
    except Exception as error:  # whatever it is, what has run is kept
        return type(error).__name__, str(error), ""
    return None


async def run(path, out, only):
    notebook = executed.read(path)
    folder, titles = out / path.stem, executed.titles_of(notebook)
    wanted = [i for i, title in titles.items() if not only or title["cell"] in only["cells"]]
    started, remarks, result = [], [], {}

    def on_cell(index):
        started.append(index)
        report("cell", **titles[index])

    report("start", cells=len(wanted))
    if only:
        with own_folder(out) as own:
            stop = await execute(notebook, path.parent, wanted, on_cell)
            figures = executed.move_figures(only["figures"], own, out)
        lost = [name for name in only["figures"] if name not in figures]
        if lost:
            result["error"] = {"message": f"no cell that ran has saved {', '.join(lost)}"}
        cells = executed.listed(titles[index]["cell"] for index in wanted)
        remarks.append(
            f"**A part of the notebook**, for {', '.join(only['figures'])}. "
            f"Of its {len(titles)} code cells these were to run: {cells}."
        )
    else:
        before = executed.pictures_in(folder)
        stop = await execute(notebook, path.parent, wanted, on_cell)
        figures = executed.figures_since(folder, before)
    if stop:
        name, message, traceback = stop
        result["interrupted"] = name == "Interrupted"
        own_words = name in ("Interrupted", "DeadKernel")
        result["error"] = {"message": message if own_words else f"{name}: {message}"}
        if started:
            title, cell = titles[started[-1]], notebook.cells[started[-1]]
            executed.mark_failure(cell, name, message)
            result["error"].update(title, source=cell.source, traceback=traceback)
            remarks.append(
                f"**The run stopped in code cell {title['cell']}**, which says why; "
                "what comes after it did not run."
            )
    claims = executed.claims_of(notebook)
    result.update(
        ran=len(started) - bool(started and stop),
        passed=sorted(name for name, ok in claims.items() if ok),
        failed=sorted(name for name, ok in claims.items() if not ok),
        figures=len(figures),
        slowest=executed.slowest_of(notebook, titles),
    )
    if remarks:
        executed.note(notebook, " ".join(remarks))
    if started or not stop:
        name = f"{path.stem}.partial" if only else path.stem
        result["copy"] = executed.keep(notebook, folder, name, failed=stop is not None)
    report("end", **result)


def main():
    mode, given = sys.argv[1:]
    if mode == "check":
        check(pathlib.Path(given).absolute())
    else:
        job = json.loads(given)
        path, out = (pathlib.Path(job[name]).absolute() for name in ("notebook", "out"))
        asyncio.run(run(path, out, job["only"]))


if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # every failure reaches the task as one line
        report("end", error={"message": f"{type(error).__name__}: {error}"})
        sys.exit(1)

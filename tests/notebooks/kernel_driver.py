"""A Jupyter client for tests: commands on standard input, one JSON object a line, answers likewise.

    {"do": "start", "folder": DIR}             answer {"pid": number of the launcher}
    {"do": "run", "code": [...], "interrupt_after": s?, "timeout": s?}
        all cells are sent at once; one answer with an entry per cell:
        {"count", "status", "seconds", "outputs": [[type, text]], "late": [[type, text]]}
        "late" holds what came under the cell's name after it was reported as idle.
    {"do": "stop"}                             shuts the kernel down through jupyter_client
"""

import json
import queue
import sys
import threading
import time

from jupyter_client.manager import KernelManager


def text_of(content):
    data = content.get("data", {}).get("text/plain")
    return content.get("text") or data or f"{content.get('ename')}: {content.get('evalue')}"


class Driver:
    def start(self, folder):
        self.manager = KernelManager(kernel_name="deno")
        self.manager.start_kernel(cwd=folder)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        return {"pid": self.manager.provisioner.process.pid}

    def run(self, code, interrupt_after=None, timeout=30):
        begin = time.monotonic()
        cells = {}
        for source in code:
            name = self.client.execute(source)
            cells[name] = {"count": None, "status": None, "seconds": None, "outputs": [], "late": []}
        if interrupt_after is not None:
            threading.Timer(interrupt_after, self.manager.interrupt_kernel).start()
        # A little longer than the last cell, so that what comes late is seen.
        end, open_cells = begin + timeout, set(cells)
        while time.monotonic() < end:
            try:
                message = self.client.get_iopub_msg(timeout=max(0.01, min(0.2, end - time.monotonic())))
            except queue.Empty:
                if not open_cells:
                    break
                continue
            cell = cells.get(message["parent_header"].get("msg_id"))
            kind, content = message["msg_type"], message["content"]
            if cell is None:
                continue
            if kind == "status" and content["execution_state"] == "idle":
                cell["seconds"] = time.monotonic() - begin
                open_cells.discard(message["parent_header"]["msg_id"])
            elif kind == "execute_input":
                cell["count"] = content["execution_count"]
            elif kind != "status":
                place = "outputs" if cell["seconds"] is None else "late"
                cell[place].append([kind, text_of(content)])
        for _ in range(len(cells) - len(open_cells)):
            reply = self.client.get_shell_msg(timeout=5)
            cell = cells.get(reply["parent_header"].get("msg_id"))
            if cell is not None:
                cell["status"] = reply["content"]["status"]
        return list(cells.values())

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()
        return {}


def main():
    driver = Driver()
    for line in sys.stdin:
        command = json.loads(line)
        answer = getattr(driver, command.pop("do"))(**command)
        print(json.dumps(answer), flush=True)
    if hasattr(driver, "manager") and driver.manager.has_kernel:
        driver.manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    main()

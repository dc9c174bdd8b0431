"""Starts the Deno kernel and adds an interrupt that keeps variables: kernel.py DENO CONNECTION_FILE

On SIGINT the kernel's JavaScript is asked first (interrupt.ts makes a waiting cell throw) and
answers with SIGUSR1. Code that runs cannot answer: then an interrupt_request stops it. The kernel
never outlives this process, nor this process the one that started it.
"""

import ctypes
import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import time

PATIENCE = 0.5


def prepare_child():
    """The kernel ignores SIGINT until it listens for it, and ends with this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


class Kernel:
    def __init__(self, deno, connection):
        environment = {**os.environ, "DENO_V8_FLAGS": "--expose-gc"}
        command = [deno, "jupyter", "--quiet", "--kernel", "--conn", connection]
        self.process = subprocess.Popen(command, env=environment, preexec_fn=prepare_child)
        # Imported while the kernel starts.
        from jupyter_client import BlockingKernelClient

        self.client = BlockingKernelClient(connection_file=connection)
        self.client.load_connection_file()

    def listen(self):
        """Loads interrupt.ts into the kernel."""
        module = pathlib.Path(__file__).with_name("interrupt.ts").as_uri()
        code = f"(await import({json.dumps(module)})).install({os.getpid()})"
        content = {
            "code": code,
            "silent": True,
            "store_history": False,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        self.client.session.send(self.client.shell_channel.socket, "execute_request", content)

    def stop_code(self):
        self.client.session.send(self.client.control_channel.socket, "interrupt_request", {})


def main():
    caught, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    parent = os.getppid()
    kernel = Kernel(*sys.argv[1:])
    kernel.listen()
    asked = forwarded = None
    while kernel.process.poll() is None and os.getppid() == parent:
        ready, _, _ = select.select([caught], [], [], 1 if asked is None else 0.05)
        signals = os.read(caught, 64) if ready else b""
        if signal.SIGTERM in signals:
            break
        if signal.SIGUSR1 in signals:
            asked = None
        elif signal.SIGINT in signals and asked is None:
            asked, forwarded = time.monotonic(), False
        if asked is None:
            continue
        waited = time.monotonic() - asked
        if waited > PATIENCE:
            kernel.stop_code()
            asked = None
        elif waited > PATIENCE / 5 and not forwarded:
            # The signal was sent to this process alone, not to its group.
            kernel.process.send_signal(signal.SIGINT)
            forwarded = True
    kernel.process.kill()
    sys.exit(kernel.process.wait())


if __name__ == "__main__":
    main()

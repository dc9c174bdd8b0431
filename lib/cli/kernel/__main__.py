"""The Deno kernel as Jupyter starts it: kernel DENO CONNECTION_FILE

Deno listens at ports of its own; this process stands between it and the client, adds an interrupt
that keeps variables (interrupts.py), the documentation of the library (documentation.py) and what
Deno's kernel lacks of the protocol (requested.py, repairs.py, answers.py). Deno never outlives this
process, nor this process the one that started it.
"""

import json
import os
import pathlib
import signal
import sys
import time
from functools import partial

import zmq
from child import Child
from interrupts import Interrupts
from proxy import Proxy

STARTS = 3
STARTING = 120.0
ASKED_TO_END = 1.0
DEAF = (
    "The kernel no longer listens: it has not begun what was asked within 10 s. It is ended, so that "
    "it can be started again; its variables are lost."
)


def catch_signals():
    """A pipe from which the numbers of caught signals are read."""
    caught, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(caught, False)
    signal.set_wakeup_fd(wake)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    return caught


class Launcher:
    def __init__(self, deno, connection_file):
        self.parent = os.getppid()
        self.caught = catch_signals()
        self.deno = deno
        with open(connection_file) as file:
            self.connection = json.load(file)
        self.context = zmq.Context()
        self.child = Child(deno, self.connection, self.context)
        index = pathlib.Path(deno).with_name("documentation.json")
        self.proxy = Proxy(self.connection, self.context, index)
        self.interrupts = Interrupts()
        self.proxy.interrupt = self.interrupts.ask
        self.interrupts.dismiss = self.proxy.dismiss
        self.proxy.stop = self.stop_soon
        self.began = self.probed = self.last = time.monotonic()
        self.starts, self.end_at = 1, None
        self.adopt()

    def adopt(self):
        """Listens to the client and to the present child."""
        ours, theirs = self.proxy.sockets, self.child.sockets
        self.routes = {self.caught: self.signals}
        # What Deno says goes first, its outputs before its answers.
        for channel in ("iopub", "shell", "control", "stdin"):
            self.routes[theirs[channel]] = partial(self.proxy.from_deno, channel)
        for channel in ("hb", "control", "stdin", "shell"):
            self.routes[ours[channel]] = partial(self.proxy.from_client, channel)
        self.poller = zmq.Poller()
        for source in self.routes:
            self.poller.register(source, zmq.POLLIN)

    def start_again(self):
        """Whether Deno, gone before it has answered, was started anew: its ports may be taken."""
        if self.proxy.ready or self.starts == STARTS or self.end_at is not None:
            return False
        self.child.end()
        self.child.close()
        self.starts += 1
        self.child = Child(self.deno, self.connection, self.context)
        self.proxy.seen.clear()
        self.adopt()
        return True

    def stop_soon(self):
        self.end_at = time.monotonic() + ASKED_TO_END

    def signals(self, _):
        found = os.read(self.caught, 64)
        if signal.SIGTERM in found:
            self.end_at = time.monotonic()
        if signal.SIGUSR1 in found:
            self.interrupts.acknowledged()
        elif signal.SIGINT in found:
            self.interrupts.ask()

    def greet(self):
        """Asks until both channels are heard; what comes before is held back."""
        if {"iopub", "shell"} <= self.proxy.seen:
            self.child.forget_file()
            self.child.listen()
            self.proxy.begin(self.child)
        elif self.last - self.probed > 0.05:
            self.probed = self.last
            self.child.ask("shell", "kernel_info_request", {})

    def step(self):
        quick = not self.proxy.ready or self.interrupts.under_way
        ready = dict(self.poller.poll(20 if quick else 200 if self.end_at else 1000))
        for source, handle in self.routes.items():
            if source in ready:
                handle(self.child)
        now = time.monotonic()
        elapsed, self.last = now - self.last, now
        if not self.proxy.ready:
            self.greet()
        self.interrupts.tick(self.child)
        return elapsed

    def run(self):
        while os.getppid() == self.parent:
            if self.child.process.poll() is not None and not self.start_again():
                break
            elapsed = self.step()
            if self.end_at is not None and self.last >= self.end_at:
                break
            if self.proxy.watch.is_deaf(elapsed):
                self.proxy.say(DEAF, self.proxy.unheard())
                break
            if not self.proxy.ready and self.last - self.began > STARTING:
                self.proxy.say(f"The kernel has not answered within {STARTING:.0f} s of its start.")
                break
        code = self.child.end()
        # What it has said last, such as the answer to a shutdown.
        for channel in ("iopub", "shell", "control"):
            while self.child.sockets[channel].poll(20):
                self.proxy.from_deno(channel, self.child)
        self.proxy.farewell()
        for socket in self.proxy.sockets.values():
            socket.close()
        return code


if __name__ == "__main__":
    launcher = Launcher(*sys.argv[1:])
    code = launcher.run()
    sys.exit(code if code >= 0 else 128 - code)

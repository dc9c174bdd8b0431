"""An interrupt that keeps variables.

The kernel's JavaScript is asked first (interrupt.ts makes a waiting cell throw) and answers with
SIGUSR1. Code that runs cannot answer: then an interrupt_request stops it. Code that waits for
somebody to type stops when it has an answer: so it gets an empty one.
"""

import signal
import time

PATIENCE = 0.5


class Interrupts:
    def __init__(self):
        self.asked = self.stopped = None
        self.forwarded = False
        self.dismiss = lambda child: None

    @property
    def under_way(self):
        return self.asked is not None or self.stopped is not None

    def ask(self):
        if self.asked is None:
            self.asked, self.forwarded = time.monotonic(), False

    def acknowledged(self):
        self.asked = None

    def tick(self, child):
        """Does what is due; to be called often while an interrupt is on its way."""
        if self.stopped is not None and time.monotonic() - self.stopped > PATIENCE / 5:
            self.stopped = None
            self.dismiss(child)
        if self.asked is None:
            return
        waited = time.monotonic() - self.asked
        if waited > PATIENCE:
            child.ask("control", "interrupt_request", {})
            self.asked, self.stopped = None, time.monotonic()
        elif waited > PATIENCE / 5 and not self.forwarded:
            # The signal was sent to this process alone, not to its group, or came as a message.
            child.process.send_signal(signal.SIGINT)
            self.forwarded = True

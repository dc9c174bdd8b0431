"""An interrupt that keeps variables.

The kernel's JavaScript is asked first (interrupt.ts makes a waiting cell throw) and answers with
SIGUSR1. Code that runs cannot answer: then an interrupt_request stops it.
"""

import signal
import time

PATIENCE = 0.5


class Interrupts:
    def __init__(self):
        self.asked = None
        self.forwarded = False

    def ask(self):
        if self.asked is None:
            self.asked, self.forwarded = time.monotonic(), False

    def acknowledged(self):
        self.asked = None

    def tick(self, child):
        """Does what is due; to be called often while an interrupt is on its way."""
        if self.asked is None:
            return
        waited = time.monotonic() - self.asked
        if waited > PATIENCE:
            child.ask("control", "interrupt_request", {})
            self.asked = None
        elif waited > PATIENCE / 5 and not self.forwarded:
            # The signal was sent to this process alone, not to its group, or came as a message.
            child.process.send_signal(signal.SIGINT)
            self.forwarded = True

"""Notices that Deno's shell channel is deaf: a request that it has neither begun nor answered."""

PATIENCE = 10.0


class Watch:
    def __init__(self):
        self.sent, self.begun = {}, set()
        self.silence = 0.0

    def request(self, name):
        self.sent[name] = True

    def heard(self, name):
        if name in self.sent:
            del self.sent[name]
            self.begun.add(name)
            self.silence = 0.0

    def answered(self, name):
        self.heard(name)
        self.begun.discard(name)

    def is_deaf(self, seconds):
        """Has it been silent for too long, now that `seconds` more have passed?"""
        waits = bool(self.sent) and not self.begun  # a cell that runs may take any time
        # A computer that slept, or a process that was stopped, is no silence of the kernel.
        self.silence = self.silence + min(seconds, 1.0) if waits else 0.0
        return self.silence > PATIENCE

"""Notices that Deno's shell channel is deaf: a request that it has neither begun nor answered."""

PATIENCE = 10.0

# What JavaScript answers may take any time once it has begun; the rest is answered at once.
SLOW = ("execute_request", "complete_request")


class Watch:
    def __init__(self):
        self.sent, self.begun = {}, set()
        self.silence = 0.0

    def request(self, name, kind):
        self.sent[name] = kind

    def heard(self, name):
        if self.sent.get(name) in SLOW:
            del self.sent[name]
            self.begun.add(name)
            self.silence = 0.0

    def answered(self, name):
        if self.sent.pop(name, None):
            self.silence = 0.0
        self.begun.discard(name)

    def is_deaf(self, seconds):
        """Has it been silent for too long, now that `seconds` more have passed?"""
        waits = bool(self.sent) and not self.begun
        # A computer that slept, or a process that was stopped, is no silence of the kernel.
        self.silence = self.silence + min(seconds, 1.0) if waits else 0.0
        return self.silence > PATIENCE

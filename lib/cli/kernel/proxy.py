"""Stands between a client and Deno: passes on, completes, repairs, and answers what Deno cannot."""

import dataclasses
import json
import sys

import answers
import packages
import repairs
import requested
import wire
import zmq
from documentation import Documentation
from history import History
from watch import Watch

BATCH = 200
KINDS = {"shell": zmq.ROUTER, "control": zmq.ROUTER, "stdin": zmq.ROUTER, "hb": zmq.ROUTER}


@dataclasses.dataclass
class Request:
    """What a client has asked Deno, until it is answered and all about it was published."""

    channel: str
    message: wire.Frames
    content: dict
    error: dict | None = None
    """The error that was published about it."""
    page: dict | None = None
    """What a cell like `name?` shows."""
    open: set = dataclasses.field(default_factory=lambda: {"reply", "idle"})
    """What has still to come, in any order: the channels are independent."""


class Proxy:
    def __init__(self, connection, context, index):
        self.connection = connection
        self.documentation = Documentation(index)
        self.key = wire.Key(connection)
        self.sockets = {}
        for channel, kind in {**KINDS, "iopub": zmq.PUB}.items():
            one = context.socket(kind)
            one.linger = 1000
            one.rcvhwm = one.sndhwm = 0  # nothing is dropped, however much a cell prints
            if kind == zmq.ROUTER:
                one.router_handover = 1  # a client that comes back under its old name
            one.bind(wire.address(connection, channel))
            self.sockets[channel] = one
        self.requests = {}
        self.history, self.watch = History(), Watch()
        self.ready, self.held = False, []
        self.interrupt = self.stop = lambda: None
        self.busy = None
        """Header of what Deno works on."""
        self.seen, self.prompted = set(), False

    # Towards the client.

    def send(self, channel, message):
        self.sockets[channel].send_multipart(self.key.pack(message))

    def publish(self, kind, content, parent):
        self.send("iopub", wire.message(kind, content, parent, [kind.encode()]))

    def answer(self, channel, message, kind, content, published=()):
        """An answer of the launcher, with all that the protocol wants around it."""
        parent = message.parts[0]
        self.publish("status", {"execution_state": "busy"}, parent)
        for what, about in published:
            self.publish(what, about, parent)
        if kind is not None:
            self.send(channel, wire.message(kind, content, parent, message.to))
        self.publish("status", {"execution_state": "idle"}, parent)
        if self.busy is not None:  # front ends show what was said last
            self.publish("status", {"execution_state": "busy"}, self.busy)

    def refuse(self, channel, message, why):
        error = {"ename": "Refused", "evalue": why, "traceback": [f"Refused: {why}"]}
        kind = f"{message.kind.removesuffix('_request')}_reply"
        published = [("error", error)] if message.kind == "execute_request" else []
        self.answer(channel, message, kind, {"status": "error", **error}, published)

    def say(self, text, parent=b"{}"):
        print(text, file=sys.stderr, flush=True)
        self.publish("stream", {"name": "stderr", "text": f"{text}\n"}, parent)

    # From the client.

    def from_client(self, channel, child):
        """Passes on what has come, up to a batch: one busy channel must not starve the others."""
        for _ in range(BATCH):
            try:
                frames = self.sockets[channel].recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            if channel == "hb":
                self.sockets["hb"].send_multipart(frames)
                continue
            try:
                message = self.key.unpack(frames)
            except wire.Unreadable as error:
                # Without a signature and a header nobody can be answered.
                print(f"A message was dropped as {error}", file=sys.stderr, flush=True)
                continue
            try:
                self.take(channel, message, child)
            except Exception as error:  # whatever it is, the variables of the kernel stay
                self.refuse(channel, message, f"Cannot answer {message.kind}: {error!r}")

    def take(self, channel, message, child):
        try:
            content = requested.fields_of(message)
        except requested.Refused as error:
            if channel != "stdin":
                self.refuse(channel, message, str(error))
                return
            # A cell waits for this answer, and has to go on.
            self.say(str(error))
            content = {"value": ""}
        if channel == "stdin":
            # Deno would keep an answer that nobody waits for, and take it for that of a later prompt.
            if self.prompted:
                child.send("stdin", requested.for_deno(message, content))
            self.prompted = False
        elif not answers.answer(self, channel, message, content):
            request = Request(channel, message, content)
            if self.ready or message.kind == "shutdown_request":
                self.pass_on(request, child)
            else:
                self.held.append(request)

    def dismiss(self, child):
        """Answers a prompt in place of whoever has interrupted it."""
        if self.prompted:
            self.prompted = False
            message = wire.message("input_reply", {})
            child.send("stdin", requested.for_deno(message, {"value": ""}))

    def pass_on(self, request, child):
        message, content = request.message, request.content
        name = message.header["msg_id"]
        self.requests[name] = request
        if message.kind == "execute_request":
            request.page = answers.page(self, content)
            if request.page is not None:
                # Deno counts the cell; nothing runs.
                content = {**content, "code": ""}
            refusal = packages.unlocked(content["code"])
            if refusal is not None:
                content = {**content, "code": f"throw new TypeError({json.dumps(refusal)})"}
        if message.kind in ("complete_request", "inspect_request"):
            position = requested.in_bytes(content["code"], content["cursor_pos"])
            content = {**content, "cursor_pos": position}
        # Deno listens for a shutdown at one of the two channels.
        channel = "control" if message.kind == "shutdown_request" else request.channel
        if channel == "shell":
            self.watch.request(name, message.kind)
        if message.kind == "shutdown_request":
            self.stop()
        child.send(channel, requested.for_deno(message, content))

    # From Deno.

    def from_deno(self, channel, child):
        for _ in range(BATCH):
            message = child.receive(channel)
            if message is None:
                return
            name = message.parent
            if channel == "shell":
                self.watch.answered(name)
            elif message.kind == "status":
                self.watch.heard(name)
            if name in child.own:
                self.seen.add(channel)
            elif channel == "iopub":
                self.output(name, message)
            else:
                self.reply(channel, name, message, child)

    def output(self, name, message):
        request = self.requests.get(name)
        message = repairs.iopub(message)
        if message.kind == "status":
            busy = message.content.get("execution_state") == "busy"
            self.busy = message.parts[1] if busy else None
            if not busy:
                self.close(name, "idle")
        if request is not None:
            if message.kind == "error":
                request.error = message.content
            if message.kind == "execute_input":  # of what was asked, whatever ran in its place
                message = message.with_content({**message.content, "code": request.content["code"]})
            if request.content.get("silent") and message.kind in ("execute_input", "execute_result"):
                return  # what is silent shows neither its code nor its value
            answers.remember(self, request, message)
        self.send("iopub", message)
        if request is not None and message.kind == "execute_input" and request.page is None:
            warning = self.documentation.lacking(request.content["code"])
            if warning:
                parent = request.message.parts[0]
                self.publish("stream", {"name": "stderr", "text": warning}, parent)

    def reply(self, channel, name, message, child):
        request = self.requests.get(name)
        if request is None:
            print(f"The kernel has answered what nobody asked: {message.kind}", file=sys.stderr)
            return
        if message.kind == "input_request":
            self.prompted = True
            self.send("stdin", dataclasses.replace(message, to=request.message.to))
            return
        if message.kind == "execute_reply":
            if request.error is None and message.content.get("status") == "error":
                # The error itself is on its way through the other channel.
                child.sockets["iopub"].poll(200)
                self.from_deno("iopub", child)
            message = repairs.execute_reply(message, request.error, answers.payload(request))
        elif message.kind == "complete_reply":
            code = request.content["code"]
            message = repairs.complete_reply(
                message, lambda position: requested.in_characters(code, position)
            )
        self.close(name, "reply")
        if channel == "control":
            self.close(name, "idle")  # nothing is published about it
        self.send(request.channel, dataclasses.replace(message, to=request.message.to))

    def close(self, name, end):
        request = self.requests.get(name)
        if request is not None:
            request.open.discard(end)
            if not request.open:
                del self.requests[name]

    def begin(self, child):
        """Deno has answered and is heard: what has come so far goes to it."""
        self.ready = True
        held, self.held = self.held, []
        for request in held:
            self.pass_on(request, child)

    def unheard(self):
        """Header of the request that has waited longest, of cells first: there it will be read."""
        waiting = sorted(self.watch.sent, key=lambda name: self.watch.sent[name] != "execute_request")
        request = self.requests.get(waiting[0]) if waiting else None
        return b"{}" if request is None else request.message.parts[0]

    def farewell(self):
        """Answers those who have asked for the end, when Deno could not."""
        for request in self.requests.values():
            if request.message.kind == "shutdown_request":
                message = request.message
                content = {"status": "ok", **request.content}
                reply = wire.message("shutdown_reply", content, message.parts[0], message.to)
                self.send(request.channel, reply)

"""The Deno process, which listens at private ports, and the launcher's ends of its channels."""

import ctypes
import json
import os
import pathlib
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import uuid

import requested
import wire
import zmq

CHANNELS = {"shell": zmq.DEALER, "control": zmq.DEALER, "stdin": zmq.DEALER, "iopub": zmq.SUB}


ADDRESSES = 40_000_000_000
"""Bytes of addresses that Deno reserves at its start, of which it uses little."""


def allow_addresses():
    """Deno gets all that this process may have; where that is too little, it would end with a dump."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < ADDRESSES:
        needed, limit = ADDRESSES // 1000, hard // 1024
        sys.exit(f"Cannot start the kernel as it needs {needed} kB of addresses: ulimit -v is {limit}")


def prepare():
    """The kernel ignores SIGINT until it listens for it, and ends with this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def free_ports(count):
    """Ports below those that systems hand out, so that no outgoing connection takes one before Deno
    does; kernels that start at the same time begin at different places."""
    found, lowest, number = [], 10000, 22000
    for i in range(number):
        port = lowest + (count * os.getpid() + i) % number
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                found.append(port)
            except OSError:
                continue
        if len(found) == count:
            break
    return found


def private_connection(given):
    """A connection of its own for Deno, with the key of the client's."""
    names = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"]
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    scheme = given.get("signature_scheme", "hmac-sha256")
    key = {"key": given.get("key", ""), "signature_scheme": scheme}
    return {"ip": "127.0.0.1", "transport": "tcp", **key, **ports}


def v8_flags(given):
    """The flags of the user, and the one by which an interrupt ends cells that nobody waits for."""
    flags = [flag for flag in (given or "").split(",") if flag]
    return ",".join([*flags, *(["--expose-gc"] if "--expose-gc" not in flags else [])])


class Child:
    def __init__(self, deno, given, context):
        allow_addresses()
        connection = private_connection(given)
        # Deno reads the file once; it is removed when the kernel has answered, or with this object.
        handle, self.file = tempfile.mkstemp(prefix="deno-kernel-", suffix=".json")
        with os.fdopen(handle, "w") as file:
            json.dump(connection, file)
        environment = {**os.environ, "DENO_V8_FLAGS": v8_flags(os.environ.get("DENO_V8_FLAGS"))}
        command = [deno, "jupyter", "--quiet", "--kernel", "--conn", self.file]
        self.process = subprocess.Popen(command, env=environment, preexec_fn=prepare)
        self.key = wire.Key(connection)
        self.sockets, self.own = {}, set()
        identity = uuid.uuid4().hex.encode()
        for channel, kind in CHANNELS.items():
            one = context.socket(kind)
            one.linger = 0
            one.rcvhwm = one.sndhwm = 0
            one.reconnect_ivl = 10
            if kind == zmq.SUB:
                one.subscribe(b"")
            else:
                one.identity = identity  # stdin requests go to the identity of the shell
            one.connect(wire.address(connection, channel))
            self.sockets[channel] = one

    def send(self, channel, message):
        self.sockets[channel].send_multipart(self.key.pack(message))

    def ask(self, channel, kind, content):
        """A request of the launcher itself, whose answers no client sees; its msg_id."""
        name = f"launcher-{uuid.uuid4().hex}"
        self.own.add(name)
        message = wire.message(kind, content, name=name)
        self.send(channel, requested.for_deno(message, content))
        return name

    def receive(self, channel):
        """The next message, or None when there is none or it cannot be read."""
        try:
            frames = self.sockets[channel].recv_multipart(zmq.NOBLOCK)
            # Deno signs binary buffers, too, which clients take for a wrong signature.
            return self.key.unpack(frames, signed=None)
        except zmq.Again:
            return None
        except wire.Unreadable as error:
            print(f"The kernel has sent what is no message: {error}", file=sys.stderr)
            return None

    def listen(self):
        """Loads interrupt.ts and uncaught.ts into the kernel."""
        here = pathlib.Path(__file__)
        interrupt, uncaught = (
            f"(await import({json.dumps(here.with_name(name).as_uri())}))"
            for name in ("interrupt.ts", "uncaught.ts")
        )
        code = f"{interrupt}.install({os.getpid()}); {uncaught}.install()"
        content = {"code": code, "silent": True, "store_history": False, "user_expressions": {}}
        self.ask("shell", "execute_request", {**content, "allow_stdin": False, "stop_on_error": False})

    def forget_file(self):
        pathlib.Path(self.file).unlink(missing_ok=True)

    def end(self):
        """Kills the process; its exit code."""
        self.forget_file()
        self.process.kill()
        return self.process.wait()

    def close(self):
        for one in self.sockets.values():
            one.close()

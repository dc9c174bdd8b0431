"""A client that sends whatever it is told to: commands on standard input, one JSON object a line.

    {"do": "start", "env": {...}}              answer {"pid": number of the launcher}
    {"do": "ask", "kind": TYPE, ...}
        sends a message; what came for it until it was answered and idle: [[channel, type, content,
        buffers]]. Further fields: `channel`, `content`; `header` is merged into the usual one (null
        removes a field), `raw` puts text in the place of parts by number, `frames` in the place of
        all, another `key` signs wrongly, `buffers` are lists of bytes, `typed` is the content with
        which a prompt is answered, `wait` the longest time in seconds.
    {"do": "latency", "times": n}              median of n round trips, in milliseconds
"""

import datetime
import hashlib
import hmac
import json
import os
import statistics
import sys
import time
import uuid

from jupyter_client.manager import KernelManager

CHANNELS = ("iopub", "shell", "control", "stdin")


def bytes_of(text):
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)


class Client:
    def start(self, env):
        self.manager = KernelManager(kernel_name="deno")
        self.manager.start_kernel(env={**os.environ, **env})
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.key = self.client.session.key
        self.sockets = {name: getattr(self.client, f"{name}_channel").socket for name in CHANNELS}
        return {"pid": self.manager.provisioner.process.pid}

    def ask(self, kind, content=None, channel="shell", header=None, raw=None, key=None, **rest):
        full = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": kind,
            "session": "tests",
            "username": "tests",
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(),
            "version": "5.4",
            **(header or {}),
        }
        full = {name: value for name, value in full.items() if value is not None}
        parts = [json.dumps(full), "{}", "{}", json.dumps(content or {})]
        for place, text in (raw or {}).items():
            parts[int(place)] = text
        parts = [bytes_of(part) for part in parts]
        secret = self.key if key is None else key.encode()
        signature = hmac.new(secret, b"".join(parts), hashlib.sha256).hexdigest().encode()
        frames = [b"<IDS|MSG>", signature, *parts, *map(bytes, rest.get("buffers", []))]
        if "frames" in rest:
            frames = [bytes_of(frame) for frame in rest["frames"]]
        self.sockets[channel].send_multipart(frames)
        return self.answers(full.get("msg_id"), rest.get("wait", 10), rest.get("typed"))

    def answers(self, name, wait, typed=None):
        found, open_ends = [], {"reply", "idle"}
        end = time.monotonic() + wait
        while open_ends and time.monotonic() < end:
            for channel in CHANNELS:
                while self.sockets[channel].poll(5):
                    frames = self.sockets[channel].recv_multipart()
                    parts = frames[frames.index(b"<IDS|MSG>") + 1 :]
                    signed = hmac.new(self.key, b"".join(parts[1:5]), hashlib.sha256).hexdigest()
                    assert parts[0].decode() == signed, "a wrong signature"
                    header, parent, _, content = map(json.loads, parts[1:5])
                    if parent.get("msg_id") != name:
                        continue
                    buffers = [list(part) for part in parts[5:]]
                    found.append([channel, header["msg_type"], content, buffers])
                    if header["msg_type"] == "input_request" and typed is not None:
                        self.client.session.send(self.sockets["stdin"], "input_reply", typed)
                    if header["msg_type"].endswith("_reply"):
                        open_ends.discard("reply")
                    if content.get("execution_state") == "idle":
                        open_ends.discard("idle")
        return found

    def latency(self, times):
        socket, session = self.sockets["shell"], self.client.session
        found = []
        for _ in range(times):
            begin = time.perf_counter()
            session.send(socket, "kernel_info_request", {})
            socket.recv_multipart()
            found.append(1e3 * (time.perf_counter() - begin))
        self.answers("nothing", 0.2)
        return statistics.median(found)


def main():
    client = Client()
    for line in sys.stdin:
        command = json.loads(line)
        print(json.dumps(getattr(client, command.pop("do"))(**command)), flush=True)
    if hasattr(client, "manager") and client.manager.has_kernel:
        client.manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    main()

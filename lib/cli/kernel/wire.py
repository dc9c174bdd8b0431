"""Jupyter's messages as they travel: frames, signatures, addresses."""

import dataclasses
import datetime
import hashlib
import hmac
import json
import uuid

DELIMITER = b"<IDS|MSG>"
SESSION = uuid.uuid4().hex


class Unreadable(Exception):
    """Frames that are no message of the protocol."""


@dataclasses.dataclass
class Frames:
    """A message whose parts are read when they are needed: contents may be many megabytes."""

    to: list[bytes]
    header: dict
    parts: list[bytes]
    """Header, header of the message it answers, metadata, content, and binary buffers behind."""

    @property
    def kind(self):
        return self.header["msg_type"]

    @property
    def parent(self):
        return read_object("parent_header", self.parts[1]).get("msg_id")

    @property
    def content(self):
        return read_object("content", self.parts[3])

    def with_content(self, content):
        """The same message with other content: an object, or its bytes."""
        raw = content if isinstance(content, bytes) else packed(content)
        return dataclasses.replace(self, parts=[*self.parts[:3], raw, *self.parts[4:]])


def is_text(value):
    # JSON can write half a character, a lone surrogate, and UTF-8 cannot.
    return isinstance(value, str) and not any("\ud800" <= c <= "\udfff" for c in value)


def packed(value):
    """JSON that Deno can read: UTF-8, no NaN. Raises ValueError where there is none."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def read_object(name, raw):
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"its {name} is no JSON ({error})") from None
    if not isinstance(value, dict):
        raise Unreadable(f"its {name} is no object")
    return value


class Key:
    """Signs with the key of a connection file; without a key nothing is signed."""

    def __init__(self, connection):
        self.secret = connection.get("key", "").encode()
        self.method = connection.get("signature_scheme", "hmac-sha256").removeprefix("hmac-")

    def sign(self, parts):
        if not self.secret:
            return b""
        signature = hmac.new(self.secret, digestmod=getattr(hashlib, self.method))
        for part in parts:
            signature.update(part)
        return signature.hexdigest().encode()

    def pack(self, message):
        return [*message.to, DELIMITER, self.sign(message.parts[:4]), *message.parts]

    def unpack(self, frames, signed=4):
        """The message in the frames, header and signature checked, which is that of some parts."""
        if DELIMITER not in frames:
            raise Unreadable("it has no delimiter")
        start = frames.index(DELIMITER)
        signature, parts = frames[start + 1 : start + 2], frames[start + 2 :]
        if len(parts) < 4:
            raise Unreadable(f"it has {len(parts)} parts, fewer than four")
        if not hmac.compare_digest(signature[0], self.sign(parts[:signed])):
            raise Unreadable("its signature is not that of this kernel")
        header = read_object("header", parts[0])
        for name in ("msg_id", "msg_type"):
            if not is_text(header.get(name)):
                raise Unreadable(f"its header has no {name}")
        return Frames(frames[:start], header, parts)


def message(kind, content, parent=b"{}", to=(), name=None):
    """A new message of the launcher; `parent` is the header, as bytes, of what it answers."""
    header = {
        "msg_id": name or uuid.uuid4().hex,
        "session": SESSION,
        "username": "launcher",
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(),
        "msg_type": kind,
        "version": "5.3",
    }
    return Frames(list(to), header, [packed(header), parent, b"{}", packed(content)])


def address(connection, channel):
    """Where a channel of a connection file is."""
    separator = ":" if connection["transport"] == "tcp" else "-"
    port = connection[f"{channel}_port"]
    return f"{connection['transport']}://{connection['ip']}{separator}{port}"

"""What a client asks for, made readable for Deno.

Deno's kernel reads requests strictly: one field that is missing or of another type ends its shell
channel for good. So each request is written anew from the fields that are known; what the protocol
calls optional is filled in, and what cannot be understood is refused by name.
"""

import datetime
import json
import re

from wire import Frames, Unreadable, is_text, packed

REQUIRED = object()


class Refused(Exception):
    """A request that cannot be answered; the text says why."""


def is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


TEXT = (is_text, "text in Unicode")
FLAG = (lambda value: isinstance(value, bool), "true or false")
WHOLE = (is_whole, "a whole number")
LEVEL = (lambda value: is_whole(value) and value in (0, 1), "0 or 1")
OBJECT = (lambda value: isinstance(value, dict), "an object")
ACCESS = (lambda value: value in ("range", "tail", "search"), "range, tail or search")

FIELDS = {
    "execute_request": {
        "code": (*TEXT, REQUIRED),
        "silent": (*FLAG, False),
        "store_history": (*FLAG, True),
        "user_expressions": (*OBJECT, {}),
        "allow_stdin": (*FLAG, True),
        "stop_on_error": (*FLAG, True),
    },
    "complete_request": {"code": (*TEXT, REQUIRED), "cursor_pos": (*WHOLE, None)},
    "inspect_request": {
        "code": (*TEXT, REQUIRED),
        "cursor_pos": (*WHOLE, None),
        "detail_level": (*LEVEL, 0),
    },
    "is_complete_request": {"code": (*TEXT, REQUIRED)},
    "history_request": {
        "hist_access_type": (*ACCESS, REQUIRED),
        "raw": (*FLAG, True),
        "output": (*FLAG, False),
        "session": (*WHOLE, 0),
        "start": (*WHOLE, 0),
        "stop": (*WHOLE, None),
        "n": (*WHOLE, None),
        "pattern": (*TEXT, "*"),
        "unique": (*FLAG, False),
    },
    "kernel_info_request": {},
    "comm_info_request": {"target_name": (*TEXT, "")},
    "comm_open": {"comm_id": (*TEXT, REQUIRED)},
    "comm_msg": {},
    "comm_close": {},
    "connect_request": {},
    "shutdown_request": {"restart": (*FLAG, False)},
    "interrupt_request": {},
    "input_reply": {"value": (*TEXT, REQUIRED)},
}


def fields_of(message):
    """The content of a request with all its known fields. Raises Refused."""
    kind = message.kind
    if kind not in FIELDS:
        known = ", ".join(sorted(FIELDS))
        raise Refused(f"Cannot answer as msg_type must be one of {known}: current value is {kind}")
    try:
        content = message.content
    except Unreadable as error:
        raise Refused(f"Cannot answer {kind} as {error}") from None
    known = {}
    for name, (accepts, wanted, default) in FIELDS[kind].items():
        value = content.get(name)
        if value is None and default is not REQUIRED:
            value = default
        elif not accepts(value):
            shown = json.dumps(value)[:80]
            raise Refused(f"Cannot answer {kind} as {name} must be {wanted}: current value is {shown}")
        known[name] = value
    if "cursor_pos" in known:
        length = len(known["code"])
        position = length if known["cursor_pos"] is None else known["cursor_pos"]
        known["cursor_pos"] = min(max(position, 0), length)
    return known


DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


def readable_date(value):
    """The date, or now: one that Deno cannot read would be as deadly as any other field."""
    match = DATE.fullmatch(value) if isinstance(value, str) else None
    try:
        datetime.datetime(*map(int, match.groups()[:6]))
        return value
    except (AttributeError, ValueError):
        return datetime.datetime.now(datetime.timezone.utc).isoformat()


def readable_header(message):
    """The header with the fields that Deno reads."""
    given = message.header
    texts = {"session": "", "username": "", "version": "5.3"}
    header = {name: given[name] if is_text(given.get(name)) else texts[name] for name in texts}
    date = readable_date(given.get("date"))
    return packed({**header, "msg_id": given["msg_id"], "msg_type": message.kind, "date": date})


def for_deno(message, content):
    """The request as Deno reads it."""
    if "user_expressions" in content:
        content = {**content, "user_expressions": {}}  # any JSON at all, and Deno evaluates none
    if message.kind == "input_reply":
        content = {**content, "status": "ok"}  # without it Deno takes the answer for none
    return Frames([], message.header, [readable_header(message), b"{}", b"{}", packed(content)])


def in_bytes(code, position):
    """Deno counts bytes where the protocol counts characters, and dies inside of one."""
    return len(code[:position].encode())


def in_characters(code, position):
    return len(code.encode()[:position].decode(errors="ignore"))

"""What the launcher answers itself: all that Deno does not know, or answers with nothing."""

import documentation

# Longer results are not kept with the history.
LONGEST = 65536


def answer(proxy, channel, message, content):
    """Answers a request that is the launcher's; False for one that is Deno's."""
    kind = message.kind
    answer_to = ANSWERS.get(kind)
    found = answer_to(proxy, content) if answer_to is not None else None
    if found is None:
        return False
    reply = kind.removesuffix("_request") + "_reply" if kind.endswith("_request") else None
    proxy.answer(channel, message, reply, {"status": "ok", **found}, published(kind, content))
    return True


def history(proxy, asked):
    return {"history": proxy.history.answer(asked)}


def comms(proxy, asked):
    return {"comms": {}}


def connect(proxy, asked):
    ports = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
    return {name: proxy.connection[name] for name in ports}


def interrupt(proxy, asked):
    proxy.interrupt()
    return {}


def nothing(proxy, asked):
    return {}


def inspect(proxy, asked):
    found = proxy.documentation.at(asked["code"], asked["cursor_pos"])
    return None if found is None else {"found": True, "data": found, "metadata": {}}


def complete(proxy, asked):
    return proxy.documentation.options_at(asked["code"], asked["cursor_pos"])


ANSWERS = {
    "history_request": history,
    "comm_info_request": comms,
    "connect_request": connect,
    "interrupt_request": interrupt,
    "inspect_request": inspect,
    "complete_request": complete,
    "comm_open": nothing,
    "comm_msg": nothing,
    "comm_close": nothing,
}


def published(kind, content):
    """No kernel of ours knows a target: who opens a comm is told that it is closed."""
    return [("comm_close", {"comm_id": content["comm_id"], "data": {}})] if kind == "comm_open" else []


def page(proxy, content):
    """What a cell like `mf.courses?` shows; None for code."""
    name = None if content["silent"] else documentation.asked_for(content["code"])
    if name is None:
        return None
    return proxy.documentation.at(name, len(name)) or {"text/plain": f"Nothing is known about {name}."}


def payload(request):
    return [] if request.page is None else [{"source": "page", "data": request.page, "start": 0}]


def remember(proxy, request, message):
    """Keeps the history and the imports of the cells that ran."""
    if message.kind == "execute_input":
        proxy.documentation.ran(request.content["code"])
        if request.content["store_history"]:
            proxy.history.ran(message.content.get("execution_count"), request.content["code"])
    elif message.kind == "execute_result" and len(message.parts[3]) <= LONGEST:
        content = message.content
        proxy.history.gave(content.get("execution_count"), content.get("data", {}).get("text/plain"))

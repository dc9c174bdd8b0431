"""Deno's messages, made what the protocol says. Each repair takes content and returns content."""

import re

from wire import packed

# Contents end so, whatever stands before; large ones are mended without being read.
NULL_TRANSIENT = b',"transient":null}'


def transient_is_an_object(raw):
    """Deno sends null for a result that has no display_id."""
    return raw[: -len(NULL_TRANSIENT)] + b',"transient":{}}' if raw.endswith(NULL_TRANSIENT) else raw


def user_expressions_are_an_object(content):
    """Deno evaluates none, and sends null."""
    return {**content, "user_expressions": content.get("user_expressions") or {}}


def syntax_error_has_name_and_text(content):
    """Deno puts the whole text of a syntax error into its name and again into its value."""
    ename = content.get("ename", "")
    match = re.match(r"(\w*Error): ", ename)
    if match is None:
        return content
    evalue = ename[match.end() :]
    return {**content, "ename": match[1], "evalue": evalue, "traceback": [ename]}


def failed_import_has_name_and_text(content):
    """Deno puts the text about a package that is not there into name and value, and names no error."""
    text = content.get("evalue")
    if not text or content.get("ename") != text:
        return content
    return {**content, "ename": "Error", "traceback": [f"Error: {text}"]}


def stopped_code_says_so(content):
    """Code that was stopped gives an error about Deno's own protocol."""
    if "expected struct EvaluateResponse" not in content.get("evalue", ""):
        return content
    text = "the cell was interrupted"
    return {**content, "ename": "Interrupted", "evalue": text, "traceback": [f"Interrupted: {text}"]}


def plot_alone_says_what_draws(content):
    """Observable Plot itself wants the page of a browser, and dies of there being none."""
    old, trace = content.get("evalue", ""), content["traceback"]
    if "documentElement" not in old or not any("@observablehq/plot" in line for line in trace):
        return content
    new = "Plot.plot() needs the page of a browser: show({ panels: { marks }, rows }) draws the same"
    return {**content, "evalue": new, "traceback": [line.replace(old, new) for line in trace]}


def error_reply_says_what_failed(content, error):
    """The reply to a syntax error lacks the fields that the error beside it has."""
    if content.get("status") != "error":
        return content
    known = error or {"ename": "Error", "evalue": "the cell failed", "traceback": []}
    return {**content, **{name: known[name] for name in ("ename", "evalue", "traceback")}}


def traceback_is_a_list(content):
    return {**content, "traceback": content.get("traceback") or []}


def iopub(message):
    """A message of the channel of outputs as it should be; the same object when nothing is wrong."""
    if message.kind == "execute_result":
        raw = message.parts[3]
        mended = transient_is_an_object(raw)
        return message if mended is raw else message.with_content(mended)
    if message.kind == "error":
        content = message.content
        mended = syntax_error_has_name_and_text(traceback_is_a_list(content))
        mended = stopped_code_says_so(failed_import_has_name_and_text(mended))
        mended = plot_alone_says_what_draws(mended)
        return message if mended == content else message.with_content(packed(mended))
    return message


def execute_reply(message, error, payload):
    """The reply to a cell; `error` is what was published about it, `payload` what is to be shown."""
    content = error_reply_says_what_failed(user_expressions_are_an_object(message.content), error)
    return message.with_content({**content, "payload": [*(content.get("payload") or []), *payload]})


def complete_reply(message, in_characters):
    """Deno counts bytes where the protocol counts characters."""
    content = message.content
    places = {name: in_characters(content[name]) for name in ("cursor_start", "cursor_end")}
    return message.with_content({**content, **places})

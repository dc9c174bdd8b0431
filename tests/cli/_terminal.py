"""Runs the claims task on a pseudo-terminal of 80 columns and prints what its screen shows at the end.

A terminal of few words: carriage return, line feed, erase in line, cursor to a column, all other
control sequences ignored. The first line says whether anything was ever drawn over."""

import os
import pty
import re
import struct
import sys

import fcntl
import termios

deno, *words = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    task = ["run", "--quiet", "-P=claims", "--no-prompt", "--frozen", "--cached-only"]
    os.execv(deno, [deno, *task, "tests/cli/_claims_task.ts", *words])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
data = b""
while True:
    try:
        part = os.read(terminal, 65536)
    except OSError:
        break
    if not part:
        break
    data += part
_, status = os.waitpid(pid, 0)

lines, row, column, over = [[]], 0, 0, False
for token in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b.|[\s\S]", data.decode()):
    if token == "\r":
        column = 0
    elif token == "\n":
        row += 1
        if row == len(lines):
            lines.append([])
    elif token.startswith("\x1b["):
        number, kind = token[2:-1], token[-1]
        if kind == "K":
            line = lines[row]
            if number in ("", "0"):
                del line[column:]
            elif number == "2":
                over = over or bool(line)
                line.clear()
        elif kind == "G":
            column = int(number or 1) - 1
        elif kind in "AB":
            row += (1 if kind == "B" else -1) * int(number or 1)
    elif not token.startswith("\x1b"):
        if column == 80:
            row, column = row + 1, 0
            if row == len(lines):
                lines.append([])
        line = lines[row]
        line.extend(" " * (column - len(line) + 1))
        line[column] = token
        column += 1
print("drawn over:", "yes" if over else "no")
print("\n".join("".join(line).rstrip() for line in lines))
sys.exit(os.waitstatus_to_exitcode(status))

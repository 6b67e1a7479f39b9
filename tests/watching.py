"""A process that is watched: what it opens to write, and whatever a filter has no business with.

Run as a script with a file of Python code, it runs that code and prints as JSON what it saw.
"""

import json
import os
import socket
import sys
from pathlib import Path

#: Events of Python's own audit (PEP 578) that no run may cause.
FORBIDDEN = (
    "socket.", "ssl.", "urllib.", "ftplib.", "smtplib.", "subprocess.", "pickle.",
    "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn",
)  # fmt: skip
#: Stands in texts, ids, fields and recipes; what has it in its source is code made of data.
CANARY = "canary_of_the_data"


class Watch:
    """Hears of everything from its beginning on."""

    def __init__(self):
        self.events = []
        self.written = set()
        sys.addaudithook(self.hear)

    def hear(self, event, words):
        if event.startswith(FORBIDDEN):
            self.events.append([event, repr(words)[:200]])
        elif event == "compile" and CANARY in str(words[0]):
            self.events.append([event, str(words[0])[:200]])
        elif event == "open" and isinstance(words[0], str | bytes):
            if isinstance(words[2], int) and words[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                self.note(words[0])
        elif event in {"os.rename", "os.link", "os.symlink"}:
            self.note(words[1])
        elif event == "os.mkdir":
            self.note(words[0])

    def note(self, name):
        self.written.add(str(Path(os.fsdecode(name)).absolute()))


class RefusedSocket(socket.socket):
    """A machine without a network, down to its own."""

    def __init__(self, *_, **__):
        raise OSError(101, "Network is unreachable")


def main():
    """Run the code of a file and say what happened."""
    socket.socket = RefusedSocket
    watch = Watch()
    code = compile(Path(sys.argv[1]).read_text(), sys.argv[1], "exec")
    watch.events.clear()
    failure = None
    try:
        exec(code, {"__name__": "watched"})  # noqa: S102 - the test's own
    except BaseException as error:  # noqa: BLE001 - told
        failure = repr(error)
    found = {"events": watch.events, "written": sorted(watch.written), "failure": failure}
    print(json.dumps(found), file=sys.__stdout__)


if __name__ == "__main__":
    main()

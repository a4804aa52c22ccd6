"""What `siku run --engine` and `siku cluster doctor` start: `python -m siku.engines`.

Reads one line of JSON from standard input: engine, address, threads, and the fields of Job; the end
of the input means that whoever asked is gone. Writes one line of JSON an event to standard output:
``{"began": true}`` first, ``{"progress": {...}}``, at the end ``{"done": true}`` or
``{"error": {...}}``. With ``doctor`` true it asks about the cluster instead, and the last event is
``{"examined": {...}}``.
"""

import json
import os
import signal
import sys
import threading
from typing import Any

from .._errors import Error
from . import Job, drive
from .doctor import examine


def _stop_at_end() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGINT)


def main() -> int:
    # Whatever an engine prints goes elsewhere.
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(event: dict[str, Any]) -> None:
        print(json.dumps(event, ensure_ascii=False), file=events, flush=True)

    asked = json.loads(sys.stdin.readline())
    threading.Thread(target=_stop_at_end, daemon=True).start()
    engine, address, threads = (asked.pop(key) for key in ("engine", "address", "threads"))
    say({"began": True})
    try:
        if asked.pop("doctor", False):
            say({"examined": examine(engine, address=address or None, **asked)})
            return 0
        drive(
            engine,
            Job(**asked),
            address=address or None,
            threads=threads,
            progress=lambda progress: say({"progress": progress}),
        )
    except Error as error:
        fields = ("code", "message", "value", "place", "hint")
        say({"error": {name: getattr(error, name) for name in fields}})
        return 1
    say({"done": True})
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What a device says on its console."""

import collections
import re
import threading
import time


class Console:
    """Everything the device said, line by line, kept for tests and shown to people."""

    def __init__(self, pipe, show=None, keep=5000):
        self._lines = collections.deque(maxlen=keep)
        self._changed = threading.Condition()
        self._show = show
        self._thread = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._thread.start()

    def _read(self, pipe):
        with pipe:
            for raw in pipe:
                line = raw.decode("utf-8", "replace").rstrip("\r\n")
                with self._changed:
                    self._lines.append(line)
                    self._changed.notify_all()
                if self._show:
                    print(line, file=self._show, flush=True)

    def finish(self):
        """After the process has ended: waits until its last words are read."""
        self._thread.join(timeout=5)

    @property
    def text(self):
        with self._changed:
            return "\n".join(self._lines)

    def last(self, count=15):
        with self._changed:
            return "\n".join(list(self._lines)[-count:])

    def wait_for(self, pattern, timeout):
        """The first line, old or new, in which the pattern is found; None after timeout seconds."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                for line in self._lines:
                    if re.search(pattern, line):
                        return line
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(left)

"""QEMU's machine protocol."""

import collections
import json
import threading


class DeviceDied(Exception):
    """The device ended by itself, or its emulator does not answer. The message has its last words."""


class Qmp:
    """The emulator's monitor. One command at a time; events go to a callback in the reading thread."""

    def __init__(self, connection, on_event):
        self._socket = connection
        self._answers = collections.deque()
        self._changed = threading.Condition()
        self._ended = False
        self._on_event = on_event
        self._lock = threading.Lock()
        threading.Thread(target=self._read, daemon=True).start()
        self.command("qmp_capabilities")

    def _read(self):
        try:
            with self._socket.makefile("rb") as lines:
                for line in lines:
                    message = json.loads(line)
                    if "event" in message:
                        self._on_event(message["event"])
                    elif "QMP" not in message:
                        with self._changed:
                            self._answers.append(message)
                            self._changed.notify_all()
        except OSError:
            pass
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def command(self, name, timeout=10, **arguments):
        with self._lock:
            try:
                self._socket.sendall(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
            except OSError:
                raise DeviceDied("the emulator's monitor is gone") from None
            with self._changed:
                self._changed.wait_for(lambda: self._answers or self._ended, timeout)
                if not self._answers:
                    raise DeviceDied(f"the emulator did not answer {name}")
                answer = self._answers.popleft()
        if "error" in answer:
            raise RuntimeError(f"{name}: {answer['error']['desc']}")
        return answer["return"]

    def close(self):
        self._socket.close()

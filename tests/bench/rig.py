"""A board's image in its emulator, with its instructions counted, on a LAN where we are the only peer."""

import contextlib
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

from bench.counter import PACE, Counter  # noqa: E402
from support import http1, packet  # noqa: E402
from support.board import Board  # noqa: E402
from support.device import Device  # noqa: E402
from support.peer import Host, Lan  # noqa: E402

DEVICE, PEER = "10.0.0.2", "10.0.0.1"

AT_REST = 75_000  # instructions in a second once nothing of the start is left to be done
CODE_BYTES = 1 << 20  # an image's instructions are counted apart from address 0 to here


def prepare_state(board, image, folder):
    """What a device that has been started before keeps: its key, its store, and whom it belongs to. Returns the token."""
    device = Device(Board(board), image).start()
    try:
        token = device.claim()
        device.written(timeout=60)
        device.stop()
        shutil.copytree(device.options.state, folder, dirs_exist_ok=True)
        return token
    finally:
        device.destroy()


class Rig:
    """state     folder of prepare_state; None: nothing lasts
    folder    where the plugin is built"""

    def __init__(self, board, image, folder, state=None, functions=False):
        self._folder = tempfile.mkdtemp(prefix="jembatan-")
        self.counter = Counter(folder, size=CODE_BYTES if functions else 0)
        self.lan = Lan(self._folder)
        self.device = Device(Board(board), image, net=self.lan.net, ip=f"{DEVICE}/24,{PEER}", log_level="warning",
                             arguments=self.counter.arguments)
        if state:
            shutil.copytree(state, self.device.options.state, dirs_exist_ok=True)
        self.device.start()
        self.host = Host(self.lan, PEER)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.device.destroy()
        self.lan.close()
        self.counter.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    # ---- asking ----------------------------------------------------------------------------------------------

    def first_answer(self, path):
        """Instructions from the start to the last byte of the first answer."""
        self.host.resolve(packet.ip(DEVICE), 60)
        connection = self.connect()
        connection.get(path, timeout=60)
        count = self.counter.total()
        connection.close()
        return count

    def connect(self):
        return self.host.connect(DEVICE, 80)

    @staticmethod
    def request(path, headers=(), method="GET", body=None, accept="application/json"):
        """As programs ask: the one for a sensor has 105 bytes."""
        headers = [("User-Agent", "curl/7.88.1"), ("Accept", accept), *headers]
        return http1.request_bytes(path, headers, method, body, host=DEVICE)

    # ---- counting --------------------------------------------------------------------------------------------

    def cost(self, work):
        """Instructions until the core sleeps again."""
        before = self.counter.settle()
        work()
        return self.counter.settle() - before

    def median(self, work, times=41, prepare=None):
        """Of several, because the sampler and timers work in between."""
        costs = []
        for _ in range(times):
            if prepare:
                prepare()
            costs.append(self.cost(work))
        return statistics.median_low(costs)

    def exchange(self, connection, request, times=41):
        """A request, its answer, and the acknowledgement."""
        def work():
            connection.send(request)
            connection.response(timeout=30)
        work()
        return self.median(work, times)

    def over(self, seconds, meanwhile=None):
        """Instructions a second. Whole seconds: the sampler's rhythm."""
        before, end = self.counter.total(), time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if meanwhile:
                meanwhile(left)
            else:
                PACE.wait(left)
        return (self.counter.total() - before) / seconds

    def quiet(self, limit, timeout=120.0):
        """Waits until a second takes no more than so many instructions: what a start leaves to be done is done."""
        end = time.monotonic() + timeout
        while self.over(1) > limit:
            assert time.monotonic() < end, "the device does not come to rest"

    @contextlib.contextmanager
    def open_connections(self, count):
        """So many, each of which has asked once."""
        connections = [self.connect() for _ in range(count)]
        for connection in connections:
            connection.get("/healthz")
        try:
            yield connections
        finally:
            for connection in connections:
                connection.close()

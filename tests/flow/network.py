"""The LAN of the flow tests: one device, and stations that the test plays."""

import shutil
import tempfile

from support.device import Device, pools_used
from support.peer import Lan

DEVICE, TESTER, SECOND = "10.0.0.2", "10.0.0.1", "10.0.0.3"


class Network:
    """One LAN and one device on it."""

    def __init__(self, board, image, **options):
        self._folder = tempfile.mkdtemp(prefix="jembatan-")
        self.lan = Lan(self._folder)
        self.device = Device(board, image, net=self.lan.net, **options)
        self.device.start()

    def close(self):
        self.device.destroy()
        self.lan.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def status(host, address=DEVICE):
    connection = host.connect(address)
    document = connection.get("/api/v1/status").json()
    connection.close()
    return document


def used(host):
    return pools_used(status(host))

"""A device under test: started, asked, disturbed and stopped by a test."""

import copy
import json
import os
import re
import shutil
import socket
import tempfile
import threading
import time

from support import launch, owner
from support.http1 import Client, Closed
from support.tls import Trust, pin_shown


PACE = threading.Event()  # never set: waiting for it leaves the processor to the device


def eventually(ask, timeout=5.0, **expected):
    """Asks again and again until the answer has all the expected members; with none expected, until it is true.
    Returns the answer."""
    deadline = time.monotonic() + timeout
    while True:
        answer = ask()
        if all(answer.get(key, ...) == value for key, value in expected.items()) if expected else answer:
            return answer
        assert time.monotonic() < deadline, f"not {expected or 'true'} within {timeout} s; last: {answer}"
        PACE.wait(0.005)


class Device:
    """One device behind TCP ports of this machine (net "slirp") or on a test's own LAN ("tap:...", "unix:...").
    https     it is spoken to by HTTPS; else by plain HTTP, and it takes tokens that way unless insecure is False"""

    def __init__(self, board, image=None, https=False, **options):
        self.board = board
        self.image = image or board.image
        self._folder = tempfile.mkdtemp(prefix="jembatan-")
        self.https = https
        self.trust = None  # with https, what we know of it
        options = {"insecure": not https, **options}
        self._first = launch.Options(state=os.path.join(self._folder, "state"), **options)
        self.options = copy.deepcopy(self._first)
        self.process = None
        self.token = None  # of the owner, after claim()
        self._client = None
        self._control = None

    # ---- life ----------------------------------------------------------------------------------------------

    def start(self, timeout=30.0):
        if self.board.is_simulator:
            self.options.control = os.path.join(self._folder, "control")
        if self.options.net == "slirp" or (self.options.net.startswith("tap") and self.options.ip):
            self.process = launch.start_ready(self.board, self.image, self.options, timeout=timeout)
        else:
            self.process = launch.Process(self.board, self.image, self.options)
            self.process.start()
        return self

    def stop(self):
        self._disconnect()
        return self.process.stop() if self.process else None

    def kill(self):
        """The power cut."""
        self._disconnect()
        return self.process.kill()

    def restart(self, **changes):
        """Starts anew as at first, but for the changes; what lasts (state) lasts."""
        self.stop()
        self.options = copy.deepcopy(self._first)
        for name, value in changes.items():
            assert hasattr(self.options, name), name
            setattr(self.options, name, value)
        return self.start()

    @property
    def starts(self):
        """How often the firmware has begun since the process did."""
        return len(re.findall(r" reset by ", self.console))

    def restarted(self, starts, timeout=30.0):
        """Waits until it has begun anew by itself and answers again.
        starts    those of before"""
        eventually(lambda: self.starts > starts, timeout)
        self._disconnect()
        self.process.wait_ready(timeout)

    def light(self, actuator):
        """Whether the actuator's output is on, by the chip or port itself: what the firmware says of it is not asked."""
        state = self.order(f"get {actuator}") if self.board.is_simulator else self.process.output(actuator)
        assert state in ("on", "off"), state
        return state == "on"

    @property
    def storage(self):
        """The file that is the memory of what lasts; to be read and written while the device is off."""
        return os.path.join(self.options.state, "storage.bin")

    def destroy(self):
        try:
            return self.stop()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _disconnect(self):
        for connection in (self._client, self._control):
            if connection:
                connection.close()
        self._client = self._control = None

    @property
    def console(self):
        return self.process.console.text

    def check_alive(self):
        self.process.check_alive()

    # ---- HTTP ----------------------------------------------------------------------------------------------

    @property
    def port(self):
        return self.process.port

    @property
    def https_port(self):
        return self.process.https_port

    @property
    def host(self):
        """One that has its address by DHCP says so on its console."""
        if self.port or self.options.ip:
            return self.process.host
        said = re.findall(r"IPv4 address (\S+)", self.console)
        assert said, f"no address yet:\n{self.console}"
        return said[-1]

    @property
    def plain_address(self):
        return self.host, self.port or 80

    @property
    def secure_address(self):
        return self.host, self.https_port or 443

    @property
    def address(self):
        """Where it is spoken to."""
        return self.secure_address if self.https else self.plain_address

    @property
    def url(self):
        return f"{'https' if self.https else 'http'}://{self.authority}/"

    @property
    def authority(self):
        """As in a URL and in Host."""
        return "{}:{}".format(*self.address)

    @property
    def connections_max(self):
        """How many it serves at the same time by the way it is spoken to."""
        pool = "https_connection" if self.https else "http_connection"
        return next(entry["size"] for entry in self.status()["pools"] if entry["name"] == pool)

    @property
    def ca_file(self):
        """A file with the certificate that it showed when it was first asked."""
        path = os.path.join(self._folder, "ca.pem")
        with open(path, "w", encoding="ascii") as file:
            file.write(self.trust.pem)
        return path

    def connect(self, timeout=10.0, receive_bytes=None):
        """A new connection, the caller's to close."""
        if self.https and not self.trust:
            self.trust = Trust(lambda: self.secure_address, lambda: pin_shown(self.process.console))
        return Client(*self.address, timeout, self.trust if self.https else None, receive_bytes)

    def connect_plainly(self, timeout=10.0):
        return Client(*self.plain_address, timeout)

    def request(self, path, headers=(), method="GET", body=None, **kwargs):
        """Over one connection that is kept, and opened anew when the device has closed it."""
        if self._client:
            try:
                return self._ask(path, headers, method, body, kwargs)
            except (Closed, OSError):
                self.check_alive()
                self._client.close()
        self._client = self.connect()
        return self._ask(path, headers, method, body, kwargs)

    def _ask(self, path, headers, method, body, kwargs):
        try:
            response = self._client.request(path, headers, method, body, **kwargs)
        except AssertionError:  # whatever comes after it is of no use
            self._client.close()
            self._client = None
            raise
        if response.closes:
            self._client.read_end()
            self._client.close()
            self._client = None
        return response

    def get(self, path, headers=()):
        return self.request(path, headers)

    def claim(self):
        """Makes us its owner, with the code on its console. Returns the token."""
        assert self.process.console.wait_for("setup code: ", 10), self.console
        self.token = owner.claim(self.connect, owner.setup_code(self.process.console), "test")
        return self.token

    def call(self, method, path, body=None, token=..., match=None, headers=()):
        """A request with the owner's token (or another, or None), a JSON body and If-Match."""
        headers = list(headers)
        token = self.token if token is ... else token
        if token:
            headers.append(("Authorization", f"Bearer {token}"))
        if match:
            headers.append(("If-Match", match))
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if method in ("POST", "PUT", "PATCH") and not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("Content-Type", "application/json"))
        return self.request(path, headers, method, body)

    def patch(self, path, body, **kwargs):
        """A merge-patch of what is there now."""
        return self.call("PATCH", path, body, match=self.call("GET", path).header("etag"), **kwargs)

    def written(self, timeout=10.0):
        """Waits until all that has changed lasts."""
        eventually(lambda: self.call("GET", "/api/v1/status").json()["store"]["pending"] == 0, timeout)

    def back(self, timeout=30.0, **expected):
        """Waits through a restart until the status, which everybody may read, has all the expected members."""
        def ask():
            try:
                return self.call("GET", "/api/v1/status").json()
            except (OSError, Closed):
                self.check_alive()
                return {}
        return eventually(ask, timeout, **expected)

    def sensor(self, sensor):
        return self.get(f"/api/v1/sensors/{sensor}").json()

    # ---- the world around the device -------------------------------------------------------------------------

    def set(self, sensor, value):
        """What the chip measures from now on, in the sensor's unit."""
        if self.board.is_simulator:
            self.order(f"set {sensor} {launch.plain(value)}")
        else:
            self.process.set_value(sensor, value)

    def order(self, line):
        """One line to the simulator's control socket."""
        if not self._control:
            self._control = socket.socket(socket.AF_UNIX)
            self._control.settimeout(5)
            self._control.connect(self.options.control)
        self._control.sendall(line.encode() + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            piece = self._control.recv(4096)
            if not piece:
                self.check_alive()
                raise launch.DeviceDied(f"the control socket closed on '{line}'")
            answer += piece
        text = answer.decode().strip()
        assert text == "ok" or text.startswith("ok "), f"{line}: {text}"
        return text[3:]

    def nak(self, device):
        """The chip does not acknowledge its address."""
        self.order(f"nak {device}")

    def hold(self, device):
        """The chip holds SCL low once it is addressed."""
        self.order(f"hold {device}")

    def stick(self, device):
        """The chip keeps SDA low once it is addressed."""
        self.order(f"stick {device}")

    def garbage(self, device):
        """The chip answers with what cannot be."""
        self.order(f"garbage {device}")

    def off(self, device):
        """The chip has no power; what it was configured to is gone when it comes back."""
        self.order(f"off {device}")

    def heal(self, device):
        self.order(f"heal {device}")

    def link(self, up):
        self.order(f"link {'up' if up else 'down'}")

    # ---- what must be given back -----------------------------------------------------------------------------

    def status(self):
        return self.get("/api/v1/status").json()


def pools_used(status):
    """How much of each pool is in use. Timers are left out: those of mDNS come and go with what is asked and announced,
    for up to half a minute. Bytes are counted in steps of 256, because the answer that is just being
    sent is among them and its length has to do with the length of its numbers."""
    return {pool["name"]: pool["used"] // 256 if pool["name"] == "heap" else pool["used"]
            for pool in status["pools"] if pool["name"] != "sys_timeout"}

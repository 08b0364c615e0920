"""Starts a device: the simulator as a process, or a board's image in its emulator, and stops it again.

Nothing outlives the process that called start(): children ask the kernel to die with it, what the emulator needs
from us goes through inherited descriptors, and no file is written outside the state folder.
"""

import ctypes
import decimal
import ipaddress
import os
import random
import re
import signal
import socket
import struct
import subprocess
import threading
import time
import zlib
from dataclasses import dataclass, field

from support import rp2040
from support.console import Console
from support.ports import free_ports, port_is_free
from support.qmp import DeviceDied, Qmp
from support.ready import answers

LOG_LEVELS = ("error", "warning", "info", "debug")
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class BadOption(Exception):
    """An option that cannot be fulfilled; the message is for the person who gave it."""


class PortInUse(BadOption):
    pass


@dataclass
class Options:
    http_port: int = 0  # on 127.0.0.1; 0: a free one. Only with net == "slirp"
    https_port: int = 0  # likewise
    net: str = "slirp"  # or "tap", "tap:IF" or "unix:LOCAL,REMOTE"
    ip: str = None  # "A.B.C.D/PREFIX[,GATEWAY]"; None: DHCP
    state: os.PathLike = None  # folder of what lasts
    values: dict = field(default_factory=dict)  # sensor id -> start value in the sensor's unit
    without: tuple = ()  # device ids that are not populated
    log_level: str = None
    pcap: os.PathLike = None
    outbound: bool = False  # its connections reach other hosts; this one is 10.0.2.2. Only with net == "slirp"
    insecure: bool = False  # takes tokens by plain HTTP, whatever its setting says
    seed: bool = True  # emulator: with secret randomness for a board that has no generator of its own
    arguments: tuple = ()  # emulator: more of its own
    control: os.PathLike = None  # where the control socket (simulator) or QMP (emulator) listens


def parse_net(text):
    kind, _, rest = text.partition(":")
    if kind == "slirp" and not rest:
        return kind, ()
    if kind == "tap" and (rest or text == "tap"):
        return kind, (rest or "jembatan0",)
    if kind == "unix" and all(rest.partition(",")):
        return kind, tuple(rest.split(",", 1))
    raise BadOption(f"--net {text}: must be slirp, tap, tap:INTERFACE or unix:LOCAL,REMOTE")


def parse_ip(text):
    """(address, netmask, gateway) as packed bytes."""
    address, _, gateway = text.partition(",")
    try:
        if "/" not in address:
            raise ValueError
        interface = ipaddress.IPv4Interface(address)
        hop = ipaddress.IPv4Address(gateway) if gateway else ipaddress.IPv4Address(0)
    except ValueError:
        raise BadOption(f"--ip {text}: must be ADDRESS/PREFIX or ADDRESS/PREFIX,GATEWAY") from None
    return interface.ip.packed, interface.netmask.packed, hop.packed


def _die_with(parent):
    """For preexec_fn: what the kernel does when we vanish without saying goodbye."""

    def prepare():
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it was gone before we could ask
            os._exit(1)
        # Ctrl-C is for the one who started us; the device is stopped in an orderly way.
        os.setpgid(0, 0)

    return prepare


class Process:
    """One run of a device. start(), wait_ready(), stop()."""

    def __init__(self, board, image, options, show=None):
        self.board = board
        self.image = os.fspath(image)
        self.options = options
        self.show = show
        self.port = self.https_port = None  # with net == "slirp", of 127.0.0.1
        self.console = None
        self.child = None
        self.network = None  # a process of its own, where the emulator has none
        self.qmp = None
        if not os.path.isfile(self.image):
            raise BadOption(f"{self.image} is not there; ./dev build {board.name} makes it")
        self._net = parse_net(options.net)
        if options.ip:
            parse_ip(options.ip)

    # ---- starting ------------------------------------------------------------------------------------------

    def start(self):
        slirp = self._net[0] == "slirp"
        if slirp:
            self.port, self.https_port = self._ports()
        if self.options.state:
            os.makedirs(self.options.state, exist_ok=True)
        if self.board.is_simulator:
            self._spawn(self._simulator_command(), ())
        else:
            self._start_emulator()

    def _ports(self):
        wanted = {"--http": self.options.http_port, "--https": self.options.https_port}
        for option, port in wanted.items():
            if port and not port_is_free(port):
                raise PortInUse(
                    f"port {port} of 127.0.0.1 is in use; "
                    f"stop what uses it or choose another by {option} PORT (0: any free one)"
                )
        if wanted["--http"] and wanted["--http"] == wanted["--https"]:
            raise BadOption(f"--https {wanted['--https']}: --http has that port")
        return tuple(port or free for port, free in zip(wanted.values(), free_ports(2, wanted.values())))

    def _spawn(self, command, descriptors):
        self.child = self._child(command, descriptors, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT)
        self.console = Console(self.child.stdout, self.show)

    @staticmethod
    def _child(command, descriptors, **streams):
        return subprocess.Popen(command, pass_fds=descriptors, preexec_fn=_die_with(os.getpid()), **streams)

    def _simulator_command(self):
        options = self.options
        command = [self.image, "--net", options.net]
        if self.port:
            command += ["--forward", f"127.0.0.1:{self.port}:80", "--forward", f"127.0.0.1:{self.https_port}:443"]
        command += ["--insecure-tokens"] * options.insecure + ["--outbound"] * options.outbound
        for sensor, value in options.values.items():
            command += ["--set", f"{sensor}={plain(value)}"]
        for device in options.without:
            command += ["--without", device]
        for name, value in (
            ("--control", options.control),
            ("--pcap", options.pcap),
            ("--log-level", options.log_level),
            ("--ip", options.ip),
            ("--state", options.state),
        ):
            if value:
                command += [name, os.fspath(value)]
        return command

    # ---- the emulator --------------------------------------------------------------------------------------

    def _start_emulator(self):
        facts = self.board.emulator
        self._check_sensors()
        ours, theirs = socket.socketpair()
        boot = self._boot_options_file()
        storage = self._storage_file()
        try:
            if facts["emulator"] == "rp2040js":
                self._spawn_rp2040(theirs.fileno(), boot, storage)
            else:
                self._spawn(self._qemu_command(theirs.fileno(), boot, storage), (theirs.fileno(), boot, storage))
        except FileNotFoundError as missing:
            raise BadOption(f"{missing.filename} is not installed") from None
        finally:
            theirs.close()
            os.close(boot)
            os.close(storage)
        try:
            self.qmp = Qmp(ours, self._on_event)
            self._apply_values()
            self.qmp.command("cont")
        except DeviceDied:
            self.child.wait(10)
            self.check_alive()

    def _qemu_command(self, monitor, boot, storage):
        facts, options = self.board.emulator, self.options
        command = [
            facts["emulator"],
            *("-M", facts["machine"], "-kernel", self.image, "-nodefaults", "-display", "none"),
            *("-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"),
            *("-chardev", f"socket,id=qmp,fd={monitor}", "-mon", "chardev=qmp,mode=control", "-S"),
            *self._netdev(),
            *("-net", f"nic,netdev=net0,model={facts['nic_model']},macaddr={self._mac()}"),
        ]
        for device, arguments in facts["devices"].items():
            if device not in options.without:
                command += arguments
        loader = facts["boot_options"]["loader"].replace("FILE", f"/proc/self/fd/{boot}")
        command += loader.split(" ")
        command += [word.replace("FILE", f"/proc/self/fd/{storage}") for word in facts["storage"]["arguments"]]
        if options.pcap:
            command += ["-object", f"filter-dump,id=dump,netdev=net0,file={os.fspath(options.pcap)}"]
        command += options.arguments
        if options.control:
            command += ["-qmp", f"unix:{os.fspath(options.control)},server=on,wait=off"]
        return command

    def _spawn_rp2040(self, monitor, boot, storage):
        ours, theirs = rp2040.wire()
        with ours, theirs:
            options = self.options
            self._spawn(rp2040.command(self.board.emulator, self.image, options.without, self._mac(), options.arguments,
                                       monitor, options.control, ours.fileno(), storage, boot),
                        (monitor, ours.fileno(), storage, boot))
            self.network = self._child(rp2040.network(self._netdev(), theirs.fileno(), self.options.pcap),
                                       (theirs.fileno(),), stdin=subprocess.DEVNULL)

    def _check_sensors(self):
        known = self.board.emulator["sensors"]
        for sensor, value in self.options.values.items():
            if sensor not in known:
                raise BadOption(f"--set {sensor}: no such sensor; this board has {', '.join(known)}")
            if value < known[sensor].get("min", value):
                raise BadOption(f"--set {sensor}={plain(value)}: this emulator takes none below "
                                f"{known[sensor]['min']}")
        for device in self.options.without:
            if device not in self.board.emulator["devices"]:
                raise BadOption(f"--without {device}: no such device; this board has "
                                f"{', '.join(self.board.emulator['devices'])}")

    def _netdev(self):
        kind, arguments = self._net
        if kind == "slirp":
            facts = self.board.emulator
            forwards = ((self.port, facts["http_port"]), (self.https_port, facts["https_port"]))
            return "-netdev", ",".join((f"user,id=net0,restrict={'off' if self.options.outbound else 'on'}",
                                        *(f"hostfwd=tcp:127.0.0.1:{ours}-:{its}" for ours, its in forwards)))
        if kind == "tap":
            return "-netdev", f"tap,id=net0,ifname={arguments[0]},script=no,downscript=no"
        local, remote = arguments
        return "-netdev", (f"dgram,id=net0,local.type=unix,local.path={local},"
                           f"remote.type=unix,remote.path={remote}")

    def _mac(self):
        """The board's MAC address is its serial number: made once, kept with what lasts."""
        path = os.path.join(self.options.state, "mac") if self.options.state else None
        if path and os.path.exists(path):
            with open(path, encoding="ascii") as file:
                text = file.read().strip()
            if not re.fullmatch(r"([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}", text):
                raise BadOption(f"{path} does not hold a MAC address")
            return text
        mac = bytearray(random.SystemRandom().randbytes(6))
        mac[0] = mac[0] & 0xFC | 0x02  # unicast, locally administered
        text = mac.hex(":")
        if path:
            with open(path, "w", encoding="ascii") as file:
                file.write(text + "\n")
        return text

    def _boot_options_file(self):
        facts = self.board.emulator["boot_options"]
        address, mask, gateway = parse_ip(self.options.ip) if self.options.ip else (bytes(4),) * 3
        fields = {
            "magic": int(facts["magic"], 0),
            "log_level": LOG_LEVELS.index(self.options.log_level or "info"),
            "ipv4_static": int(self.options.ip is not None),
            "localhost_is_us": 1,
            "insecure_tokens": int(self.options.insecure),
            "ipv4_address": address,
            "ipv4_netmask": mask,
            "ipv4_gateway": gateway,
            # A board without a generator has no other secret at its first start.
            "seed": os.urandom(32) if self.options.seed else bytes(32),
            "crc32": 0,
        }
        block = struct.pack(facts["struct"], *(fields[name] for name in facts["fields"]))
        block = block[:-4] + struct.pack("<I", zlib.crc32(block[:-4]))
        descriptor = os.memfd_create("boot-options", 0)
        os.write(descriptor, block)
        return descriptor

    def _storage_file(self):
        """The memory chip's contents: a file among what lasts, erased when it is new; else just for this run."""
        size = self.board.emulator["storage"]["bytes"]
        if self.options.state:
            path = os.path.join(self.options.state, "storage.bin")
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        else:
            path, descriptor = "storage", os.memfd_create("storage", 0)
        found = os.fstat(descriptor).st_size
        if found == 0:
            os.pwrite(descriptor, b"\xff" * size, 0)
        elif found != size:
            os.close(descriptor)
            raise BadOption(f"{path} has {found} bytes, the memory has {size}")
        return descriptor

    def _apply_values(self, only=None):
        for sensor, facts in self.board.emulator["sensors"].items():
            device = facts["path"].rpartition("/")[2]
            if device in self.options.without or (only is not None and sensor not in only):
                continue
            self.set_value(sensor, self.options.values.get(sensor, facts["initial"]))

    def set_value(self, sensor, value):
        """Emulator only: what the chip measures from now on."""
        facts = self.board.emulator["sensors"][sensor]
        # Emulated chips cut off what is below their own step: a whole number just short of one would lose it.
        exact = decimal.Decimal(plain(value)) * facts["scale"]
        whole = int(exact.to_integral_value(decimal.ROUND_UP))
        self.qmp.command("qom-set", path=facts["path"], property=facts["property"], value=whole)
        self.options.values[sensor] = value

    def output(self, actuator):
        """Emulator only: "on", "off", or how the chip drives it else."""
        facts = self.board.emulator["actuators"][actuator]
        if "property" in facts:
            return self.qmp.command("qom-get", path=facts["path"], property=facts["property"])
        line = f"xp /1wx {facts['register']}"
        word = self.qmp.command("human-monitor-command", **{"command-line": line}).split(":")[1]
        return "on" if int(word, 16) >> facts["bit"] & 1 else "off"

    def _on_event(self, event):
        if event == "RESET" and self.qmp:
            # A reset of the machine resets these models' measurements too, which no real room would do.
            lost = self.board.emulator["lost_by_reset"]
            threading.Thread(target=self._apply_values, args=(lost,), daemon=True).start()

    # ---- running -------------------------------------------------------------------------------------------

    def type(self, text):
        """What somebody types on the device's console; nobody hears it once the device has ended."""
        try:
            self.child.stdin.write(text.encode())
            self.child.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass

    def check_alive(self):
        code = self.child.poll()
        if code is None:
            return
        self.console.finish()
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        raise DeviceDied(f"the device {how}; its last words:\n{self.console.last()}")

    def wait_ready(self, timeout=30.0):
        """Until requests are answered, with readings. A connect proves nothing: user networking takes it for a device
        that is still booting."""
        self.wait_ready_at(self.address, self.secure_address, timeout)

    @property
    def host(self):
        """Where it is; only when we said so."""
        return "127.0.0.1" if self.port else self.options.ip.partition("/")[0]

    @property
    def address(self):
        return self.host, self.port or 80

    @property
    def secure_address(self):
        return self.host, self.https_port or 443

    def wait_ready_at(self, address, secure=None, timeout=30.0):
        """As wait_ready. secure: where it speaks HTTPS, for one whose settings close its plain port."""
        deadline = time.monotonic() + timeout
        pause = threading.Event()
        patience = 0.1  # a SYN that came too early is not repeated soon; a slow machine gets more of it
        while True:
            self.check_alive()
            if answers(address, secure, patience):
                return
            patience = min(1.5 * patience, 5.0)
            if time.monotonic() > deadline:
                raise DeviceDied(f"no answer on {address[0]}:{address[1]} in {timeout:.0f} s; "
                                 f"the console's end:\n{self.console.last()}")
            pause.wait(0.02)

    def stop(self, grace=5.0):
        """Ends it in an orderly way, by force after grace seconds. Returns its exit code."""
        if self.child is None:
            return None
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(grace)
            except subprocess.TimeoutExpired:
                self.child.kill()
        return self._reap()

    def kill(self):
        """The power cut."""
        self.child.kill()
        return self._reap()

    def _reap(self):
        code = self.child.wait()
        if self.network:
            self.network.kill()
            self.network.wait()
        try:
            self.child.stdin.close()
        except BrokenPipeError:  # something was typed that nobody heard
            pass
        if self.qmp:
            self.qmp.close()
        self.console.finish()
        return code


def plain(value):
    """A number without an exponent, as the simulator's options take it."""
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def start_ready(board, image, options, show=None, timeout=30.0):
    """Starts a device and waits until it answers. A free port that somebody else takes between our looking and
    the device's binding is tried again with another one."""
    for attempt in range(5):
        process = Process(board, image, options, show)
        try:
            process.start()
            process.wait_ready(timeout)
            return process
        except DeviceDied:
            process.stop()
            chosen = ((process.port, options.http_port), (process.https_port, options.https_port))
            stolen = any(port and not wanted and not port_is_free(port) for port, wanted in chosen)
            if not stolen or attempt == 4:
                raise
        except BaseException:
            process.stop()
            raise

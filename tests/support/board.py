"""Facts about a board: which of the two ways it is run in, and what its emulator can do.

A board with an emulator.json is run in that emulator; one without is a program of this machine (the simulator).
"""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class UnknownBoard(Exception):
    pass


under_test = None  # the board that a suite speaks to (tests/conftest.py)


def read_facts(path):
    """A board may say that it is as another one ("as"), and what is different."""
    facts = json.loads(path.read_text())
    if "as" not in facts:
        return facts
    other = read_facts(path.parent.parent / facts.pop("as") / path.name)
    return {**other, **{name: {**other[name], **new} if isinstance(new, dict) else new for name, new in facts.items()}}


class Board:
    def __init__(self, name):
        folder = ROOT / "boards" / name
        if not (folder / "board.cmake").is_file():
            known = ", ".join(sorted(path.parent.name for path in (ROOT / "boards").glob("*/board.cmake")))
            raise UnknownBoard(f"there is no board '{name}'; boards: {known}")
        self.name = name
        facts = folder / "emulator.json"
        self.emulator = read_facts(facts) if facts.is_file() else None

    @property
    def is_simulator(self):
        return self.emulator is None

    @property
    def sensors(self):
        """Ids of all its sensors, in its order; none for the simulator, which tells it by its image alone."""
        return list(self.emulator["sensors"]) if self.emulator else []

    @property
    def actuators(self):
        return list(self.emulator["actuators"]) if self.emulator else []

    @property
    def can_break_chips(self):
        """Chips can be made to fail while the device runs. Emulators have no hot-plug."""
        return self.is_simulator

    @property
    def needs_seed(self):
        """It has no generator of random numbers: a seed is given to it at its first start."""
        return not self.is_simulator

    @property
    def has_outgoing_tls(self):
        """It has memory for https of its own."""
        return "TLS_OUT_CONNECTIONS_MAX=0u" not in (ROOT / "boards" / self.name / "board.cmake").read_text()

    @property
    def is_counted(self):
        """What it costs in instructions is kept (tests/bench)."""
        return self.name in json.loads((ROOT / "tests/bench/baseline.json").read_text())

    @property
    def abilities(self):
        """What a test marked needs("...") may ask for."""
        return {"broken_chips": self.can_break_chips, "seed": self.needs_seed, "flash": not self.is_simulator,
                "clock": self.is_simulator, "no_clock": not self.is_simulator,
                "outgoing_tls": self.has_outgoing_tls, "counted": self.is_counted}

    @property
    def image(self):
        return ROOT / "build" / self.name / ("jembatan" if self.is_simulator else "jembatan.elf")

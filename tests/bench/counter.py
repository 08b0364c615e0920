"""Counts the instructions that an emulated core executes: the plugin of count.c, and what it has written."""

import array
import bisect
import mmap
import pathlib
import subprocess
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
HEAD_BYTES = 8
PACE = threading.Event()  # never set: waiting for it leaves the processor to the emulator


def build_plugin(folder):
    """The plugin, made anew when its source has changed."""
    source, plugin = HERE / "count.c", pathlib.Path(folder) / "count.so"
    if not plugin.exists() or plugin.stat().st_mtime < source.stat().st_mtime:
        plugin.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-o", plugin, source],
                       check=True)
    return plugin


class Counter:
    """The counts of one emulator.
    folder    of the plugin and of its file
    size      of the code whose instructions are counted apart; 0: only all together"""

    def __init__(self, folder, base=0, size=0):
        self.base, self.size = base, size
        self.plugin = build_plugin(folder)
        self.path = pathlib.Path(folder) / f"counts-{id(self)}"
        self.path.write_bytes(bytes(HEAD_BYTES + size // 2 * 8))
        with self.path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 0)

    @property
    def arguments(self):
        """For the emulator. An instruction takes 128 ns of its time, so that its timers do not depend on this machine."""
        return ("-icount", "shift=7", "-plugin",
                f"{self.plugin},counts={self.path},base={self.base:#x},size={self.size:#x}")

    def close(self):
        self._memory.close()
        self.path.unlink()

    def counts(self):
        """One number a halfword of the code."""
        return array.array("Q", self._memory[HEAD_BYTES:])

    def total(self):
        return int.from_bytes(self._memory[:HEAD_BYTES], "little")

    def settle(self, quiet=0.003, timeout=30.0):
        """Waits until the core has slept for that long. Returns the total."""
        deadline = time.monotonic() + timeout
        last = self.total()
        while True:
            PACE.wait(quiet)
            now = self.total()
            if now == last:
                return now
            assert time.monotonic() < deadline, "the core never sleeps"
            last = now


class Symbols:
    """The functions of an image, by address."""

    def __init__(self, image, nm="arm-none-eabi-nm"):
        lines = subprocess.run([nm, "-n", image], check=True, capture_output=True, text=True).stdout.splitlines()
        words = [line.split(maxsplit=2) for line in lines]
        found = sorted({(int(word[0], 16) & ~1, word[2]) for word in words
                        if len(word) == 3 and word[1] in "tTwW" and not word[2].startswith("$")})
        self._starts, self._names = [at for at, _ in found], [name for _, name in found]

    def name_at(self, address):
        index = bisect.bisect_right(self._starts, address) - 1
        return self._names[index] if index >= 0 else "?"

    def by_function(self, counts, base=0):
        """[(instructions, name)], most first, of numbers a halfword."""
        sums = {}
        for index, count in enumerate(counts):
            if count:
                name = self.name_at(base + 2 * index)
                sums[name] = sums.get(name, 0) + count
        return sorted(((count, name) for name, count in sums.items()), reverse=True)

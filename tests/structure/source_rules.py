"""The rules of the tree, as functions from file contents to a list of complaints.

They take text, not paths, so that the tests can feed them samples that break a rule.
"""
import re

# Who may include whom (docs/architecture.md). First match wins; what a row lists are prefixes of what stands
# in the #include, besides the file's own folder, which it may always name, and the C library.
HAL = ("hal/",)
LWIP = ("lwip/", "netif/", "arch/")
TABLE = [
    ("hal/include/hal/", ("hal/", "mmio_port.h")),  # hal/mmio.h: a family brings the access functions
    ("hal/drivers/", HAL),
    ("hal/cortex_m/boot_options.", HAL + ("board.h",)),
    ("hal/cortex_m/", HAL),
    ("hal/rp2040/", HAL + ("cortex_m.h", "hardware/regs/")),  # names of registers, by the Pico SDK
    ("hal/", HAL + ("cortex_m.h", "board.h")),
    ("firmware/base/", ("base/", "config/", "hal/status.h")),
    ("firmware/config/", ("config/", "hal/status.h")),
    ("firmware/http/", ("http/", "base/", "config/")),
    ("firmware/client/", ("client/", "base/", "config/")),
    ("firmware/sensors/", ("sensors/", "base/", "config/") + HAL),
    ("firmware/events/", ("events/", "sensors/", "base/", "config/")),
    ("firmware/actuators/", ("actuators/", "base/", "config/") + HAL),
    ("firmware/console/", ("console/", "base/", "config/")),
    ("firmware/actions/", ("actions/", "base/", "config/", "hal/status.h", "cJSON.h")),
    ("firmware/tls/", ("tls/", "base/", "config/", "hal/status.h", "mbedtls/", "psa/")),
    ("firmware/security/", ("security/", "base/", "config/", "hal/status.h", "mbedtls/", "cJSON.h")),
    ("firmware/store/", ("store/", "base/", "config/", "lfs2.h") + HAL),
    ("firmware/settings/", ("settings/", "base/", "config/", "hal/status.h", "cJSON.h")),
    ("firmware/sources/", ("sources/", "client/", "sensors/", "settings/", "base/", "config/", "hal/sensor.h", "hal/status.h",
                           "cJSON.h")),
    ("firmware/api/", ("api/", "sources/", "http/", "events/", "sensors/", "actuators/", "actions/", "settings/", "security/",
                       "store/store_health.h", "tls/", "base/", "config/", "hal/status.h", "cJSON.h")),
    ("firmware/net/", ("net/", "base/", "config/", "http/http_conn.h", "http/http_server.h",
                       "client/client_link.h", "tls/") + HAL + LWIP),
    ("firmware/app", None),
    ("firmware/main.c", ("app.h", "board.h") + HAL),
    ("boards/", ("board.h",) + HAL),
    ("tests/", None),
]

# The C library as C11 has it.
LIBC = {name + ".h" for name in
        "assert ctype errno inttypes limits setjmp stdalign stdarg stdbool stddef stdint stdio stdlib stdnoreturn "
        "string time".split()}
# Folders that are made of an operating system may use it.
# By <>, because boards share sources: the one of the board that is built, not the one that lies beside the file.
OF_THE_BOARD = "board_facts.h"
SYSTEM = ("hal/sim/", "boards/sim/", "tests/")

# "hal/drivers/tmp105.h": beyond the contract. Only a board knows its chips; a family gives a driver its address.
BEYOND_THE_CONTRACT = re.compile(r"hal/\w+/")
KNOWS_CHIPS = re.compile(r"boards/|tests/|hal/(?!include/|drivers/|cortex_m/)")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)


def allowed_prefixes(path):
    for prefix, allowed in TABLE:
        if path.startswith(prefix):
            return allowed
    raise LookupError(f"no row of the include table for {path}")


def include_complaints(path, text, own_folder=()):
    """own_folder: names of the headers that lie beside the file; for a board also those of the families."""
    allowed = allowed_prefixes(path)
    complaints = []
    for kind, name in INCLUDE.findall(text):
        if allowed is None or name in LIBC or (name == OF_THE_BOARD and path.startswith("boards/")):
            continue
        if kind == "<":
            if not path.startswith(SYSTEM):
                complaints.append(f"{path}: <{name}> is not the C library")
        elif ("/" not in name and name in own_folder) or name.startswith(path.rpartition("/")[0] + "/"):
            continue
        elif not name.startswith(allowed) or (BEYOND_THE_CONTRACT.match(name) and not KNOWS_CHIPS.match(path)):
            complaints.append(f"{path}: may not include \"{name}\"")
    return complaints


# Macros by which compilers and build systems say for what they build.
TARGET_MACRO = re.compile(
    r"^[ \t]*#[ \t]*(?:el)?if(?:n?def)?\b.*\b(__arm\w*|__ARM\w*|__linux\w*|__x86\w*|__thumb\w*|__riscv\w*|__APPLE__|"
    r"_WIN32|__unix\w*|BOARD_(?!H\b)\w+|MPS2\w*|SIMULATOR\w*|CORTEX_M\w*|RP2040\w*|LM3S\w*)\b", re.M)


def target_complaints(path, text):
    """No #if on a board or chip outside the families and the boards: CMake chooses files."""
    family = re.match(r"hal/(?!include/|drivers/)", path)
    if family or path.startswith(("boards/", "tests/")):
        return []
    return [f"{path}: #if on {name}" for name in TARGET_MACRO.findall(text)]


FILE_LINES = 450
TEST_FILE_LINES = 700  # one independent sentence after another: nobody has to hold it in mind as a whole
FUNCTION_LINES = 60
# Longer, and why.
LONGER_FILES = {
    "firmware/config/limits.h": "one list, in which every bound of the device is looked up",
}
LONGER_FUNCTIONS = {}


def functions(text):
    """(name, lines) of each function definition: by house style its brace stands alone in column 0."""
    lines = text.splitlines()
    head = None
    for number, line in enumerate(lines):
        if line == "{":
            start = number
            while start and lines[start - 1].strip() and not lines[start - 1].startswith(("}", "#", "/*", " */")):
                start -= 1
            named = re.search(r"(\w+)\s*\(", " ".join(lines[start:number]))
            head = (named.group(1) if named else "?", start)
        elif line.startswith("}") and head:
            yield head[0], number - head[1] + 1
            head = None


def length_complaints(path, text):
    complaints = []
    count = len(text.splitlines())
    most = TEST_FILE_LINES if re.match(r"tests/.*/test_\w+\.(c|py)$", path) else FILE_LINES
    if count > most and path not in LONGER_FILES:
        complaints.append(f"{path}: {count} lines, at most {most}")
    if path.endswith((".c", ".h")):
        for name, length in functions(text):
            if length > FUNCTION_LINES and f"{path}:{name}" not in LONGER_FUNCTIONS:
                complaints.append(f"{path}: {name} has {length} lines, at most {FUNCTION_LINES}")
    return complaints


def limit_complaints(path, text):
    """Every constant of limits.h says its unit or reason: on its line, or in the comment above its group."""
    complaints = []
    covered = False
    in_comment = False
    for line in text.splitlines():
        stripped = line.strip()
        if in_comment or stripped.startswith("/*"):
            in_comment = "*/" not in stripped
            covered = True
            continue
        if not stripped:
            covered = False
            continue
        found = re.match(r"#\s*define\s+(\w+)\s+\S", stripped)
        if found and not covered and "/*" not in stripped:
            complaints.append(f"{path}: {found.group(1)} has no comment with its unit or reason")
    return complaints


# A public tree names nobody's machine, and no particular mirror. Put together from parts: this file is
# searched too.
FORBIDDEN = re.compile("|".join((
    r"/" + r"work/", r"/" + r"home/\w+", r"/" + r"root/", r"/" + r"Users/\w+", r"/" + r"tmp/\w+-build",
    r"(deb|security|snapshot)\.deb" + r"ian\.org")), re.I)


def word_complaints(path, text):
    return [f"{path}: '{found.group(0)}'" for found in FORBIDDEN.finditer(text)]

"""The rules of the tree hold for every file, and each rule can fail."""
import re
import shutil
import subprocess

import pytest

import source_rules as rules


def tracked_by_git(root):
    if not shutil.which("git"):
        return []
    listed = subprocess.run(["git", "-C", root, "-c", f"safe.directory={root}", "ls-files", "-z", "--cached",
                             "--others", "--exclude-standard"], capture_output=True, text=True, check=False)
    return sorted(set(listed.stdout.split("\0")) - {""}) if listed.returncode == 0 else []


def tracked(root, *suffixes):
    """(path, text) of the repository's text files: what git tracks or would, else what lies in our folders."""
    names = tracked_by_git(root)
    if not names:  # an unpacked release, or no git
        names = sorted(p.relative_to(root).as_posix() for top in ("firmware", "hal", "boards", "tests", "cmake", "docs")
                       for p in (root / top).rglob("*") if p.is_file() and not re.search(r"/(__pycache__|\.\w+_cache)/", p.as_posix()))
    for name in names:
        path = root / name
        if not path.is_file() or (suffixes and not name.endswith(suffixes)):
            continue
        try:
            yield name, path.read_text()
        except UnicodeDecodeError:
            continue  # request vectors hold raw bytes; nothing here is about those


def c_files(root):
    found = [(p, t) for p, t in tracked(root, ".c", ".h") if p.startswith(("firmware/", "hal/", "boards/", "tests/"))]
    assert len(found) > 30, "the tree has more C files than that: the search is broken"
    return found


def test_every_include_is_one_its_folder_may_have(root):
    complaints = []
    for path, text in c_files(root):
        beside = {p.name for p in (root / path).parent.glob("*.h")}
        if path.startswith("boards/"):
            beside |= {p.name for p in (root / "hal").glob("*/*.h") if p.parent.name != "drivers"}
        complaints += rules.include_complaints(path, text, beside)
    assert not complaints, "\n".join(complaints)


def test_no_file_outside_the_families_asks_for_a_target(root):
    complaints = [c for path, text in c_files(root) for c in rules.target_complaints(path, text)]
    assert not complaints, "\n".join(complaints)


def test_files_and_functions_are_short(root):
    texts = tracked(root, ".c", ".h", ".py", ".cmake", ".sh", "CMakeLists.txt")
    complaints = [c for path, text in texts for c in rules.length_complaints(path, text)]
    assert not complaints, "\n".join(complaints)


def test_a_board_that_is_as_another_one_is_a_few_facts(root):
    folders = {path.parent for path in (root / "boards").glob("*/emulator.json") if '"as"' in path.read_text()}
    assert len(folders) >= 2
    for folder in folders:
        assert sum(len(path.read_text().splitlines()) for path in folder.iterdir()) < 200, folder.name


def test_exceptions_are_still_needed(root):
    files = dict(tracked(root, ".c", ".h", ".py"))
    for path in rules.LONGER_FILES:
        assert len(files[path].splitlines()) > rules.FILE_LINES, path
    for key in rules.LONGER_FUNCTIONS:
        path, name = key.split(":")
        assert dict(rules.functions(files[path]))[name] > rules.FUNCTION_LINES, key


def test_every_limit_says_its_unit_or_reason(root):
    text = (root / "firmware/config/limits.h").read_text()
    assert text.count("#define") > 10
    complaints = rules.limit_complaints("firmware/config/limits.h", text)
    assert not complaints, "\n".join(complaints)


def test_the_tree_names_nobodys_machine(root):
    complaints = [c for path, text in tracked(root) for c in rules.word_complaints(path, text)]
    assert not complaints, "\n".join(complaints)


# ---- the rules can fail ------------------------------------------------------------------------------------

BAD_INCLUDES = [
    ("hal/include/hal/led.h", '#include "base/log.h"'),
    ("hal/drivers/x.c", '#include "lwip/pbuf.h"'),
    ("hal/mps2/x.c", '#include "http/http_conn.h"'),
    ("firmware/base/x.c", '#include "hal/clock.h"'),
    ("firmware/http/x.c", '#include "hal/status.h"'),
    ("firmware/http/x.c", '#include "api/problem.h"'),
    ("firmware/http/x.c", '#include <lwip/tcp.h>'),
    ("firmware/sensors/x.c", '#include "http/http_exchange.h"'),
    ("firmware/settings/x.c", '#include "http/http_exchange.h"'),
    ("firmware/settings/x.c", '#include "sensors/sensor_registry.h"'),
    ("firmware/api/x.c", '#include "lwip/tcp.h"'),
    ("firmware/api/x.c", '#include "tmp105.h"'),
    ("firmware/net/x.c", '#include "http/http_router.h"'),
    ("firmware/net/x.c", '  #  include "sensors/sensor_registry.h"'),
    ("firmware/sensors/x.c", '#include "hal/drivers/tmp105.h"'),
    ("hal/drivers/x.c", '#include "hal/mps2/mps2.h"'),
    ("firmware/main.c", '#include "net/net.h"'),
    ("firmware/base/x.c", '#include <sys/socket.h>'),
    ("boards/sim/board.c", '#include "sensors/sensor_registry.h"'),
]


@pytest.mark.parametrize("path, text", BAD_INCLUDES)
def test_a_bad_include_is_found(path, text):
    assert rules.include_complaints(path, text)


def test_good_includes_pass():
    assert not rules.include_complaints("firmware/http/x.c", '#include <string.h>\n#include "base/text.h"\n')
    assert not rules.include_complaints("hal/sim/x.c", '#include <poll.h>\n#include "sim.h"\n', {"sim.h"})


def test_a_folder_without_a_row_is_found():
    with pytest.raises(LookupError):
        rules.include_complaints("firmware/surprise/x.c", "")


@pytest.mark.parametrize("line", ["#ifdef __linux__", "#if defined(__arm__) && 1", "#elif defined(BOARD_SIM)",
                                  "#  ifndef CORTEX_M3"])
def test_an_if_on_a_target_is_found(line):
    assert rules.target_complaints("firmware/net/x.c", line + "\n#endif\n")
    assert not rules.target_complaints("hal/mps2/x.c", line + "\n#endif\n")


def test_an_include_guard_is_not_a_target():
    assert not rules.target_complaints("firmware/api/x.h", "#ifndef BOARD_H\n#define BOARD_H\n#endif\n")


def test_a_long_file_and_a_long_function_are_found():
    assert rules.length_complaints("firmware/base/x.c", "\n" * (rules.FILE_LINES + 1))
    body = "static int\nf(void)\n{\n" + "    g();\n" * rules.FUNCTION_LINES + "}\n"
    assert rules.length_complaints("firmware/base/x.c", body)
    assert not rules.length_complaints("firmware/base/x.c", "int f(void)\n{\n" + "    g();\n" * 57 + "}\n")


def test_a_limit_without_comment_is_found():
    assert rules.limit_complaints("limits.h", "#define SLOTS 8u\n")
    assert rules.limit_complaints("limits.h", "/* about A */\n#define A 1u\n\n#define SLOTS 8u\n")
    assert not rules.limit_complaints("limits.h", "#define SLOTS 8u /* connections */\n")


@pytest.mark.parametrize("text", ["see /" + "work/x", "in /" + "home/jane/x", "http://deb." + "debian.org/debian"])
def test_a_forbidden_word_is_found(text):
    assert rules.word_complaints("README.md", text)

#!/usr/bin/python3
"""Runs clang-tidy over our files of some compile databases, several at once, and remembers what was clean.

The key of a clean result is the hash of the preprocessed file, its command, the configuration and the tool's
version: change a header and every file that sees it is looked at again.
"""
import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
OURS = tuple(str(ROOT / folder) + "/" for folder in ("firmware", "hal", "boards", "tests"))
# What gcc for Arm takes and clang does not, and where its C library's headers are.
GCC_ONLY = ("-flto", "-ffat-lto-objects", "-fno-lto", "-fno-tree-loop-distribute-patterns", "--specs=", "-specs=", "-nostartfiles")
ARM = ["--target=arm-none-eabi"]


def arm_includes():
    probe = subprocess.run(["arm-none-eabi-gcc", "-E", "-v", "-xc", "/dev/null"], capture_output=True, text=True,
                           check=True).stderr
    listed = probe[probe.index("#include <...>"):probe.index("End of search list")].splitlines()[1:]
    folders = [str(pathlib.Path(line.strip()).resolve()) for line in listed]
    # gcc's own headers (its stdint.h and arm_acle.h) are not for clang, which brings its own.
    return [word for folder in folders if "/gcc/" not in folder for word in ("-isystem", folder)]


def commands(databases):
    """{file: compile words}; a file is looked at as the first database builds it."""
    found = {}
    for database in databases:
        for entry in json.loads((database / "compile_commands.json").read_text()):
            if entry["file"].startswith(OURS) and entry["file"].endswith(".c") and entry["file"] not in found:
                words = shlex.split(entry["command"])
                arm = "arm-none-eabi" in words[0]
                words = [w for w in words[1:] if not w.startswith(GCC_ONLY)]
                for option in ("-o", "-c"):
                    position = words.index(option)
                    del words[position:position + 2]
                found[entry["file"]] = words + ((ARM + arm_includes()) if arm else [])
    return found


def configurations(path):
    """The .clang-tidy files that hold for a file."""
    folders = [folder for folder in pathlib.Path(path).parents if ROOT == folder or ROOT in folder.parents]
    return [folder / ".clang-tidy" for folder in folders if (folder / ".clang-tidy").exists()]


def look(path, words, cache, version):
    """What clang-tidy has to say about one file, empty when it is clean."""
    expanded = subprocess.run(["clang", "-E", *words, path], capture_output=True, cwd=ROOT, check=False)
    if expanded.returncode != 0:
        return expanded.stderr.decode()
    key = hashlib.sha256(b"\0".join((expanded.stdout, " ".join(words).encode(), version,
                                     pathlib.Path(path).read_bytes(),
                                     *(p.read_bytes() for p in configurations(path))))).hexdigest()
    if (cache / key).exists():
        return ""
    done = subprocess.run(["clang-tidy", "--quiet", path, "--", *words], capture_output=True, text=True, cwd=ROOT,
                          check=False)
    if done.returncode == 0 and not done.stdout.strip():
        (cache / key).touch()
        return ""
    return done.stdout + (done.stderr if done.returncode and not done.stdout.strip() else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("databases", nargs="+", type=pathlib.Path, help="build folders, the first one wins")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--cache", type=pathlib.Path, required=True)
    args = parser.parse_args()
    args.cache.mkdir(parents=True, exist_ok=True)
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    todo = commands(args.databases)
    if not todo:
        sys.exit("tidy: no files found")
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        said = list(pool.map(lambda item: look(*item, args.cache, version), sorted(todo.items())))
    complaints = [text for text in said if text]
    print("".join(complaints), end="")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""Flash and static RAM of an image, by layer and by library, out of the linker's map.

The image's section headers say what is flash (allocated, with contents) and what is RAM (writable); the map
says which archive member each piece of it came from. Initialised data is both: its start values lie in flash.
What went through link-time optimisation has no member any more: there each symbol tells its source by its debug
information, and what has no name (texts, padding) belongs to no one.
"""
import argparse
import bisect
import json
import pathlib
import re
import struct
import subprocess

LAYERS = ["app", "api", "sources", "events", "sensors", "actuators", "actions", "console", "settings", "security", "store", "http", "client", "net", "tls", "base",
          "hal", "board"]
LIBRARIES = ["lwip", "mbedtls", "cjson", "littlefs", "libc", "libgcc"]
STACK = "stack"  # what the linker script sets aside for it
OTHER = "other"  # padding, alignment, what the linker makes itself
OPTIMISED = ".ltrans"  # in the name of what link-time optimisation makes of all members

SHF_WRITE, SHF_ALLOC, SHT_NOBITS = 1, 2, 8


def sections(image):
    """{name: (bytes, in flash, in RAM)} of the allocated sections of an ELF file."""
    data = image.read_bytes()
    assert data[:4] == b"\x7fELF", f"{image} is not an ELF file"
    wide = data[4] == 2
    if wide:
        offset, = struct.unpack_from("<Q", data, 0x28)
        size, count, names = struct.unpack_from("<HHH", data, 0x3A)
        layout = "<IIQQQQ"
    else:
        offset, = struct.unpack_from("<I", data, 0x20)
        size, count, names = struct.unpack_from("<HHH", data, 0x2E)
        layout = "<IIIIII"
    headers = [struct.unpack_from(layout, data, offset + i * size) for i in range(count)]
    strings = headers[names][4]
    found = {}
    for name, kind, flags, _, _, length in headers:
        if flags & SHF_ALLOC:
            start = strings + name
            label = data[start:data.index(b"\0", start)].decode()
            writable = bool(flags & SHF_WRITE)
            found[label] = (length, kind != SHT_NOBITS, writable)
    return found


def owner(path):
    """The layer or library that a map's object belongs to."""
    archive = re.search(r"lib(\w+?)(_nano)?\.a\(", path)
    name = archive.group(1) if archive else ""
    if name.startswith("hal_"):
        return "hal"
    if name in ("c", "g", "m", "nosys", "rdimon") or re.search(r"/(crt\w+|[Ss]crt1)\.o$", path):
        return "libc" if not re.search(r"/crt(begin|end|i|n)\w*\.o$", path) else "libgcc"
    if name in ("gcc", "gcc_eh"):
        return "libgcc"
    if name in LAYERS or name in LIBRARIES:
        return name
    if path.endswith(("main.c.o", "main.c.obj")):
        return "app"
    return OTHER


def source_owner(path):
    """The same of a source, which lies in our tree, among fetched libraries or among what a build generated."""
    parts = pathlib.PurePath(path).parts
    for name in reversed(parts):
        if name in LIBRARIES:
            return name
    for folder, own in (("firmware", None), ("hal", "hal"), ("boards", "board")):
        if folder in parts:
            below = parts[len(parts) - parts[::-1].index(folder):]
            return own or (below[0] if below[0] in LAYERS else "app")
    return "api" if path.endswith("_data.c") else OTHER


def symbols(image, tools):
    """[(address, bytes, owner)] of all that has a name and a source. nm tells the source of functions; data is known by
    its name and size in the archives that the image was made of, which lie beside the map."""
    listing = subprocess.run([f"{tools}nm", "-S", "-l", image], check=True, capture_output=True, text=True).stdout
    data = None
    found = []
    for address, length, name, path in re.findall(r"^([0-9a-f]+) ([0-9a-f]+) \w (\S+)(?:\t(.+):\d+)?$", listing, re.M):
        if path:
            who = source_owner(path)
        else:
            data = data or archived(image.parent, tools)
            who = data.get((plain(name), int(length, 16)), OTHER)
        found.append((int(address, 16) & ~1, int(length, 16), who))
    return found


def plain(name):
    """A symbol's name without what the compiler appends to tell copies of it apart."""
    return re.sub(r"(\.lto_priv)?(\.\d+)*$", "", name)


def archived(folder, tools):
    """{(symbol, bytes): owner} of all archives below a folder. Not by nm, which reads what is there for the optimiser."""
    found = {}
    for archive in folder.rglob("*.a"):
        listing = subprocess.run([f"{tools}readelf", "-sW", archive], check=True, capture_output=True, text=True).stdout
        for length, name in re.findall(r"^ *\d+: [0-9a-f]+ +(0x[0-9a-f]+|\d+) (?:OBJECT|FUNC) .* (\S+)$", listing, re.M):
            found.setdefault((plain(name), int(length, 0)), owner(f"{archive}("))
    return found


def pieces(map_text):
    """Yields (output section, address, bytes, object) of everything the map places."""
    text = map_text[map_text.index("Linker script and memory map"):]
    # Long section names push the figures to the next line; a piece is then two lines.
    text = re.sub(r"\n ([.\w*][^\s]*)\n +(?=0x)", r"\n \1 ", text)
    text = re.sub(r"\n([._]\S+)\n +(?=0x)", r"\n\1 ", text)
    output = None
    for line in text.splitlines():
        heading = re.match(r"([._]\S+)(\s|$)", line)
        if heading:
            output = heading.group(1)
            continue
        piece = re.match(r" (\S+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+(\S.*)$", line)
        if piece and output and not piece.group(1).startswith("*"):
            yield output, int(piece.group(2), 16), int(piece.group(3), 16), piece.group(4)


def measure(image, map_file):
    """{owner: [flash, RAM]}; the sums are those of the section headers."""
    table = {name: [0, 0] for name in LAYERS + LIBRARIES + [STACK, OTHER]}
    placed = {}
    kinds = sections(image)
    optimised = []
    for output, address, length, path in pieces(map_file.read_text()):
        if output not in kinds or placed.get(output, 0) + length > kinds[output][0]:
            continue
        if OPTIMISED in path:
            optimised.append((address, length, output))
        else:
            placed[output] = placed.get(output, 0) + length
            add(table, owner(path), length, kinds[output])
    named = symbols(image, "arm-none-eabi-") if optimised else []
    for output, length, name in in_pieces(named, sorted(optimised)):
        placed[output] = placed.get(output, 0) + length
        add(table, name, length, kinds[output])
    for output, kind in kinds.items():
        add(table, STACK if output == ".stack" else OTHER, kind[0] - placed.get(output, 0), kind)
    return {name: figures for name, figures in table.items() if any(figures)}


def in_pieces(named, optimised):
    """Yields (output section, bytes, owner) of the symbols that lie in such pieces; two names of one place count once."""
    starts = [address for address, _, _ in optimised]
    seen = set()
    for address, length, name in named:
        index = bisect.bisect_right(starts, address) - 1
        if index < 0 or address in seen:
            continue
        start, size, output = optimised[index]
        if address + length <= start + size:
            seen.add(address)
            yield output, length, name


def add(table, name, length, kind):
    _, flash, ram = kind
    table[name][0] += length if flash else 0
    table[name][1] += length if ram else 0


def show(table):
    print(f"{'':12}{'flash':>10}{'static RAM':>12}   bytes")
    for group in (LAYERS, LIBRARIES, [STACK, OTHER]):
        for name in group:
            if name in table:
                flash, ram = table[name]
                print(f"{name:12}{flash:>10,}{ram:>12,}")
        print("-" * 34)
    flash, ram = (sum(figures[i] for figures in table.values()) for i in (0, 1))
    print(f"{'total':12}{flash:>10,}{ram:>12,}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("image", type=pathlib.Path)
    parser.add_argument("map", type=pathlib.Path)
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="the same figures for programs")
    args = parser.parse_args()
    table = measure(args.image, args.map)
    show(table)
    if args.json:
        total = [sum(figures[i] for figures in table.values()) for i in (0, 1)]
        document = {name: {"flash_bytes": f, "ram_bytes": r} for name, (f, r) in {**table, "total": total}.items()}
        args.json.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""The API's description: YAML files become one JSON document, and that becomes C source.

    openapi.py FOLDER VERSION_H OUT.json OUT.c     what the build calls
    openapi.py --sizes FOLDER VERSION_H            what other choices would take

In the image the document lies in blocks, each packed for itself (firmware/base/inflate.h): raw DEFLATE with the fixed
codes and a dictionary that all share, so that any block is unpacked straight into a send buffer.
"""
import argparse
import collections
import heapq
import json
import pathlib
import re
import sys
import zlib

import yaml

BLOCK_BYTES = 1300       # of the document in one block: a piece of an answer (http_exchange.h)
DICTIONARY_BYTES = 1408
MATCH_BYTES = 6          # shorter matches save next to nothing
STRETCHES = (8, 16, 32, 64)


class Loader(yaml.SafeLoader):
    """YAML 1.2's idea of a scalar, so that off and on are words, and no key may stand twice."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = [key for key, count in collections.Counter(keys).items() if count > 1]
        assert not twice, f"{node.start_mark}: {twice} stand twice"
        return super().construct_mapping(node, deep)


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" and "timestamp" not in tag]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def merge(into, more, path=""):
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value, f"{path}/{key}")
        else:
            assert key not in into, f"{path}/{key} stands in two files"
            into[key] = value


def document(folder, version_h):
    merged = {}
    for file in sorted(folder.glob("*.yaml")):
        merge(merged, yaml.load(file.read_text(encoding="utf-8"), Loader))
    merged["info"]["version"] = re.search(r'JEMBATAN_VERSION "([^"]+)"', version_h.read_text()).group(1)
    return json.dumps(merged, separators=(",", ":"), ensure_ascii=True).encode()


def dictionary(pieces, size):
    """Greedily the stretches that are worth most for their length, the best at the end, where they are nearest. A
    stretch is worth what of it comes again in other blocks; that only falls as others are taken, so the best of a heap
    whose worth is still true is the best of all."""
    worth = collections.Counter()
    for piece in pieces:
        worth.update({piece[i:i + MATCH_BYTES] for i in range(len(piece) - MATCH_BYTES + 1)})
    for match in worth:
        worth[match] -= 1  # where it is seen first it has to be written out anyway

    def worth_of(stretch):
        matches = {stretch[i:i + MATCH_BYTES] for i in range(len(stretch) - MATCH_BYTES + 1)}
        return -sum(worth[match] for match in matches) / len(stretch)

    heap = [(worth_of(stretch), stretch) for stretch in
            {piece[i:i + length] for piece in pieces for length in STRETCHES for i in range(len(piece) - length + 1)}]
    heapq.heapify(heap)
    chosen = b""
    while heap and len(chosen) < size:
        before, stretch = heapq.heappop(heap)
        now = worth_of(stretch)
        if now == 0 or len(chosen) + len(stretch) > size:
            continue
        if now > before:
            heapq.heappush(heap, (now, stretch))
            continue
        chosen = stretch + chosen
        for i in range(len(stretch) - MATCH_BYTES + 1):
            worth[stretch[i:i + MATCH_BYTES]] = 0
    return chosen


def pack(block, shared):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_FIXED, shared) if shared else \
        zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_FIXED)
    return packer.compress(block) + packer.flush()


def cut(text, size):
    return [text[at:at + size] for at in range(0, len(text), size)]


def c_bytes(data):
    lines = [", ".join(f"0x{byte:02x}" for byte in data[at:at + 20]) for at in range(0, len(data), 20)]
    return ",\n    ".join(lines)


def c_source(text):
    pieces = cut(text, BLOCK_BYTES)
    shared = dictionary(pieces, DICTIONARY_BYTES)
    packed = [pack(piece, shared) for piece in pieces]
    starts = [sum(map(len, packed[:i])) for i in range(len(packed) + 1)]
    digest = zlib.crc32(text) << 32 | zlib.adler32(text)
    return f"""/* Made by cmake/openapi.py out of firmware/api/openapi. */
#include "api/openapi.h"

static const uint8_t dictionary[] = {{
    {c_bytes(shared)} }};

static const uint8_t packed[] = {{
    {c_bytes(b"".join(packed))} }};

static const uint16_t starts[] = {{ {", ".join(map(str, starts))} }};

const openapi_t openapi = {{
    .dictionary = dictionary,
    .dictionary_bytes = sizeof dictionary,
    .packed = packed,
    .starts = starts,
    .block_count = {len(packed)},
    .block_bytes = {BLOCK_BYTES},
    .tag = 0x{digest:016x},
}};
"""


def show_sizes(text):
    print(f"document {len(text)} bytes; whole by gzip -9 {len(zlib.compress(text, 9))}")
    for size in (512, 1024, 1300):
        pieces = cut(text, size)
        whole = dictionary(pieces, 4096)
        for shared_bytes in (0, 1024, 1408, 2048, 4096):
            shared = whole[len(whole) - shared_bytes:]
            packed = sum(len(pack(piece, shared)) + 2 for piece in pieces)
            print(f"block {size:5} dictionary {len(shared):5}: {packed + len(shared)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", action="store_true")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("version", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path, nargs="*")
    options = parser.parse_args()
    text = document(options.folder, options.version)
    if options.sizes:
        show_sizes(text)
        return
    json_file, c_file = options.out
    for file, content in ((json_file, text), (c_file, c_source(text).encode())):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""What requests, handshakes, starts and idle seconds cost on an emulated board, counted in instructions, beside the least
that lwIP can do and lwIP's own HTTP server; on the simulator, how many requests a second this machine gets through.
"""

import argparse
import contextlib
import json
import pathlib
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

from bench import figures, functions, report, throughput  # noqa: E402
from bench.rig import AT_REST, Rig, prepare_state  # noqa: E402
from support import size  # noqa: E402
from support.board import Board  # noqa: E402


# What seems worse than what was kept is measured so often again: chance (a timer, the sampler) only ever adds.
AGAIN = 4


def better(one, other):
    return {name: min(one[name], other[name]) for name in one}


class Images:
    def __init__(self, board, build):
        suffix = "" if Board(board).is_simulator else ".elf"
        self.product, self.plain, self.floor, self.httpd = (
            build / f"{name}{suffix}" for name in ("jembatan", "jembatan_plain", "bench_floor", "bench_httpd"))


def measured(board, images, plugins, say, history=True):
    """{name: (value, unit)} of the product.
    history   with the dump of a thousand points, for which it has to sample for minutes"""
    found = {}

    def take(what, measure):
        more = measure()
        for _ in range(AGAIN):
            if not report.worse(board, more, more):
                break
            more = better(more, measure())
        found.update(more)
        say(f"{what}: " + ", ".join(f"{name} {value:,}" for name, (value, _) in more.items()))

    with tempfile.TemporaryDirectory(prefix="jembatan-") as state:
        token = prepare_state(board, images.product, state)
        with contextlib.ExitStack() as stack:
            if history:
                collector = stack.enter_context(figures.Collector(board, images.product, plugins, state, token))
            take("starts", lambda: figures.instructions(
                boot_first_answer_plain=figures.boots(board, images.plain, plugins),
                boot_first_answer=figures.boots(board, images.product, plugins, state)))
            with Rig(board, images.product, plugins, state) as rig:
                rig.first_answer("/api/v1/device")
                rig.quiet(AT_REST)
                for what, measure in (("at rest", figures.idle), ("events", figures.subscribers),
                                      ("requests", figures.kept_alive), ("connections", figures.connections),
                                      ("handshakes", figures.handshakes), ("by HTTPS", figures.secured)):
                    take(what, lambda measure=measure: measure(rig))
                take("settings", lambda: figures.settings(rig, token))
            if history:
                take("history", collector.dump)
    for name, image in (("all", images.product), ("plain", images.plain)):
        flash, ram = figures.sizes(image)
        found[f"flash_{name}_bytes"], found[f"ram_{name}_bytes"] = (flash, "bytes"), (ram, "bytes")
    return found


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("board")
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="the same figures for programs")
    parser.add_argument("--profile", action="store_true", help="where requests spend their instructions, by function")
    parser.add_argument("--update", action="store_true", help="take these figures as those to compare with")
    args = parser.parse_args()
    images, plugins = Images(args.board, args.build), args.build / "bench"
    if Board(args.board).is_simulator:
        return throughput.main(images, args.json)
    if args.profile:
        return functions.main(args.board, images.product, plugins)
    ours = measured(args.board, images, plugins, lambda line: print(line, file=sys.stderr, flush=True))
    beside = {name: figures.side_by_side(args.board, image, plugins)
              for name, image in (("floor", images.floor), ("lwip_httpd", images.httpd))}
    peaks = report.peaks(args.build)
    document = report.document(args.board, ours, beside, size.measure(images.product, args.build / "jembatan.map"), peaks)
    if args.json:
        args.json.write_text(json.dumps(document, indent=2) + "\n")
    if args.update:
        report.keep(args.board, ours)
    report.show(document)
    return 1 if report.worse(args.board, ours) else 0


if __name__ == "__main__":
    sys.exit(main())

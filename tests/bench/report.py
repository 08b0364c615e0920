"""The figures as a table and as JSON, and compared with those that were kept."""

import json
import pathlib

BASELINE = pathlib.Path(__file__).resolve().parent / "baseline.json"
TOLERANCE = 0.02  # a figure may be so much worse than the kept one
# Those that are taken by seconds, not by requests: a window may hold a sample more, and a start ends between two looks.
# A request by TLS 1.2 takes one of two figures in a device's life, 28,200 or 29,800.
ROUGHLY = {"idle_second": 0.1, "event_to_1": 1.0, "event_to_4": 0.5, "boot_first_answer_plain": 0.2,
           "https_keepalive_12": 0.08}


def document(board, ours, beside, sizes, peaks):
    def plain(found):
        return {name: {"value": value, "unit": unit} for name, (value, unit) in found.items()}

    return {"board": board, "figures": plain(ours),
            "side_by_side": {name: plain(found) for name, found in beside.items()},
            "sizes": {name: {"flash_bytes": flash, "ram_bytes": ram} for name, (flash, ram) in sizes.items()},
            "peaks": peaks}


def kept(board):
    return json.loads(BASELINE.read_text()).get(board, {}) if BASELINE.exists() else {}


def keep(board, ours):
    every = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    every[board] = {name: value for name, (value, _) in sorted(ours.items())}
    BASELINE.write_text(json.dumps(every, indent=2) + "\n")


def worse(board, ours, names=None):
    """[(name, kept, now)] of the figures that are worse by more than TOLERANCE. All of them are costs.
    names    those that count; None: all that were kept"""
    return [(name, before, ours[name][0] if name in ours else None) for name, before in kept(board).items()
            if names is None or name in names
            if name not in ours or ours[name][0] > before * (1 + ROUGHLY.get(name, TOLERANCE))]


def peaks(build):
    """{suite: {pool: {"peak": N, "size": N, "unit": ..}}}: what the API's suites have written at their end."""
    return {path.stem.removeprefix("peaks-"): json.loads(path.read_text()) for path in sorted(build.glob("peaks-*.json"))}


def show(found):
    before = kept(found["board"])
    columns = [found["figures"], *found["side_by_side"].values()]
    print(f"{found['board']:26}{'product':>14}" + "".join(f"{name:>14}" for name in found["side_by_side"])
          + f"{'kept':>14}")
    names = list(dict.fromkeys(name for column in columns for name in column))
    for name in names:
        cells = "".join(f"{column[name]['value']:>14,}" if name in column else f"{'':14}" for column in columns)
        unit = next(column[name]["unit"] for column in columns if name in column)
        print(f"{name:26}{cells}" + (f"{before[name]:>14,}" if name in before else f"{'':14}") + f"  {unit}")
    print(f"\n{'bytes':26}{'flash':>14}{'static RAM':>14}")
    for name, row in found["sizes"].items():
        print(f"{name:26}{row['flash_bytes']:>14,}{row['ram_bytes']:>14,}")
    for suite, pools in found["peaks"].items():
        print(f"\n{'most in use, ' + suite:26}{'peak':>14}{'of':>14}")
        for name, pool in pools.items():
            print(f"{name:26}{pool['peak']:>14,}{pool['size']:>14,}")
    if not found["peaks"]:
        print("\nMost in use of pools, stack and TLS: ./dev test writes it down, here was none yet.")
    for name, was, now in worse(found["board"], {name: (row["value"], "") for name, row in found["figures"].items()}):
        print(f"worse: {name} was {was:,}, is {now:,}" if now is not None else f"missing: {name}")

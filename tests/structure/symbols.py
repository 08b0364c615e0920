"""Which object defines and which uses a symbol, by nm."""
import re
import subprocess

# Ours by a name the linker, the hardware or the C library calls.
CALLED_FROM_OUTSIDE = re.compile(r"main|__wrap_\w+|mem(cpy|set|move|cmp)|\w+_Handler|__(asan|ubsan)_default_options")


def read(nm, paths):
    """{object: (defined globals, undefined)} for archives and objects."""
    listing = subprocess.run([nm, "-A", "-g", *paths], check=True, capture_output=True, text=True).stdout
    objects = {}
    for line in listing.splitlines():
        found = re.match(r"(.+?):(?:[0-9a-f]+)?\s+([A-Za-z]) (\S+)$", line)
        if found and not found[3].startswith("__odr_asan."):  # the address sanitizer's own bookkeeping
            where, kind, name = found.groups()
            defined, undefined = objects.setdefault(where, (set(), set()))
            (undefined if kind in "Uwv" else defined).add(name)
    return objects


def unused(objects, ours):
    """Globals of objects for which ours(object) holds and that no other object asks for."""
    found = []
    for where, (defined, _) in objects.items():
        if not ours(where):
            continue
        others = set().union(*(undefined for other, (_, undefined) in objects.items() if other != where))
        # A wrapped function is asked for by its plain name.
        found += [f"{where}: {name}" for name in sorted(defined - others) if not CALLED_FROM_OUTSIDE.fullmatch(name)]
    return found

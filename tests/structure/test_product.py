"""What the linked product and its libraries show: nothing unused, no heap where there must be none."""
import json
import re
import subprocess

import symbols

OURS = re.compile(r"/(firmware|hal)/.*lib\w+\.a:|/main\.c\.o")
# Public on purpose although this product does not call it, and why.
UNUSED_ON_PURPOSE = {
    "api_sensor_number_get": "of the plain profile (firmware/plain.cmake)",
    "bme280_ops": "a board's own table may name it; settings reach it by its type",
    "dps310_ops": "as bme280_ops",
    "sht31_ops": "as bme280_ops",
    "cortex_m_fault_record": "the fault handler, which has no frame of its own, branches to it in assembly",
    "cortex_m_reset_system": "what a family may do in its own way, by a function of the same name (cortex_m.h)",
    "cortex_m_watchdog_barked": "as cortex_m_reset_system",
    "http_close_after": "part of what the core offers handlers; tests/unit/test_http_conn.c has one that needs it",
    "http_method": "as http_close_after",
    "history_add": "what history_add_sample adds; tests add what no registry would give",
    "heap_is_sound": "tests ask for it after whatever they did to the heap of TLS",
    "mbedtls_ms_time": "mbedTLS calls it",
    "mbedtls_psa_external_get_random": "mbedTLS calls it",
    "tls_ecp_mul": "psa_crypto_ecp.c of mbedTLS calls it in the place of its own (cmake/third_party.cmake)",
    "store_littlefs_failed": "littlefs's assertions end in it (store/littlefs_port.h)",
    "sim_storage_close": "tests open several memories in one process",
    "sim_start": "tests start simulated boards with options of their own",
}

# Of boards whose limits leave no memory for them.
UNUSED_ON_SOME_BOARDS = {
    "net_out_use_tls": "without https towards outside sources (TLS_OUT_CONNECTIONS_MAX)",
    "tls_outgoing_init": "as net_out_use_tls",
}


def contract(root):
    """What hal/include declares: every family implements all of it, also what nobody calls yet."""
    text = "".join(path.read_text() for path in (root / "hal/include/hal").glob("*.h"))
    return set(re.findall(r"\b(hal_\w+)\(", text))


def objects_of_product(option):
    build = option("build-dir")
    libraries = sorted(p for top in ("firmware", "hal") for p in (build / top).rglob("*.a")
                       if p.name != "libhal_drivers_all.a" and not p.name.startswith("libplain_"))
    mains = sorted((build / "firmware").glob("CMakeFiles/jembatan.dir/*.o*"))
    third_party = [p for p in (build / "liblwip.a", build / "libcjson.a") if p.exists()]
    assert len(libraries) >= 8 and mains, "the libraries of the product were not found"
    return symbols.read(option("nm"), libraries + mains + third_party)


def linked_by_name(root):
    """What the linker scripts ask for."""
    text = "".join(path.read_text() for path in (root / "boards").glob("*/*.ld"))
    return set(" ".join(re.findall(r"\b(?:ENTRY|EXTERN)\(([^)]*)\)", text)).split())


def test_every_global_symbol_is_used_by_another_object(option, root):
    objects = objects_of_product(option)
    wanted = contract(root) | linked_by_name(root) | set(UNUSED_ON_PURPOSE) | set(UNUSED_ON_SOME_BOARDS)
    assert len(wanted) > 10
    found = [line for line in symbols.unused(objects, OURS.search)
             if line.split()[-1] not in wanted]
    assert not found, "make it static, or remove it:\n" + "\n".join(found)


def test_exceptions_are_still_needed(option):
    lonely = {line.split()[-1] for line in symbols.unused(objects_of_product(option), lambda where: True)}
    defined = set().union(*(names for names, _ in objects_of_product(option).values()))
    assert not [name for name in UNUSED_ON_PURPOSE if name in defined - lonely]


def test_an_unused_symbol_is_found(option, tmp_path):
    (tmp_path / "a.c").write_text("int used(void);\nint lonely(void);\n"
                                  "int used(void) { return 1; }\nint lonely(void) { return used(); }\n")
    (tmp_path / "b.c").write_text("int used(void);\nint main(void) { return used(); }\n")
    for name in "ab":
        subprocess.run([option("cc"), "-c", tmp_path / f"{name}.c", "-o", tmp_path / f"{name}.o"], check=True)
    objects = symbols.read(option("nm"), [tmp_path / "a.o", tmp_path / "b.o"])
    assert [line.split()[-1] for line in symbols.unused(objects, lambda where: True)] == ["lonely"]


def heap_symbols(nm, image):
    listing = subprocess.run([nm, image], check=True, capture_output=True, text=True).stdout
    return re.findall(r" [TtWw] (malloc|calloc|realloc|free|_malloc_r|_free_r|_sbrk|_sbrk_r|sbrk)$", listing, re.M)


def test_a_microcontroller_image_has_no_heap_at_all(option):
    image = option("product")
    found = heap_symbols(option("nm"), image)
    if image.suffix == ".elf":
        assert not found, f"{image.name} contains {found}"
    else:
        # The host's C library brings its own; what we call of it must go through the guard.
        asked = set().union(*(undefined for where, (_, undefined) in objects_of_product(option).items()
                              if OURS.search(where)))
        listing = subprocess.run([option("nm"), image], check=True, capture_output=True, text=True).stdout
        for name in asked & {"malloc", "calloc", "realloc", "free"}:
            assert re.search(rf" [Tt] __wrap_{name}$", listing, re.M), name


def test_a_heap_in_an_image_is_found(option, tmp_path):
    (tmp_path / "h.c").write_text("void *malloc(unsigned long n);\nvoid *malloc(unsigned long n) { return (void *)n; }\n")
    subprocess.run([option("cc"), "-w", "-fno-builtin", "-c", tmp_path / "h.c", "-o", tmp_path / "h.o"], check=True)
    assert heap_symbols(option("nm"), tmp_path / "h.o") == ["malloc"]


def test_sizes_by_layer_add_up_to_what_the_image_has(option, root, tmp_path):
    subprocess.run(["/usr/bin/python3", root / "tests/support/size.py", option("product"),
                    option("build-dir") / "jembatan.map", "--json", tmp_path / "size.json"],
                   check=True, stdout=subprocess.DEVNULL)
    table = json.loads((tmp_path / "size.json").read_text())
    size = str(option("nm")).removesuffix("nm") + "size"
    listed = subprocess.run([size, option("product")], check=True, capture_output=True, text=True).stdout
    text, data = (int(word) for word in listed.splitlines()[1].split()[:2])
    total = table.pop("total")
    assert total["flash_bytes"] == text + data
    assert {"api", "http", "net", "hal", "lwip"} <= {name for name, row in table.items() if row["flash_bytes"] > 500}
    assert table["other"]["flash_bytes"] < total["flash_bytes"] / 5
    if option("product").suffix == ".elf":
        # Not by size, which takes data for text where routines that run in RAM are among it.
        headers = subprocess.run([size.removesuffix("size") + "readelf", "-SW", option("product")], check=True,
                                 capture_output=True, text=True).stdout
        writable = re.findall(r" [0-9a-f]{8} [0-9a-f]{6} ([0-9a-f]{6}) 00 +W[A-Z]* ", headers)
        assert total["ram_bytes"] == sum(int(length, 16) for length in writable) > 0

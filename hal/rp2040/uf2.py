#!/usr/bin/python3
"""uf2.py IMAGE.elf OUT.uf2: an image as the RP2040's boot ROM takes it on its USB drive (RP2040 Datasheet, section 2.8.4.2).

Refuses an image whose second boot stage has not the check sum without which the boot ROM would not start it.
"""
import struct
import sys
from pathlib import Path

FLASH = range(0x10000000, 0x11000000)
PAYLOAD = 256
MAGIC = 0x0A324655, 0x9E5D5157, 0x0AB16F30
FAMILY_ID_PRESENT = 0x2000
RP2040 = 0xE48BFF56

PT_LOAD = 1


def loaded(elf):
    """(address, bytes) of what lies in flash."""
    if elf[:5] != b"\x7fELF\x01":
        sys.exit("uf2: not an ELF file of 32 bits")
    offset, = struct.unpack_from("<I", elf, 28)
    size, count = struct.unpack_from("<HH", elf, 42)
    for i in range(count):
        kind, at, _, address, length = struct.unpack_from("<IIIII", elf, offset + i * size)
        if kind == PT_LOAD and length:
            if address not in FLASH or address + length - 1 not in FLASH:
                sys.exit(f"uf2: 0x{address:08x} is not in flash")
            yield address, elf[at:at + length]


def pages(elf):
    """{address: PAYLOAD bytes}, what is not given 0xff."""
    found = {}
    for address, data in loaded(elf):
        for at in range(address, address + len(data)):
            page = found.setdefault(at - at % PAYLOAD, bytearray(b"\xff" * PAYLOAD))
            page[at % PAYLOAD] = data[at - address]
    return found


def crc32_mpeg(data):
    """As the boot ROM does it: from the top bit, begun with all ones, not inverted."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return crc


def blocks(found):
    for number, address in enumerate(sorted(found)):
        head = struct.pack("<8I", *MAGIC[:2], FAMILY_ID_PRESENT, address, PAYLOAD, number, len(found), RP2040)
        yield head + found[address] + bytes(476 - PAYLOAD) + struct.pack("<I", MAGIC[2])


def main():
    elf, out = map(Path, sys.argv[1:])
    found = pages(elf.read_bytes())
    boot2 = found.get(FLASH.start, b"")
    if crc32_mpeg(boot2[:252]) != int.from_bytes(boot2[252:], "little"):
        sys.exit("uf2: the check sum of the second boot stage is wrong")
    out.write_bytes(b"".join(blocks(found)))


if __name__ == "__main__":
    main()

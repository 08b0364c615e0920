"""What is copied to an RP2040's drive: the same bytes as in the ELF file, in blocks that its boot ROM takes, behind a second
boot stage that it starts (RP2040 Datasheet, sections 2.8.1 and 2.8.4.2)."""
import struct
import subprocess
import sys

import pytest

FLASH = 0x10000000
FLASH_BYTES = 2 << 20
RAM = range(0x20000000, 0x20042000)
BLOCK = 512
PAYLOAD = 256
BOOT2 = 256


@pytest.fixture(name="blocks")
def fixture_blocks(option):
    data = (option("build-dir") / "jembatan.uf2").read_bytes()
    assert len(data) % BLOCK == 0
    return [data[at:at + BLOCK] for at in range(0, len(data), BLOCK)]


def content(blocks):
    """The flash memory after all of them: erased where none writes."""
    flash = bytearray(b"\xff" * FLASH_BYTES)
    for block in blocks:
        address, = struct.unpack_from("<I", block, 12)
        flash[address - FLASH:address - FLASH + PAYLOAD] = block[32:32 + PAYLOAD]
    return flash


def mpeg2(data):
    """CRC-32/MPEG-2, by the definition: the remainder of a polynomial division."""
    remainder = 0xFFFFFFFF
    for bit in (byte >> shift & 1 for byte in data for shift in range(7, -1, -1)):
        out = remainder >> 31 ^ bit
        remainder = (remainder << 1 & 0xFFFFFFFF) ^ (0x04C11DB7 if out else 0)
    return remainder


def test_the_check_sum_is_the_one_of_the_data_sheet():
    assert mpeg2(b"123456789") == 0x0376E6E7  # the check value that catalogues of CRCs give


def test_every_block_is_one_of_the_rp2040(blocks):
    assert len(blocks) > 100
    for number, block in enumerate(blocks):
        first, second, flags, address, count, index, total, family = struct.unpack_from("<8I", block)
        assert (first, second, block[-4:]) == (0x0A324655, 0x9E5D5157, bytes.fromhex("306fb10a"))
        assert (flags, family) == (0x2000, 0xE48BFF56)
        assert (index, total, count) == (number, len(blocks), PAYLOAD)
        assert address % PAYLOAD == 0 and 0 <= address - FLASH < FLASH_BYTES - PAYLOAD
        assert not any(block[32 + PAYLOAD:-4])


def test_no_place_is_written_twice_nor_where_things_last(blocks):
    addresses = [struct.unpack_from("<I", block, 12)[0] for block in blocks]
    assert addresses == sorted(set(addresses))
    assert addresses[-1] + PAYLOAD <= 0x101C0000


def test_it_holds_what_the_elf_file_holds(option, blocks, tmp_path):
    plain = tmp_path / "plain.bin"
    objcopy = option("nm").replace("nm", "objcopy") if "none-eabi" in option("nm") else "arm-none-eabi-objcopy"
    subprocess.run([objcopy, "-O", "binary", "--gap-fill=0xff", option("product"), plain], check=True)
    image = plain.read_bytes()
    flash = content(blocks)
    assert len(image) > 100000 and flash[:len(image)] == image
    assert set(flash[len(image):]) == {0xFF}


def test_the_second_boot_stage_has_the_check_sum_and_vectors_follow(blocks):
    flash = content(blocks)
    assert mpeg2(flash[:BOOT2 - 4]) == int.from_bytes(flash[BOOT2 - 4:BOOT2], "little")
    assert any(flash[:100])
    stack, reset = struct.unpack_from("<II", flash, BOOT2)
    assert stack in RAM and stack % 8 == 0
    assert reset % 2 == 1 and FLASH + BOOT2 < reset < 0x101C0000


def test_what_works_while_flash_does_not_lies_in_ram(option):
    listed = subprocess.run([option("nm"), option("product")], check=True, capture_output=True, text=True).stdout
    where = {name: int(address, 16) for address, _, name in (line.split() for line in listed.splitlines()
                                                              if len(line.split()) == 3)}
    start = where["__ram_code_start"]
    for name in ("change", "ask_unique_id", "boot2_copy"):
        assert start <= where[name] < start + 1024, name


@pytest.mark.parametrize("at", [0, 128, 255])
def test_an_image_with_a_damaged_boot_stage_is_refused(option, root, tmp_path, at):
    elf = bytearray(option("product").read_bytes())
    offset, = struct.unpack_from("<I", elf, 28)
    segments = [struct.unpack_from("<IIIII", elf, offset + 32 * i) for i in range(struct.unpack_from("<H", elf, 44)[0])]
    boot2, = (where for kind, where, _, address, _ in segments if kind == 1 and address == FLASH)
    elf[boot2 + at] ^= 1
    (tmp_path / "damaged.elf").write_bytes(elf)
    done = subprocess.run([sys.executable, root / "hal/rp2040/uf2.py", tmp_path / "damaged.elf", tmp_path / "out.uf2"],
                          capture_output=True, text=True)
    assert done.returncode != 0 and "check sum" in done.stderr
    assert not (tmp_path / "out.uf2").exists()

# Arm MPS2+ with the AN386 FPGA image: Cortex-M4 at 25 MHz, else as mps2-an385. The same image runs on the board and in QEMU.
include(${CMAKE_CURRENT_LIST_DIR}/../mps2-an385/board.cmake)
set(BOARD_CPU_FLAGS -mcpu=cortex-m4 -mthumb)
file(GLOB BOARD_SOURCES ${CMAKE_CURRENT_LIST_DIR}/../mps2-an385/board*.c)
set(BOARD_LINKER_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/../mps2-an385/memory.ld)

# Arm MPS2+ with the AN385 FPGA image: Cortex-M3 at 25 MHz. The same image runs on the board and in QEMU.
set(BOARD_TOOLCHAIN arm-none-eabi)
set(BOARD_CPU_FLAGS -mcpu=cortex-m3 -mthumb)
set(BOARD_HAL_FAMILIES cortex_m mps2)
set(BOARD_DRIVERS at24c bme280 dps310 emc1414 lan9118 lsm303dlhc pca9552 sht31 tmp105)
set(BOARD_LINKER_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/memory.ld)

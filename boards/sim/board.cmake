# A Linux process: sanitizers, debuggers, and faults on demand.
set(BOARD_TOOLCHAIN host)
set(BOARD_CPU_FLAGS)
set(BOARD_HAL_FAMILIES sim)
set(BOARD_DRIVERS bme280 dps310 emc1414 lsm303dlhc pca9552 sht31 tmp105)
set(BOARD_LINKER_SCRIPT)

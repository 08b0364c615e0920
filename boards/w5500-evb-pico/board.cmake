# WIZnet W5500-EVB-Pico: RP2040 (Cortex-M0+ at 133 MHz), 2 MiB of flash, W5500. The same image runs on the board and in
# rp2040js.
set(BOARD_TOOLCHAIN arm-none-eabi)
set(BOARD_CPU_FLAGS -mcpu=cortex-m0plus -mthumb)
set(BOARD_HAL_FAMILIES cortex_m rp2040)
set(BOARD_DRIVERS bme280 dps310 emc1414 lsm303dlhc pca9552 sht31 tmp105 w5500)
set(BOARD_THIRD_PARTY pico_sdk)
set(BOARD_LINKER_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/memory.ld)

# 264 KiB of RAM: fewer connections, and a history of hours instead of a day (README.md).
set(BOARD_LIMITS
    HTTP_CONNECTIONS_MAX=4u HTTP_CLOSINGS_MAX=1u HTTP_OUTPUT_BYTES=2048u HTTPS_CONNECTIONS_MAX=3u EVENT_SUBSCRIBERS_MAX=2u
    SENSORS_MAX=18u HISTORY_SAMPLES_BYTES=9216u HISTORY_MINUTES_BYTES=9216u
    SENSOR_TEXTS_MAX=8u SOURCES_MAX=2u JSON_PICK_TARGETS_MAX=4u OUTSIDE_SENSORS_MAX=4u HISTORY_OUTSIDE_SAMPLES_BYTES=2048u HISTORY_OUTSIDE_MINUTES_BYTES=2048u TLS_RECORD_IN_BYTES=6144u MBEDTLS_SSL_IN_CONTENT_LEN=6144)

# rp2040js interprets one instruction after the other: the suites are for ./dev test --full.
set(BOARD_GATE smoke rp2040 structure)
set(BOARD_PATIENCE 3)

# cmake -DOUT=FILE -DSOURCE=DIR -P build_id.cmake: which commit this is, as a header that changes only with it.
cmake_minimum_required(VERSION 3.25)

execute_process(
    COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12
    OUTPUT_VARIABLE id
    OUTPUT_STRIP_TRAILING_WHITESPACE
    ERROR_QUIET
    RESULT_VARIABLE failed)
if(failed OR NOT id)
    set(id "unknown") # an unpacked release, or a machine without git
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT "#define JEMBATAN_BUILD \"@id@\"\n" @ONLY)

# cmake -DOUT=FILE -DSOURCE=DIR -P build_id.cmake: which commit this is, and of when (seconds since 1970), as a header
# that changes only with it.
cmake_minimum_required(VERSION 3.25)

function(ask_git out)
    execute_process(
        COMMAND git -C ${SOURCE} ${ARGN}
        OUTPUT_VARIABLE answer
        OUTPUT_STRIP_TRAILING_WHITESPACE
        ERROR_QUIET)
    set(${out} "${answer}" PARENT_SCOPE)
endfunction()

ask_git(id describe --always --dirty --abbrev=12)
ask_git(time log -1 --format=%ct)
if(NOT id OR NOT time) # an unpacked release, or a machine without git
    set(id "unknown")
    file(TIMESTAMP ${SOURCE}/CMakeLists.txt time "%s" UTC)
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT "#define JEMBATAN_BUILD \"@id@\"\n#define JEMBATAN_BUILD_TIME_S @time@\n" @ONLY)

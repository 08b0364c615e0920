# The third-party sources: JEMBATAN_<NAME>_DIR for lwip, mbedtls, cjson and littlefs, and for what the board names in
# BOARD_THIRD_PARTY.
#
# Each may be given on the command line. Otherwise it comes from the cache that fetch_deps.py fills, once per
# content of deps.lock; after that no configure step touches the network.

set(JEMBATAN_LOCK "${CMAKE_CURRENT_LIST_DIR}/deps.lock")
set(JEMBATAN_FETCH "${CMAKE_CURRENT_LIST_DIR}/fetch_deps.py")

# A changed lock means other sources: configure again.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${JEMBATAN_LOCK}")

function(jembatan_third_party_root result)
    # Debian's python, not whatever a person's PATH begins with.
    find_program(JEMBATAN_PYTHON NAMES /usr/bin/python3 python3 REQUIRED)
    execute_process(
        COMMAND "${JEMBATAN_PYTHON}" "${JEMBATAN_FETCH}"
        OUTPUT_VARIABLE root
        OUTPUT_STRIP_TRAILING_WHITESPACE
        RESULT_VARIABLE failed)
    if(failed)
        message(FATAL_ERROR "The third-party sources could not be fetched (see above). "
                            "-DJEMBATAN_LWIP_DIR=, -DJEMBATAN_MBEDTLS_DIR=, -DJEMBATAN_CJSON_DIR= and "
                            "-DJEMBATAN_LITTLEFS_DIR= name your own.")
    endif()
    file(READ "${root}/notice" notice)
    if(notice)
        message(WARNING "${notice}")
    endif()
    set(${result} "${root}" PARENT_SCOPE)
endfunction()

# Where in its source package a library lies, if not at the top.
set(littlefs_folder lib/littlefs)

foreach(name lwip mbedtls cjson littlefs ${BOARD_THIRD_PARTY})
    string(TOUPPER ${name} upper)
    set(JEMBATAN_${upper}_DIR "" CACHE PATH "Root of the ${name} sources; empty: the pinned ones")
    if(NOT JEMBATAN_${upper}_DIR)
        if(NOT JEMBATAN_THIRD_PARTY)
            jembatan_third_party_root(JEMBATAN_THIRD_PARTY)
        endif()
        # Not stored: a new lock must not be outvoted by an old cache entry.
        cmake_path(APPEND JEMBATAN_THIRD_PARTY ${name} ${${name}_folder} OUTPUT_VARIABLE JEMBATAN_${upper}_DIR)
    endif()
    if(NOT IS_DIRECTORY "${JEMBATAN_${upper}_DIR}")
        message(FATAL_ERROR "JEMBATAN_${upper}_DIR is not a folder: ${JEMBATAN_${upper}_DIR}")
    endif()
endforeach()

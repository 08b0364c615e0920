# How much a piece of code is worth on a microcontroller: bytes of flash, or instructions. Measured, in
# docs/decisions/0013; on the host everything has the compiler's usual level.
#
#   what each request passes        -O3
#   what each handshake computes    -O2, the level of the build
#   all else                        -Os
#
# Link-time optimisation puts the layers together again where they call each other for each byte or frame. What is small
# stays out of it: gcc 12 aligns string constants to words or not by the level of the unit they come from, and merged they
# are read by words where they are not aligned. An object has both forms, so that the tests of the tree can read it.

if(NOT JEMBATAN_HOST)
    add_compile_options(-flto -ffat-lto-objects)
    add_link_options(-flto=auto)
endif()

# jembatan_small(TARGET [FILE...]): all of the target's files, or these
function(jembatan_small target)
    if(JEMBATAN_HOST)
        return()
    elseif(ARGN)
        set_property(SOURCE ${ARGN} TARGET_DIRECTORY ${target} APPEND PROPERTY COMPILE_OPTIONS "-Os;-fno-lto")
    else()
        target_compile_options(${target} PRIVATE -Os -fno-lto)
    endif()
endfunction()

# jembatan_fast(TARGET [FILE...])
function(jembatan_fast target)
    if(JEMBATAN_HOST)
        return()
    elseif(ARGN)
        set_property(SOURCE ${ARGN} TARGET_DIRECTORY ${target} APPEND PROPERTY COMPILE_OPTIONS "-O3;-flto")
    else()
        target_compile_options(${target} PRIVATE -O3)
    endif()
endfunction()

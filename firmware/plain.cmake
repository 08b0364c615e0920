# The plain profile (docs/decisions/0014): what the device is and what it measures, by HTTP and IPv4, out of the same
# sources. What stands in no list here is not in the image, and a reference to it does not link.

set(plain_base ip_text json_writer log log_ring text time_format utf8 wall_clock)
get_target_property(plain_http http SOURCES) # all of it
list(TRANSFORM plain_http REPLACE "\\.c$" "")
set(plain_sensors alert sensor_registry)
set(plain_api common device host problem routes_plain sensors status)
set(plain_net checksum http_tcp http_tcp_closing http_tcp_refusal http_tcp_slot net_plain net_random netif_eth)
set(plain_lwip core/def core/inet_chksum core/init core/ip core/mem core/memp core/netif core/pbuf core/tcp core/tcp_in
    core/tcp_out core/timeouts core/udp core/ipv4/dhcp core/ipv4/etharp core/ipv4/icmp core/ipv4/ip4 core/ipv4/ip4_addr
    netif/ethernet)

# It is there for its size. Not by LTO what assembly, a linker script or --wrap calls by name.
set(plain_options -Os)
if(NOT JEMBATAN_HOST)
    list(APPEND plain_options -flto=auto)
endif()

list(TRANSFORM plain_lwip REPLACE ".+" "${LWIP}/\\0.c")
add_library(plain_lwip STATIC ${plain_lwip})
target_include_directories(plain_lwip SYSTEM PUBLIC ${LWIP}/include)
target_include_directories(plain_lwip PUBLIC ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/net/port)
target_compile_options(plain_lwip PUBLIC -iquote${CMAKE_CURRENT_SOURCE_DIR}/config/plain PRIVATE ${plain_options} -w)

# Headers of api and net name types of what is left out.
add_library(plain_headers INTERFACE)
foreach(library mbedtls cjson)
    target_include_directories(plain_headers SYSTEM INTERFACE
        $<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>)
    target_compile_definitions(plain_headers INTERFACE
        $<TARGET_PROPERTY:${library},INTERFACE_COMPILE_DEFINITIONS>)
endforeach()

set(plain_libraries plain_app)
add_library(plain_app STATIC app_plain.c)
add_dependencies(plain_app build_id)
target_compile_options(plain_app PRIVATE "SHELL:-include ${build_id}")
foreach(layer api net http sensors base)
    list(TRANSFORM plain_${layer} REPLACE ".+" "${layer}/\\0.c")
    add_library(plain_${layer} STATIC ${plain_${layer}})
    list(APPEND plain_libraries plain_${layer})
endforeach()
foreach(library ${plain_libraries})
    target_compile_options(${library} PRIVATE ${plain_options})
endforeach()
target_link_libraries(plain_app PRIVATE plain_headers)
target_link_libraries(plain_api PRIVATE plain_headers)
target_link_libraries(plain_net PRIVATE plain_lwip plain_headers)

# A microcontroller's families, drivers and board are compiled anew as well.
foreach(library ${JEMBATAN_HAL})
    if(JEMBATAN_HOST)
        list(APPEND plain_libraries ${library})
        continue()
    endif()
    get_target_property(folder ${library} SOURCE_DIR)
    get_target_property(headers ${library} INCLUDE_DIRECTORIES)
    get_target_property(plain_sources ${library} SOURCES)
    list(TRANSFORM plain_sources REPLACE "^[^/].*" "${folder}/\\0")
    foreach(source ${plain_sources})
        get_property(own SOURCE ${source} DIRECTORY ${folder} PROPERTY COMPILE_OPTIONS)
        set_property(SOURCE ${source} PROPERTY COMPILE_OPTIONS ${own})
    endforeach()
    add_library(plain_${library} STATIC ${plain_sources})
    target_include_directories(plain_${library} PRIVATE ${headers})
    target_compile_options(plain_${library} PRIVATE ${plain_options} $<$<STREQUAL:${library},hal_cortex_m>:-fno-lto>)
    list(APPEND plain_libraries plain_${library})
endforeach()

string(REPLACE ";" "," group "${plain_libraries};plain_lwip")
add_executable(jembatan_plain main.c)
target_link_libraries(jembatan_plain PRIVATE "$<LINK_GROUP:RESCAN,${group}>")
target_link_options(jembatan_plain PRIVATE ${plain_options} ${JEMBATAN_HEAP_GUARD}
    -Wl,-Map=${CMAKE_BINARY_DIR}/jembatan_plain.map)
set_target_properties(jembatan_plain PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
if(BOARD_LINKER_SCRIPT)
    target_link_options(jembatan_plain PRIVATE -T${BOARD_LINKER_SCRIPT})
    set_target_properties(jembatan_plain PROPERTIES LINK_DEPENDS ${BOARD_LINKER_SCRIPT})
endif()
if(NOT JEMBATAN_HOST)
    set_target_properties(jembatan_plain PROPERTIES SUFFIX .elf)
endif()

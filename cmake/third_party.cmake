# The third-party code as libraries. Built as it comes: without our warnings, seen by us as system headers.
# What no target of ours links is not built (EXCLUDE_FROM_ALL).

set(LWIP "${JEMBATAN_LWIP_DIR}/src")
add_library(lwip STATIC EXCLUDE_FROM_ALL
    ${LWIP}/core/altcp.c
    ${LWIP}/core/altcp_alloc.c
    ${LWIP}/core/altcp_tcp.c
    ${LWIP}/core/def.c
    ${LWIP}/core/dns.c
    ${LWIP}/core/inet_chksum.c
    ${LWIP}/core/init.c
    ${LWIP}/core/ip.c
    ${LWIP}/core/mem.c
    ${LWIP}/core/memp.c
    ${LWIP}/core/netif.c
    ${LWIP}/core/pbuf.c
    ${LWIP}/core/raw.c
    ${LWIP}/core/stats.c
    ${LWIP}/core/sys.c
    ${LWIP}/core/tcp.c
    ${LWIP}/core/tcp_in.c
    ${LWIP}/core/tcp_out.c
    ${LWIP}/core/timeouts.c
    ${LWIP}/core/udp.c
    ${LWIP}/core/ipv4/acd.c
    ${LWIP}/core/ipv4/autoip.c
    ${LWIP}/core/ipv4/dhcp.c
    ${LWIP}/core/ipv4/etharp.c
    ${LWIP}/core/ipv4/icmp.c
    ${LWIP}/core/ipv4/igmp.c
    ${LWIP}/core/ipv4/ip4.c
    ${LWIP}/core/ipv4/ip4_addr.c
    ${LWIP}/core/ipv4/ip4_frag.c
    ${LWIP}/core/ipv6/dhcp6.c
    ${LWIP}/core/ipv6/ethip6.c
    ${LWIP}/core/ipv6/icmp6.c
    ${LWIP}/core/ipv6/inet6.c
    ${LWIP}/core/ipv6/ip6.c
    ${LWIP}/core/ipv6/ip6_addr.c
    ${LWIP}/core/ipv6/ip6_frag.c
    ${LWIP}/core/ipv6/mld6.c
    ${LWIP}/core/ipv6/nd6.c
    ${LWIP}/netif/ethernet.c
    ${LWIP}/apps/mdns/mdns.c
    ${LWIP}/apps/mdns/mdns_domain.c
    ${LWIP}/apps/mdns/mdns_out.c
    ${LWIP}/apps/sntp/sntp.c)
# Answers of time servers come to us first (firmware/net/sntp.c).
set_source_files_properties(${LWIP}/apps/sntp/sntp.c PROPERTIES COMPILE_DEFINITIONS udp_recv=net_sntp_udp_recv)
target_include_directories(lwip SYSTEM PUBLIC ${LWIP}/include)
# lwipopts.h, what it draws on, and the port's arch/cc.h are ours.
target_include_directories(lwip PUBLIC
    ${PROJECT_SOURCE_DIR}/firmware
    ${PROJECT_SOURCE_DIR}/firmware/net/port)
# For quoted names alone: our limits.h must not stand in for the C library's.
target_compile_options(lwip PUBLIC -iquote${PROJECT_SOURCE_DIR}/firmware/config)

add_library(cjson STATIC EXCLUDE_FROM_ALL ${JEMBATAN_CJSON_DIR}/cJSON.c)
target_include_directories(cjson SYSTEM PUBLIC ${JEMBATAN_CJSON_DIR})
# newlib's strtod wants a heap, and numbers must mean the same on every board (settings/json_number.h).
target_compile_definitions(cjson PRIVATE strtod=json_strtod)

# Only the modules that firmware/config/mbedtls_config.h turns on: the others would be empty objects.
set(MBEDTLS "${JEMBATAN_MBEDTLS_DIR}/library")
# Without memory for the second direction's cipher, mbedTLS 3.6 forgets that of the first: mended in the build folder
# (tests/unit/test_tls_conn.c lets every allocation fail).
file(READ "${MBEDTLS}/ssl_tls13_keys.c" text)
string(REGEX REPLACE "mbedtls_free\\((transform_[a-z]+)\\);"
    "if (\\1) mbedtls_ssl_transform_free(\\1); mbedtls_free(\\1);" text "${text}")
file(WRITE "${CMAKE_BINARY_DIR}/generated/mbedtls/ssl_tls13_keys.c" "${text}")
# In TLS 1.3 it takes the client's order of ciphers, which most clients made for cores with AES in hardware: the first of
# ours goes before (tests/tls/test_protocol.py).
file(READ "${MBEDTLS}/ssl_tls13_server.c" text)
set(theirs "        *selected_ciphersuite_info = info;\n        return;\n    }\n")
string(FIND "${text}" "${theirs}" at)
if(at EQUAL -1)
    message(FATAL_ERROR "mbedTLS chooses its ciphers in another way now: see cmake/third_party.cmake")
endif()
string(REPLACE "${theirs}" "        *selected_ciphersuite_info = info;
        if (info->id == ssl->conf->ciphersuite_list[0]) return;\n    }\n    if (*selected_ciphersuite_info) return;\n"
    text "${text}")
file(WRITE "${CMAKE_BINARY_DIR}/generated/mbedtls/ssl_tls13_server.c" "${text}")
add_library(mbedtls STATIC EXCLUDE_FROM_ALL
    ${MBEDTLS}/aes.c
    ${MBEDTLS}/asn1parse.c
    ${MBEDTLS}/asn1write.c
    ${MBEDTLS}/base64.c
    ${MBEDTLS}/bignum.c
    ${MBEDTLS}/bignum_core.c
    ${MBEDTLS}/chacha20.c
    ${MBEDTLS}/chachapoly.c
    ${MBEDTLS}/cipher.c
    ${MBEDTLS}/cipher_wrap.c
    ${MBEDTLS}/constant_time.c
    ${MBEDTLS}/ctr_drbg.c
    ${MBEDTLS}/ecdh.c
    ${MBEDTLS}/ecdsa.c
    ${MBEDTLS}/ecp.c
    ${MBEDTLS}/ecp_curves.c
    ${JEMBATAN_MBEDTLS_DIR}/3rdparty/everest/library/Hacl_Curve25519_joined.c
    ${JEMBATAN_MBEDTLS_DIR}/3rdparty/everest/library/everest.c
    ${JEMBATAN_MBEDTLS_DIR}/3rdparty/everest/library/x25519.c
    ${MBEDTLS}/gcm.c
    ${MBEDTLS}/hkdf.c
    ${MBEDTLS}/md.c
    ${MBEDTLS}/oid.c
    ${MBEDTLS}/pk.c
    ${MBEDTLS}/pk_ecc.c
    ${MBEDTLS}/pk_wrap.c
    ${MBEDTLS}/pkparse.c
    ${MBEDTLS}/pkwrite.c
    ${MBEDTLS}/platform.c
    ${MBEDTLS}/platform_util.c
    ${MBEDTLS}/poly1305.c
    ${MBEDTLS}/psa_crypto.c
    ${MBEDTLS}/psa_crypto_aead.c
    ${MBEDTLS}/psa_crypto_cipher.c
    ${MBEDTLS}/psa_crypto_client.c
    ${MBEDTLS}/psa_crypto_driver_wrappers_no_static.c
    ${MBEDTLS}/psa_crypto_ecp.c
    ${MBEDTLS}/psa_crypto_hash.c
    ${MBEDTLS}/psa_crypto_mac.c
    ${MBEDTLS}/psa_crypto_rsa.c
    ${MBEDTLS}/psa_crypto_slot_management.c
    ${MBEDTLS}/psa_util.c
    ${MBEDTLS}/sha256.c
    ${MBEDTLS}/ssl_ciphersuites.c
    ${MBEDTLS}/ssl_client.c
    ${MBEDTLS}/ssl_msg.c
    ${MBEDTLS}/ssl_ticket.c
    ${MBEDTLS}/ssl_tls.c
    ${MBEDTLS}/ssl_tls12_client.c
    ${MBEDTLS}/ssl_tls12_server.c
    ${MBEDTLS}/ssl_tls13_client.c
    ${MBEDTLS}/ssl_tls13_generic.c
    ${CMAKE_BINARY_DIR}/generated/mbedtls/ssl_tls13_keys.c
    ${CMAKE_BINARY_DIR}/generated/mbedtls/ssl_tls13_server.c
    ${MBEDTLS}/x509.c
    ${MBEDTLS}/x509_create.c
    ${MBEDTLS}/x509_crt.c
    ${MBEDTLS}/x509_csr.c
    ${MBEDTLS}/x509write.c
    ${MBEDTLS}/x509write_crt.c
    ${MBEDTLS}/x509write_csr.c)
target_include_directories(mbedtls SYSTEM PUBLIC ${JEMBATAN_MBEDTLS_DIR}/include ${JEMBATAN_MBEDTLS_DIR}/3rdparty/everest/include)
target_include_directories(mbedtls PRIVATE ${MBEDTLS})
set(EVEREST "${JEMBATAN_MBEDTLS_DIR}/3rdparty/everest/include")
target_include_directories(mbedtls PRIVATE ${EVEREST}/everest ${EVEREST}/everest/kremlib)
# Everest makes public halves, too (firmware/tls/x25519.c).
set_property(SOURCE ${MBEDTLS}/psa_crypto_ecp.c APPEND PROPERTY COMPILE_DEFINITIONS mbedtls_ecp_mul=tls_ecp_mul)
target_include_directories(mbedtls PUBLIC ${PROJECT_SOURCE_DIR}/firmware)
target_compile_definitions(mbedtls PUBLIC MBEDTLS_CONFIG_FILE="config/mbedtls_config.h")

# Debian's copy has prefixed names (lfs2_mount), so that two major versions fit into one program. Sources as
# upstream has them get the same prefix in the build folder.
set(LITTLEFS "${JEMBATAN_LITTLEFS_DIR}")
if(NOT EXISTS "${LITTLEFS}/lfs2.c")
    foreach(file lfs.c lfs.h lfs_util.c lfs_util.h)
        file(READ "${LITTLEFS}/${file}" text)
        string(REGEX REPLACE "(^|[^A-Za-z0-9])(lfs|LFS)([_.])" "\\1\\22\\3" text "${text}")
        string(REGEX REPLACE "(struct|typedef|}) lfs([^A-Za-z0-9_])" "\\1 lfs2\\2" text "${text}")
        string(REPLACE "lfs" "lfs2" file ${file})
        file(WRITE "${CMAKE_BINARY_DIR}/generated/littlefs/${file}" "${text}")
    endforeach()
    set(LITTLEFS "${CMAKE_BINARY_DIR}/generated/littlefs")
endif()
add_library(littlefs STATIC EXCLUDE_FROM_ALL ${LITTLEFS}/lfs2.c ${LITTLEFS}/lfs2_util.c)
target_include_directories(littlefs SYSTEM PUBLIC ${LITTLEFS})
# No heap, no console, short names; what becomes of its assertions: firmware/store/littlefs_port.h.
target_compile_definitions(littlefs PUBLIC
    LFS2_NO_MALLOC LFS2_NO_DEBUG LFS2_NO_WARN LFS2_NO_ERROR LFS2_NAME_MAX=31)
target_compile_options(littlefs PRIVATE "SHELL:-include ${PROJECT_SOURCE_DIR}/firmware/store/littlefs_port.h")

# lwIP stays with strict C11: with GNU's extensions the host's headers declare an ssize_t of their own beside
# the one lwIP then makes.
set_target_properties(cjson mbedtls PROPERTIES C_EXTENSIONS ON)
target_compile_options(lwip PRIVATE -w)
target_compile_options(cjson PRIVATE -w)
target_compile_options(littlefs PRIVATE -w)
target_compile_options(mbedtls PRIVATE -w)

# What no request passes, and no handshake computes.
jembatan_small(cjson)
jembatan_small(littlefs)
foreach(part core/dns core/raw core/stats core/sys core/init core/ipv4/acd core/ipv4/autoip core/ipv4/dhcp core/ipv4/icmp
        core/ipv4/igmp core/ipv4/ip4_frag core/ipv6/dhcp6 core/ipv6/icmp6 core/ipv6/inet6 core/ipv6/ip6_frag core/ipv6/mld6
        core/ipv6/nd6 apps/mdns/mdns apps/mdns/mdns_domain apps/mdns/mdns_out apps/sntp/sntp)
    jembatan_small(lwip ${LWIP}/${part}.c)
endforeach()
foreach(part core/tcp core/tcp_in core/tcp_out core/pbuf core/mem core/memp core/inet_chksum core/ipv4/ip4 core/ipv4/etharp
        core/timeouts netif/ethernet)
    jembatan_fast(lwip ${LWIP}/${part}.c)
endforeach()
foreach(part aes asn1parse asn1write base64 cipher cipher_wrap ctr_drbg ecdh ecdsa gcm hkdf md oid pk pk_ecc pk_wrap pkparse
        pkwrite platform platform_util psa_crypto psa_crypto_aead psa_crypto_cipher psa_crypto_client
        psa_crypto_driver_wrappers_no_static psa_crypto_ecp psa_crypto_hash psa_crypto_mac psa_crypto_rsa
        psa_crypto_slot_management psa_util sha256 ssl_ciphersuites ssl_client ssl_ticket ssl_tls ssl_tls12_client ssl_tls12_server ssl_tls13_client ssl_tls13_generic x509
        x509_create x509_crt x509_csr x509write x509write_crt x509write_csr)
    jembatan_small(mbedtls ${MBEDTLS}/${part}.c)
endforeach()
jembatan_fast(mbedtls ${MBEDTLS}/bignum.c ${MBEDTLS}/bignum_core.c ${MBEDTLS}/ecp.c ${MBEDTLS}/ecp_curves.c ${MBEDTLS}/chacha20.c ${MBEDTLS}/poly1305.c ${MBEDTLS}/chachapoly.c ${MBEDTLS}/constant_time.c ${MBEDTLS}/ssl_msg.c)
jembatan_small(mbedtls ${CMAKE_BINARY_DIR}/generated/mbedtls/ssl_tls13_keys.c
    ${CMAKE_BINARY_DIR}/generated/mbedtls/ssl_tls13_server.c)

/* Public halves of ephemeral keys on Curve25519: the values of RFC 7748, and those of mbedTLS's own multiplication. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mbedtls/platform.h"
#include "tls/heap.h"
#include "tls/x25519.h"

static uint64_t memory[4096];
static heap_t heap;

static void *allocate(size_t count, size_t bytes)
{
    return heap_allocate(&heap, count, bytes);
}

static void give_back(void *block)
{
    heap_free(&heap, block);
}

static mbedtls_ecp_group group;
static mbedtls_ecp_point product, point;
static mbedtls_mpi scalar;

static int begin(void **state)
{
    (void)state;
    heap_init(&heap, memory, sizeof memory);
    (void)mbedtls_platform_set_calloc_free(allocate, give_back);
    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&product);
    mbedtls_ecp_point_init(&point);
    mbedtls_mpi_init(&scalar);
    return mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_CURVE25519);
}

static int end(void **state)
{
    (void)state;
    mbedtls_ecp_group_free(&group);
    mbedtls_ecp_point_free(&product);
    mbedtls_ecp_point_free(&point);
    mbedtls_mpi_free(&scalar);
    assert_int_equal(heap.blocks, 0);
    return 0;
}

/* A chance that needs no secret: blinding of a general multiplication. */
static int draw(void *context, unsigned char *out, size_t bytes)
{
    uint8_t *next = context;
    for (size_t i = 0; i < bytes; i++) out[i] = (uint8_t)(*next += 37u);
    return 0;
}

static void read_scalar(const char *hex)
{
    uint8_t bytes[32];
    mbedtls_mpi value;
    mbedtls_mpi_init(&value);
    assert_int_equal(mbedtls_mpi_read_string(&value, 16, hex), 0);
    assert_int_equal(mbedtls_mpi_write_binary(&value, bytes, sizeof bytes), 0);
    bytes[0] &= 0xf8u; /* RFC 7748 section 5 */
    bytes[31] = (uint8_t)((bytes[31] & 0x7fu) | 0x40u);
    assert_int_equal(mbedtls_mpi_read_binary_le(&scalar, bytes, sizeof bytes), 0);
    mbedtls_mpi_free(&value);
}

static void read_point(const char *hex)
{
    uint8_t bytes[32];
    mbedtls_mpi *x = &point.MBEDTLS_PRIVATE(X);
    assert_int_equal(mbedtls_mpi_read_string(x, 16, hex), 0);
    assert_int_equal(mbedtls_mpi_write_binary(x, bytes, sizeof bytes), 0);
    assert_int_equal(mbedtls_mpi_read_binary_le(x, bytes, sizeof bytes), 0);
    assert_int_equal(mbedtls_mpi_lset(&point.MBEDTLS_PRIVATE(Z), 1), 0);
}

static void assert_product(const char *hex)
{
    uint8_t bytes[32];
    mbedtls_mpi wanted;
    mbedtls_mpi_init(&wanted);
    assert_int_equal(mbedtls_mpi_read_string(&wanted, 16, hex), 0);
    assert_int_equal(mbedtls_mpi_write_binary_le(&product.MBEDTLS_PRIVATE(X), bytes, sizeof bytes), 0);
    assert_int_equal(mbedtls_mpi_read_binary(&product.MBEDTLS_PRIVATE(X), bytes, sizeof bytes), 0);
    assert_int_equal(mbedtls_mpi_cmp_mpi(&wanted, &product.MBEDTLS_PRIVATE(X)), 0);
    assert_int_equal(mbedtls_mpi_cmp_int(&product.MBEDTLS_PRIVATE(Z), 1), 0);
    mbedtls_mpi_free(&wanted);
}

#define ALICE        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
#define ALICE_PUBLIC "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
#define BOB          "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
#define BOB_PUBLIC   "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
#define SHARED       "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"

static void public_halves_are_those_of_rfc_7748_section_6(void **state)
{
    (void)state;
    uint8_t next = 0;
    read_scalar(ALICE);
    assert_int_equal(tls_ecp_mul(&group, &product, &scalar, &group.G, draw, &next), 0);
    assert_product(ALICE_PUBLIC);
    read_scalar(BOB);
    assert_int_equal(tls_ecp_mul(&group, &product, &scalar, &group.G, draw, &next), 0);
    assert_product(BOB_PUBLIC);
}

static void both_sides_come_to_the_same_secret(void **state)
{
    (void)state;
    uint8_t next = 0;
    read_scalar(ALICE);
    read_point(BOB_PUBLIC);
    assert_int_equal(tls_ecp_mul(&group, &product, &scalar, &point, draw, &next), 0);
    assert_product(SHARED);
}

static void many_keys_have_the_halves_of_the_general_multiplication(void **state)
{
    (void)state;
    uint8_t next = 1;
    mbedtls_ecp_point general;
    mbedtls_ecp_point_init(&general);
    for (unsigned i = 0; i < 50; i++) {
        assert_int_equal(mbedtls_ecp_gen_privkey(&group, &scalar, draw, &next), 0);
        assert_int_equal(mbedtls_ecp_mul(&group, &general, &scalar, &group.G, draw, &next), 0);
        assert_int_equal(tls_ecp_mul(&group, &product, &scalar, &group.G, draw, &next), 0);
        assert_int_equal(mbedtls_mpi_cmp_mpi(&general.MBEDTLS_PRIVATE(X), &product.MBEDTLS_PRIVATE(X)), 0);
    }
    mbedtls_ecp_point_free(&general);
}

static void a_scalar_that_is_no_key_is_refused(void **state)
{
    (void)state;
    uint8_t next = 0;
    assert_int_equal(mbedtls_mpi_lset(&scalar, 5), 0);
    assert_int_equal(tls_ecp_mul(&group, &product, &scalar, &group.G, draw, &next),
                     MBEDTLS_ERR_ECP_INVALID_KEY);
}

static void other_curves_go_the_general_way(void **state)
{
    (void)state;
    uint8_t next = 0;
    mbedtls_ecp_group p256;
    mbedtls_ecp_group_init(&p256);
    assert_int_equal(mbedtls_ecp_group_load(&p256, MBEDTLS_ECP_DP_SECP256R1), 0);
    assert_int_equal(mbedtls_mpi_lset(&scalar, 1), 0);
    assert_int_equal(tls_ecp_mul(&p256, &product, &scalar, &p256.G, draw, &next), 0);
    assert_int_equal(mbedtls_ecp_point_cmp(&product, &p256.G), 0);
    mbedtls_ecp_group_free(&p256);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(public_halves_are_those_of_rfc_7748_section_6),
        TEST(both_sides_come_to_the_same_secret),
        TEST(many_keys_have_the_halves_of_the_general_multiplication),
        TEST(a_scalar_that_is_no_key_is_refused),
        TEST(other_curves_go_the_general_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

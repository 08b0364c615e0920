/* The API's description of itself. */
#include "api/openapi.h"

#include "api/handlers.h"
#include "base/inflate.h"

/* state[0]: the index of a block */
static http_produced_t write_piece(http_exchange_t *ex, void *app, json_writer_t *json, uint32_t state[4])
{
    uint32_t block = state[0]++;
    (void)ex;
    (void)app;
    (void)inflate_block(openapi.packed + openapi.starts[block],
                        (size_t)(openapi.starts[block + 1u] - openapi.starts[block]), openapi.dictionary,
                        openapi.dictionary_bytes, &json->out);
    return state[0] == openapi.block_count ? HTTP_DONE : HTTP_MORE;
}

/* GET /openapi.json
 * 200 OpenAPI 3.1: every route, parameter, schema, error and scope */
void api_openapi_get(http_exchange_t *ex, void *app)
{
    (void)app;
    if (!api_accepts_json(ex) || api_unchanged(ex, openapi.tag)) return;
    http_respond_generated(ex, 200, api_media_json, write_piece);
}

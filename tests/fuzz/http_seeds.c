/* Makes seeds for fuzz_http out of the request vectors: what they send, behind a choice of how it arrives. */
#include <dirent.h>
#include <stdint.h>

#include "tests/support/http_vector.h"

/* As fuzz_http's input begins. Spread by the name, so that a vector's seed stays what it is when others come. */
static void choose_arrival(const char *name, uint8_t arrival[8])
{
    uint32_t sum = 2166136261u; /* FNV-1a */
    for (; *name; name++) sum = (sum ^ (uint8_t)*name) * 16777619u;
    arrival[0] = (uint8_t)(sum % 12u); /* not all body buffers taken: that is one answer, 503 */
    for (unsigned i = 1; i < 8; i++) {
        sum = sum * 1664525u + 1013904223u;
        arrival[i] = (uint8_t)(sum >> 24u) >> (i % 4u);
    }
}

static bool make_seed(const char *from, const char *name, const char *to)
{
    static vector_t vector;
    static char path[1024];
    uint8_t arrival[8];
    (void)snprintf(path, sizeof path, "%s/%s", from, name);
    if (!http_vector_read(&vector, path)) {
        (void)fprintf(stderr, "%s is no vector\n", path);
        return false;
    }
    choose_arrival(name, arrival);
    (void)snprintf(path, sizeof path, "%s/%.*s", to, (int)(strlen(name) - strlen(".http")), name);
    FILE *file = fopen(path, "wb");
    if (!file) return false;
    bool written = fwrite(arrival, 1, sizeof arrival, file) == sizeof arrival &&
                   fwrite(vector.input, 1, vector.input_bytes, file) == vector.input_bytes;
    return fclose(file) == 0 && written;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 3 ? opendir(argv[1]) : NULL;
    if (!folder) {
        (void)fprintf(stderr, "usage: %s VECTORS_FOLDER SEEDS_FOLDER\n", argv[0]);
        return 2;
    }
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".http") != 0) continue;
        if (!make_seed(argv[1], entry->d_name, argv[2])) return 1;
        count++;
    }
    (void)closedir(folder);
    return count > 0 ? 0 : 1;
}

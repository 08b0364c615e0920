/* Feeds every file of a folder to a fuzz target: what the fuzzer once found interesting stays tested. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    static uint8_t input[65536];
    FILE *file = fopen(path, "rb");
    if (!file) return -1;
    size_t bytes = fread(input, 1, sizeof input, file);
    (void)fclose(file);
    /* A block of its own size, so that the address sanitizer sees a step past its end. */
    uint8_t *copy = malloc(bytes + 1);
    if (!copy) return -1;
    for (size_t i = 0; i < bytes; i++) copy[i] = input[i];
    int result = LLVMFuzzerTestOneInput(copy, bytes);
    free(copy);
    return result;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (!folder) {
        (void)fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
        return 2;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[1024];
        if (entry->d_name[0] == '.') continue;
        (void)snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        if (replay(path) != 0) return 1;
        count++;
    }
    (void)closedir(folder);
    (void)printf("%u inputs\n", count);
    return count > 0 ? 0 : 1;
}

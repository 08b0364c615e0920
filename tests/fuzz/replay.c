/* Feeds every file of some folders to a fuzz target: what the fuzzer once found interesting stays tested. */
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

/* Returns how many inputs the folder has; 0: none, or one failed. */
static unsigned replay_folder(const char *path)
{
    unsigned count = 0;
    DIR *folder = opendir(path);
    if (!folder) return 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char file[1024];
        if (entry->d_name[0] == '.') continue;
        (void)snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (replay(file) != 0) {
            count = 0;
            break;
        }
        count++;
    }
    (void)closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        (void)fprintf(stderr, "usage: %s CORPUS_FOLDER...\n", argv[0]);
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        unsigned count = replay_folder(argv[i]);
        (void)printf("%u inputs in %s\n", count, argv[i]);
        if (count == 0) return 1;
    }
    return 0;
}

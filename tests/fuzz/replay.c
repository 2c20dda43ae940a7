// SPDX-License-Identifier: MIT
// Runs a fuzz target on stored inputs, without libFuzzer: each file of each directory named.
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20, PATH_LONGEST = 4096 };

static unsigned replayed;

static void replay(const char *path) {
    FILE *file = fopen(path, "rb");
    // Of exactly the input's size, so that a sanitizer sees one octet too many.
    uint8_t *large = malloc(INPUT_MAX);
    size_t size = file != NULL && large != NULL ? fread(large, 1, INPUT_MAX, file) : 0;
    uint8_t *data = large != NULL ? realloc(large, size > 0 ? size : 1) : NULL;
    if (file == NULL || data == NULL) {
        perror(path);
        exit(1);
    }
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    replayed++;
}

int main(int count, char **words) {
    for (int i = 1; i < count; i++) {
        struct dirent **entries;
        int found = scandir(words[i], &entries, NULL, alphasort);
        for (int j = 0; j < found; j++) {
            char path[PATH_LONGEST];
            struct stat status;
            snprintf(path, sizeof path, "%s/%s", words[i], entries[j]->d_name);
            if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
                replay(path);
            }
            free(entries[j]);
        }
        if (found >= 0) {
            free(entries);
        }
    }
    printf("%u inputs replayed\n", replayed);
    return replayed > 0 ? 0 : 77; // nothing there: skipped
}

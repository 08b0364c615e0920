/* bench_files.h - the files of lwIP's httpd, which includes this by HTTPD_FSDATA_FILE: one, with its head.
 */
#ifndef BENCH_FILES_H
#define BENCH_FILES_H

#include "answer.h"
#include "lwip/apps/fs.h"

static const unsigned char answer_name[] = BENCH_PATH;
static const unsigned char answer_data[] = BENCH_ANSWER;

static const struct fsdata_file answer_file = {
    .name = answer_name,
    .data = answer_data,
    .len = sizeof answer_data - 1,
    .flags =
        FS_FILE_FLAGS_HEADER_INCLUDED | FS_FILE_FLAGS_HEADER_PERSISTENT | FS_FILE_FLAGS_HEADER_HTTPVER_1_1,
};

#define FS_ROOT     (&answer_file)
#define FS_NUMFILES 1

#endif

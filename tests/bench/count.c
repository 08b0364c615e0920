/* A TCG plugin that counts the instructions which an emulated core executes, in a file that somebody else reads meanwhile.
 * Prototypes are our own: QEMU's header is in no Debian package.
 *
 *   -plugin FILE.so,counts=PATH,base=0x0,size=0x100000
 *
 * PATH is 8 + size / 2 * 8 bytes: all of them, then a counter for each halfword from base on; what lies elsewhere is
 * counted in the last one. With size=0 there is the first alone.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*translate_callback_t)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, translate_callback_t callback);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int operation, void *at,
                                                uint64_t value);

#define ADD_U64 0 /* QEMU_PLUGIN_INLINE_ADD_U64 */

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static struct {
    uint64_t base, size;
    uint64_t *total, *counts;
} plugin;

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        qemu_plugin_register_vcpu_insn_exec_inline(insn, ADD_U64, plugin.total, 1);
        if (plugin.size == 0) continue;
        uint64_t at = qemu_plugin_insn_vaddr(insn) - plugin.base;
        if (at >= plugin.size) at = plugin.size - 2;
        qemu_plugin_register_vcpu_insn_exec_inline(insn, ADD_U64, &plugin.counts[at / 2], 1);
    }
}

static const char *value_of(int argc, char **argv, const char *name)
{
    size_t length = strlen(name);
    for (int i = 0; i < argc; i++)
        if (strncmp(argv[i], name, length) == 0 && argv[i][length] == '=') return argv[i] + length + 1;
    return NULL;
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv);

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const void *info,
                                                               int argc, char **argv)
{
    (void)info;
    const char *path = value_of(argc, argv, "counts"), *base = value_of(argc, argv, "base"),
               *size = value_of(argc, argv, "size");
    if (!path || !base || !size) return -1;
    plugin.base = strtoull(base, NULL, 0);
    plugin.size = strtoull(size, NULL, 0);
    int file = open(path, O_RDWR);
    if (file < 0) return -1;
    uint64_t *memory = mmap(NULL, 8 + plugin.size / 2 * 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (memory == MAP_FAILED) return -1;
    plugin.total = &memory[0];
    plugin.counts = &memory[1];
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    return 0;
}

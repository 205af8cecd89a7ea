/*
 * A plugin of QEMU that counts instructions: from one address to the first of some others.
 *   -plugin count.so,span=name:begin:end[:end…],… -d plugin -D LOG
 * Writes a line "name count" for every span that ends.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin.h"

EXPORT int qemu_plugin_version = 1;

enum { SPANS = 16, ENDS = 8 };

static struct span {
  char name[32];
  uint64_t addresses[1 + ENDS];
  int count;
  bool is_open;
  uint64_t begun_at;
} spans[SPANS];
static int span_count;
static uint64_t executed;

static void execute(unsigned processor, void *data) {
  const uint64_t address = (uint64_t)(uintptr_t)data;
  (void)processor;
  for (int index = 0; index < span_count; index++) {
    struct span *span = &spans[index];
    for (int end = 1; span->is_open && end < span->count; end++) {
      if (span->addresses[end] != address) continue;
      char line[sizeof span->name + 24];
      snprintf(line, sizeof line, "%.31s %" PRIu64 "\n", span->name, executed - span->begun_at);
      qemu_plugin_outs(line);
      span->is_open = false;
    }
    if (span->addresses[0] == address && !span->is_open) {
      span->is_open = true;
      span->begun_at = executed;
    }
  }
  executed++;
}

static void translate(plugin_id id, struct translation_block *block) {
  (void)id;
  for (size_t index = 0; index < qemu_plugin_tb_n_insns(block); index++) {
    struct instruction *instruction = qemu_plugin_tb_get_insn(block, index);
    const uint64_t address = qemu_plugin_insn_vaddr(instruction);
    qemu_plugin_register_vcpu_insn_exec_cb(instruction, execute, NO_REGISTERS,
                                           (void *)(uintptr_t)address);
  }
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int count, char **arguments) {
  (void)info;
  for (int index = 0; index < count && span_count < SPANS; index++) {
    if (strncmp(arguments[index], "span=", 5) != 0) return -1;
    struct span *span = &spans[span_count++];
    char *part = strtok(arguments[index] + 5, ":");
    snprintf(span->name, sizeof span->name, "%s", part);
    while ((part = strtok(NULL, ":")) != NULL && span->count <= ENDS) {
      span->addresses[span->count++] = strtoull(part, NULL, 0);
    }
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  return 0;
}

/*
 * A plugin of QEMU that remembers what an observer of a chip could see while it is in some functions:
 * the address of every instruction, and of every byte or word that is read or written.
 *   -plugin trace.so,span=name:begin:end[:end…],skip=from:to,… -d plugin -D LOG
 * Writes a line "name count digest" for every span that ends, and "name at address" for every instruction
 * that is seen in a span for the first time. What lies in a skipped range, interrupts, is in no span.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin.h"

EXPORT int qemu_plugin_version = 1;

enum { SPANS = 16, ENDS = 48, SKIPS = 32 };
enum event { INSTRUCTION, READ, WRITE };

static struct span {
  char name[32];
  uint64_t begin;
  uint64_t ends[ENDS];
  int end_count;
  uint64_t count;
  uint64_t digest;
} spans[SPANS];
static int span_count;

static struct {
  uint64_t from;
  uint64_t to;
} skips[SKIPS];
static int skip_count;

/* Bit n: span n is open. */
static uint32_t open;

/* What is known of an instruction when it is translated. */
struct place {
  uint64_t address;
  /* Bit n: of span n. */
  uint32_t begins;
  uint32_t ends;
  uint32_t seen_in;
};

/* Digests that part in one event never meet again by it, others with a chance of 2^-64. */
static uint64_t folded(uint64_t digest, uint64_t event) {
  const uint64_t mixed = (digest ^ event) * 0x9e3779b97f4a7c15u;
  return mixed << 29 | mixed >> 35;
}

static void note(enum event kind, uint64_t address) {
  const uint64_t event = address << 2 | kind;
  for (int index = 0; open >> index != 0; index++) {
    if ((open >> index & 1) == 0) continue;
    spans[index].count++;
    spans[index].digest = folded(spans[index].digest, event);
  }
}

static void end_span(int index) {
  char line[sizeof spans[index].name + 48];
  struct span *span = &spans[index];
  snprintf(line, sizeof line, "%.31s %" PRIu64 " %016" PRIx64 "\n", span->name, span->count,
           span->digest);
  qemu_plugin_outs(line);
  open &= ~(1u << index);
}

static void tell_seen(struct place *place) {
  for (int index = 0; index < span_count; index++) {
    if ((open & ~place->seen_in) >> index & 1) {
      char line[sizeof spans[index].name + 32];
      snprintf(line, sizeof line, "%.31s at %" PRIx64 "\n", spans[index].name, place->address);
      qemu_plugin_outs(line);
    }
  }
  place->seen_in |= open;
}

static void execute(unsigned processor, void *data) {
  struct place *place = data;
  (void)processor;
  for (int index = 0; (open & place->ends) >> index != 0; index++) {
    if ((open & place->ends) >> index & 1) end_span(index);
  }
  const uint32_t begun = place->begins & ~open;
  for (int index = 0; begun >> index != 0; index++) {
    if ((begun >> index & 1) == 0) continue;
    spans[index].count = 0;
    spans[index].digest = 0;
  }
  open |= begun;
  if ((open & ~place->seen_in) != 0) tell_seen(place);
  note(INSTRUCTION, place->address);
}

static void access_memory(unsigned processor, uint32_t info, uint64_t address, void *data) {
  (void)processor;
  (void)data;
  note(qemu_plugin_mem_is_store(info) ? WRITE : READ, address);
}

static bool is_skipped(uint64_t address) {
  for (int index = 0; index < skip_count; index++) {
    if (address >= skips[index].from && address < skips[index].to) return true;
  }
  return false;
}

/* Kept for as long as QEMU runs: a translation may be used at any time. */
static struct place *placed(uint64_t address) {
  struct place *place = calloc(1, sizeof *place);
  place->address = address;
  for (int index = 0; index < span_count; index++) {
    if (spans[index].begin == address) place->begins |= 1u << index;
    for (int end = 0; end < spans[index].end_count; end++) {
      if (spans[index].ends[end] == address) place->ends |= 1u << index;
    }
  }
  return place;
}

static void translate(plugin_id id, struct translation_block *block) {
  (void)id;
  for (size_t index = 0; index < qemu_plugin_tb_n_insns(block); index++) {
    struct instruction *instruction = qemu_plugin_tb_get_insn(block, index);
    const uint64_t address = qemu_plugin_insn_vaddr(instruction);
    if (is_skipped(address)) continue;
    qemu_plugin_register_vcpu_insn_exec_cb(instruction, execute, NO_REGISTERS, placed(address));
    qemu_plugin_register_vcpu_mem_cb(instruction, access_memory, NO_REGISTERS, READS_AND_WRITES, NULL);
  }
}

static bool take_span(char *text) {
  if (span_count == SPANS) return false;
  struct span *span = &spans[span_count++];
  snprintf(span->name, sizeof span->name, "%s", strtok(text, ":"));
  span->begin = strtoull(strtok(NULL, ":"), NULL, 0);
  for (char *part = strtok(NULL, ":"); part != NULL; part = strtok(NULL, ":")) {
    if (span->end_count == ENDS) return false;
    span->ends[span->end_count++] = strtoull(part, NULL, 0);
  }
  return true;
}

static bool take_skip(char *text) {
  if (skip_count == SKIPS) return false;
  skips[skip_count].from = strtoull(strtok(text, ":"), NULL, 0);
  skips[skip_count++].to = strtoull(strtok(NULL, ":"), NULL, 0);
  return true;
}

static bool take_argument(char *argument) {
  char *value = strchr(argument, '=');
  if (value == NULL) return false;
  *value++ = '\0';
  if (strcmp(argument, "span") == 0) return take_span(value);
  return strcmp(argument, "skip") == 0 && take_skip(value);
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int count, char **arguments) {
  (void)info;
  for (int index = 0; index < count; index++) {
    if (!take_argument(arguments[index])) return -1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  return 0;
}

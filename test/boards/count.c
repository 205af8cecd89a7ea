/*
 * A plugin of QEMU that counts instructions, and the cycles that a Cortex-M0 takes for them: from one
 * address to the first of some others.
 *   -plugin count.so,span=name:begin:end[:end…],… -d plugin -D LOG
 * Writes a line "name instructions cycles" for every span that ends.
 *
 * Cycles by the Cortex-M0 TRM (DDI 0432C), table 3-1, for memory without wait states and the multiplier that
 * takes one: an instruction one, every access to memory one more, a branch that is taken two more, BL and POP
 * with PC another one. Left out: three more for MRS, MSR and barriers, and sixteen for an interrupt.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin.h"

EXPORT int qemu_plugin_version = 1;

enum { SPANS = 16, ENDS = 8 };
enum { TAKEN_CYCLES = 2, LONG_TAKEN_CYCLES = 3, WIDE_BYTES = 4 };
/* POP {…, PC}, encoding T1 (ARMv6-M A6.7.50). */
enum { POP_PC_MASK = 0xff00, POP_PC = 0xbd00 };

/* What execute() is told of an instruction: its address, its length, and whether it branches in three. */
enum { LENGTH_BIT = 32, IS_LONG_BIT = 40 };

static struct span {
  char name[32];
  uint64_t addresses[1 + ENDS];
  int count;
  bool is_open;
  uint64_t begun_at;
  uint64_t cycles_before;
} spans[SPANS];
static int span_count;
static uint64_t executed;
static uint64_t cycles;
/* Where an instruction goes that does not branch, and what it costs if it does. */
static uint64_t next_address;
static uint64_t taken_cycles;

static void write_line(const struct span *span) {
  char line[sizeof span->name + 48];
  snprintf(line, sizeof line, "%.31s %" PRIu64 " %" PRIu64 "\n", span->name, executed - span->begun_at,
           cycles - span->cycles_before);
  qemu_plugin_outs(line);
}

static void execute(unsigned processor, void *data) {
  const uint64_t told = (uint64_t)(uintptr_t)data;
  const uint64_t address = (uint32_t)told;
  (void)processor;
  if (address != next_address) cycles += taken_cycles;
  next_address = address + (told >> LENGTH_BIT & 0xff);
  taken_cycles = told >> IS_LONG_BIT ? LONG_TAKEN_CYCLES : TAKEN_CYCLES;
  for (int index = 0; index < span_count; index++) {
    struct span *span = &spans[index];
    for (int end = 1; span->is_open && end < span->count; end++) {
      if (span->addresses[end] != address) continue;
      write_line(span);
      span->is_open = false;
    }
    if (span->addresses[0] == address && !span->is_open) {
      span->is_open = true;
      span->begun_at = executed;
      span->cycles_before = cycles;
    }
  }
  executed++;
  cycles++;
}

static void access(unsigned processor, uint32_t info, uint64_t address, void *data) {
  (void)processor, (void)info, (void)address, (void)data;
  cycles++;
}

/* On a Cortex-M0 the only wide instruction that branches is BL. */
static bool is_long(const struct instruction *instruction) {
  uint16_t half;
  memcpy(&half, qemu_plugin_insn_data(instruction), sizeof half);
  return qemu_plugin_insn_size(instruction) == WIDE_BYTES || (half & POP_PC_MASK) == POP_PC;
}

static void translate(plugin_id id, struct translation_block *block) {
  (void)id;
  for (size_t index = 0; index < qemu_plugin_tb_n_insns(block); index++) {
    struct instruction *instruction = qemu_plugin_tb_get_insn(block, index);
    const uint64_t told = qemu_plugin_insn_vaddr(instruction) |
                          (uint64_t)qemu_plugin_insn_size(instruction) << LENGTH_BIT |
                          (uint64_t)is_long(instruction) << IS_LONG_BIT;
    qemu_plugin_register_vcpu_insn_exec_cb(instruction, execute, NO_REGISTERS, (void *)(uintptr_t)told);
    qemu_plugin_register_vcpu_mem_cb(instruction, access, NO_REGISTERS, READS_AND_WRITES, NULL);
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

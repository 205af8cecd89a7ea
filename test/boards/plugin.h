/*
 * QEMU 7.2 comes without the header of its plugin interface (version 1), so what is used of it is
 * declared here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct translation_block;
struct instruction;
enum { NO_REGISTERS = 0 };
enum { READS_AND_WRITES = 3 };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id,
                                           void (*translate)(plugin_id, struct translation_block *));
void qemu_plugin_register_vcpu_insn_exec_cb(struct instruction *instruction,
                                            void (*execute)(unsigned, void *), int flags, void *data);
void qemu_plugin_register_vcpu_mem_cb(struct instruction *instruction,
                                      void (*access)(unsigned, uint32_t info, uint64_t address, void *),
                                      int flags, int directions, void *data);
bool qemu_plugin_mem_is_store(uint32_t info);
size_t qemu_plugin_tb_n_insns(const struct translation_block *block);
struct instruction *qemu_plugin_tb_get_insn(const struct translation_block *block, size_t index);
const void *qemu_plugin_insn_data(const struct instruction *instruction);
size_t qemu_plugin_insn_size(const struct instruction *instruction);
uint64_t qemu_plugin_insn_vaddr(const struct instruction *instruction);
void qemu_plugin_outs(const char *text);

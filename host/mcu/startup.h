/* What a board's table of vectors points to, beside its own interrupts. */
#pragma once

#include <stdint.h>

/* From the linker. */
extern uint32_t stack_top[];

void reset(void);
/* Any exception that is not an interrupt of the board. */
void startup_fault(void);

/* Random bytes, fit for keys; docs/boards.md says for each board what they are drawn from and are worth. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

bool entropy_draw(uint8_t *target, uint32_t length);

/* Random bytes, fit for keys, on a chip that has no source of them; docs/boards.md says what that is worth. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

bool entropy_draw(uint8_t *target, uint32_t length);

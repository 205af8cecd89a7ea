/* The module as it is in its file; runtimes/embed.js puts it into the image. */
#pragma once

#include <stdint.h>

extern const uint8_t module_begin[];
extern const uint8_t module_end[];

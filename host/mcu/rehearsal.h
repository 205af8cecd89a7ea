/* What BUILD=rehearsal has in place of constants; the compiler is told to read it first. */
#pragma once

#include <stdint.h>

/* Every tick is waited for. */
#define TICK_MILLISECONDS 1u
/* As long as the test says: it must not depend on how busy the computer is. */
#define LONG_PRESS_MILLISECONDS rehearsal_long_press
extern volatile uint32_t rehearsal_long_press;

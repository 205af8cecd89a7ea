/*
 * Five keys from two buttons:
 *
 *     A short   up          A long   left
 *     B short   down        B long   right
 *     both      OK
 *
 * A short press counts when the button is let go, all others while it is held.
 */
#pragma once

#include <stdint.h>

enum { BUTTON_A = 1, BUTTON_B = 2 };

/*
 * held          buttons whose contacts are closed now
 * milliseconds  now; call it every few milliseconds
 * Returns the keys that were pressed since the last call, bit n for enum core_key n.
 */
uint32_t buttons_pressed(uint32_t held, uint32_t milliseconds);

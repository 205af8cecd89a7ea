/* Debounces keys: contacts bounce for up to some ten milliseconds when they close and open. */
#pragma once

#include <stdint.h>

/*
 * held          keys whose contacts are closed now, a bit each
 * milliseconds  now; call it every few milliseconds
 * Returns the keys that went down since the last call, a bit each. A key that is held from power-on
 * counts once it has been let go.
 */
uint32_t keys_pressed(uint32_t held, uint32_t milliseconds);
/* The keys that are down, debounced; at power-on all of them, until they were seen open. */
uint32_t keys_down(void);

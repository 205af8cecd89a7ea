/*
 * A program that lets whoever is at the other end of a line live a token's life, command by command, on
 * a board that is all in memory: for bodies of the core that no real board is built around. Time and
 * chance are what test/history.ts says. Never part of firmware.
 *
 *   "power-on"        → what core_power_on returned       "advance SECONDS" → 0
 *   "press KEY"       → what core_press returned          "tick"            → what core_tick returned
 *   "exchange HEX"    → the answer in hex, or "pending"
 *   "frame", "text", "flash"  → bytes in hex
 */
#pragma once

#include <stdint.h>

/* Takes one byte of a line; at its end all of it happens. */
void life_take(char byte);

/* ---- what has the line ---- */

void life_send(const char *text, uint32_t length);

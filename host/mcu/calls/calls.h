/*
 * A program that lets whoever is at the other end of a line call the exports of otp.wasm, whatever runs
 * the module: the conformance suite drives it, on this computer and on boards. Never part of firmware.
 *
 *   "name argument argument…\n"   →   the i32 answer, or "no export name", and a line feed
 *
 * Arguments and answers are signed and decimal.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { CALL_ARGUMENTS = 8, CALL_NAME_BYTES = 32 };

/* Takes one byte of a line; at its end the call is made. */
void calls_take(char byte);

/* ---- what runs the module ---- */

void module_start(void);

/* Calls an export. @returns false when there is none of that name with so many arguments */
bool call_export(const char *name, const uint32_t *arguments, uint32_t count, uint32_t *answer);

/* ---- what has the line ---- */

void calls_send(const char *text, uint32_t length);

/*
 * The BBC micro:bit, version 1, its pins and clocks. docs/boards.md has the same as a table for people;
 * test/boards holds one against the other.
 */
#pragma once

/* P0.24 out, P0.25 in: UART0 to the interface chip, and so to the USB port's serial line. */
#define SERIAL_OUT_PIN 0x01000000u
#define SERIAL_IN_PIN 0x02000000u
#define UART0_INTERRUPT 2
/* What comes in 20 ms: longer than a press of a key takes, other than the one that ends a PIN. */
#define SERIAL_RING_BYTES 256u
/* P0.17, P0.26: the buttons. Closed contacts read 0. */
#define BUTTON_A_PIN 0x00020000u
#define BUTTON_B_PIN 0x04000000u
/* P0.13 .. P0.15: the rows of the matrix as it is wired, high when lit. P0.04 .. P0.12: its columns, low. */
#define ROW_PINS 0x0000e000u
#define COLUMN_PINS 0x00001ff0u
#define TIMER0_INTERRUPT 8

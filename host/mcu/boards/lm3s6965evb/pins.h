/*
 * The LM3S6965 evaluation board, its pins and clocks. docs/boards.md has the same as a table for people;
 * test/boards holds one against the other.
 */
#pragma once

#define CLOCK_HERTZ 50000000u
#define SERIAL_BAUD 115200u

/* PA0, PA1: UART0 to the USB port's serial line. */
#define UART0_PINS 0x03u
#define UART0_INTERRUPT 5
/* Two of the longest commands. */
#define SERIAL_RING_BYTES 1024u
/* PA2 clock, PA3 select, PA5 data: SSI0 to the OLED. */
#define SSI0_PINS 0x2cu
/* PB2 clock, PB3 data: I2C0 to EEPROM and clock, on the header. */
#define I2C0_CLOCK_PIN 0x04u
#define I2C0_DATA_PIN 0x08u
#define I2C0_PINS (I2C0_CLOCK_PIN | I2C0_DATA_PIN)
/* PC7: the OLED takes data when high, commands when low. PC6: its 15 V supply. */
#define OLED_DATA_PIN 0x80u
#define OLED_SUPPLY_PIN 0x40u
/* PD0: select of the SD card on the same SSI, kept high. */
#define CARD_SELECT_PIN 0x01u
/* PE0 .. PE3: up, down, left, right; PF1: OK. Closed contacts read 0. */
#define DIRECTION_PINS 0x0fu
#define OK_PIN 0x02u

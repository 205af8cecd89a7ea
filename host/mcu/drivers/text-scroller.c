#include "text-scroller.h"

#include <stdbool.h>
#include <string.h>

#include "critical.h"
#include "font-5x5.h"
#include "led-matrix.h"

#define COLUMN_MILLISECONDS 100u
/* Dark columns behind a character, for a space, and behind a line. */
#define GAP 1u
#define SPACE_COLUMNS 2u
#define LINE_GAP 4u
#define NEW_LINE '\n'
/* Lines whose change starts over. */
#define HEAD_LINES 2u
#define AS_IT_RUNS UINT32_MAX

static struct {
  char text[SCROLLER_TEXT_BYTES];
  uint32_t length;
  /* The character that comes in on the right, and the next column of it. */
  uint32_t at;
  uint32_t column;
  uint32_t milliseconds;
  uint8_t columns[LED_COLUMNS];
} scroller;

/* ---- where to begin ---- */

static uint32_t first_difference(const char *text, uint32_t length) {
  const uint32_t common = length < scroller.length ? length : scroller.length;
  uint32_t index = 0;
  while (index < common && text[index] == scroller.text[index]) index++;
  return index;
}

static bool ends_line(const char *text, uint32_t length, uint32_t index) {
  return index == length || text[index] == NEW_LINE;
}

static uint32_t beginning(const char *text, uint32_t length) {
  const uint32_t change = first_difference(text, length);
  if (change == length && change == scroller.length) return AS_IT_RUNS;
  uint32_t lines = 0, line = 0;
  for (uint32_t index = 0; index < change; index++) {
    if (text[index] != NEW_LINE) continue;
    lines++;
    line = index + 1;
  }
  if (lines >= HEAD_LINES) return AS_IT_RUNS;
  const bool has_turned = change < length && change < scroller.length &&
                          ends_line(text, length, change + 1) &&
                          ends_line(scroller.text, scroller.length, change + 1);
  return has_turned ? change : line;
}

void scroller_show(const char *text, uint32_t length) {
  if (length > SCROLLER_TEXT_BYTES) length = SCROLLER_TEXT_BYTES;
  const uint32_t begin = beginning(text, length);
  const uint32_t before = interrupts_off();
  memcpy(scroller.text, text, length);
  scroller.length = length;
  if (begin != AS_IT_RUNS || scroller.at > length) {
    scroller.at = begin == AS_IT_RUNS ? 0 : begin;
    scroller.column = 0;
    memset(scroller.columns, 0, sizeof scroller.columns);
    leds_show(scroller.columns);
  }
  interrupts_restore(before);
}

/* ---- how it runs ---- */

/* The end of the text is the end of a line. */
static char current(void) {
  return scroller.at < scroller.length ? scroller.text[scroller.at] : NEW_LINE;
}

static uint32_t columns_of(char character) {
  if (character == NEW_LINE) return LINE_GAP;
  if (character == ' ') return SPACE_COLUMNS;
  return font_width(character) + GAP;
}

static uint8_t next_column(void) {
  const char character = current();
  const bool is_dark = character == NEW_LINE || scroller.column >= font_width(character);
  const uint8_t column = is_dark ? 0 : font_column(character, scroller.column);
  scroller.column++;
  if (scroller.column >= columns_of(character)) {
    scroller.column = 0;
    scroller.at = scroller.at < scroller.length ? scroller.at + 1 : 0;
  }
  return column;
}

void scroller_advance(uint32_t milliseconds) {
  scroller.milliseconds += milliseconds;
  if (scroller.milliseconds < COLUMN_MILLISECONDS) return;
  scroller.milliseconds = 0;
  memmove(scroller.columns, scroller.columns + 1, LED_COLUMNS - 1);
  scroller.columns[LED_COLUMNS - 1] = next_column();
  leds_show(scroller.columns);
}

#include "calls.h"

#include <string.h>

/* The sign, ten digits, a line feed. */
#define NUMBER_BYTES 12u

static struct {
  char name[CALL_NAME_BYTES];
  uint32_t name_length;
  uint32_t arguments[CALL_ARGUMENTS];
  uint32_t count;
  bool is_negative;
} line;

static void send_number(uint32_t number) {
  char text[NUMBER_BYTES];
  uint32_t at = sizeof text;
  const bool is_negative = (int32_t)number < 0;
  uint32_t rest = is_negative ? -number : number;
  text[--at] = '\n';
  do {
    text[--at] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  if (is_negative) text[--at] = '-';
  calls_send(&text[at], sizeof text - at);
}

static void end_argument(void) {
  if (line.count == 0 || !line.is_negative) return;
  line.arguments[line.count - 1] = -line.arguments[line.count - 1];
}

static void end_line(void) {
  uint32_t answer;
  line.name[line.name_length] = '\0';
  if (call_export(line.name, line.arguments, line.count, &answer)) {
    send_number(answer);
  } else {
    calls_send("no export ", 10);
    calls_send(line.name, line.name_length);
    calls_send("\n", 1);
  }
}

void calls_take(char byte) {
  if (byte == '\n' || byte == ' ') {
    end_argument();
    line.is_negative = false;
  }
  if (byte == '\n') {
    end_line();
    memset(&line, 0, sizeof line);
  } else if (byte == ' ') {
    if (line.count < CALL_ARGUMENTS) line.arguments[line.count++] = 0;
  } else if (line.count == 0) {
    if (line.name_length < CALL_NAME_BYTES - 1) line.name[line.name_length++] = byte;
  } else if (byte == '-') {
    line.is_negative = true;
  } else {
    uint32_t *const argument = &line.arguments[line.count - 1];
    *argument = *argument * 10 + (uint32_t)(byte - '0');
  }
}

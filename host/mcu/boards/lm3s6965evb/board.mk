CPU = -mcpu=cortex-m3 -mthumb

BOARD_SOURCES = \
  boards/lm3s6965evb/startup.c boards/lm3s6965evb/board.c boards/lm3s6965evb/keys-page.c \
  drivers/uart-pl011.c drivers/ssi-pl022.c drivers/i2c-stellaris.c drivers/watchdog-stellaris.c \
  drivers/oled-ssd0323.c drivers/eeprom-at24c128.c

# Time and chance: as they are, or as a test wants them.
ifeq ($(BUILD),rehearsal)
BOARD_SOURCES += boards/lm3s6965evb/rehearsal.c
LDFLAGS += -Wl,--wrap=core_power_on,--wrap=core_press,--wrap=core_tick
else
BOARD_SOURCES += boards/lm3s6965evb/world.c boards/lm3s6965evb/entropy.c \
  drivers/clock-ds1338.c drivers/sha256.c drivers/hmac-drbg.c
endif

# For good: see protect.c.
ifeq ($(BUILD),release)
BOARD_SOURCES += boards/lm3s6965evb/protect.c
endif

# The module interpreted by wasm3 0.5.0, whose C sources lie in WASM3.
WASM3_SOURCES = bind code compile core env exec function info module parse
# No floats: our modules have none. Small pages of code: what is left of each is lost. No texts of errors.
WASM3_FLAGS = -I$(WASM3) -Iruntimes -Dd_m3HasFloat=0 -Dd_m3CodePageAlignSize=512 \
  -Dd_m3VerboseErrorMessages=0 -Dd_m3CascadedOpcodes=0 -Dd_m3MaxFunctionStackHeight=256
# What is left of RAM_BYTES when stack, drivers and serial line have theirs.
ARENA_BYTES ?= 53248
INTERPRETED_token = runtimes/wasm3-token
INTERPRETED_calls = calls/interpreted
INTERPRETED_SOURCES = $(INTERPRETED_$(PROGRAM)).c runtimes/wasm3-module.c runtimes/arena.c
MODULE_OBJECTS = $(OUT)/module.o $(INTERPRETED_SOURCES:%.c=$(OUT)/%.o) $(WASM3_SOURCES:%=$(OUT)/wasm3/m3_%.o)

$(INTERPRETED_SOURCES:%.c=$(OUT)/%.o): CFLAGS += $(WASM3_FLAGS) -DARENA_BYTES=$(ARENA_BYTES)u \
  -isystem $(WASM3)

$(OUT)/module.S $(OUT)/memory-size.h &: $(WASM) runtimes/embed.js
	@mkdir -p $(@D)
	$(NODE) runtimes/embed.js $< $(OUT)/module.S $(OUT)/memory-size.h

$(OUT)/module.o: $(OUT)/module.S
	$(CROSS)gcc $(CPU) -c $< -o $@

# Not ours: its warnings are its authors' business. It has to be optimised, since its operations go on
# to the next by a call at their end, which must be a jump.
$(OUT)/wasm3/%.o: $(WASM3)/%.c
	@mkdir -p $(@D)
	$(CROSS)gcc $(CPU) -Os -std=gnu11 -ffunction-sections -fdata-sections -DNDEBUG -w \
	  -ffile-prefix-map=$(WASM3)=wasm3 $(WASM3_FLAGS) -c $< -o $@

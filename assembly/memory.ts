/**
 * The static memory map: every buffer of the core, in one place.
 *
 * There is no allocator. A buffer is claimed once, at compile time, and a module gets every buffer
 * of a file that it imports: so those of the hashes, which otp.wasm needs alone, are in
 * crypto/memory.ts.
 *
 * `secret` marks a buffer that may hold key material or a value computed from it, and says how long;
 * test/secrecy/ reads these words and holds every build against them:
 *
 *     secret, wiped                      whoever fills it wipes it before returning to the host
 *     secret, stays while X.Y is Z       may hold it as long as that is so; `in its first V.W bytes`
 *     secret, on display                 may hold the code that is to be seen, and nothing else
 *     as on flash                        may hold sealed bytes, which lie on flash as well
 */

// ---- screen -------------------------------------------------------------------------------

/**
 * What the display shows: 128x64 pixels, row by row, 16 bytes a row, most significant bit left;
 * 1024 bytes; secret, on display.
 */
export const FRAME: usize = memory.data(1024, 16);

// ---- store --------------------------------------------------------------------------------

/** One word on its way from flash. 4 bytes; as on flash. */
export const FLASH_WORD: usize = memory.data(4, 4);

/** CRC-32 of every nibble, reflected polynomial EDB88320; 16 words. */
// biome-ignore format: four words to a line
export const CRC_NIBBLES: usize = memory.data<u32>([
  0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
  0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
], 4);

/** Byte address of the record that counts, by identity; 96 half-words. */
export const INDEX: usize = memory.data(192, 4);

/** Sequence number of each page, 0 when it is free; 16 words. */
export const SEQUENCES: usize = memory.data(64, 4);

@unmanaged
class LogState {
  /** The page that takes new records. */
  head: u32;
  /** Byte address of the next record. */
  end: u32;
  /** Highest sequence number in use. */
  sequence: u32;
  /** Words of records that count. */
  liveWords: u32;
  /** Not 0 after a write that the medium did not take. */
  failed: u32;
}

export const log: LogState = changetype<LogState>(memory.data(offsetof<LogState>(), 4));

// ---- credentials --------------------------------------------------------------------------

/**
 * The record of one credential: head, name, tag, key, text of its QR code. 236 bytes; as on flash;
 * secret, wiped: what was opened in it.
 */
export const RECORD: usize = memory.data(236, 16);

/**
 * What goes through the HMAC that seals a record: domain, slot, head, name, key, text. 224 bytes;
 * secret, wiped.
 */
export const SEAL_INPUT: usize = memory.data(224, 16);

/** The device key while it is prepared, then one block of key stream or a tag. 32 bytes; secret, wiped. */
export const SEAL_BLOCK: usize = memory.data(32, 16);

/**
 * The prepared device key, then a prepared sealing key, or the key that a command answers with. 128
 * bytes; secret, wiped.
 */
export const SEAL_STATE: usize = memory.data(128, 16);

/**
 * The prepared key of the credential on the display. 128 bytes; secret, stays while
 * prepared.slotPlusOne is not 0.
 */
export const PREPARED: usize = memory.data(128, 16);

@unmanaged
class PreparedState {
  /** Slot of the prepared credential plus one; 0 when none is prepared. */
  slotPlusOne: u32;
}

export const prepared: PreparedState = changetype<PreparedState>(
  memory.data(offsetof<PreparedState>(), 4),
);

/** The start value of a counter on its way to or from flash. 8 bytes. */
export const COUNTER_VALUE: usize = memory.data(8, 8);

/** The serial number on its way to or from flash. 32 bytes. */
export const SERIAL_TEXT: usize = memory.data(32, 4);

/** A time on its way to or from the clock, seconds since 1970. 8 bytes. */
export const CLOCK_VALUE: usize = memory.data(8, 8);

/** What flash knows of the clock; clock.ts. */
@unmanaged
class ClockRecord {
  /** When the clock was last set, seconds since 1970; 0 for never. */
  setAt: u64;
  /** The latest minute since 1970 for which a code was shown. */
  lastCodeMinute: u32;
  /** 1 when the owner set the clock back to before that minute. */
  wasSetBack: u32;
}

export const CLOCK_RECORD_LENGTH: u32 = 16;
/** The record of the clock on its way to or from flash. 16 bytes. */
export const CLOCK_RECORD: usize = memory.data(16, 8);
export const clockRecord: ClockRecord = changetype<ClockRecord>(CLOCK_RECORD);

// ---- commands -----------------------------------------------------------------------------

export const BUFFER_LENGTH: u32 = 512;
/**
 * A command, which may carry a key or a PIN, and in its place the answer, which never does. 512
 * bytes; secret, wiped.
 */
export const BUFFER: usize = memory.data(512, 16);

/** What the identifiers of all three applets begin with, 5 bytes. */
export const AID_PREFIX: usize = memory.data<u8>([0xa0, 0x00, 0x00, 0x05, 0x27]);

/** The name of the account in an OTP slot, its number missing; 9 bytes and room for the number. */
export const OTP_SLOT_NAME: usize = memory.data<u8>([79, 84, 80, 32, 115, 108, 111, 116, 32, 0]);

/**
 * What an access code is validated with, drawn at SELECT. 8 bytes; secret, stays while
 * session.challengeIssued is not 0.
 */
export const CARD_CHALLENGE: usize = memory.data(8, 8);

/** The challenge of a command that waits for a key. 64 bytes; public. */
export const WAITING_CHALLENGE: usize = memory.data(64, 8);

/** Pointer and length of each TLV of a command, by the low nibble of its tag; 16 times 8 bytes. */
export const FIELDS: usize = memory.data(128, 4);

/** The command being answered; `data` points into BUFFER. */
@unmanaged
class Command {
  classByte: u8;
  instruction: u8;
  parameter1: u8;
  parameter2: u8;
  data: usize;
  dataLength: u32;
}

@unmanaged
class Response {
  /** Bytes of answer in BUFFER so far. */
  length: u32;
}

@unmanaged
class Tlv {
  tag: u32;
  value: usize;
  length: u32;
}

@unmanaged
class Session {
  /** The selected applet, apdu/dispatch.ts; none after power-on. */
  applet: u32;
  /** Not 0 when the host gave the PIN: the token is locked again with the next SELECT. */
  unlockedByHost: u32;
  /** EQUAL once the access code was proved, or set, since SELECT. */
  validated: u32;
  /** Not 0 while CARD_CHALLENGE may be answered: once. */
  challengeIssued: u32;
  /** Number of writes to OTP slots since SELECT, 0 while both are empty. */
  otpSequence: u32;
  /** 2 once ADMIN_CHALLENGE was drawn, 1 during the command after that, 0 from then on. */
  adminChallenge: u32;
}

/** Where an answer in several parts goes on; apdu/oath-list.ts. */
@unmanaged
class Cursor {
  /** The step of CALCULATE ALL, for periods of 30 seconds. */
  challenge: u64;
  /** What the parts are; 0 when there are none to come. */
  kind: u32;
  /** The next slot. */
  slot: u32;
}

/** A command that waits for a key; apdu/touch.ts. */
@unmanaged
class Waiting {
  /** apdu/touch.ts, Touch. */
  state: u32;
  /** Uptime when the wait began, or when OK was pressed. */
  since: u32;
  /** What is asked for, as the applet numbers it. */
  slot: u32;
  /** Not 0 when the whole MAC is asked for. */
  whole: u32;
  /** Bytes in WAITING_CHALLENGE. */
  challengeLength: u32;
  /** The last key that was pressed; 0 when none was. */
  key: i32;
}

export const command: Command = changetype<Command>(memory.data(offsetof<Command>(), 4));
export const response: Response = changetype<Response>(memory.data(offsetof<Response>(), 4));
export const tlv: Tlv = changetype<Tlv>(memory.data(offsetof<Tlv>(), 4));
export const cursor: Cursor = changetype<Cursor>(memory.data(offsetof<Cursor>(), 8));
export const waiting: Waiting = changetype<Waiting>(memory.data(offsetof<Waiting>(), 4));
export const session: Session = changetype<Session>(memory.data(offsetof<Session>(), 4));

// ---- screen -------------------------------------------------------------------------------

/** The screen as plain text, lines parted by 0A. 352 bytes; secret, on display. */
export const TEXT: usize = memory.data(352, 16);

/** The digits of the code on display. 8 bytes; secret, stays while menu.codeShown is not 0. */
export const CODE: usize = memory.data(8, 4);

/** A number on its way to the screen. 20 bytes. */
export const DECIMAL: usize = memory.data(20, 4);

@unmanaged
class TextState {
  /** Bytes in TEXT. */
  length: u32;
}

@unmanaged
class MenuState {
  /** 0 .. credentials: which account, the page about the token last. */
  position: u32;
  /** screen/menu.ts, Side. */
  side: u32;
  /** Not 0 while CODE holds an HOTP code that is to be seen, since `codeSince` (uptime). */
  codeShown: u32;
  codeSince: u32;
  /** screen/menu.ts, Trouble. */
  trouble: u32;
  /** The second for which the screen was drawn last; clock or uptime. */
  drawnSecond: u32;
  /** Seconds for which it stays as it is: 1, or more for a QR code, which takes long to make. */
  drawnFor: u32;
}

/** What power-on found; index.ts. */
@unmanaged
class TokenState {
  /** Not 0 once boot() is done. */
  booted: u32;
  /** Status word with which every command is refused, or Status.DONE. */
  refusal: u32;
}

export const text: TextState = changetype<TextState>(memory.data(offsetof<TextState>(), 4));
export const menu: MenuState = changetype<MenuState>(memory.data(offsetof<MenuState>(), 4));
export const token: TokenState = changetype<TokenState>(memory.data(offsetof<TokenState>(), 4));

// ---- PIN ----------------------------------------------------------------------------------

/** The master key. 32 bytes; secret, stays while vault.state is EQUAL. */
export const MASTER_KEY: usize = memory.data(32, 16);

/**
 * The record of a sealed master key. 72 bytes; as on flash; secret, wiped: a master key that was
 * opened in it.
 */
export const VAULT_RECORD: usize = memory.data(72, 16);

/** The device key, then the key that a master key is sealed under. 32 bytes; secret, wiped. */
export const SEALING_KEY: usize = memory.data(32, 16);

/** What the sealing key is made of: identity, stretched PIN. 36 bytes; secret, wiped. */
export const SEALING_TEXT: usize = memory.data(36, 4);

/** The prepared password of PBKDF2. 128 bytes; secret, wiped. */
export const PBKDF2_STATE: usize = memory.data(128, 16);

/** Salt and block number, then U of PBKDF2. 36 bytes; secret, wiped. */
export const PBKDF2_BLOCK: usize = memory.data(36, 4);

/** Failed tries on their way to or from flash. 4 bytes. */
export const TRY_CARRY: usize = memory.data(4, 4);

/**
 * The PIN that is being entered with the keys. 16 bytes; secret, stays while pinEntry.active is
 * not 0, in its first pinEntry.length bytes.
 */
export const PIN_ENTRY: usize = memory.data(16, 4);

/**
 * PINs of six digits that people choose most and no rule of pin/rules.ts covers: doubled and mirrored
 * digits, and what lies in a line on a keypad. 16 words.
 */
// biome-ignore format: eight to a line
export const COMMON_PINS: usize = memory.data<u32>([
  112233, 332211, 223344, 445566, 123321, 321123, 111222, 100001,
  147258, 258369, 159753, 159357, 789456, 456123, 147852, 142536,
], 4);
export const COMMON_PINS_END: usize = COMMON_PINS + 16 * 4;

@unmanaged
class VaultState {
  /** EQUAL while the master key is kept, anything else while the token is locked. */
  state: u32;
  /** What the last check of a PIN or PUK came to, as it was compared. */
  verdict: u32;
  /** Uptime of the last wrong secret; 0 from power-on. */
  lastWrongAt: u32;
  /** Uptime of the last right PIN. */
  unlockedSince: u32;
}

@unmanaged
class PinEntryState {
  /** Not 0 while a PIN is being entered. */
  active: u32;
  /** Digits taken so far. */
  length: u32;
  /** What the wheel shows: 0 .. 9, or 10 for "done". */
  wheel: u32;
}

export const vault: VaultState = changetype<VaultState>(memory.data(offsetof<VaultState>(), 4));
export const pinEntry: PinEntryState = changetype<PinEntryState>(
  memory.data(offsetof<PinEntryState>(), 4),
);

// ---- admin key ----------------------------------------------------------------------------

/** S-boxes S1 to S8 of DES (FIPS 46-3, Appendix 1), a row a word, its first entry on top; 32 words. */
// biome-ignore format: one box to a line
export const DES_SUBSTITUTION: usize = memory.data<u64>([
  0xe4d12fb83a6c5907, 0x0f74e2d1a6cb9538, 0x41e8d62bfc973a50, 0xfc8249175b3ea06d,
  0xf18e6b34972dc05a, 0x3d47f28ec01a69b5, 0x0e7ba4d158c6932f, 0xd8a13f42b67c05e9,
  0xa09e63f51dc7b428, 0xd709346a285ecbf1, 0xd6498f30b12c5ae7, 0x1ad069874fe3b52c,
  0x7de3069a1285bc4f, 0xd8b56f03472c1ae9, 0xa690cb7df13e5284, 0x3f06a1d8945bc72e,
  0x2c417ab6853fd0e9, 0xeb2c47d150fa3986, 0x421bad78f9c5630e, 0xb8c71e2d6f09a453,
  0xc1af92680d34e75b, 0xaf427c9561de0b38, 0x9ef528c3704a1db6, 0x432c95fabe17608d,
  0x4b2ef08d3c975a61, 0xd0b7491ae35c2f86, 0x14bdc37eaf680592, 0x6bd814a7950fe23c,
  0xd2846fb1a93e50c7, 0x1fd8a374c56b0e92, 0x7b419ce206adf358, 0x21e74a8dfc90356b,
], 8);

/** P of DES: which bit of the substituted half comes next, 1 being the first (FIPS 46-3); 32 bytes. */
// biome-ignore format: sixteen to a line
export const DES_PERMUTATION: usize = memory.data<u8>([
  16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10,
  2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25,
]);

/** PERMUTED CHOICE 2 of DES: the bits of C and D that make a round key, likewise; 48 bytes. */
// biome-ignore format: sixteen to a line
export const DES_KEY_CHOICE: usize = memory.data<u8>([
  14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4,
  26, 8, 16, 7, 27, 20, 13, 2, 41, 52, 31, 37, 47, 55, 30, 40,
  51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
]);

/**
 * What the admin key is proved with, until the next command is done. 8 bytes; secret, stays while
 * session.adminChallenge is not 0.
 */
export const ADMIN_CHALLENGE: usize = memory.data(8, 8);

/**
 * The challenge enciphered, and the answer to it deciphered, by the admin key. 16 bytes; secret,
 * wiped.
 */
export const ADMIN_BLOCKS: usize = memory.data(16, 8);

/** "oathfob card ": what stands in front of the serial number in a card id. 13 bytes. */
// biome-ignore format: a word to a line
export const CARD_ID_DOMAIN: usize = memory.data<u8>([
  111, 97, 116, 104, 102, 111, 98, 32, 99, 97, 114, 100, 32,
]);

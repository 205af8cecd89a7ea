/** The page in English: the form that every other language follows. */

import { durationText, explanationText } from '../../../host/explain/sentences.ts';
import type { Finding } from '../../../host/explain.ts';
import type { RecordMeaning } from '../../board/flash-record.ts';
import { servers } from './en-servers.ts';

export const en = {
  language: 'English',
  locale: 'en-GB',
  tagline: 'A login token you can pick up, beside the server it talks to',
  languageLabel: 'Language',
  /** Words of the steps that are longer than a step is wide on the smallest phone. */
  syllables: ['can-celled', 'con-firmed'] as readonly string[],
  simulated: 'Simulated: do not protect anything real with it.',

  token: {
    title: 'Token',
    front: 'Token, front',
    back: 'Token, back',
    turn: 'Turn over',
    display: 'Display',
    displayOff: 'The display is dark: the token has no power.',
    keys: { up: 'Up', down: 'Down', left: 'Left', right: 'Right', ok: 'OK' },
    hint: 'Arrow keys and Enter work, too.',
    serial: 'Serial number',
    firmware: 'Firmware',
    hash: 'SHA-256 of the firmware',
    noAccount: 'none',
    noHash: 'computed on https and on localhost only',
  },
  shelf: {
    title: 'Shelf',
    make: 'Make a token',
    another: 'New token',
    kind: 'Kind',
    kinds: { totp30: '30 s, SHA-1', totp60: '60 s, SHA-256', hotp: 'HOTP, by presses' },
    empty: 'No token yet.',
    emptyWhy: 'It is made here: serial number, seed and key are drawn in your browser.',
    none: 'No token in the hand.',
    choose: 'Take one from the shelf below, or make another.',
    notLasting:
      'This browser keeps nothing for this page: tokens are gone when it is closed. Save their files.',
    save: 'Save files',
    open: 'Open files',
    remove: 'Remove',
    removeSure: (name: string) => `Remove ${name} for good? Nothing brings it back.`,
    pair: 'A token is two files: the image, and NAME.board with the key of its board.',
  },
  problems: {
    IN_USE: 'This token is in use in another tab; it is free when that is closed.',
    GONE: 'This token is not here any more: another tab has removed it.',
    FULL: 'The browser has no room for another file: remove a token, or free storage.',
    NOT_A_TOKEN: 'This is no image of a token: one has 16,384 bytes.',
    NO_BOARD_FILE: 'Choose both files: the image, and NAME.board beside it.',
    BAD_BOARD_FILE:
      'The board file is damaged, or is none: without its key nobody opens the token.',
    EXISTS: 'There is a token of this name on the shelf.',
    NOT_A_RECORD: 'This is no record: it is JSON, as it was saved when the token was made.',
    DAMAGED: 'The flash of this token is damaged: it gives nothing out any more.',
    token: 'The token has refused it; no server was asked.',
    other: 'That did not work.',
  } as Readonly<Record<string, string>>,
  record: {
    title: 'Seed record',
    once: 'Shown once. Upload it, or save it: the seed never comes out of the token again.',
    onceOtp: 'Shown once. Save it for your server; Graph has no place for HOTP.',
    save: 'Save',
    copy: 'Copy',
    copied: 'Copied',
    hide: 'Put away',
  },
  time: {
    title: 'Time',
    one: 'One clock for token and server',
    pause: 'Pause',
    run: 'Run',
    before: 'Just before the next code',
    next: 'Next code',
    present: 'Back to now',
    paused: 'standing still',
    running: 'running',
    ahead: (time: string) => `${time} ahead of now`,
    behind: (time: string) => `${time} behind now`,
    wentBack:
      'The token has shown codes of a later time, and shows none before that has come again.',
    drift: 'Clock of the token',
    exact: 'exact',
    slow: (time: string) => `${time} slow`,
    fast: (time: string) => `${time} fast`,
    lost: 'lost',
    slower: '30 s slower',
    faster: '30 s faster',
    setClock: 'Set clock',
    battery: 'Battery out',
    power: 'Power',
    on: 'Switch on',
    off: 'Switch off',
    cut: 'Cut power at the next write',
    cutArmed: 'Armed: the next write to flash is cut',
    disarm: 'Disarm',
    duration: durationText,
  },
  ...servers,
  flash: {
    title: 'Inside: the flash',
    lead: (live: number, turns: number) =>
      `${live} words live. ${turns === 1 ? 'No page was erased yet' : `${turns} pages begun in its life`}.`,
    map: 'Records on the flash',
    page: (index: number, state: string) => `Page ${index}, ${state}`,
    states: {
      free: 'free',
      inUse: 'in use',
      replaced: 'being replaced',
      debris: 'unfinished',
      damaged: 'damaged',
    },
    legend: { live: 'live', dead: 'dead', tally: 'to be counted', spent: 'counted', free: 'free' },
    wear: (sequence: number | null, erases: number) =>
      [sequence === null ? '' : `no. ${sequence}`, erases > 0 ? `erased ${erases}×` : '']
        .filter(Boolean)
        .join(', '),
    lastWrite: 'Written last',
    recordStates: {
      live: 'It counts.',
      dead: 'A later record took its place; its page will be erased in turn.',
      deletion: 'It says that what was here before is gone.',
      interrupted: 'The power went off before it counted.',
    },
    size: (words: number, place: string) => `${words * 4} bytes, ${place}`,
    empty: 'Press keys, and see what they write.',
    meaning: (meaning: RecordMeaning, date: (seconds: number) => string): string => {
      switch (meaning.kind) {
        case 'serial':
          return `Serial number ${meaning.text}`;
        case 'clock':
          return `Clock: set ${date(meaning.setAtSeconds)}${
            meaning.lastCodeMinute === 0
              ? ', no code shown yet'
              : `, last code shown in the minute of ${date(meaning.lastCodeMinute * 60)}`
          }`;
        case 'masterKey':
          return `Master key, sealed ${meaning.hasSecret ? 'under the PIN' : 'under the key of the board'}`;
        case 'pukKey':
          return 'Master key, sealed under the PUK';
        case 'pinTries':
          return `Tries of the PIN: ${meaning.taken} counted here`;
        case 'pukTries':
          return `Tries of the PUK: ${meaning.taken} counted here`;
        case 'accessCode':
          return 'Access code of the OATH applet';
        case 'responder':
          return 'Key of a slot that answers challenges, sealed';
        case 'account':
          return `Account ${meaning.name}, ${meaning.isHotp ? 'HOTP' : 'TOTP'}; its seed is sealed`;
        case 'counter':
          return `Counter: the next code is number ${meaning.next}`;
        case 'deletion':
          return 'A deletion';
        default:
          return 'A record';
      }
    },
  },
  explain: (finding: Finding, source: { periodSeconds: number; type: 'totp' | 'hotp' }) =>
    sentence(explanationText(finding, source)),
};

export type Words = typeof en;

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

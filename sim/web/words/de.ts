/** Die Seite auf Deutsch. */

import { durationText } from '../../../host/explain/sentences.ts';
import type { Cause, Finding } from '../../../host/explain.ts';
import { servers } from './de-servers.ts';
import type { Words } from './en.ts';

export const de: Words = {
  language: 'Deutsch',
  locale: 'de-DE',
  tagline: 'Ein Login-Token zum Anfassen, neben dem Server, mit dem er spricht',
  languageLabel: 'Sprache',
  syllables: [
    'Be-stäti-gen',
    'Hoch-laden',
    'An-melden',
    'Akti-vieren',
    'abge-brochen',
    'abge-laufen',
    'geschei-tert',
    'ge-scannt',
    'zuge-wiesen',
    'be-stätigt',
    'ge-tauscht',
  ],
  simulated: 'Simuliert: nichts Echtes damit schützen.',

  token: {
    title: 'Token',
    front: 'Token, Vorderseite',
    back: 'Token, Rückseite',
    turn: 'Umdrehen',
    display: 'Anzeige',
    displayOff: 'Die Anzeige ist dunkel: der Token hat keinen Strom.',
    keys: { up: 'Auf', down: 'Ab', left: 'Links', right: 'Rechts', ok: 'OK' },
    hint: 'Pfeiltasten und Enter gehen auch.',
    serial: 'Seriennummer',
    firmware: 'Firmware',
    hash: 'SHA-256 der Firmware',
    noAccount: 'keine',
    noHash: 'nur mit https und auf localhost berechnet',
  },
  shelf: {
    title: 'Regal',
    make: 'Token herstellen',
    another: 'Neuer Token',
    kind: 'Art',
    kinds: { totp30: '30 s, SHA-1', totp60: '60 s, SHA-256', hotp: 'HOTP, auf Tastendruck' },
    empty: 'Noch kein Token.',
    emptyWhy: 'Er entsteht hier: Seriennummer, Seed und Schlüssel zieht dein Browser.',
    none: 'Kein Token in der Hand.',
    choose: 'Nimm einen aus dem Regal unten, oder stelle einen her.',
    notLasting:
      'Dieser Browser behält nichts für diese Seite: beim Schließen sind die Token weg. Ihre Dateien sichern.',
    save: 'Dateien sichern',
    open: 'Dateien öffnen',
    remove: 'Entfernen',
    removeSure: (name) => `${name} endgültig entfernen? Nichts bringt ihn zurück.`,
    pair: 'Ein Token sind zwei Dateien: das Abbild und NAME.board mit dem Schlüssel der Platine.',
  },
  problems: {
    IN_USE: 'Dieser Token wird in einem anderen Tab benutzt; frei wird er, wenn der sich schließt.',
    GONE: 'Diesen Token gibt es nicht mehr: ein anderer Tab hat ihn entfernt.',
    FULL: 'Der Browser hat keinen Platz mehr: einen Token entfernen oder Speicher frei machen.',
    NOT_A_TOKEN: 'Das ist kein Abbild eines Tokens: eines hat 16.384 Bytes.',
    NO_BOARD_FILE: 'Bitte beide Dateien wählen: das Abbild und NAME.board daneben.',
    BAD_BOARD_FILE:
      'Die Datei der Platine ist beschädigt oder keine: ohne ihren Schlüssel öffnet niemand den Token.',
    EXISTS: 'Ein Token dieses Namens liegt schon im Regal.',
    NOT_A_RECORD: 'Das ist kein Datensatz: er ist JSON, wie beim Herstellen gesichert.',
    DAMAGED: 'Der Flash dieses Tokens ist beschädigt: er gibt nichts mehr heraus.',
    token: 'Das hat der Token abgelehnt; ein Server wurde nicht gefragt.',
    other: 'Das ging nicht.',
  },
  record: {
    title: 'Seed-Datensatz',
    once: 'Nur einmal zu sehen. Hochladen oder sichern: der Seed kommt nie wieder aus dem Token.',
    onceOtp: 'Nur einmal zu sehen. Für den eigenen Server sichern; Graph kennt kein HOTP.',
    save: 'Sichern',
    copy: 'Kopieren',
    copied: 'Kopiert',
    hide: 'Weglegen',
  },
  time: {
    title: 'Zeit',
    one: 'Eine Uhr für Token und Server',
    pause: 'Anhalten',
    run: 'Laufen lassen',
    before: 'Kurz vor den nächsten Code',
    next: 'Nächster Code',
    present: 'Zurück zu jetzt',
    paused: 'steht',
    running: 'läuft',
    ahead: (time) => `${time} voraus`,
    behind: (time) => `${time} zurück`,
    wentBack: 'Der Token hat schon Codes einer späteren Zeit gezeigt und zeigt bis dahin keine.',
    drift: 'Uhr des Tokens',
    exact: 'genau',
    slow: (time) => `geht ${time} nach`,
    fast: (time) => `geht ${time} vor`,
    lost: 'verloren',
    slower: '30 s langsamer',
    faster: '30 s schneller',
    setClock: 'Uhr stellen',
    battery: 'Batterie raus',
    power: 'Strom',
    on: 'Einschalten',
    off: 'Ausschalten',
    cut: 'Beim Schreiben Strom weg',
    cutArmed: 'Scharf: der nächste Schreibvorgang bricht ab',
    disarm: 'Entschärfen',
    duration: durationText,
  },
  ...servers,
  flash: {
    title: 'Innen: der Flash',
    lead: (live, turns) =>
      `${live} Wörter gültig. ${turns === 1 ? 'Noch keine Seite gelöscht' : `${turns} Seiten im Leben begonnen`}.`,
    map: 'Datensätze im Flash',
    page: (index, state) => `Seite ${index}, ${state}`,
    states: {
      free: 'frei',
      inUse: 'in Gebrauch',
      replaced: 'wird ersetzt',
      debris: 'unfertig',
      damaged: 'beschädigt',
    },
    legend: {
      live: 'gültig',
      dead: 'überholt',
      tally: 'noch zu zählen',
      spent: 'gezählt',
      free: 'frei',
    },
    wear: (sequence, erases) =>
      [sequence === null ? '' : `Nr. ${sequence}`, erases > 0 ? `${erases}× gelöscht` : '']
        .filter(Boolean)
        .join(', '),
    lastWrite: 'Zuletzt geschrieben',
    recordStates: {
      live: 'Er gilt.',
      dead: 'Ein späterer gilt an seiner Stelle; seine Seite wird gelöscht, wenn sie dran ist.',
      deletion: 'Er sagt, dass nicht mehr gilt, was hier stand.',
      interrupted: 'Der Strom ging weg, bevor er galt.',
    },
    size: (words, place) => `${words * 4} Bytes, ${place}`,
    empty: 'Tasten drücken und sehen, was sie schreiben.',
    meaning: (meaning, date) => {
      switch (meaning.kind) {
        case 'serial':
          return `Seriennummer ${meaning.text}`;
        case 'clock':
          return `Uhr: gestellt ${date(meaning.setAtSeconds)}${
            meaning.lastCodeMinute === 0
              ? ', noch kein Code gezeigt'
              : `, letzter Code in der Minute von ${date(meaning.lastCodeMinute * 60)}`
          }`;
        case 'masterKey':
          return `Hauptschlüssel, versiegelt ${meaning.hasSecret ? 'mit der PIN' : 'mit dem Schlüssel der Platine'}`;
        case 'pukKey':
          return 'Hauptschlüssel, versiegelt mit der PUK';
        case 'pinTries':
          return `Versuche der PIN: ${meaning.taken} hier gezählt`;
        case 'pukTries':
          return `Versuche der PUK: ${meaning.taken} hier gezählt`;
        case 'accessCode':
          return 'Zugangscode des OATH-Applets';
        case 'responder':
          return 'Schlüssel eines Platzes, der Fragen beantwortet, versiegelt';
        case 'account':
          return `Konto ${meaning.name}, ${meaning.isHotp ? 'HOTP' : 'TOTP'}; sein Seed ist versiegelt`;
        case 'counter':
          return `Zähler: der nächste Code ist Nummer ${meaning.next}`;
        case 'deletion':
          return 'Eine Löschung';
        default:
          return 'Ein Datensatz';
      }
    },
  },
  explain: (finding, { periodSeconds }) => explained(finding, periodSeconds),
};

function explained({ cause, stepsOff = 0, value = '' }: Finding, periodSeconds: number): string {
  const count = Math.abs(stepsOff);
  const time = durationText(count * periodSeconds);
  const steps = count === 1 ? 'einem Schritt' : `${count} Schritten`;
  const sentences: Readonly<Record<Cause, string>> = {
    right: 'Der Code ist richtig: ein Server mit dieser Zeit nimmt ihn.',
    used: 'Dieser Code oder ein späterer ist schon benutzt; auf den nächsten warten.',
    oldStep: `Das ist der Code von vor ${steps}: zu spät getippt, oder der Token geht ${time} nach.`,
    futureStep: `Dieser Code kommt erst in ${steps}: der Token geht ${time} vor, oder der Server nach.`,
    slowClock: `Die Uhr des Tokens geht ${time} nach.`,
    fastClock: `Die Uhr des Tokens geht ${time} vor.`,
    timeZone: `Die Uhr geht ${time} ${stepsOff < 0 ? 'nach' : 'vor'}, das ist eine Zeitzone: sie muss auf UTC stehen.`,
    clockNotSet: 'Die Uhr des Tokens ist nie gestellt worden, oder die Batterie war leer.',
    wrongHash: `Das ist der Code mit ${value}: Token und Datensatz haben verschiedene Hashes.`,
    wrongDigits: `Das ist der Code mit ${value} Ziffern: Token und Datensatz sind sich nicht einig.`,
    wrongPeriod: `Das ist der Code mit Schritten von ${value} s: Token und Datensatz sind sich nicht einig.`,
    wrongType: `Das ist ein Code nach ${value}: Token und Datensatz sind sich nicht einig.`,
    hexReadAsBase32: 'Der Seed ist hexadezimal und wurde als Base32 gelesen.',
    base32ReadAsHex: 'Der Seed ist Base32 und wurde hexadezimal gelesen.',
    seedReadAsText: 'Der Text des Seeds wurde als Schlüssel genommen, ohne ihn zu entschlüsseln.',
    otherToken: `Das ist der Code eines anderen Tokens${value && `, ${value}`}.`,
    counterBehind: `Dieser Code ist ${count} Tastendrücke alt: der Server ist weiter.`,
    counterAhead: `Der Token ist ${count} Tastendrücke voraus: zwei Codes nacheinander holen ihn ein.`,
    lostLeadingZero: 'Der Code beginnt mit einer Null, und die ist verloren gegangen.',
    mistyped: 'Eine Ziffer stimmt nicht, oder zwei sind vertauscht.',
    notDigits: 'Ein Code besteht aus Ziffern und sonst nichts.',
    wrongLength: `Ein Code dieses Tokens hat ${value} Ziffern: es fehlen welche, oder es sind zu viele.`,
    unknown: 'Das lässt sich nicht sagen: kein bekannter Fehler macht diesen Code.',
  };
  return sentences[cause];
}

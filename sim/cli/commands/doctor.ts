/** `doctor`: what is installed, what is missing, and the command that mends it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { firmwareBytes } from '../../../host/core.ts';
import { Token } from '../../../host/token.ts';
import { VirtualBoard } from '../../board/board.ts';
import { DrivenClock } from '../../board/clock.ts';
import { findWindow, WINDOW_PACKAGE } from '../../qemu/window.ts';
import { ExitCode } from '../exit-codes.ts';
import { paint } from '../output.ts';
import { defineVerb } from '../verb.ts';

interface Finding {
  readonly name: string;
  /** What was found, or null when it is missing. */
  readonly found: string | null;
  readonly neededFor: string;
  /** The command that mends it. */
  readonly mend: string;
}

/** Programs that boards need (docs/boards.md), and those that `npm test` calls. */
const PROGRAMS = [
  ['oathtool', 'a second opinion on the codes of the display', 'oathtool'],
  ['wasm2c', 'firmware for boards, and the native engine of the conformance suite', 'wabt'],
  ['chromium', 'the modules in a real browser', 'chromium'],
  ['gcc', 'the native engine of the conformance suite', 'gcc libc6-dev'],
  ['pcscd', 'the token as a card in a PC/SC reader', 'pcscd vsmartcard-vpcd'],
  ['ykman', 'a client that others wrote', 'yubikey-manager'],
  ['make', 'firmware for boards', 'make'],
  ['arm-none-eabi-gcc', 'firmware for boards', 'gcc-arm-none-eabi'],
  ['qemu-system-arm', 'emulated boards', 'qemu-system-arm'],
  ['setpriv', 'emulated boards, which must not outlive `oathfob run`', 'util-linux'],
  ['openocd', '`oathfob flash` through the debug probe of a board', 'openocd'],
  ['zbarimg', 'reading QR codes off pictures of displays', 'zbar-tools'],
] as const;

const LEAST_NODE = [20, 19] as const;

export default defineVerb({
  description: 'check what is installed, and say how to get what is missing',
  args: {},
  run: async (_, { io, report }) => {
    const findings = [
      checkNode(),
      checkFirmware(),
      await checkDatabase(),
      ...PROGRAMS.map(checkProgram),
      checkNewlib(),
      checkWindow(),
    ];
    const missing = findings.filter(({ found }) => found === null);
    const mark = (finding: Finding) =>
      finding.found === null
        ? paint(io, io.stdout, 'red', 'missing')
        : paint(io, io.stdout, 'green', 'ok     ');
    const width = Math.max(...findings.map(({ name }) => name.length));
    report.result(
      'doctor/1',
      { complete: missing.length === 0, findings },
      findings.flatMap((finding) => [
        `${mark(finding)}  ${finding.name.padEnd(width)}  ${finding.found ?? `for ${finding.neededFor}`}`,
        ...(finding.found === null ? [`         ${''.padEnd(width)}  ${finding.mend}`] : []),
      ]),
    );
    return missing.length === 0 ? ExitCode.DONE : ExitCode.REFUSED;
  },
});

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNew = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  return {
    name: 'node',
    found: isNew ? process.version : null,
    neededFor: `everything, from version ${LEAST_NODE.join('.')} on`,
    mend: 'https://nodejs.org/en/download',
  };
}

/** Powers a token up, which runs the self-test with its known answers. */
function checkFirmware(): Finding {
  const token = new Token(new VirtualBoard({ clock: new DrivenClock(null) }));
  const sha256 = createHash('sha256').update(firmwareBytes()).digest('hex');
  const found = `${token.firmwareVersion}, self-test passed, SHA-256 ${sha256}`;
  return {
    name: 'firmware',
    found: token.fault === null ? found : null,
    neededFor: 'every token',
    mend: 'npm run build',
  };
}

/** The database comes as a native library, which a package manager may have left out. */
async function checkDatabase(): Promise<Finding> {
  let found: string | null = null;
  try {
    const { default: Database } = await import('libsql');
    const database = new Database(':memory:');
    const row = database.prepare('SELECT sqlite_version() AS version').get([]);
    found = `SQLite ${(row as { version: string }).version}`;
    database.close();
  } catch {
    // Whatever the reason: it is not there.
  }
  return { name: 'libsql', found, neededFor: "the server's database", mend: 'npm ci' };
}

/** The C library of the chips; gcc answers with a bare name for a file that it does not find. */
function checkNewlib(): Finding {
  const { stdout } = spawnSync('arm-none-eabi-gcc', ['-print-file-name=libc.a'], {
    encoding: 'utf8',
  });
  const path = stdout?.trim() ?? '';
  return {
    name: 'newlib',
    found: path.includes('/') ? 'installed' : null,
    neededFor: 'firmware for boards',
    mend: 'apt-get install -y libnewlib-arm-none-eabi',
  };
}

function checkWindow(): Finding {
  return {
    name: WINDOW_PACKAGE,
    found: findWindow(),
    neededFor: '`oathfob run --window`',
    mend: `apt-get install -y ${WINDOW_PACKAGE}`,
  };
}

function checkProgram([name, neededFor, packages]: (typeof PROGRAMS)[number]): Finding {
  const { status, stdout } = spawnSync(name, ['--version'], { encoding: 'utf8' });
  const version = status === 0 ? (/\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? 'installed') : null;
  return { name, found: version, neededFor, mend: `apt-get install -y ${packages}` };
}

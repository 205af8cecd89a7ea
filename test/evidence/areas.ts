/** The long runs, the longest first until they were measured: what they are called, and what runs them. */
export const AREAS = {
  histories: {
    title: 'Random lives beside a model',
    program: 'test/model/full.ts',
    args: ['100000'],
  },
  logins: {
    title: 'Random sequences of QR logins',
    program: 'test/server/authing/full.ts',
    args: [],
  },
  power: { title: 'Power cuts', program: 'test/power/full.ts', args: ['all'] },
  mutation: { title: 'Mutants', program: 'test/mutation/full.ts', args: [] },
  secrecy: { title: 'Secrets: traces and leftovers', program: 'test/secrecy/full.ts', args: [] },
  qr: { title: 'QR codes', program: 'test/qr/full.ts', args: [] },
  faults: { title: 'Single faults', program: 'test/fault/full.ts', args: [] },
  fuzz: { title: 'Spoilt images and commands', program: 'test/fuzz/full.ts', args: [] },
} as const;

export type AreaName = keyof typeof AREAS;
export const AREA_NAMES = Object.keys(AREAS) as AreaName[];

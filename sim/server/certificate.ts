import { generate } from 'selfsigned';

export interface Certificate {
  /** PEM, to be given to clients as a trusted certificate (NODE_EXTRA_CA_CERTS). */
  readonly certificate: string;
  readonly privateKey: string;
}

const DAY_MILLISECONDS = 86_400_000;

/**
 * A certificate for this machine only: names localhost, 127.0.0.1 and ::1, P-256, 30 days. Made
 * anew at each start and kept in memory, because the official SDK sends its token over https only.
 */
export async function selfSignedCertificate(now: number): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // An hour back: a client whose clock is a little slow must not find it not yet valid.
    notBeforeDate: new Date(now - 3_600_000),
    notAfterDate: new Date(now + 30 * DAY_MILLISECONDS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { certificate: made.cert, privateKey: made.private };
}

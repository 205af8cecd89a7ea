import { expect, test } from 'vitest';
import { DEVICES, tenant } from '../support.ts';

const SECRET = 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln';

async function loggedPath(path: string): Promise<string> {
  const on = tenant();
  await on.send('POST', path);
  return (await on.send('GET', '/_emulator/log')).body.value[0].path;
}

test.each([
  ['plain', `access_token=${SECRET}`],
  ['partly percent-encoded', `acce%73s_t%6fken=${SECRET}`],
  ['all percent-encoded', `%74%6F%6B%65%6E=${SECRET}`],
  ['in another letter case', `ACCESS_T%4fKEN=${SECRET}`],
  ['with a blank', `access+to%6ben=${SECRET}`],
  ['beside malformed percent signs', `%zz%_t%6fken%=${SECRET}`],
  ['beside bytes that are no UTF-8', `%ff%fet%6fken=${SECRET}`],
  ['with an equals sign in its value', `t%6fken==${SECRET}=`],
  ['after a question mark of its own', `?t%6fken=${SECRET}`],
  ['nested in brackets', `login%5Bt%6fken%5d=${SECRET}`],
  ['that looks like an option of Graph', `$t%6fken=${SECRET}`],
  ['that looks like another option', `%24skiptokens=${SECRET}`],
])('a telling parameter is redacted when its name is %s', async (_, pair) => {
  for (const query of [pair, `a=1&${pair}`, `${pair}&b=2`, `${pair}&${pair}`]) {
    const path = await loggedPath(`/oidc/me?${query}`);
    expect(path).not.toContain('eyJ');
    expect(path).toContain('=[redacted]');
  }
});

test('every one of repeated parameters is redacted, and those that tell nothing stay', async () => {
  const path = `${DEVICES}?$top=1&token=a&$skiptoken=p7&%24skiptoken=p8&t%6fken=b&x=%&y&=z`;
  expect(await loggedPath(path)).toBe(
    `${DEVICES}?$top=1&token=[redacted]&$skiptoken=p7&%24skiptoken=p8&t%6fken=[redacted]&x=%&y&=z`,
  );
});

test.each(['/qr/', '/q%72/', '/QR/', '//qr/'])(
  'the id in the address of a picture is redacted: %s',
  async (folder) => {
    expect(await loggedPath(`${folder}Qr9tE2mUxK4hV7bN1cZ6pL3sD8fG0w.png?t=1`)).toBe(
      `${folder}[redacted]?t=1`,
    );
    expect(await loggedPath('/sign-in/qrs/7')).toBe('/sign-in/qrs/7');
  },
);

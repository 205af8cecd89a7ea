import { expect } from 'vitest';
import type { Application } from '../../../sim/server/authing/records.ts';
import type { RunningServer } from '../../../sim/server/index.ts';

/** The administrator's side of a running server, as `/_emulator/` gives it. */
export interface Console {
  readonly application: Application;
  readonly accessKey: { readonly accessKeyId: string; readonly accessKeySecret: string };
  newApplication(input: Partial<Application>): Promise<Application>;
  /** Sets up a person if there is none of that name. @returns a bearer token of theirs */
  loginOf(userPrincipalName: string): Promise<string>;
  control<Answer>(method: string, path: string, body?: object): Promise<Answer>;
}

export async function openConsole({
  url,
  accessToken,
}: Pick<RunningServer, 'url' | 'accessToken'>): Promise<Console> {
  const control = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(`${url}/_emulator${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    expect(response.status, text).toBeLessThan(300);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  };
  const { userPools } = await control<{
    userPools: { applications: Application[]; accessKeys: Console['accessKey'][] }[];
  }>('GET', '/authing');
  const { applications, accessKeys } = userPools[0]!;
  return {
    application: applications[0]!,
    accessKey: accessKeys[0]!,
    control,
    newApplication: (input) =>
      control('POST', '/authing/applications', { name: 'Another', ...input }),
    loginOf: async (userPrincipalName) => {
      const { value } = await control<{ value: { userPrincipalName: string }[] }>('GET', '/users');
      if (!value.some((user) => user.userPrincipalName === userPrincipalName)) {
        const [first = ''] = userPrincipalName.split('@');
        const displayName = first[0]!.toUpperCase() + first.slice(1);
        await control('POST', '/users', { userPrincipalName, displayName });
      }
      const token = { user: userPrincipalName, scopes: [] };
      return (await control<{ accessToken: string }>('POST', '/tokens', token)).accessToken;
    },
  };
}

import type { Call, SlowCall } from './call.ts';
import { AuthingRefusal } from './errors.ts';
import { accountOfCaller, accountOfToken } from './tokens.ts';

/** The two OpenID Connect addresses that QR login leads to; their answers have no envelope. */

/** RFC 7517 §5. The same set under `/{appId}/oidc`, as all applications share the keys. */
export function keySet({ authing, timeMilliseconds }: Call): object {
  return { keys: authing.keys.published(timeMilliseconds) };
}

/** OpenID Connect Core §5.3; the token may also stand in the query, where the SDK puts it. */
export async function userInfo(call: SlowCall): Promise<object> {
  const token = call.url.searchParams.get('access_token');
  const account = token === null ? await accountOfCaller(call) : await accountOfToken(call, token);
  if (!account) throw new AuthingRefusal('notLoggedIn');
  return {
    sub: account.id,
    name: account.name,
    nickname: account.nickname,
    picture: account.photo,
  };
}

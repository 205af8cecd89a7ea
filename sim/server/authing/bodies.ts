import * as z from 'zod';
import { isTooDeep } from '../depth.ts';
import { AuthingRefusal } from './errors.ts';

/**
 * Request bodies. Members that nobody knows are passed over, as the vendor's many SDKs send them;
 * null is as good as absent. A refusal names the member and never repeats its value.
 */

/** @throws AuthingRefusal requestInvalid: `… is required` or `… is not valid` */
export function parse<Output>(schema: z.ZodType<Output>, input: unknown): Output {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const name = result.error.issues[0]!.path[0];
  if (name === undefined) throw new AuthingRefusal('requestInvalid', 'body is not valid');
  const isAbsent = (input as Record<PropertyKey, unknown> | null | undefined)?.[name] == null;
  const problem = isAbsent ? 'required' : 'not valid';
  throw new AuthingRefusal('requestInvalid', `${String(name)} is ${problem}`);
}

/** Ids and tickets of ours are far shorter; a longer one is simply unknown. */
const id = z.string().min(1);

/**
 * Members that the QR code carries or that are kept: at most this much JSON in UTF-8, as the symbol
 * holds it, so that every code can be drawn: level M has room for 2,331 bytes (ISO/IEC 18004, Table
 * 7), of which the rest of the text takes less than 300.
 */
const MAX_CUSTOM_BYTES = 1_024;
const custom = z
  .record(z.string(), z.unknown())
  .refine((value) => !isTooDeep(value) && jsonBytes(value) <= MAX_CUSTOM_BYTES)
  .nullish();

function jsonBytes(value: object): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

export const geneQrCode = z.object({
  type: z.enum(['MOBILE_APP', 'WECHAT_MINIPROGRAM', 'WECHAT_OFFICIAL_ACCOUNT']),
  extIdpConnId: z.string().nullish(),
  customData: custom,
  context: custom,
  autoMergeQrCode: z.boolean().nullish(),
});

/** `params` is what the JS SDK calls it, `customeData` what the documentation does. */
export const geneV2 = z.object({
  scene: z.enum(['APP_AUTH', 'WXAPP_AUTH', 'WECHATMP_AUTH', 'ZJ_AUTH']),
  autoMergeQrCode: z.boolean().nullish(),
  params: custom,
  customData: custom,
  customeData: custom,
  context: custom,
  extIdpConnId: z.string().nullish(),
});

/** Our own addition to a confirmation: what the display of the user's OATH token says. */
const oath = z
  .object({ serialNumber: z.string(), code: z.string(), step: z.int().nonnegative().optional() })
  .nullish();
export type OathProof = NonNullable<z.infer<typeof oath>>;

export const changeStatus = z.object({
  qrcodeId: id,
  action: z.enum(['SCAN', 'CONFIRM', 'CANCEL']),
  oath,
});

export const changeStatusV2 = z.object({ random: id, oath });

export const exchangeTicket = z.object({
  ticket: id,
  client_id: z.string().nullish(),
  client_secret: z.string().nullish(),
});
export type ExchangeTicket = z.infer<typeof exchangeTicket>;

export const managementToken = z.object({ accessKeyId: id, accessKeySecret: id });

export const statusQuery = z.object({ qrcodeId: id });
export const statusQueryV2 = z.object({ random: id });

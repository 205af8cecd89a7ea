/** `token upload`: what an administrator does with a seed record. */
import { decodeGraphDevices } from '../../../host/provision/record.ts';
import { connect } from '../connect.ts';
import type { InventoryDevice } from '../graph-client.ts';
import { printable } from '../output.ts';
import { readInputFile } from '../secret-input.ts';
import { defineVerb } from '../verb.ts';
import { SERVER } from './options.ts';

export default defineVerb({
  description: 'put the tokens of a seed record into the inventory of the server',
  args: {
    record: {
      type: 'positional',
      required: true,
      description: 'a record in the format graph or entra-csv; - is standard input',
    },
    ...SERVER,
  },
  run: async ({ record, ...options }, session) => {
    const { io, report } = session;
    const bytes = record === '-' ? await io.readStdin() : readInputFile(record);
    const devices = decodeGraphDevices(new TextDecoder().decode(bytes));
    bytes.fill(0);
    const client = await connect(options, session);
    const created: InventoryDevice[] = [];
    for (const device of devices) {
      created.push(await client.createDevice(device));
      report.note(`uploaded ${device.serialNumber}`);
    }
    const body = created.map(({ id, serialNumber, status }) => ({ id, serialNumber, status }));
    report.result(
      'token.upload/1',
      { devices: body },
      body.map(({ id, serialNumber, status }) => printable(`${serialNumber}  ${status}  ${id}`)),
    );
  },
});

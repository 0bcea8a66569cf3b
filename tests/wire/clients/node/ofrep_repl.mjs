// npm @openfeature/ofrep-provider: questions in, answers out. Arguments: host and port.
import { createInterface } from 'node:readline';
import { OpenFeature } from '@openfeature/server-sdk';
import { OFREPProvider } from '@openfeature/ofrep-provider';

const [host, port] = process.argv.slice(2);
const say = (line) => console.log(JSON.stringify(line));
const ASK = {
  boolean: 'getBooleanDetails',
  string: 'getStringDetails',
  integer: 'getNumberDetails',
  float: 'getNumberDetails',
  object: 'getObjectDetails',
};

await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: `http://${host}:${port}` }));
say({ event: 'ready' });
const client = OpenFeature.getClient();
for await (const line of createInterface({ input: process.stdin })) {
  const { flag, type, default: fallback, context } = JSON.parse(line);
  const details = await client[ASK[type]](flag, fallback, context);
  say({ value: details.value, variant: details.variant, reason: details.reason, error: details.errorCode });
}
process.exit(0);

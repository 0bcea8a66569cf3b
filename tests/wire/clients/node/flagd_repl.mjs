// npm @openfeature/flagd-provider: questions in, answers and events out. Arguments: host and port.
import { createInterface } from 'node:readline';
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { FlagdProvider } from '@openfeature/flagd-provider';

const [host, port] = process.argv.slice(2);
const say = (line) => console.log(JSON.stringify(line));
const ASK = {
  boolean: 'getBooleanDetails',
  string: 'getStringDetails',
  integer: 'getNumberDetails',
  float: 'getNumberDetails',
  object: 'getObjectDetails',
};

OpenFeature.addHandler(ProviderEvents.ConfigurationChanged, (details) =>
  say({ event: 'changed', flags: details.flagsChanged }),
);
OpenFeature.addHandler(ProviderEvents.Ready, () => say({ event: 'ready' }));
// A machine that is busy with tests may not connect within the half second that the provider waits by itself.
const deadlineMs = 60_000;
await OpenFeature.setProviderAndWait(new FlagdProvider({ host, port: Number(port), retryBackoffMaxMs: 500, deadlineMs }));
const client = OpenFeature.getClient();
for await (const line of createInterface({ input: process.stdin })) {
  const { flag, type, default: fallback, context } = JSON.parse(line);
  const details = await client[ASK[type]](flag, fallback, context);
  say({
    value: details.value,
    variant: details.variant,
    reason: details.reason,
    error: details.errorCode,
    metadata: details.flagMetadata,
  });
}
await OpenFeature.close();
process.exit(0);

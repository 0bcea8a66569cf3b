// npm @openfeature/ofrep-web-provider, which browsers use: all flags at once, again when an event says so.
// Questions in, answers and events out. Arguments: host and port.
import { createInterface } from 'node:readline';
import EventSource from 'eventsource';
import { OpenFeature, ProviderEvents } from '@openfeature/web-sdk';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';

globalThis.EventSource = EventSource; // browsers have one
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
await OpenFeature.setProviderAndWait(new OFREPWebProvider({ baseUrl: `http://${host}:${port}` }));
say({ event: 'ready' });
const client = OpenFeature.getClient();
let asked = '{}';
for await (const line of createInterface({ input: process.stdin })) {
  const { flag, type, default: fallback, context } = JSON.parse(line);
  if (JSON.stringify(context) !== asked) {
    asked = JSON.stringify(context);
    await OpenFeature.setContext(context);
  }
  const details = client[ASK[type]](flag, fallback);
  say({ value: details.value, variant: details.variant, reason: details.reason, error: details.errorCode });
}
process.exit(0);

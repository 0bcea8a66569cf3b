// npm @openfeature/flagd-web-provider, which browsers use: questions in, answers and events out. Arguments: a key or none, host, port.
import { createInterface } from 'node:readline';
import { OpenFeature, ProviderEvents } from '@openfeature/web-sdk';
import { FlagdWebProvider } from '@openfeature/flagd-web-provider';

const [port, host, key] = process.argv.slice(2).reverse();
const showKey = (next) => (request) => {
  request.header.set('authorization', `Bearer ${key}`);
  return next(request);
};
const say = (line) => console.log(JSON.stringify(line));
const ASK = {
  boolean: 'getBooleanDetails',
  string: 'getStringDetails',
  integer: 'getNumberDetails',
  float: 'getNumberDetails',
  object: 'getObjectDetails',
};

OpenFeature.addHandler(ProviderEvents.ConfigurationChanged, () => say({ event: 'changed' }));
OpenFeature.addHandler(ProviderEvents.Ready, () => say({ event: 'ready' }));
await OpenFeature.setProviderAndWait(
  new FlagdWebProvider({
    host,
    port: Number(port),
    tls: false,
    maxRetries: 0,
    maxDelay: 500,
    interceptors: key === undefined ? [] : [showKey],
  }),
);
const client = OpenFeature.getClient();
for await (const line of createInterface({ input: process.stdin })) {
  const { flag, type, default: fallback, context } = JSON.parse(line);
  await OpenFeature.setContext(context);
  const details = client[ASK[type]](flag, fallback);
  say({ value: details.value, variant: details.variant, reason: details.reason, error: details.errorCode });
}
await OpenFeature.close();
process.exit(0);

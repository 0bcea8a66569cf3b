// npm @amplitude/experiment-node-server: users in, variants out. Arguments: remote, poll or stream, then URL and key.
import { createInterface } from 'node:readline';
import amplitude from '@amplitude/experiment-node-server';

const { Experiment } = amplitude;
const [kind, url, key] = process.argv.slice(2);
let answer;
if (kind === 'remote') {
  const client = Experiment.initializeRemote(key, { serverUrl: url, fetchRetries: 0 });
  answer = (user) => client.fetchV2(user);
} else {
  const client = Experiment.initializeLocal(key, {
    serverUrl: url,
    streamServerUrl: url,
    streamUpdates: kind === 'stream',
    flagConfigPollingIntervalMillis: 100,
    cohortSyncConfig: { apiKey: key, secretKey: 'none', cohortServerUrl: url },
  });
  await client.start();
  answer = async (user) => client.evaluateV2(user);
}
console.log('{}');
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
process.exit(0);

/** `npm run load`: how many connections the local execution, or a deployment, holds, and what it costs to reach them. */

import { failureMessage } from './failure-message.ts';
import { type LoadOptions, loadUsage, parseLoadOptions } from './load/load-options.ts';
import { describeMeasurement, hasLostNothing, measurementsOf } from './load/load-report.ts';
import { startLocalProcess } from './load/local-process.ts';
import { usageOf } from './load/process-tree.ts';
import { runLoad } from './load/run-load.ts';
import { readOutputs } from './outputs.ts';
import { readAppSecret } from './verify/app-secret.ts';
import { readDeployment } from './verify/deployment.ts';
import { NotificationWriter } from './verify/notification-writer.ts';

async function load(options: LoadOptions): Promise<boolean> {
  const say = (line: string): void => {
    if (!options.json) console.log(line);
  };
  if (options.outputs === undefined) say('starting the local execution');
  const local = options.outputs === undefined ? await startLocalProcess() : undefined;
  const outputsFile = options.outputs ?? local?.outputsFile ?? '';
  try {
    const deployment = readDeployment(readOutputs(outputsFile), options.region);
    const { value: secret } = await readAppSecret(deployment);
    const writer = new NotificationWriter(deployment);
    say(
      `dialling ${deployment.url.origin}: ${options.connections} connections on ${options.channels} channels`,
    );
    const usage = () => (local === undefined ? undefined : usageOf(local.id));
    const result = await runLoad({ deployment, secret, writer, options, usage, say });
    writer.close();
    say('');
    for (const measurement of measurementsOf(result, options))
      console.log(options.json ? JSON.stringify(measurement) : describeMeasurement(measurement));
    for (const [why, count] of result.opening.redials) say(`dialled again ${count} times after ${why}`);
    const lostNothing = hasLostNothing(result, options);
    say(lostNothing ? '\nNothing was lost.' : '\nSomething was lost.');
    return lostNothing;
  } finally {
    await local?.stop();
  }
}

async function main(): Promise<number> {
  // On Node 20 the SDK warns of its own plans, which have nothing to do with the deployment.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  try {
    const options = parseLoadOptions(process.argv.slice(2));
    if (options !== undefined) return (await load(options)) ? 0 : 1;
    console.log(loadUsage);
    return 0;
  } catch (error) {
    console.error(failureMessage(error, 'npm run load'));
    return 1;
  }
}

process.exitCode = await main();

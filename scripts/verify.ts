/** `npm run verify -- --outputs FILE`: says in plain words whether a deployment works, and how to mend what does not. */
import { failureMessage } from './failure-message.ts';
import { readOutputs } from './outputs.ts';
import { type Deployment, readDeployment } from './verify/deployment.ts';
import { describeOutcome, describeResult } from './verify/report.ts';
import { verifyDeployment } from './verify/verification.ts';
import { parseVerifyOptions, type VerifyOptions, verifyUsage } from './verify/verify-options.ts';

async function verify(deployment: Deployment, { json }: VerifyOptions): Promise<boolean> {
  if (!json) console.log(`Verifying ${deployment.url.origin}, table ${deployment.notificationsTable}\n`);
  const results = await verifyDeployment(deployment, (result) => {
    if (!json) console.log(describeResult(result));
  });
  const passed = results.every(({ outcome }) => outcome !== 'failed');
  console.log(json ? JSON.stringify({ passed, results }, null, 2) : `\n${describeOutcome(results)}`);
  return passed;
}

async function main(): Promise<number> {
  // On Node 20 the SDK warns of its own plans, which have nothing to do with the deployment.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  let options: VerifyOptions | undefined;
  let deployment: Deployment;
  try {
    options = parseVerifyOptions(process.argv.slice(2));
    if (options === undefined) {
      console.log(verifyUsage);
      return 0;
    }
    deployment = readDeployment(readOutputs(options.outputs), options.region);
  } catch (error) {
    console.error(failureMessage(error, 'npm run verify'));
    return 1;
  }
  return (await verify(deployment, options)) ? 0 : 1;
}

process.exitCode = await main();

/** `npm run keys -- --outputs FILE --show | --rotate | --retire`: the secret of the app, and how it is replaced. */
import { SECRET_TTL_IN_MILLISECONDS } from '../lambdas/adapters/secrets/app-secret.ts';
import { failureMessage, messageOf } from './failure-message.ts';
import { credentialsOf, describeCredentials } from './keys/credentials.ts';
import { type KeysOptions, keysUsage, parseKeysOptions } from './keys/keys-options.ts';
import { updateLocalOutputs } from './keys/local-outputs.ts';
import { newSecret, retired, rotated } from './keys/secret-value.ts';
import { StoredAppSecret, type StoredSecret } from './keys/stored-app-secret.ts';
import { readOutputs } from './outputs.ts';
import { type Deployment, readDeployment } from './verify/deployment.ts';

async function run(options: KeysOptions): Promise<void> {
  const deployment = readDeployment(readOutputs(options.outputs), options.region);
  const store = new StoredAppSecret(deployment);
  try {
    const stored = await store.read();
    switch (options.action) {
      case 'show':
        return show(deployment, stored, options);
      case 'rotate':
        return await rotate(deployment, store, stored, options);
      case 'retire':
        return await retire(deployment, store, stored, options);
    }
  } finally {
    store.close();
  }
}

function show(deployment: Deployment, { value }: StoredSecret, { json }: KeysOptions): void {
  const credentials = credentialsOf(deployment, value);
  console.log(json ? asJson({ action: 'show', ...credentials }) : describeCredentials(credentials));
}

async function rotate(
  deployment: Deployment,
  store: StoredAppSecret,
  stored: StoredSecret,
  { outputs, force, json }: KeysOptions,
): Promise<void> {
  if (stored.value.previous !== undefined && !force) {
    throw new Error(
      'A rotation is under way: the secret before the present one is still valid. End it with --retire, or rotate all the same with ' +
        '--force: within five minutes, what is signed with the secret before is then refused.',
    );
  }
  const value = rotated(stored.value, newSecret());
  await store.replace(stored, value);
  // Printed before anything else can fail: nobody has seen this secret yet.
  const credentials = credentialsOf(deployment, value);
  console.log(json ? asJson({ action: 'rotate', ...credentials }) : describeCredentials(credentials));
  if (!json) {
    console.log(`
What to do now:

  1. Wait ten seconds: by then every function takes the new secret.
  2. Give the new secret to every API that publishes or signs (REVERB_APP_SECRET), and restart them. The old one stays valid.
  3. When none has the old one any more, and five minutes from now at the earliest: npm run keys -- --outputs ${outputs} --retire`);
  }
  noteLocally(deployment, outputs, value.secret);
}

async function retire(
  deployment: Deployment,
  store: StoredAppSecret,
  stored: StoredSecret,
  { outputs, force, json }: KeysOptions,
): Promise<void> {
  const { secret, previous } = stored.value;
  if (previous !== undefined) {
    const wait = Math.ceil((stored.createdAt + SECRET_TTL_IN_MILLISECONDS - Date.now()) / 1_000);
    if (wait > 0 && !force) {
      throw new Error(
        `The secret was changed less than five minutes ago: until then, functions may sign with the one before. Retire it in ${wait} ` +
          'seconds, or now with --force: a few subscriptions may then be refused.',
      );
    }
    await store.replace(stored, retired(stored.value));
  }
  const text =
    previous === undefined
      ? 'There is no secret before the present one: nothing to retire.'
      : 'The secret before is retired: within five minutes, nothing that is signed with it is taken any more.';
  console.log(json ? asJson({ action: 'retire', retired: previous !== undefined }) : text);
  noteLocally(deployment, outputs, secret);
}

/** The outputs of a local execution hold the secret. That they cannot be written undoes nothing of what was done. */
function noteLocally({ local }: Deployment, file: string, secret: string): void {
  if (local === undefined || local.appSecret === secret) return;
  try {
    updateLocalOutputs(file, secret);
  } catch (error) {
    console.error(
      `${file} still holds the secret before, since it cannot be written: ${messageOf(error)} Put the new one there as AppSecret.`,
    );
  }
}

const asJson = (value: object): string => JSON.stringify(value, null, 2);

async function main(): Promise<number> {
  // On Node 20 the SDK warns of its own plans, which have nothing to do with the deployment.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  try {
    const options = parseKeysOptions(process.argv.slice(2));
    if (options === undefined) console.log(keysUsage);
    else await run(options);
    return 0;
  } catch (error) {
    console.error(failureMessage(error, 'npm run keys'));
    return 1;
  }
}

process.exitCode = await main();

import { describe, expect, it } from 'vitest';
import { credentialsOf, describeCredentials, laravelEnvironment } from '../../scripts/keys/credentials.ts';

const deployment = {
  url: new URL('https://d1.cloudfront.net'),
  appId: 'pregonero',
  appKey: 'pregonero-key',
  appSecretArn: 'arn:aws:secretsmanager:sa-east-1:123456789012:secret:app',
  notificationsTable: 'notifications',
  region: 'sa-east-1',
  channelPattern: 'private-commerce.{tenant}',
};
const lineOf = (secret: string) =>
  laravelEnvironment(credentialsOf(deployment, { secret }))
    .split('\n')
    .find((line) => line.startsWith('REVERB_APP_SECRET='));

describe('the credentials of a deployment', () => {
  it('are the lines that Laravel’s installer of Reverb writes', () => {
    expect(laravelEnvironment(credentialsOf(deployment, { secret: 's3cret' }))).toBe(
      [
        'BROADCAST_CONNECTION=reverb',
        'REVERB_APP_ID=pregonero',
        'REVERB_APP_KEY=pregonero-key',
        'REVERB_APP_SECRET=s3cret',
        'REVERB_HOST=d1.cloudfront.net',
        'REVERB_PORT=443',
        'REVERB_SCHEME=https',
        '',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: phpdotenv fills these in
        'VITE_REVERB_APP_KEY="${REVERB_APP_KEY}"',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: phpdotenv fills these in
        'VITE_REVERB_HOST="${REVERB_HOST}"',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: phpdotenv fills these in
        'VITE_REVERB_PORT="${REVERB_PORT}"',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: phpdotenv fills these in
        'VITE_REVERB_SCHEME="${REVERB_SCHEME}"',
      ].join('\n'),
    );
  });

  it('are of the machine itself for a local execution', () => {
    const local = { ...deployment, url: new URL('http://localhost:8080') };

    expect(credentialsOf(local, { secret: 'x' })).toMatchObject({
      host: 'localhost',
      port: 8080,
      scheme: 'http',
    });
    expect(credentialsOf({ ...local, url: new URL('http://localhost') }, { secret: 'x' }).port).toBe(80);
  });

  it.each([
    ['a b#c', "REVERB_APP_SECRET='a b#c'"],
    ['$' + '{HOME}', "REVERB_APP_SECRET='$" + "{HOME}'"],
    ["it's $5", 'REVERB_APP_SECRET="it\'s \\$5"'],
    ['it\'s "\\"', 'REVERB_APP_SECRET="it\'s \\"\\\\\\""'],
  ])('quote the secret %s that was made by hand', (secret, line) => {
    expect(lineOf(secret)).toBe(line);
  });

  it('say when the secret before is valid too, and never which it is', () => {
    const text = describeCredentials(credentialsOf(deployment, { secret: 'new', previous: 'hunter2' }));

    expect(text).toContain('A rotation is under way');
    expect(text).not.toContain('hunter2');
    expect(describeCredentials(credentialsOf(deployment, { secret: 'new' }))).not.toContain('A rotation');
  });
});

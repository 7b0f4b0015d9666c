import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  readFunctionCredentials,
  readFunctionRegion,
} from '../../../lambdas/composition/function-credentials.ts';
import { composeSignedPosts } from '../../../lambdas/composition/signed-posts.ts';
import { type AwsStandIn, startAwsStandIn } from '../../setup/aws-stand-in.ts';

const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };

describe('the credentials of a function', () => {
  it('are those that Lambda has set, with a session token or, on a laptop, without', () => {
    const expected = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
    expect(readFunctionCredentials({ ...keys, AWS_SESSION_TOKEN: 't' })).toEqual({
      ...expected,
      sessionToken: 't',
    });
    expect(readFunctionCredentials(keys)).toEqual(expected);
    expect(readFunctionCredentials({ ...keys, AWS_SESSION_TOKEN: '' })).toEqual(expected);
    expect(readFunctionRegion({ AWS_REGION: 'sa-east-1' })).toBe('sa-east-1');
  });

  it.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])('are none without %s, which is named', (name) => {
    expect(() => readFunctionCredentials({ ...keys, [name]: undefined })).toThrow(`${name} is not set`);
    expect(() => readFunctionCredentials({ ...keys, [name]: '' })).toThrow(`${name} is not set`);
  });

  it('need a region', () => {
    expect(() => readFunctionRegion({})).toThrow('AWS_REGION is not set');
  });
});

describe('the signed posts of a function', () => {
  let stage: AwsStandIn | undefined;
  afterEach(async () => {
    vi.unstubAllEnvs();
    await stage?.stop();
  });

  it('carry the credentials that are in its environment by then', async () => {
    stage = await startAwsStandIn(() => ({ status: 200 }));
    const variables = { ...keys, AWS_SESSION_TOKEN: 'first', AWS_REGION: 'sa-east-1' };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const gateway = composeSignedPosts(`${stage.endpoint}/production`);
    await gateway.post('a=', 'frame');
    vi.stubEnv('AWS_SESSION_TOKEN', 'second');
    await gateway.post('a=', 'frame');
    expect(stage.requests.map(({ headers }) => headers['x-amz-security-token'])).toEqual(['first', 'second']);
    expect(stage.requests[0]?.headers.authorization).toMatch(/AKIDEXAMPLE\/\d{8}\/sa-east-1\/execute-api/);
    await expect(gateway.close('a=')).rejects.toThrow('expected a closer');
  });
});

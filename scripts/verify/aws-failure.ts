import { messageOf } from '../failure-message.ts';
import type { Deployment } from './deployment.ts';
import { CheckFailed } from './report.ts';

/** A call to AWS: what it was to do, and which grant it needs. */
export interface AwsCall {
  readonly expected: string;
  readonly action: string;
  readonly resource: string;
}

/** What to do about a call to AWS that was refused. */
export function awsFailure({ region, local }: Deployment, call: AwsCall, error: unknown): CheckFailed {
  const name = error instanceof Error ? error.name : '';
  const failed = (came: string, mend: string): CheckFailed =>
    new CheckFailed({ expected: call.expected, came, mend });

  if (name === 'CredentialsProviderError') {
    return failed(
      'no AWS credentials were found',
      'Sign in (aws sso login, aws configure) or set AWS_PROFILE.',
    );
  }
  if (/ExpiredToken|UnrecognizedClient|InvalidSignature|InvalidClientTokenId/.test(name)) {
    return failed(
      `AWS does not accept the credentials (${name})`,
      'Sign in again, to the account of this deployment.',
    );
  }
  if (name === 'AccessDeniedException') {
    return failed(
      `these credentials may not call ${call.action} on ${call.resource}`,
      `Permissions: grant ${call.action} on it to whoever runs this, or use other credentials (AWS_PROFILE). If the name is wrong, the outputs are of another deployment.`,
    );
  }
  if (name === 'ResourceNotFoundException') {
    return failed(
      `there is no ${call.resource} in ${region}`,
      'The outputs are of another account, Region or deployment: use the file of the last "cdk deploy --all", and --region if the stacks moved.',
    );
  }
  if (local !== undefined && name === 'Error') {
    return failed(`the local endpoint did not answer (${messageOf(error)})`, 'Start it with "npm start".');
  }
  return failed(
    `${call.action} failed: ${name} ${messageOf(error)}`,
    'See what AWS says; try again if it was a passing fault.',
  );
}

import { messageOf } from '../failure-message.ts';
import { CheckFailed } from './report.ts';

const certificateCodes = /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** What to do about a request that never got an answer. `error` may carry Node's code itself or in its cause. */
export function networkFailure(url: URL, expected: string, error: unknown): CheckFailed {
  const code = errorCode(error);
  const local = url.hostname === 'localhost' || url.hostname === '127.0.0.1';
  const failed = (came: string, mend: string): CheckFailed => new CheckFailed({ expected, came, mend });

  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return failed(
      `the name ${url.hostname} does not resolve (${code})`,
      'DNS: point the domain (CNAME or alias) to the CloudFront distribution, or use the Url of the outputs as deployed.',
    );
  }
  if (code === 'ECONNREFUSED' && local) {
    return failed(
      `nothing listens at ${url.host}`,
      'Start it with "npm start", with the same --port and --outputs.',
    );
  }
  if (code !== undefined && certificateCodes.test(code)) {
    return failed(
      `the TLS certificate was not accepted (${code})`,
      `Certificate: edge.certificateArn must be an issued ACM certificate in us-east-1 that covers ${url.hostname}.`,
    );
  }
  if (code === 'TIMEOUT' || code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT') {
    return failed(
      `no answer from ${url.host} in time`,
      'Network: a firewall or proxy between here and the edge may hold it back; then look at the functions’ logs for time-outs.',
    );
  }
  return failed(
    `the connection to ${url.host} failed (${code ?? messageOf(error)})`,
    'Network: check that this machine reaches the edge, and that the outputs are of a deployment that still exists.',
  );
}

/** What to do about an HTTP status that only somebody in front of the functions gives. */
export function edgeStatusMend(status: number): string {
  switch (status) {
    case 401:
      return 'The viewer-request function did not hand the app key on: deploy the edge stack again.';
    case 403:
      return 'A web ACL (WAF) blocks the request, or the viewer-request function is not attached and API Gateway refuses the path: look at the sampled requests of edge.webAclArn, then deploy the edge stack again.';
    case 404:
      return 'Another application answers at this address: check that Url is the distribution of this deployment.';
    case 429:
      return 'Throttled: wait, or raise throttling in the configuration.';
    default:
      return 'A function failed: look at the logs of connect, rest and authorize in CloudWatch (locally: the output of npm start).';
  }
}

function errorCode(error: unknown): string | undefined {
  const { code, cause, name } = (error ?? {}) as { code?: unknown; cause?: unknown; name?: unknown };
  if (typeof code === 'string') return code;
  if (name === 'TimeoutError') return 'TIMEOUT';
  return cause === undefined ? undefined : errorCode(cause);
}

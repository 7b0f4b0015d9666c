import { readFileSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { inWords, resourcesOf } from './function-permissions.ts';
import { everyOption, synthesize, type Templates } from './synthesized-stacks.ts';

const plain = synthesize();
const full = synthesize(everyOption);

interface Behavior {
  readonly PathPattern: string;
  readonly TargetOriginId: string;
}
interface Origin {
  readonly Id: string;
  readonly DomainName: unknown;
  readonly OriginPath?: string;
  readonly OriginCustomHeaders?: { HeaderName: string; HeaderValue: unknown }[];
}

function distributionOf({ edge }: Templates) {
  const [found] = Object.values(resourcesOf(edge, 'AWS::CloudFront::Distribution'));
  return found?.Properties.DistributionConfig as {
    CacheBehaviors: Behavior[];
    DefaultCacheBehavior: Omit<Behavior, 'PathPattern'>;
    Origins: Origin[];
  };
}

/** Where a path goes: host and origin path. */
function destinationOf(templates: Templates, { TargetOriginId }: Pick<Behavior, 'TargetOriginId'>): string {
  const origin = distributionOf(templates).Origins.find(({ Id }) => Id === TargetOriginId);
  return `${inWords(origin?.DomainName)}${origin?.OriginPath ?? ''}`;
}

describe('the distribution', () => {
  it('sends each path to the API that knows it', () => {
    const { CacheBehaviors, DefaultCacheBehavior } = distributionOf(plain);
    const destinations = CacheBehaviors.map((each) => [each.PathPattern, destinationOf(plain, each)]);
    const http = 'HttpApi.execute-api.AWS::Region.AWS::URLSuffix';
    expect(destinations).toEqual([
      ['/app/*', 'WebSocketApi.execute-api.AWS::Region.AWS::URLSuffix/test'],
      ['/apps/*', http],
      ['/broadcasting/*', http],
      ['/up', http],
    ]);
    expect(destinationOf(plain, DefaultCacheBehavior)).toBe(http);
  });

  it('keeps no error: a refused handshake is one client’s own', () => {
    const { CustomErrorResponses } = distributionOf(plain) as unknown as {
      CustomErrorResponses: { ErrorCode: number; ErrorCachingMinTTL: number }[];
    };
    expect(CustomErrorResponses.map(({ ErrorCode }) => ErrorCode)).toEqual(
      expect.arrayContaining([400, 403, 404, 500, 502, 503, 504]),
    );
    expect(CustomErrorResponses.filter(({ ErrorCachingMinTTL }) => ErrorCachingMinTTL !== 0)).toEqual([]);
  });

  it('caches nothing, hands on everything but Host, and speaks TLS only, to both sides', () => {
    const { CacheBehaviors, DefaultCacheBehavior, Origins } = distributionOf(plain);
    for (const behavior of [...CacheBehaviors, DefaultCacheBehavior]) {
      expect(behavior).toMatchObject({
        // Managed-CachingDisabled
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        // Managed-AllViewerExceptHostHeader: Idempotency-Key, Origin, and every parameter of the query
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
        ViewerProtocolPolicy: 'https-only',
      });
    }
    for (const origin of Origins) {
      expect(origin).toMatchObject({
        CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
      });
    }
  });

  it('takes the methods of a REST API, and of a WebSocket its handshake', () => {
    const methods = Object.fromEntries(
      distributionOf(plain).CacheBehaviors.map((behavior) => [
        behavior.PathPattern,
        (behavior as Behavior & { AllowedMethods: string[] }).AllowedMethods,
      ]),
    );
    const every = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'];
    // Those that a path does not take are refused by the function, which says which ones it takes.
    expect(methods).toEqual({
      '/app/*': ['GET', 'HEAD'],
      '/apps/*': every,
      '/broadcasting/*': every,
      '/up': every,
    });
    expect(distributionOf(plain).DefaultCacheBehavior).toMatchObject({ AllowedMethods: every });
  });

  it('runs the viewer-request function on handshakes and nowhere else', () => {
    plain.edge.hasResourceProperties('AWS::CloudFront::Function', {
      AutoPublish: true,
      FunctionCode: readFileSync('lib/edge-request.js', 'utf8'),
      FunctionConfig: { Runtime: 'cloudfront-js-2.0' },
    });
    const withFunction = distributionOf(plain).CacheBehaviors.filter(
      (each) => 'FunctionAssociations' in each,
    );
    expect(withFunction).toEqual([
      expect.objectContaining({
        PathPattern: '/app/*',
        FunctionAssociations: [expect.objectContaining({ EventType: 'viewer-request' })],
      }),
    ]);
  });

  it('answers under its own name unless it is given one', () => {
    plain.edge.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Aliases: Match.absent(),
        ViewerCertificate: Match.absent(),
        WebACLId: Match.absent(),
      },
    });
    const { Value } = plain.edge.findOutputs('Url').Url ?? {};
    expect(inWords(Value)).toBe('https://Distribution');
  });

  it('takes a domain name with its certificate, TLS 1.2 at least, and a web ACL', () => {
    full.edge.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Aliases: ['ws.example.com'],
        ViewerCertificate: {
          AcmCertificateArn: everyOption.edge.certificateArn,
          MinimumProtocolVersion: 'TLSv1.2_2021',
          SslSupportMethod: 'sni-only',
        },
        WebACLId: everyOption.edge.webAclArn,
      },
    });
    full.edge.hasOutput('Url', { Value: 'https://ws.example.com' });
  });

  it('says, with a domain name, what the DNS record has to point at', () => {
    const { Value } = full.edge.findOutputs('DistributionDomain').DistributionDomain ?? {};
    expect(Value).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Distribution/), 'DomainName'] });
    expect(plain.edge.findOutputs('DistributionDomain')).toEqual({});
  });

  it('has a function that another Region of the account can have beside it', () => {
    const [fn] = Object.values(resourcesOf(plain.edge, 'AWS::CloudFront::Function'));
    expect(inWords(fn?.Properties.Name)).toBe('pregonero-test-request-AWS::Region');
  });

  it.each([
    ['is the only way in', full],
    ['is one of two ways in', plain],
  ])('shows the WebSocket API its key, and nobody else, when it %s', (_, templates) => {
    const headers = distributionOf(templates).Origins.map(({ OriginPath, OriginCustomHeaders }) => [
      OriginPath,
      OriginCustomHeaders?.map(({ HeaderName, HeaderValue }) => [HeaderName, inWords(HeaderValue)]),
    ]);
    expect(headers).toEqual([
      [undefined, undefined],
      ['/test', [['x-api-key', '{{resolve:secretsmanager:WebSocketEdgeKeySecret:SecretString:::}}']]],
    ]);
  });
});

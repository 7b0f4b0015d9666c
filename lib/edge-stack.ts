import { fileURLToPath } from 'node:url';
import { CfnOutput, Duration, Fn, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { Construct } from 'constructs';
import type { DeploymentConfig, EdgeConfig } from './deployment-config.ts';
import type { RestEndpoint } from './rest-endpoint.ts';
import type { WebSocketEndpoint } from './websocket-endpoint.ts';

export interface EdgeStackProps extends StackProps {
  readonly config: DeploymentConfig;
  readonly webSocket: WebSocketEndpoint;
  readonly rest: RestEndpoint;
}

/** Neither API has anything to cache, and both have to see what the client sent. */
const forwarded = {
  cachePolicy: CachePolicy.CACHING_DISABLED,
  // All but Host: API Gateway finds the API by its own host name and answers 403 to another.
  originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
  viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
};

/**
 * CloudFront keeps an error for ten seconds where nothing says otherwise, under a key without the query: one client's refused handshake
 * would be everybody's. These are the statuses that it lets one speak about.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
 */
const ERRORS_OF_API_GATEWAY = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** One host in front of both APIs, with the paths that Pusher's clients and server libraries expect. */
export class EdgeStack extends Stack {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, { config, webSocket, rest, ...props }: EdgeStackProps) {
    super(scope, id, props);
    const toHttpApi = this.#httpBehavior(rest);
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `Pregonero ${config.stage}`,
      defaultBehavior: toHttpApi,
      additionalBehaviors: {
        '/app/*': this.#webSocketBehavior(config, webSocket),
        '/apps/*': toHttpApi,
        '/broadcasting/*': toHttpApi,
        '/up': toHttpApi,
      },
      errorResponses: ERRORS_OF_API_GATEWAY.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      ...this.#ownDomain(config.edge),
      ...(config.edge.webAclArn !== undefined && { webAclId: config.edge.webAclArn }),
    });
    this.#acknowledge(config.edge);

    const { distributionDomainName } = this.distribution;
    const { domainName } = config.edge;
    new CfnOutput(this, 'Url', { value: `https://${domainName ?? distributionDomainName}` });
    if (domainName !== undefined) {
      new CfnOutput(this, 'DistributionDomain', {
        description: `What the DNS record of ${domainName} points at`,
        value: distributionDomainName,
      });
    }
  }

  #webSocketBehavior(config: DeploymentConfig, { api, stage, edgeKey }: WebSocketEndpoint): BehaviorOptions {
    const toStage = new EdgeFunction(this, 'Request', {
      // Of the account, not of a Region: a deployment of the same stage in another Region has its own.
      functionName: `pregonero-${config.stage}-request-${this.region}`,
      comment: 'Turns /app/{key} into what the WebSocket API answers to',
      code: FunctionCode.fromFile({ filePath: fileURLToPath(new URL('edge-request.js', import.meta.url)) }),
      runtime: FunctionRuntime.JS_2_0,
    });
    return {
      ...forwarded,
      origin: new HttpOrigin(this.#hostOf(api.apiId), {
        originPath: `/${stage.stageName}`,
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        customHeaders: { 'x-api-key': edgeKey.value },
      }),
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      compress: false,
      functionAssociations: [{ function: toStage, eventType: FunctionEventType.VIEWER_REQUEST }],
    };
  }

  #httpBehavior({ api }: RestEndpoint): BehaviorOptions {
    return {
      ...forwarded,
      origin: new HttpOrigin(this.#hostOf(api.apiId), { protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY }),
      allowedMethods: AllowedMethods.ALLOW_ALL,
    };
  }

  #ownDomain({ domainName, certificateArn }: EdgeConfig) {
    if (domainName === undefined || certificateArn === undefined) return {};
    return {
      domainNames: [domainName],
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    };
  }

  #hostOf(apiId: string): string {
    return Fn.join('.', [apiId, 'execute-api', this.region, this.urlSuffix]);
  }

  #acknowledge({ webAclArn, certificateArn }: EdgeConfig): void {
    const validations = Validations.of(this.distribution);
    validations.acknowledge({
      id: 'AwsSolutions-CFR1',
      reason:
        'Where the users of a deployment are is not for this template to say; a web ACL can restrict it.',
    });
    validations.acknowledge({
      id: 'AwsSolutions-CFR3',
      reason:
        'Both APIs behind it write access logs; CloudFront would add a bucket to keep the same lines again.',
    });
    if (webAclArn === undefined) {
      validations.acknowledge({
        id: 'AwsSolutions-CFR2',
        reason: 'A web ACL costs money while nobody is connected; edge.webAclArn puts one in front.',
      });
    }
    if (certificateArn === undefined) {
      validations.acknowledge({
        id: 'AwsSolutions-CFR4',
        reason:
          'The cloudfront.net certificate fixes its own TLS policy; edge.domainName raises it to TLS 1.2.',
      });
    }
  }
}

import { fileURLToPath } from 'node:url';
import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib';
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
import type { DeploymentConfig } from './deployment-config.ts';
import type { RealtimeStack } from './realtime-stack.ts';

export interface EdgeStackProps extends StackProps {
  readonly config: DeploymentConfig;
  readonly realtime: RealtimeStack;
}

/** One host in front of both APIs, with the paths that Pusher clients and servers expect. */
export class EdgeStack extends Stack {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, { config, realtime, ...props }: EdgeStackProps) {
    super(scope, id, props);
    const { domainName, certificateArn, webAclArn } = config.edge;
    const toStagePath = new EdgeFunction(this, 'Request', {
      functionName: `pregonero-${config.stage}-request`,
      comment: 'Turns /app/{key} into what the WebSocket API answers to',
      code: FunctionCode.fromFile({ filePath: fileURLToPath(new URL('edge-request.js', import.meta.url)) }),
      runtime: FunctionRuntime.JS_2_0,
    });
    const webSocket: BehaviorOptions = {
      ...forwarded,
      origin: new HttpOrigin(this.#executeApi(realtime.webSocket.apiId), {
        originPath: `/${realtime.webSocket.stageName}`,
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      }),
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      functionAssociations: [{ function: toStagePath, eventType: FunctionEventType.VIEWER_REQUEST }],
    };
    const http: BehaviorOptions = {
      ...forwarded,
      origin: new HttpOrigin(this.#executeApi(realtime.rest.apiId), {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      }),
      allowedMethods: AllowedMethods.ALLOW_ALL,
    };

    this.distribution = new Distribution(this, 'Distribution', {
      comment: `pregonero ${config.stage}`,
      defaultBehavior: http,
      additionalBehaviors: { '/app/*': webSocket, '/apps/*': http, '/broadcasting/*': http, '/up': http },
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      ...(domainName === undefined ? {} : { domainNames: [domainName] }),
      ...(certificateArn === undefined
        ? {}
        : { certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn) }),
      ...(webAclArn === undefined ? {} : { webAclId: webAclArn }),
    });

    new CfnOutput(this, 'Url', {
      value: `https://${domainName ?? this.distribution.distributionDomainName}`,
    });
  }

  #executeApi(apiId: string): string {
    return Fn.join('.', [apiId, 'execute-api', this.region, this.urlSuffix]);
  }
}

const forwarded = {
  cachePolicy: CachePolicy.CACHING_DISABLED,
  // Everything but Host, which would make API Gateway answer 403.
  originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
  viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
};

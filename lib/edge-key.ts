import { Validations } from 'aws-cdk-lib';
import { CfnApiKey, CfnUsagePlan, CfnUsagePlanKey } from 'aws-cdk-lib/aws-apigateway';
import type { WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/**
 * An API key that only CloudFront has. Where `$connect` requires it, API Gateway itself answers 403 to whoever dials the
 * execute-api address, without invoking anything. It is there, and shown, whether it is required or not: so requiring it is
 * a change of one route, in either direction, and at no moment does the route ask for what CloudFront does not send yet.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
 */
export class EdgeKey extends Construct {
  /** A dynamic reference: CloudFormation puts the value in while deploying; it stands in no template. */
  readonly value: string;
  readonly secretArn: string;

  constructor(scope: Construct, id: string, stage: WebSocketStage) {
    super(scope, id);
    const secret = new Secret(this, 'Secret', {
      description: 'What CloudFront shows to the WebSocket API of Pregonero',
      generateSecretString: { passwordLength: 40, excludePunctuation: true },
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'API key and origin header take the value while deploying; rotated in between, CloudFront would be refused.',
    });
    this.secretArn = secret.secretArn;
    this.value = secret.secretValue.unsafeUnwrap();

    const key = new CfnApiKey(this, 'ApiKey', { enabled: true, value: this.value });
    const plan = new CfnUsagePlan(this, 'UsagePlan', {
      description: 'Admits CloudFront to the WebSocket API of Pregonero',
      apiStages: [{ apiId: stage.api.apiId, stage: stage.stageName }],
    });
    plan.node.addDependency(stage);
    new CfnUsagePlanKey(this, 'UsagePlanKey', {
      keyId: key.ref,
      keyType: 'API_KEY',
      usagePlanId: plan.ref,
    });
  }
}

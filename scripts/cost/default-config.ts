import { type DeploymentConfig, parseDeploymentConfig } from '../../lib/deployment-config.ts';

/** A deployment with the default of every setting that has one. */
export const defaultConfig = (): DeploymentConfig =>
  parseDeploymentConfig({
    stage: 'cost',
    appId: 'cost',
    appKey: 'cost',
    channelPattern: 'private-commerce.{tenant}',
  });

import { App } from 'aws-cdk-lib';
import { parseDeploymentConfig, WrongConfiguration } from '../lib/deployment-config.ts';
import { readSettings } from '../lib/deployment-settings.ts';
import { addStacks } from '../lib/pregonero-app.ts';

try {
  const app = new App();
  addStacks(app, parseDeploymentConfig(readSettings(app.node)));
  app.synth();
} catch (error) {
  if (!(error instanceof WrongConfiguration)) throw error;
  console.error(`Pregonero cannot be synthesized with this configuration:\n${error.message}`);
  process.exitCode = 1;
}

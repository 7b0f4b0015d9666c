import { functionEnvironment } from './function-environment.ts';

// Imported for its effect, before the handler under test: a function reads its environment while it is loaded.
Object.assign(process.env, functionEnvironment, {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

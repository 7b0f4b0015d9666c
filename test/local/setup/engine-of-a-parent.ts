import { startEngine } from '../../../local/runtime/dynamodb/start-engine.ts';

/** Starts an engine, says where, and then does nothing: whoever started this process decides how it ends. */
const { origin } = await startEngine(() => process.exit(1));
console.log(origin);
setInterval(() => undefined, 60_000);

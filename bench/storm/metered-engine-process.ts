/** The metered engine in a process of its own: says where it listens, and answers any message with what was consumed. */
import { startMeteredEngine } from '../metering/metered-engine.ts';

const meter = await startMeteredEngine();
process.on('message', () => process.send?.(meter.read()));
process.on('disconnect', () => void meter.stop().then(() => process.exit(0)));
process.send?.(meter.endpoint);

import type { ExecutionOptions } from '../execution-options.ts';

/** What whoever starts the execution wants of its edge, and what the edge tells in return. */
export interface EdgeSettings {
  /** Port to listen on; 0 takes a free one. */
  readonly port: number;
  readonly site: ExecutionOptions['site'] | undefined;
  /** `http://localhost:{port}`: set by the distribution once it listens. */
  origin: string | undefined;
}

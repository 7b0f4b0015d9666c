import { renameSync, writeFileSync } from 'node:fs';
import { type Outputs, readOutputs } from '../outputs.ts';

/** Writes the app secret that is valid now into the outputs of `npm start`, from which `npm run verify` takes it. */
export function updateLocalOutputs(file: string, secret: string): void {
  const outputs = readOutputs(file);
  const updated: Outputs = Object.fromEntries(
    Object.entries(outputs).map(([name, stack]) => [
      name,
      stack.AppSecret === undefined ? stack : { ...stack, AppSecret: secret },
    ]),
  );
  // Renamed into its place: whoever reads meanwhile finds the old file or the new one.
  const written = `${file}.${process.pid}`;
  writeFileSync(written, `${JSON.stringify(updated, null, 2)}\n`, { mode: 0o600 });
  renameSync(written, file);
}

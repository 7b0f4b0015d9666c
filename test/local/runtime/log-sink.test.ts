import { expect, it } from 'vitest';
import { createLogSink } from '../../../local/runtime/create-log-sink.ts';

it('every line says who speaks, and a line with breaks becomes several', () => {
  const lines: string[] = [];
  createLogSink((line) => lines.push(line)).write('broadcast', 'one\ntwo\n');
  expect(lines).toEqual(['[broadcast] one', '[broadcast] two']);
});

it('nobody listening is no reason to fail', () => {
  expect(() => createLogSink(undefined).write('broadcast', 'one')).not.toThrow();
});

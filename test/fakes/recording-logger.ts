import { expect } from 'vitest';
import type { LogFields, Logger } from '../../lambdas/ports/logger.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly fields: LogFields;
}

export class RecordingLogger implements Logger {
  readonly lines: LogLine[] = [];

  info(event: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', event, fields });
  }

  warn(event: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', event, fields });
  }

  error(event: string, error: unknown, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', event, fields: { ...fields, message: String(error) } });
  }

  assertLogged(event: string, fields: LogFields = {}): void {
    expect(this.lines).toContainEqual(
      expect.objectContaining({ event, fields: expect.objectContaining(fields) }),
    );
  }

  assertNoErrors(): void {
    expect(this.lines.filter(({ level }) => level === 'error')).toEqual([]);
  }

  /** Tokens, secrets, signatures and payloads. */
  assertNeverLogged(secret: string): void {
    expect(JSON.stringify(this.lines)).not.toContain(secret);
  }
}

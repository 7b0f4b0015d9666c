/** Why a check failed, for whoever has to mend it. Never contains a secret, a token or a signature. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
  readonly expected: string;
  readonly came: string;
  readonly mend: string;

  constructor(failure: { readonly expected: string; readonly came: string; readonly mend: string }) {
    super(`expected ${failure.expected}, but ${failure.came}`);
    this.expected = failure.expected;
    this.came = failure.came;
    this.mend = failure.mend;
  }
}

export type CheckResult =
  | { readonly outcome: 'passed'; readonly title: string; readonly detail: string }
  | {
      readonly outcome: 'failed';
      readonly title: string;
      readonly expected: string;
      readonly came: string;
      readonly mend: string;
    }
  | { readonly outcome: 'skipped'; readonly title: string; readonly reason: string };

/** What a check found: a sentence for the report, and what later checks need. */
export interface Finding<Value> {
  readonly detail: string;
  readonly value: Value;
}

/** Runs checks one after the other and keeps what came of them. */
export class Report {
  readonly results: CheckResult[] = [];
  private readonly onResult: (result: CheckResult) => void;

  constructor(onResult: (result: CheckResult) => void) {
    this.onResult = onResult;
  }

  /** What the check found; undefined when it failed. */
  async check<Value>(title: string, run: () => Promise<Finding<Value>>): Promise<Value | undefined> {
    try {
      const { detail, value } = await run();
      this.add({ outcome: 'passed', title, detail });
      return value;
    } catch (error) {
      const { expected, came, mend } = error instanceof CheckFailed ? error : unforeseen(error);
      this.add({ outcome: 'failed', title, expected, came, mend });
      return undefined;
    }
  }

  skip(title: string, reason: string): void {
    this.add({ outcome: 'skipped', title, reason });
  }

  private add(result: CheckResult): void {
    this.results.push(result);
    this.onResult(result);
  }
}

function unforeseen(error: unknown): CheckFailed {
  return new CheckFailed({
    expected: 'an answer of the protocol',
    came: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    mend: 'Nobody foresaw this one: look at the functions’ logs, and report what you find.',
  });
}

export function describeResult(result: CheckResult): string {
  switch (result.outcome) {
    case 'passed':
      return `✓ ${result.title}: ${result.detail}`;
    case 'skipped':
      return `– ${result.title}: not tried, ${result.reason}`;
    case 'failed':
      return [
        `✗ ${result.title}`,
        `    expected  ${result.expected}`,
        `    came      ${result.came}`,
        `    mend      ${result.mend}`,
      ].join('\n');
  }
}

export function describeOutcome(results: readonly CheckResult[]): string {
  const count = (outcome: CheckResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length;
  const skipped = count('skipped');
  const rest = skipped === 0 ? '' : `; ${skipped} not tried`;
  return count('failed') === 0
    ? `All ${count('passed')} checks passed${rest}.`
    : `${count('failed')} of ${results.length} checks failed${rest}.`;
}

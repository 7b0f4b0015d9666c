/** One thing in a template that the local execution cannot execute. */
export interface TemplateProblem {
  readonly stack: string;
  /** Logical id of the resource, or the section and name of what else it is (`Outputs.Url`). */
  readonly element: string;
  /** What was found and what would be supported, as a sentence without a full stop. */
  readonly message: string;
}

/** The template says something that the local execution does not know; it never pretends to. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly problems: readonly TemplateProblem[];

  /** @param hint what would have been supported, where one list serves several problems */
  constructor(problems: readonly TemplateProblem[], options?: ErrorOptions & { readonly hint?: string }) {
    const lines = problems.map(({ stack, element, message }) => `  ${stack} / ${element}: ${message}`);
    super(
      `The local execution cannot run this template:\n${[...lines, ...(options?.hint ? [options.hint] : [])].join('\n')}`,
      options,
    );
    this.problems = problems;
  }
}

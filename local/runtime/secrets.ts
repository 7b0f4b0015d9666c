/** Secrets Manager. */
export interface Secrets {
  /** Returns the ARN. Throws when the name is taken. */
  create(secret: { readonly name: string; readonly value: string }): string;
  /** The current value, for `{{resolve:secretsmanager:…}}` and the operator's outputs. */
  value(arn: string): string;
}

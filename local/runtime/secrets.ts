/** Secrets Manager. */
export interface Secrets {
  /** Returns the ARN. Creating a secret that is there keeps its value. */
  create(secret: { readonly name: string; readonly value: string }): string;
  /** The current value, for `{{resolve:secretsmanager:…}}` and the operator's outputs. */
  value(arn: string): string;
}

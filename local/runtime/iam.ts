/** Credentials the door knows. Each function gets its own when it is registered. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Caller {
  /** How errors name it: the function's name, or `operator` for the key handed to the person at the laptop. */
  readonly name: string;
  /** Role whose policies decide; `operator` has none and may do everything an API writer may. */
  readonly roleArn: string | 'operator';
}

export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

/**
 * What a request says beyond action and resource, for the conditions of policies, by condition key:
 * `dynamodb:LeadingKeys` → the partition keys it touches. Asked for only when a policy has a condition.
 */
export type ConditionContext = () => Readonly<Record<string, readonly string[]>>;

/**
 * The policies of the template, and who is who. Evaluates as AWS: an explicit Deny wins, no Allow is a Deny.
 * What it is told is checked at once: an element, operator, key or managed policy that it does not know throws, by name.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export interface Iam {
  /** Throws when the name is taken. */
  addRole(role: {
    arn: string;
    name: string;
    managedPolicyArns: readonly string[];
    trustPolicy: unknown;
  }): void;
  /** An inline policy. Throws when there is no such role. */
  addPolicy(roleName: string, policyName: string, document: unknown): void;
  /** A managed policy of the template; roles take it by its ARN. */
  addManagedPolicy(arn: string, document: unknown): void;
  attachManagedPolicy(roleName: string, policyArn: string): void;
  /** Throws when the caller's role does not exist or does not let Lambda assume it. */
  issueKey(caller: Caller): AccessKey;
  callerOf(accessKeyId: string): { readonly caller: Caller; readonly key: AccessKey } | undefined;
  /**
   * `reason` is AWS's sentence: "User: arn:… is not authorized to perform: dynamodb:Query on resource: arn:… because
   * no identity-based policy allows the dynamodb:Query action", and names the function.
   */
  authorize(caller: Caller, action: string, resource: string, context?: ConditionContext): Decision;
  /** The same for a role itself: what AWS checks when an event source mapping is created. */
  authorizeRole(roleArn: string, action: string, resource: string): Decision;
}

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

/** The policies of the template, and who is who. Evaluates as AWS: an explicit Deny wins, no Allow is a Deny. */
export interface Iam {
  addRole(role: { arn: string; name: string; managedPolicyArns: readonly string[]; trustPolicy: unknown }): void;
  addPolicy(roleName: string, policyName: string, document: unknown): void;
  issueKey(caller: Caller): AccessKey;
  callerOf(accessKeyId: string): { readonly caller: Caller; readonly key: AccessKey } | undefined;
  /**
   * `reason` is AWS's sentence: "User: arn:… is not authorized to perform: dynamodb:Query on resource: arn:… because
   * no identity-based policy allows the dynamodb:Query action", and names the function.
   */
  authorize(caller: Caller, action: string, resource: string): Decision;
  /** The same for a role itself: what AWS checks when an event source mapping is created. */
  authorizeRole(roleArn: string, action: string, resource: string): Decision;
}

import type { ConditionContext, Decision, Iam } from '../iam.ts';
import type { World } from '../world.ts';
import { createAccessKeys } from './access-keys.ts';
import { awsManagedPolicies } from './aws-managed-policies.ts';
import { applies, parsePolicyDocument, parseTrustPolicy, type Statement } from './policy-document.ts';

interface Role {
  readonly arn: string;
  readonly name: string;
  readonly trust: readonly Statement[];
  readonly statements: Statement[];
}

const noContext: ConditionContext = () => ({});

export function createIam(world: Pick<World, 'partition' | 'accountId' | 'logs'>): Iam {
  const roles = new Map<string, Role>();
  const managedPolicies = new Map<string, Statement[]>();
  const keys = createAccessKeys();

  for (const [name, document] of Object.entries(awsManagedPolicies)) {
    managedPolicies.set(`arn:${world.partition}:iam::aws:policy/${name}`, parsePolicyDocument(document));
  }

  function roleNamed(name: string): Role {
    const role = [...roles.values()].find((candidate) => candidate.name === name);
    if (!role) throw new Error(`The role with name ${name} cannot be found.`);
    return role;
  }

  function managed(arn: string): Statement[] {
    const statements = managedPolicies.get(arn);
    if (!statements) {
      throw new Error(
        `Managed policy ${arn} is not known; known are ${[...managedPolicies.keys()].join(', ')}.`,
      );
    }
    return statements;
  }

  function decide(
    roleArn: string,
    session: string,
    request: { action: string; resource: string; context: ConditionContext },
  ): Decision {
    const role = roles.get(roleArn);
    const matching = role?.statements.filter((statement) => applies(statement, request)) ?? [];
    const denied = matching.some((statement) => statement.effect === 'Deny');
    if (matching.length > 0 && !denied) return { allowed: true };
    const because = denied
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${request.action} action`;
    const user = `arn:${world.partition}:sts::${world.accountId}:assumed-role/${role?.name ?? roleArn}/${session}`;
    const asked = `${request.action} on resource: ${request.resource}`;
    world.logs.write('iam', `${session} was denied ${asked} ${because} of role ${role?.name ?? roleArn}`);
    return { allowed: false, reason: `User: ${user} is not authorized to perform: ${asked} ${because}` };
  }

  return {
    addRole: ({ arn, name, managedPolicyArns, trustPolicy }) => {
      if ([...roles.values()].some((role) => role.name === name)) {
        throw new Error(`Role with name ${name} already exists.`);
      }
      roles.set(arn, {
        arn,
        name,
        trust: parseTrustPolicy(trustPolicy),
        statements: managedPolicyArns.flatMap(managed),
      });
    },
    addPolicy: (roleName, _policyName, document) => {
      roleNamed(roleName).statements.push(...parsePolicyDocument(document));
    },
    addManagedPolicy: (arn, document) => {
      managedPolicies.set(arn, parsePolicyDocument(document));
    },
    attachManagedPolicy: (roleName, policyArn) => {
      roleNamed(roleName).statements.push(...managed(policyArn));
    },
    issueKey: (caller) => {
      if (caller.roleArn !== 'operator' && !lambdaMayAssume(roles.get(caller.roleArn))) {
        throw new Error(
          `The role ${caller.roleArn} defined for the function ${caller.name} cannot be assumed by Lambda.`,
        );
      }
      return keys.issue(caller);
    },
    callerOf: keys.find,
    authorize: (caller, action, resource, context = noContext) =>
      caller.roleArn === 'operator'
        ? { allowed: true }
        : decide(caller.roleArn, caller.name, { action, resource, context }),
    authorizeRole: (roleArn, action, resource) =>
      decide(roleArn, 'event-source-mapping', { action, resource, context: noContext }),
  };
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html */
function lambdaMayAssume(role: Role | undefined): boolean {
  if (!role) return false;
  const request = { action: 'sts:AssumeRole', resource: role.arn, context: noContext };
  const matching = role.trust.filter(
    (statement) => statement.services.includes('lambda.amazonaws.com') && applies(statement, request),
  );
  return matching.length > 0 && matching.every((statement) => statement.effect === 'Allow');
}

import { Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Gives the reason, where cdk-nag looks for it, for which a permission names its resource with a `*`. */
export function explainWildcard(holder: Construct, resource: string, reason: string): void {
  Validations.of(holder).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${inOneLine(Stack.of(holder).resolve(resource))}]`,
    reason,
  });
}

/** As cdk-nag writes a resource into its finding: `<LogicalId.Arn>/stream/*`. */
function inOneLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[intrinsic, argument] = []] = Object.entries(value);
  if (intrinsic === 'Ref') return `<${argument}>`;
  if (intrinsic === 'Fn::GetAtt') return `<${argument.join('.')}>`;
  if (intrinsic === 'Fn::Join') return argument[1].map(inOneLine).join(argument[0]);
  throw new Error(
    `${JSON.stringify(value)} cannot be written in one line; expected Ref, Fn::GetAtt or Fn::Join.`,
  );
}

/** A CloudFormation template as it stands in the cloud assembly, its intrinsics not resolved. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources?: Readonly<Record<string, UnresolvedResource>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
}

export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: string | number;
  readonly AllowedValues?: readonly (string | number)[];
}

export interface UnresolvedResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

export interface TemplateOutput {
  readonly Value: unknown;
  readonly Export?: { readonly Name: unknown };
  readonly Condition?: string;
}

/** Sections that are executed, and sections that say nothing about what runs. */
export const templateSections: readonly string[] = [
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  // CDK's only rule checks the version of the bootstrap stack, which a laptop does not have.
  'Rules',
  'Mappings',
  'Conditions',
  'Resources',
  'Outputs',
];

/** Attributes of a resource beside its properties; what becomes of it on deletion or replacement never happens here. */
export const resourceAttributes: readonly string[] = [
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'Metadata',
  'DeletionPolicy',
  'UpdateReplacePolicy',
];

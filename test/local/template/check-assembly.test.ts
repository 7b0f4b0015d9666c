import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startLocalExecution } from '../../../local/local-execution.ts';
import { loadCloudAssembly } from '../../../local/template/cloud-assembly.ts';
import { TemplateError } from '../../../local/template/template-error.ts';
import { addAsset, assemblyOf, assemblyOfResources } from '../setup/assembly-of.ts';

const logGroup = { Type: 'AWS::Logs::LogGroup' };

async function problemsOf(directory: Promise<string>) {
  const failure = await startLocalExecution({ assemblyDirectory: await directory }).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof TemplateError))
    throw new Error(`expected a TemplateError, got ${String(failure)}`);
  return failure;
}

describe('a template with something unknown does not start', () => {
  it('names stack, logical id and type of every unknown resource, and once what is supported', async () => {
    const failure = await problemsOf(
      assemblyOf({
        data: {
          template: {
            Resources: { Bucket: { Type: 'AWS::S3::Bucket' }, Fleet: { Type: 'AWS::EC2::Fleet' } },
          },
        },
        web: { template: { Resources: { Waiter: { Type: 'Custom::Waiter' } } }, after: ['data'] },
      }),
    );
    expect(failure.problems.map(({ stack, element, message }) => `${stack}/${element}: ${message}`)).toEqual([
      'data/Bucket: resources of type AWS::S3::Bucket are not supported',
      'data/Fleet: resources of type AWS::EC2::Fleet are not supported',
      'web/Waiter: resources of type Custom::Waiter are not supported',
    ]);
    expect(failure.message.match(/Supported resource types: .*AWS::DynamoDB::GlobalTable/g)).toHaveLength(1);
  });

  it('names an unknown property by its path, with those that are known there', async () => {
    const failure = await problemsOf(
      assemblyOfResources({
        Table: {
          Type: 'AWS::DynamoDB::Table',
          Properties: {
            BillingMode: 'PAY_PER_REQUEST',
            ImportSourceSpecification: {},
            StreamSpecification: { StreamViewType: 'KEYS_ONLY', ResourcePolicy: {} },
          },
        },
      }),
    );
    const [first, second] = failure.problems;
    expect(first?.message).toMatch(
      /^the property ImportSourceSpecification is not supported; supported here are .*KeySchema/,
    );
    expect(second?.message).toBe(
      'the property StreamSpecification.ResourcePolicy is not supported; supported here are StreamViewType (AWS::DynamoDB::Table)',
    );
  });

  it('looks into both branches of Fn::If', async () => {
    const failure = await problemsOf(
      assemblyOfResources(
        {
          Table: {
            Type: 'AWS::DynamoDB::Table',
            Properties: {
              StreamSpecification: { 'Fn::If': ['Yes', { Ref: 'AWS::NoValue' }, { Odd: 1 }] },
            },
          },
        },
        { Conditions: { Yes: { 'Fn::Equals': ['a', 'a'] } } },
      ),
    );
    expect(failure.problems[0]?.message).toContain('StreamSpecification.Odd is not supported');
  });

  it('tells everything that is wrong with a template at once', async () => {
    const failure = await problemsOf(
      assemblyOfResources(
        {
          Odd: { ...logGroup, UpdatePolicy: {} },
          Zones: { ...logGroup, Properties: { LogGroupName: { 'Fn::GetAZs': '' } } },
          Stray: { ...logGroup, Properties: { Tags: [{ 'Fn::Sub': 'a', Key: 'b' }] } },
          Lost: { ...logGroup, DependsOn: 'Nowhere', Properties: { LogGroupName: { Ref: 'Nobody' } } },
          Ring: { ...logGroup, DependsOn: 'Ring' },
        },
        {
          Hooks: {},
          Transform: 'AWS::Serverless-2016-10-31',
          Parameters: { Image: { Type: 'AWS::EC2::Image::Id', Default: 'ami-1' } },
          Conditions: { Bad: { 'Fn::Contains': [[], 'a'] } },
          Outputs: { Away: { Value: { 'Fn::GetAtt': ['Gone', 'Arn'] } } },
        },
      ),
    );
    expect(failure.problems.map(({ element, message }) => `${element}: ${message.slice(0, 60)}`)).toEqual([
      'Hooks: the section is not supported; supported are AWSTemplateForma',
      'Transform: the section is not supported; supported are AWSTemplateForma',
      'Parameters.Image: parameter "Image" is of type AWS::EC2::Image::Id; supported ',
      'Conditions.Bad: the intrinsic function Fn::Contains is not supported; suppor',
      'Odd: the attribute UpdatePolicy is not supported; supported are T',
      'Zones: the intrinsic function Fn::GetAZs is not supported; supporte',
      'Stray: Fn::Sub stands beside other members; an intrinsic function m',
      'Lost: DependsOn names "Nowhere", which is not in the template',
      'Lost: it refers to "Nobody", which is neither a resource nor a par',
      'Outputs.Away: it refers to "Gone", which is neither a resource nor a param',
      'Ring: the resources depend on each other in a ring: Ring → Ring',
    ]);
  });

  it.each([
    [{ Type: 'String', Default: 'c', AllowedValues: ['a', 'b'] }, '"c"; allowed are a, b'],
    [{ Type: 'Number', Default: 3, AllowedValues: [1, 2] }, '"3"; allowed are 1, 2'],
    [{ Type: 'CommaDelimitedList', Default: 'a, c', AllowedValues: ['a', 'b'] }, '"c"; allowed are a, b'],
  ])('refuses the default of the parameter %j', async (Size, message) => {
    const failure = await problemsOf(assemblyOfResources({ Logs: logGroup }, { Parameters: { Size } }));
    expect(failure.problems).toEqual([
      {
        stack: 'orders',
        element: 'Parameters.Size',
        message: `parameter "Size" of type ${Size.Type} has the default ${message}`,
      },
    ]);
  });

  it('takes a default that is allowed', async () => {
    const assemblyDirectory = await assemblyOfResources(
      { Logs: logGroup },
      { Parameters: { Size: { Type: 'Number', Default: 2, AllowedValues: [1, 2] } } },
    );
    const execution = await startLocalExecution({ assemblyDirectory });
    await execution.stop();
  });

  it('lets be unknown what a condition leaves out', async () => {
    const assemblyDirectory = await assemblyOfResources(
      { Bucket: { Type: 'AWS::S3::Bucket', Condition: 'Never' }, Logs: logGroup },
      { Conditions: { Never: { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-cn'] } } },
    );
    const execution = await startLocalExecution({ assemblyDirectory });
    await execution.stop();
  });

  it('but not the condition itself', async () => {
    const failure = await problemsOf(assemblyOfResources({ Logs: { ...logGroup, Condition: 'Missing' } }));
    expect(failure.problems).toEqual([
      { stack: 'orders', element: 'Logs', message: 'there is no condition "Missing"' },
    ]);
  });

  it('accepts the version check of the bootstrap stack, which nothing here depends on', async () => {
    const assemblyDirectory = await assemblyOfResources(
      { Logs: logGroup },
      {
        Parameters: {
          BootstrapVersion: {
            Type: 'AWS::SSM::Parameter::Value<String>',
            Default: '/cdk-bootstrap/hnb659fds/version',
          },
        },
        Rules: { CheckBootstrapVersion: { Assertions: [] } },
      },
    );
    const execution = await startLocalExecution({ assemblyDirectory });
    await execution.stop();
  });
});

describe('a directory that is no cloud assembly is refused', () => {
  it('with the command that writes one', async () => {
    await expect(startLocalExecution({ assemblyDirectory: '/nowhere' })).rejects.toThrow(
      'There is no cloud assembly in /nowhere; write one with "npx cdk synth".',
    );
  });

  it('when an asset of a template is not in its manifest', async () => {
    const directory = await assemblyOfResources({ Logs: logGroup });
    await addAsset(directory, 'known', { 'index.mjs': '' });
    const { assets } = await loadCloudAssembly(directory);
    expect(assets.pathOf('known.zip')).toBe(join(directory, 'asset.known'));
    expect(() => assets.pathOf('other.zip')).toThrow(
      `${directory} has no asset with the object key other.zip.`,
    );
  });

  it('when its stacks are in more than one Region', async () => {
    const assemblyDirectory = await assemblyOf({
      here: { template: { Resources: { Logs: logGroup } }, environment: 'aws://111122223333/eu-west-1' },
      there: { template: { Resources: { Logs: logGroup } }, environment: 'aws://111122223333/us-east-1' },
    });
    await expect(startLocalExecution({ assemblyDirectory })).rejects.toThrow(
      'The stacks have more than one region (eu-west-1, us-east-1); one is supported.',
    );
  });
});

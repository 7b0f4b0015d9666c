import { randomInt } from 'node:crypto';
import { suffixOf } from './physical-name.ts';
import { type PropertyReader, readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html */
export const secretsManagerSecret: ResourceSupport = {
  type: 'AWS::SecretsManager::Secret',
  properties: {
    Description: 'inert',
    GenerateSecretString: {
      ExcludeCharacters: 'executed',
      ExcludeLowercase: 'executed',
      ExcludeNumbers: 'executed',
      ExcludePunctuation: 'executed',
      ExcludeUppercase: 'executed',
      GenerateStringKey: 'executed',
      IncludeSpace: 'executed',
      PasswordLength: 'executed',
      RequireEachIncludedType: 'executed',
      SecretStringTemplate: 'executed',
    },
    KmsKeyId: 'executed',
    Name: 'executed',
    SecretString: 'executed',
    Tags: 'inert',
  },
  create: (resource, world) => {
    const properties = readProperties(resource);
    const { logicalId } = resource;
    const name = properties.optionalString('Name') ?? `${logicalId.slice(0, 240)}-${suffixOf(resource, 12)}`;
    // The AWS managed key needs no grants; with any other, readers would need some that nobody checks here.
    properties.oneOf('KmsKeyId', ['alias/aws/secretsmanager']);
    if (
      resource.properties.SecretString !== undefined &&
      resource.properties.GenerateSecretString !== undefined
    )
      throw new Error('the secret has SecretString and GenerateSecretString; expected one of them');
    if (!resource.properties.SecretString && !resource.properties.GenerateSecretString) {
      throw new Error('the secret has no value; supported are SecretString and GenerateSecretString');
    }
    const value =
      properties.optionalString('SecretString') ?? generate(properties.object('GenerateSecretString'));
    const arn = world.secrets.create({ name, value });
    return { ref: arn, attributes: { Id: arn } };
  },
};

/** The characters that GetRandomPassword draws from, by the property that leaves them out. */
const characters = {
  ExcludeLowercase: 'abcdefghijklmnopqrstuvwxyz',
  ExcludeUppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ExcludeNumbers: '0123456789',
  ExcludePunctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};

/** Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html */
function generate(options: PropertyReader): string {
  const excluded = options.optionalString('ExcludeCharacters') ?? '';
  const types = Object.entries(characters)
    .filter(([exclusion]) => !options.optionalBoolean(exclusion))
    .map(([, members]) => members);
  if (options.optionalBoolean('IncludeSpace')) types.push(' ');
  const alphabets = types.map((members) => [...members].filter((char) => !excluded.includes(char)));
  const length = options.optionalNumber('PasswordLength') ?? 32;
  const requireEach = options.optionalBoolean('RequireEachIncludedType') ?? true;

  let password: string;
  do {
    password = Array.from({ length }, () => anyOf(alphabets.flat())).join('');
  } while (requireEach && !alphabets.every((alphabet) => alphabet.some((char) => password.includes(char))));

  const key = options.optionalString('GenerateStringKey');
  const template = options.optionalString('SecretStringTemplate');
  if ((key === undefined) !== (template === undefined)) {
    throw new Error(
      'GenerateSecretString needs SecretStringTemplate and GenerateStringKey together, or neither',
    );
  }
  return key === undefined ? password : JSON.stringify({ ...JSON.parse(template ?? '{}'), [key]: password });
}

function anyOf(alphabet: readonly string[]): string {
  return alphabet[randomInt(alphabet.length)] ?? '';
}

import type { World } from '../runtime/world.ts';

/** A resource of the template, its properties resolved: no intrinsic is left in them. */
export interface TemplateResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What CloudFormation would know of a resource once it is created. */
export interface CreatedResource {
  /** What `Ref` gives. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives, by attribute name (`Arn`, `StreamArn`, `Endpoint.Address`). */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * How the local execution treats one CloudFormation type. `properties` names every property that is understood:
 * `executed` ones have their effect here; `inert` ones have none that could be observed on a laptop (encryption at
 * rest, tags, log retention) and are accepted knowingly. Any other property stops the start, by name. Nested
 * properties are checked by the support itself with {@link file://./property-check.ts}.
 */
export interface ResourceSupport {
  readonly type: string;
  readonly properties: Readonly<Record<string, 'executed' | 'inert'>>;
  create(resource: TemplateResource, world: World): Promise<CreatedResource> | CreatedResource;
}

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
 * `executed` properties have their effect here; `inert` ones have none that could be observed on a laptop (encryption
 * at rest, tags, log retention) and are accepted knowingly, with everything below them. A record goes one level down:
 * it names the members of an object, or of every object of a list. Whatever is not named stops the start, by name.
 */
export type PropertySupport = 'executed' | 'inert' | PropertySupports;

export interface PropertySupports {
  readonly [name: string]: PropertySupport;
}

/**
 * How the local execution treats one CloudFormation type. `properties` names every property that is understood, and is
 * checked before anything is created; values are checked by `create` with {@link file://./property-check.ts}.
 */
export interface ResourceSupport {
  readonly type: string;
  readonly properties: PropertySupports;
  create(resource: TemplateResource, world: World): Promise<CreatedResource> | CreatedResource;
}

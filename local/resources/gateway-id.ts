import { suffixOf } from './physical-name.ts';
import type { TemplateResource } from './resource-support.ts';

/** An id as API Gateway makes them, in small letters and digits; the same at every start. */
export function gatewayResourceId(resource: TemplateResource, length: 7 | 10): string {
  return suffixOf(resource, length).toLowerCase();
}

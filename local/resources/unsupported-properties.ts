import { intrinsicOf } from '../template/intrinsics.ts';
import type { PropertySupports } from './resource-support.ts';

/**
 * Sentences on every property, however deep, that the support does not name. Works on properties with and without
 * intrinsics: it looks into both branches of Fn::If and waits with others until they are resolved.
 */
export function unsupportedProperties(value: unknown, supports: PropertySupports, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => unsupportedProperties(entry, supports, path));
  if (typeof value !== 'object' || value === null) return [];
  const intrinsic = intrinsicOf(value);
  if (intrinsic) {
    const branches = intrinsic.name === 'Fn::If' ? (intrinsic.argument as unknown[]).slice(1) : [];
    return unsupportedProperties(branches, supports, path);
  }
  return Object.entries(value).flatMap(([name, member]) => {
    const here = path === '' ? name : `${path}.${name}`;
    const support = Object.hasOwn(supports, name) ? supports[name] : undefined;
    if (support === undefined) {
      return [
        `the property ${here} is not supported; supported here are ${Object.keys(supports).sort().join(', ')}`,
      ];
    }
    return typeof support === 'string' ? [] : unsupportedProperties(member, support, here);
  });
}

import { describe, expect, it } from 'vitest';
import { physicalName } from '../../../local/resources/physical-name.ts';

const resource = {
  stack: 'pregonero-local-realtime',
  logicalId: 'FanOutBroadcast9F9F41EA',
  type: 'T',
  properties: {},
};

describe('the name of a resource without one', () => {
  it('is stack, logical id and a suffix, the same at every start', () => {
    const name = physicalName(resource, 255);
    expect(name).toMatch(/^pregonero-local-realtime-FanOutBroadcast9F9F41EA-[0-9A-Z]{12}$/);
    expect(physicalName({ ...resource }, 255)).toBe(name);
  });

  it('differs between resources and between stacks', () => {
    const names = [resource, { ...resource, logicalId: 'Other' }, { ...resource, stack: 'other' }].map(
      (each) => physicalName(each, 255).slice(-12),
    );
    expect(new Set(names).size).toBe(3);
  });

  it.each([64, 40, 20])('is cut to %i characters at most', (maxLength) => {
    const name = physicalName({ ...resource, logicalId: 'L'.repeat(200), stack: 's'.repeat(100) }, maxLength);
    expect(name).toHaveLength(maxLength);
    expect(name).toMatch(/^s+-L+-[0-9A-Z]{12}$/);
  });
});
